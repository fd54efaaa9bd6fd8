"""What a file says that it is; nothing more is believed."""

from __future__ import annotations

import pytest

from signer_app.exchange.kinds import HALTS, POLICY, PROPOSAL, UNKNOWN, VOTE, kind_of


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"format":"countersign/proposal@1"}', PROPOSAL),
        (b'  \n{"format":"countersign/halts@1","halts":[],"resumes":[]}', HALTS),
        (b'{"format":"countersign/policy@1"}', POLICY),
        (b'{"format":"countersign/vote@1"}', VOTE),
        (b"# Treasury\nformat: countersign/policy@1\nid: treasury\n", POLICY),
        (b'org: northgate\nformat: "countersign/policy@1"  # the first\r\n', POLICY),
        # A proposal carries halts and names policies; it stays a proposal.
        (b'{"format":"countersign/proposal@1","with":{"format":"countersign/halts@1"}}', PROPOSAL),
        (b'{"title":"format: countersign/policy@1"}', UNKNOWN),
        (b'{"note":"x\\nformat: countersign/policy@1"}', UNKNOWN),
        (b"nested:\n  format: countersign/policy@1\n", UNKNOWN),
        (b"format: countersign/policy@12\n", UNKNOWN),
        (b'{"format":["countersign/policy@1"]}', UNKNOWN),
        (b'{"format":"countersign/proof@1"}', UNKNOWN),
        (b'{"TransactionType":"Payment"}', UNKNOWN),
        (b"120000240000000161400000000000000A", UNKNOWN),
        (b"{", UNKNOWN),
        (b"[" * 500, UNKNOWN),
        (b"\xff\xfe{", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind

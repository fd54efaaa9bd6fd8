"""The first tables: proposals, signatures, verdicts, submissions, slots, policies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "proposals_0001"
down_revision = None
branch_labels = ("proposals",)
depends_on = None


def upgrade() -> None:
    """Create the tables of proposals/store/tables.py as they were in the first version."""
    op.create_table(
        "intents",
        sa.Column("record", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text()),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "policies",
        sa.Column("hash", sa.Text(), primary_key=True),
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("votes", sa.Text(), nullable=False),
        sa.Column("activated_at", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
    )
    op.create_table(
        "projection",
        sa.Column("log_id", sa.Text(), primary_key=True),
        sa.Column("applied", sa.Integer(), nullable=False),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("slot_kind", sa.Text(), nullable=False),
        sa.Column("slot_value", sa.Text(), nullable=False),
        sa.Column("expiry_ledger", sa.Text()),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text()),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("proposer", sa.Text(), nullable=False),
        sa.Column("importer", sa.Text(), nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("halt", sa.Text()),
        sa.Column("added_at", sa.Text(), nullable=False),
        sa.Column("added_index", sa.Integer(), nullable=False),
        sa.Column("since_ledger", sa.Text()),
        sa.Column("tx_id", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("updated_at", sa.Text(), nullable=False),
    )
    op.create_index("proposals_by_slot", "proposals", ["account", "slot_kind", "slot_value"])
    op.create_index("proposals_by_state", "proposals", ["state"])
    op.create_table(
        "quarantine",
        sa.Column("record", sa.Integer(), primary_key=True),
        sa.Column("entry", sa.Integer(), primary_key=True),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text()),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )
    op.create_index("quarantine_by_proposal", "quarantine", ["proposal_id"])
    op.create_table(
        "slots",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text()),
        sa.Column("at", sa.Text(), nullable=False),
        sa.UniqueConstraint("account", "kind", "value", "proposal_id"),
    )
    op.create_table(
        "verdicts",
        sa.Column("record", sa.Integer(), primary_key=True),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("report_hash", sa.Text(), nullable=False),
        sa.Column("report_blob", sa.Text(), nullable=False),
        sa.Column("facts_blob", sa.Text(), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )
    op.create_index("verdicts_by_proposal", "verdicts", ["proposal_id", "record"])
    op.create_table(
        "rejections",
        sa.Column("proposal_id", sa.Text(), sa.ForeignKey("proposals.id"), primary_key=True),
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
    )
    op.create_table(
        "signatures",
        sa.Column("proposal_id", sa.Text(), sa.ForeignKey("proposals.id"), primary_key=True),
        sa.Column("signer", sa.Text(), primary_key=True),
        sa.Column("scheme", sa.Text(), primary_key=True),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("device", sa.Text()),
        sa.Column("signed_at", sa.Text()),
        sa.Column("released_here", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.Text()),
        sa.Column("record", sa.Integer(), nullable=False),
    )
    op.create_table(
        "submissions",
        sa.Column("record", sa.Integer(), primary_key=True),
        sa.Column("proposal_id", sa.Text(), sa.ForeignKey("proposals.id"), nullable=False),
        sa.Column("tx_id", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Text(), nullable=False),
    )
    op.create_index("submissions_by_proposal", "submissions", ["proposal_id"])


def downgrade() -> None:
    """There is no way back: the store is rebuilt from the journal instead."""
    raise RuntimeError("the store is rebuilt from the journal, never downgraded")

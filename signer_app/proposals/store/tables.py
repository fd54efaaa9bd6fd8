"""Tables of the proposals room. They hold nothing that the journal does not (`workspace rebuild`).

Text columns hold RFC 3339 UTC times, CAIP ids and hex; JSON columns hold canonical JSON text. Ledger indexes
and sequences are decimal strings, as in every document of ours.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

projection = Table(
    "projection",
    metadata,
    Column("log_id", Text, primary_key=True),
    Column("applied", Integer, nullable=False),  # records applied so far = index of the next one
)

#: Where the files that the journal keeps lie in it.
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("record", Integer, nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("network", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("slot_kind", Text, nullable=False),
    Column("slot_value", Text, nullable=False),
    Column("expiry_ledger", Text),
    Column("effects", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("origin", Text, nullable=False),
    Column("proposer", Text, nullable=False),
    Column("importer", Text, nullable=False),  # whose workspace took it in
    Column("author", Text),  # canonical JSON of the file without signatures, when its author's key signed it
    Column("links", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("added_index", Integer, nullable=False),
    Column("since_ledger", Text),
    Column("tx_id", Text),
    Column("outcome", Text),
    Column("updated_at", Text, nullable=False),
    Column("restored", Text),  # the state it had in the backup that this workspace was restored from
    Index("proposals_by_state", "state"),
    Index("proposals_by_slot", "account", "slot_kind", "slot_value"),
)

signatures = Table(
    "signatures",
    metadata,
    Column("proposal_id", Text, ForeignKey("proposals.id"), primary_key=True),
    Column("signer", Text, primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("device", Text),
    Column("signed_at", Text),
    Column("released_here", Boolean, nullable=False),
    Column("receipt", Text),
    Column("record", Integer, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("record", Integer, primary_key=True),
    Column("entry", Integer, primary_key=True),
    Column("proposal_id", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("public_key", Text),
    Column("signature", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("quarantine_by_proposal", "proposal_id"),
)

rejections = Table(
    "rejections",
    metadata,
    Column("proposal_id", Text, ForeignKey("proposals.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("statement", Text, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("record", Integer, primary_key=True),
    Column("proposal_id", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("signer", Text),
    Column("verdict", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("required", Text),  # as in the report (CONTRACTS C4); null in records of before
    Column("report_hash", Text, nullable=False),
    Column("report_blob", Text, nullable=False),
    Column("facts_blob", Text, nullable=False),
    Column("policy_hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("verdicts_by_proposal", "proposal_id", "record"),
)

intents = Table(
    "intents",
    metadata,
    Column("record", Integer, primary_key=True),
    Column("kind", Text, nullable=False),  # sign or submit
    Column("proposal_id", Text, nullable=False),
    Column("signer", Text),
    Column("open", Boolean, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("record", Integer, primary_key=True),
    Column("proposal_id", Text, ForeignKey("proposals.id"), nullable=False),
    Column("tx_id", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("attempts", Text, nullable=False),
    Index("submissions_by_proposal", "proposal_id"),
)

slots = Table(
    "slots",
    metadata,
    Column("account", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("proposal_id", Text),
    Column("at", Text, nullable=False),
    UniqueConstraint("account", "kind", "value", "proposal_id"),
)

policies = Table(
    "policies",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("policy_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("blob", Text, nullable=False),
    Column("votes", Text, nullable=False),
    Column("activated_at", Text, nullable=False),
    Column("record", Integer, nullable=False),
)

halts = Table(
    "halts",
    metadata,
    Column("id", Text, primary_key=True),  # hash of the statement without its signature
    Column("statement", Text, nullable=False),
    Column("record", Integer, nullable=False),
    Column("lifted_at", Text),  # once it is lifted it stays so, whoever shows the statement again
    Column("lifted_record", Integer),
    Column("lifted_by", Text),  # JSON list of the people whose resumes counted
)

resumes = Table(
    "resumes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("halt_id", Text, nullable=False),  # of a halt that may not have come yet
    Column("statement", Text, nullable=False),
    Column("record", Integer, nullable=False),
    Index("resumes_by_halt", "halt_id"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Text, primary_key=True),
    Column("proposal_id", Text, ForeignKey("proposals.id"), nullable=False),
    Column("policy_hash", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("record", Integer, nullable=False),
    Index("overrides_by_proposal", "proposal_id"),
)

refused_statements = Table(
    "refused_statements",
    metadata,
    Column("hash", Text, primary_key=True),  # of the whole statement as it came, signature included
    Column("kind", Text, nullable=False),
    Column("proposal_id", Text),
    Column("statement", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("record", Integer, nullable=False),
)

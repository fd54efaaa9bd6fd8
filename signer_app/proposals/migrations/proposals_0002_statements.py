"""Halts, resumes and overrides, and the statements that were kept out.

The column ``proposals.halt`` goes: it held statements that nobody had weighed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "proposals_0002"
down_revision = "proposals_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of statements."""
    op.create_table(
        "halts",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.Text()),
        sa.Column("lifted_record", sa.Integer()),
        sa.Column("lifted_by", sa.Text()),
    )
    op.create_table(
        "resumes",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("halt_id", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
    )
    op.create_index("resumes_by_halt", "resumes", ["halt_id"])
    op.create_table(
        "overrides",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("proposal_id", sa.Text(), sa.ForeignKey("proposals.id"), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
    )
    op.create_index("overrides_by_proposal", "overrides", ["proposal_id"])
    op.create_table(
        "refused_statements",
        sa.Column("hash", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text()),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
    )
    op.drop_column("proposals", "halt")


def downgrade() -> None:
    """There is no way back: the store is rebuilt from the journal instead."""
    raise RuntimeError("the store is rebuilt from the journal, never downgraded")

"""Where the files that the journal keeps lie in it.

The store is emptied: the next start fills it from the journal, and the new table with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "proposals_0003"
down_revision = "proposals_0002"
branch_labels = None
depends_on = None

#: Every table of before, those that refer to others first.
_TABLES = (
    "overrides", "refused_statements", "resumes", "halts", "policies", "slots", "intents", "verdicts",
    "rejections", "quarantine", "submissions", "signatures", "proposals", "projection",
)  # fmt: skip


def upgrade() -> None:
    """Create the table of blobs, and have the journal applied again."""
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("record", sa.Integer(), nullable=False),
    )
    for name in _TABLES:
        op.execute(sa.table(name).delete())


def downgrade() -> None:
    """There is no way back: the store is rebuilt from the journal instead."""
    raise RuntimeError("the store is rebuilt from the journal, never downgraded")

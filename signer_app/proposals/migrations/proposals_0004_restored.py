"""What a proposal was in the backup that its workspace was restored from.

The column stays empty for what is there: no journal of before has such a record.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "proposals_0004"
down_revision = "proposals_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("proposals", sa.Column("restored", sa.Text()))


def downgrade() -> None:
    """There is no way back: the store is rebuilt from the journal instead."""
    raise RuntimeError("the store is rebuilt from the journal, never downgraded")

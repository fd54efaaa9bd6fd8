"""What signatures a verdict asked for, so that a list need not read its report.

The store is not emptied: verdicts of before did not write it down, and their reports are read instead.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "proposals_0005"
down_revision = "proposals_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("verdicts", sa.Column("required", sa.Text()))


def downgrade() -> None:
    """There is no way back: the store is rebuilt from the journal instead."""
    raise RuntimeError("the store is rebuilt from the journal, never downgraded")

"""Who sets sensitivity labels on behalf of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; each tenant has at most one row."""
    op.create_table(
        "labellers",
        sa.Column("tenant", sa.Text(), nullable=False, primary_key=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Refused: somebody agreed to something."""
    raise NotImplementedError("Going back would drop whose agreement labels rest on.")

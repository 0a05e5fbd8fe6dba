"""Links that follow their records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; what links look like is learnt at the next look."""
    op.create_table(
        "turns",
        sa.Column("name", sa.Text(), nullable=False, primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "sights",
        sa.Column("link", sa.Text(), nullable=False, primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_index("proposals_one_per_person", "proposals", ["link", "person", "kind"], unique=True)
    op.create_index("proposals_waiting", "proposals", ["tenant", "state", "team"])


def downgrade() -> None:
    """Refused: proposals wait for answers."""
    raise NotImplementedError("Going back would drop proposals that wait for an answer.")

"""Requests to be let into a team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; each person has one row for each team."""
    op.create_table(
        "join_requests",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_index("join_requests_one_per_person", "join_requests", ["tenant", "team", "person"], unique=True)
    op.create_index("join_requests_of_person", "join_requests", ["tenant", "person", "asked_at"])


def downgrade() -> None:
    """Refused: people wait for answers."""
    raise NotImplementedError("Going back would drop requests that wait for an answer.")

"""Calls, mendings and watches: what enabling keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "calls",
        sa.Column("number", sa.Integer(), nullable=False, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Float(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
    )
    op.create_index("ix_calls_at", "calls", ["at"])
    op.create_index("ix_calls_feature", "calls", ["feature"])
    op.create_table(
        "mendings",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_index("mendings_newest", "mendings", ["tenant", "environment", "at"])
    op.create_table(
        "watches",
        sa.Column("tenant", sa.Text(), nullable=False, primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False, primary_key=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_index("ix_watches_checked_at", "watches", ["checked_at"])


def downgrade() -> None:
    """Refused: mendings hold the rows that can be put back."""
    raise NotImplementedError("Going back would drop the rows that an undo needs.")

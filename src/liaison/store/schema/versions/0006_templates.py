"""Templates: defaults for connecting, and what is made beside a channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; names are unique in an environment."""
    op.create_table(
        "templates",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_index("templates_one_of_a_name", "templates", ["tenant", "environment", "folded_name"], unique=True)


def downgrade() -> None:
    """Refused: administrators wrote the templates."""
    raise NotImplementedError("Going back would drop the templates that administrators wrote.")

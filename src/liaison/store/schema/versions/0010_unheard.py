"""When Microsoft may not have told of everything that happened in a channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing is known to have been missed."""
    op.add_column("listenings", sa.Column("unheard_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Refused, as all are."""
    raise NotImplementedError("Going back would forget what may have been missed.")

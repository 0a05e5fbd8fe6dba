"""Requests to join: somebody in a team asks for one of its private or shared channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = "join_requests_one_per_person"


def upgrade() -> None:
    """The channel becomes part of what makes a request one."""
    op.add_column("join_requests", sa.Column("channel", sa.Text(), nullable=False, server_default=""))
    op.drop_index(_KEY, "join_requests")
    op.create_index(_KEY, "join_requests", ["tenant", "team", "person", "channel"], unique=True)


def downgrade() -> None:
    """Refused: people wait for answers."""
    raise NotImplementedError("Going back would drop requests that wait for an answer.")

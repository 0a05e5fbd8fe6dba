"""Filing of channel messages by a reaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; all of them hold ids only."""
    _add_rules()
    _add_listenings()
    _add_notices()
    op.create_table(
        "filed_messages",
        sa.Column("link", sa.Text(), nullable=False, primary_key=True),
        sa.Column("message", sa.Text(), nullable=False, primary_key=True),
        sa.Column("reply", sa.Text(), nullable=False, primary_key=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("filed_messages_of_channel", "filed_messages", ["channel", "message", "reply"])
    holds = sa.text("holds = 1")
    op.create_index("links_in_channel", "links", ["tenant", "channel"], sqlite_where=holds, postgresql_where=holds)


def _add_rules() -> None:
    op.create_table(
        "filing_rules",
        sa.Column("tenant", sa.Text(), nullable=False, primary_key=True),
        sa.Column("environment", sa.Text(), nullable=False, primary_key=True),
        sa.Column("reaction", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_upn", sa.Text(), nullable=False),
    )


def _add_listenings() -> None:
    op.create_table(
        "listenings",
        sa.Column("id", sa.Text(), nullable=False, primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.Column("acting", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.create_index("listenings_one_per_channel", "listenings", ["tenant", "channel"], unique=True)
    op.create_index("ix_listenings_due_at", "listenings", ["due_at"])


def _add_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("listening", sa.Text(), nullable=False, primary_key=True),
        sa.Column("message", sa.Text(), nullable=False, primary_key=True),
        sa.Column("reply", sa.Text(), nullable=False, primary_key=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stuck", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
    )
    op.create_index("notices_due", "notices", ["stuck", "due_at"])


def downgrade() -> None:
    """Refused: the service would go on telling of messages, and nobody would know of what."""
    raise NotImplementedError("Going back would forget what was asked of Microsoft, and which messages were filed.")

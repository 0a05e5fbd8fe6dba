"""Links that make a team, and links of views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PAIR = ["tenant", "environment", "table_name", "record"]


def upgrade() -> None:
    """Add the name of a team to be made, and let it tell links apart while the team does not exist."""
    op.add_column("links", sa.Column("wanted_team", sa.Text(), nullable=False, server_default=""))
    op.drop_index("links_one_per_wanted_name", table_name="links")
    _one_per("links_one_per_wanted_name", [*PAIR, "team", "wanted_name"], "wanted_name != '' AND team != ''")
    _one_per("links_one_per_wanted_team", [*PAIR, "wanted_team", "wanted_name"], "wanted_team != ''")


def _one_per(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(f"holds = 1 AND {condition}")
    op.create_index(name, "links", columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Refused: links in the new form cannot be read by the version before."""
    raise NotImplementedError("Links of the new form would be unreadable.")

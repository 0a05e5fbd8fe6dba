"""The schema, its version, and the way from any older version to it."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

HEAD = "0010"
"""The version that this code works with: the last file in `versions/`."""

_LOCK = 8_300_517
"""Any number nobody else locks: PostgreSQL's advisory lock while the schema changes."""


class DatabaseNewer(RuntimeError):
    """The database was written by a newer Liaison; going back would lose what the newer one keeps."""

    def __init__(self, version: str) -> None:
        super().__init__(f"The database is at schema version {version}; this Liaison knows versions up to {HEAD}.")
        self.version = version


def migrate(connection: sa.Connection) -> None:
    """Bring the schema to HEAD inside the connection's transaction. Raises DatabaseNewer."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    version = read_version(connection)
    if version == HEAD:
        return
    if version > HEAD:
        raise DatabaseNewer(version)
    _upgrade(connection)


def read_version(connection: sa.Connection) -> str:
    """The schema's version; empty when there is none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")


def _upgrade(connection: sa.Connection) -> None:
    # Alembic takes a third of a second to import: only a start that changes the schema pays for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)

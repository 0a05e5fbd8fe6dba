"""All state of one tenant: one SQLite file, a blob folder, a clock and a source of ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from liaison.tenant.estate.blobs import Blobs
from liaison.tenant.estate.clock import Clock
from liaison.tenant.estate.database import Database
from liaison.tenant.estate.ids import Ids


@dataclass
class Estate:
    """What every face receives. `origins` are this tenant's own addresses, such as `http://localhost:8301`;
    `environment_ports` says which environment answers on a port when the host name does not say it."""

    folder: Path
    db: Database
    blobs: Blobs
    clock: Clock
    ids: Ids
    origins: list[str] = field(default_factory=list)
    environment_ports: dict[int, str] = field(default_factory=dict)
    liaison_address: str = "http://localhost:8300"
    """Where the tab pages of the catalogue's own Liaison app are."""

    @property
    def public_http(self) -> str:
        """The address that people's browsers use."""
        return next((origin for origin in self.origins if origin.startswith("http://")), "http://localhost:8301")

    @property
    def teams_root(self) -> str:
        """Where Teams is opened in a browser: deep links begin with it, as they do with Teams' host in the cloud."""
        return f"{self.public_http}/teams"

    @property
    def public_https(self) -> str:
        return next((origin for origin in self.origins if origin.startswith("https://")), "https://localhost:8302")


def open_estate(folder: Path, seed: int | None = None) -> Estate:
    """Open or create the estate in `folder`; tables are made by the modules that own them."""
    folder.mkdir(parents=True, exist_ok=True)
    return Estate(folder, Database(folder / "tenant.sqlite"), Blobs(folder / "blobs"), Clock(), Ids(seed))

"""What surrounds every page: the bar, the site map, the way back; and who is looking."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.web.words import initials


@dataclass(frozen=True)
class Face:
    """The signed-in person as the bar shows them."""

    name: str
    upn: str

    @property
    def initials(self) -> str:
        return initials(self.name)


@dataclass(frozen=True)
class Entry:
    """A line of the site map or of a menu. `counted` is the address that says how much waits there."""

    label: str
    icon: str
    address: str
    is_current: bool = False
    counted: str = ""


@dataclass(frozen=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class SiteMap:
    """`area` is the name of the area shown; `areas` is what Change area offers, empty when there is only one."""

    groups: tuple[Group, ...]
    area: str = ""
    areas: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Crumb:
    """One step of the way back; the last one, without an address, is the page itself."""

    label: str
    address: str = ""


@dataclass(frozen=True)
class SearchBox:
    address: str
    asked: str = ""


@dataclass(frozen=True)
class Shell:
    """`here` is the page's own path and query; `nonce` marks the scripts that may run."""

    title: str
    language: str
    theme: str
    nonce: str
    here: str
    form_token: str = ""
    person: Face | None = None
    product: str = ""
    app: str = ""
    app_address: str = "/"
    environment: str = ""
    site_map: SiteMap | None = None
    crumbs: tuple[Crumb, ...] = ()
    search: SearchBox | None = None
    tenant_banner: bool = False
    refresh_s: int = 0
    """Without script the page asks again after so many seconds; 0 is never."""
    in_pane: bool = False
    """Shown in the side pane of Dynamics 365, which has a bar of its own."""

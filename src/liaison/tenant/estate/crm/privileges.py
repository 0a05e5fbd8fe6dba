"""Privileges: one for each verb and table, a few that stand alone, and how deep a role may grant them.

Source: dataverse.md section 4, "Privileges for linking"; security-sharing-assigning.md for the masks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cache, lru_cache

from liaison.tenant.estate.crm.catalogue import BY_NAME, TABLES
from liaison.tenant.estate.crm.tables import Flag, Ownership, Table, metadata_id


class Depth(IntEnum):
    """How far a privilege reaches; the numbers are the bits of `privilegedepthmask`."""

    BASIC = 1
    LOCAL = 2
    DEEP = 4
    GLOBAL = 8

    @property
    def wire(self) -> str:
        return self.name.capitalize()


class Right(IntFlag):
    """What may be done with a row; the numbers are the bits of an access mask."""

    NONE = 0
    READ = 1
    WRITE = 2
    APPEND = 4
    APPEND_TO = 16
    CREATE = 32
    DELETE = 65_536
    SHARE = 262_144
    ASSIGN = 524_288

    @property
    def wire(self) -> str:
        return f"{_VERBS[self]}Access"


_VERBS = {
    Right.READ: "Read",
    Right.WRITE: "Write",
    Right.APPEND: "Append",
    Right.APPEND_TO: "AppendTo",
    Right.CREATE: "Create",
    Right.DELETE: "Delete",
    Right.SHARE: "Share",
    Right.ASSIGN: "Assign",
}
RIGHTS: tuple[Right, ...] = tuple(_VERBS)
RIGHTS_BY_WIRE: Mapping[str, Right] = {right.wire: right for right in RIGHTS}
_OWNER_ONLY = Right.SHARE | Right.ASSIGN

ACT_ON_BEHALF = "prvActOnBehalfOfAnotherUser"
CUSTOMIZING = tuple(
    f"prv{verb}{what}"
    for what in ("Entity", "Attribute", "Relationship", "OptionSet", "EntityKey")
    for verb in ("Create", "Read", "Write", "Delete")
)
_STANDING_ALONE = (
    ACT_ON_BEHALF,
    "prvBypassCustomPlugins",
    "prvPublishCustomization",
    "prvBulkDelete",
    "prvOneDriveForBusiness",
    "prvSPSiteWizard",
    *CUSTOMIZING,
    "prvImportCustomization",
    "prvExportCustomization",
    "prvMerge",
)


@dataclass(frozen=True)
class Privilege:
    """One privilege; those that stand alone belong to no table."""

    name: str
    right: Right
    table: Table | None

    @property
    def id(self) -> str:
        return metadata_id("privilege", self.name.lower())

    @property
    def depths(self) -> tuple[bool, bool, bool, bool]:
        """Whether it can be granted at basic, local, deep and global depth."""
        tiered = self.table is not None and self.table.ownership is Ownership.USER
        business = self.table is not None and self.table.ownership is Ownership.BUSINESS
        return tiered, tiered or business, tiered or business, True


@lru_cache(maxsize=4096)
def privilege_name(table: Table, right: Right) -> str:
    """`prv<Verb><SchemaName>`, with the names some tables share or shorten."""
    return f"prv{_VERBS[right]}{table.privilege_stem}"


@cache
def all_privileges() -> tuple[Privilege, ...]:
    """Every privilege of an environment, each name once."""
    found: dict[str, Privilege] = {}
    for table in TABLES:
        for privilege in table_privileges(table):
            found.setdefault(privilege.name.lower(), privilege)
    for name in _STANDING_ALONE:
        found[name.lower()] = Privilege(name, Right.NONE, None)
    return tuple(found.values())


def table_privileges(table: Table) -> tuple[Privilege, ...]:
    """The privileges that a table brings; an intersect table brings none."""
    if table.has(Flag.INTERSECT):
        return ()
    owned = table.ownership not in (Ownership.ORGANIZATION, Ownership.NONE)
    rights = [right for right in RIGHTS if owned or not right & _OWNER_ONLY]
    return tuple(Privilege(privilege_name(table, right), right, table) for right in rights)


@lru_cache(maxsize=8)
def privileges_among(tables: tuple[Table, ...]) -> Mapping[str, Privilege]:
    """By name in lower case: those every environment has, and those of the tables that clients made."""
    made = (table for table in tables if table.name not in BY_NAME)
    found = {privilege.name.lower(): privilege for table in made for privilege in table_privileges(table)}
    return {**found, **privileges_by_name()}


@cache
def privileges_by_name() -> Mapping[str, Privilege]:
    """By name in lower case."""
    return {privilege.name.lower(): privilege for privilege in all_privileges()}


def read_mask(text: str) -> Right:
    """The mask that a comma separated list of rights names; raises KeyError for an unknown one."""
    mask = Right.NONE
    for part in text.split(","):
        word = part.strip()
        if word and word != "None":
            mask |= RIGHTS_BY_WIRE[word]
    return mask


def mask_text(mask: int) -> str:
    """A mask as the service writes it: names joined by a comma and a space, or `None`."""
    return ", ".join(right.wire for right in RIGHTS if mask & right) or "None"

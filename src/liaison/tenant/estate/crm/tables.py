"""What a table is, and the columns every table of an ownership has."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from liaison.tenant.estate.crm.columns import (
    Column,
    Kind,
    Label,
    Option,
    Required,
    Target,
    folded_name,
    french_name,
    guid,
    integer,
    label,
    lookup,
    moment,
    polymorphic,
    type_name,
)

_METADATA = uuid.UUID("0d8fbcf2-93d3-4f7e-8f1e-6f6b2d1a7c55")

# Real environments all show this id for account; the others are ours.
_KNOWN_METADATA_IDS = {"table/account": "70816501-edb9-4740-a16c-6a5efbc05d84"}


@lru_cache(maxsize=8192)
def metadata_id(*parts: str) -> str:
    """The MetadataId of a definition: the same in every environment and every run."""
    name = "/".join(parts)
    return _KNOWN_METADATA_IDS.get(name) or str(uuid.uuid5(_METADATA, name))


class Ownership(StrEnum):
    """Values are the names of the metadata enum `OwnershipTypes`."""

    USER = "UserOwned"
    ORGANIZATION = "OrganizationOwned"
    BUSINESS = "BusinessOwned"
    NONE = "None"


class Flag(StrEnum):
    """What a table is or offers; `DOCUMENTS` and `TEAMS` are only the state in which an environment starts."""

    ACTIVITY = "activity"
    CUSTOM = "custom"
    PRIVATE = "private"
    INTERSECT = "intersect"
    DOCUMENTS = "documents"
    TEAMS = "teams"
    TRACKED = "tracked"
    NOTES = "notes"
    ACTIVITIES = "activities"
    BULK = "bulk"
    FIXED = "fixed"
    """Not customizable: metadata edits are refused or have no effect."""
    VIRTUAL = "virtual"
    """No rows of its own."""
    ENTITY_ONLY_BY_KEY = "single"
    """Exactly one row, neither created nor deleted by clients."""


@dataclass(frozen=True)
class AlternateKey:
    schema: str
    columns: tuple[str, ...]
    label: Label
    status: str = "Active"
    """Whether its index could be made: `Active` or `Failed`."""

    @property
    def name(self) -> str:
        return self.schema.lower()


@dataclass(frozen=True)
class ManyToMany:
    """Two tables joined through an intersect table."""

    schema: str
    intersect: str
    first: str
    first_column: str
    first_navigation: str
    second: str
    second_column: str
    second_navigation: str
    custom: bool = False


@dataclass(frozen=True)
class GlobalChoice:
    """A set of options that columns of several tables share."""

    name: str
    label: Label
    options: tuple[Option, ...]
    description: Label | None = None
    custom: bool = False

    @property
    def id(self) -> str:
        return metadata_id("choice", self.name.lower())


@dataclass(frozen=True, eq=False)
class Table:
    """One table: `code` is the object type code, `verb_name` what follows the verb in privilege names."""

    schema: str
    set_name: str
    code: int
    label: Label
    plural: Label
    key: str
    primary_name: str
    columns: tuple[Column, ...]
    ownership: Ownership = Ownership.USER
    flags: frozenset[Flag] = frozenset()
    keys: tuple[AlternateKey, ...] = ()
    indexes: tuple[str, ...] = ()
    verb_name: str = ""
    select: str = ""
    collection_name: str = ""
    description: Label | None = None

    @cached_property
    def name(self) -> str:
        return self.schema.lower()

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def sparse(self) -> frozenset[str]:
        """Columns that few rows fill, which have an index of just those rows."""
        return frozenset(name for name, _, condition in (text.partition(":") for text in self.indexes) if condition)

    @cached_property
    def name_column(self) -> Column | None:
        return self.by_name.get(self.primary_name)

    def has(self, flag: Flag) -> bool:
        return flag in self.flags

    @property
    def id(self) -> str:
        return metadata_id("table", self.name)

    @property
    def privilege_stem(self) -> str:
        return self.verb_name or self.schema


def stored_names(table: Table) -> Iterator[str]:
    """Names of all stored columns, in the order of the definition."""
    for column in table.columns:
        yield column.name
        if column.folded:
            yield folded_name(column)
        if column.localized:
            yield french_name(column)
        if column.many_targets:
            yield type_name(column)


def state_columns(states: Iterable[Option], reasons: Iterable[Option]) -> tuple[Column, Column]:
    """`statecode` and `statuscode`; the first of each is what a new row gets."""
    state_options, reason_options = tuple(states), tuple(reasons)
    return (
        Column(
            "statecode", Kind.STATE, label("Status", "Statut"), Required.SYSTEM,
            options=state_options, default=state_options[0].value, creatable=False,
        ),
        Column(
            "statuscode", Kind.STATUS, label("Status Reason", "Raison du statut"),
            options=reason_options, default=reason_options[0].value,
        ),
    )  # fmt: skip


def states(*rows: tuple[int, str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, label(en, fr)) for value, en, fr in rows)


def reasons(*rows: tuple[int, int, str, str]) -> tuple[Option, ...]:
    """Rows of (state, value, English, French)."""
    return tuple(Option(value, label(en, fr), state) for state, value, en, fr in rows)


ACTIVE_INACTIVE = state_columns(
    states((0, "Active", "Actif"), (1, "Inactive", "Inactif")),
    reasons((0, 1, "Active", "Actif"), (1, 2, "Inactive", "Inactif")),
)


def _audit_columns(name: str) -> tuple[Column, ...]:
    def by(schema: str, en: str, fr: str) -> Column:
        return lookup(schema, en, fr, "systemuser", f"lk_{name}_{schema.lower()}", indexed=False, read_only=True)

    return (
        moment("CreatedOn", "Created On", "Créé le", read_only=True),
        by("CreatedBy", "Created By", "Créé par"),
        by("CreatedOnBehalfBy", "Created By (Delegate)", "Créé par (délégué)"),
        moment("ModifiedOn", "Modified On", "Modifié le", read_only=True),
        by("ModifiedBy", "Modified By", "Modifié par"),
        by("ModifiedOnBehalfBy", "Modified By (Delegate)", "Modifié par (délégué)"),
        integer("ImportSequenceNumber", "Import Sequence Number", "Numéro de séquence d'importation"),
        Column(
            "OverriddenCreatedOn", Kind.MOMENT, label("Record Created On", "Enregistrement créé le"),
            day_only=True, updatable=False, style="DateOnly",
        ),
        integer("TimeZoneRuleVersionNumber", "Time Zone Rule Version Number", "Version de la règle de fuseau", -1),
        integer("UTCConversionTimeZoneCode", "UTC Conversion Time Zone Code", "Code du fuseau de conversion", -1),
        Column("VersionNumber", Kind.BIGINT, label("Version Number", "Numéro de version"),
               creatable=False, updatable=False),
    )  # fmt: skip


def _owner_columns(name: str) -> tuple[Column, ...]:
    owner = polymorphic(
        "OwnerId", "Owner", "Propriétaire",
        (Target("systemuser", "ownerid", f"owner_{name}"), Target("team", "ownerid", f"owner_{name}")),
        kind=Kind.OWNER, required=Required.SYSTEM,
    )  # fmt: skip
    return (
        owner,
        lookup(
            "OwningBusinessUnit", "Owning Business Unit", "Division propriétaire", "businessunit",
            f"business_unit_{name}", indexed=False, read_only=True,
        ),
        lookup("OwningUser", "Owning User", "Utilisateur propriétaire", "systemuser", f"user_{name}",
               indexed=False, read_only=True),
        lookup("OwningTeam", "Owning Team", "Équipe propriétaire", "team", f"team_{name}",
               indexed=False, read_only=True),
    )  # fmt: skip


def _organization_column(name: str) -> tuple[Column, ...]:
    return (
        lookup("OrganizationId", "Organization", "Organisation", "organization", f"organization_{name}",
               indexed=False, read_only=True),
    )  # fmt: skip


def standard_columns(name: str, ownership: Ownership) -> tuple[Column, ...]:
    """What the platform adds to a table of this ownership."""
    extra: tuple[Column, ...] = ()
    if ownership is Ownership.USER:
        extra = _owner_columns(name)
    elif ownership in (Ownership.ORGANIZATION, Ownership.NONE):
        extra = _organization_column(name)
    return _audit_columns(name) + extra


def table(
    schema: str,
    set_name: str,
    code: int,
    singular: Label,
    plural: Label,
    columns: Iterable[Column],
    *,
    key: str = "",
    primary_name: str = "name",
    ownership: Ownership = Ownership.USER,
    flags: Iterable[Flag] = (),
    keys: Iterable[AlternateKey] = (),
    indexes: Iterable[str] = (),
    state: tuple[Column, ...] = ACTIVE_INACTIVE,
    verb_name: str = "",
    collection_name: str = "",
    standard: bool = True,
) -> Table:
    """Declare a table: its own columns, then its state, then what the platform adds."""
    name = schema.lower()
    own = tuple(columns)
    taken = {column.name for column in own}
    added = state + (standard_columns(name, ownership) if standard else ())
    everything = own + tuple(column for column in added if column.name not in taken)
    return Table(
        schema, set_name, code, singular, plural, key or f"{name}id", primary_name, everything, ownership,
        frozenset(flags), tuple(keys), tuple(indexes), verb_name, collection_name=collection_name,
    )  # fmt: skip


def intersect(
    schema: str, set_name: str, code: int, key: str, first: str, second: str, extra: Iterable[Column] = ()
) -> Table:
    """The table behind a many-to-many relationship: two guids, unique together."""
    columns = (
        guid(key, "Unique identifier", required=Required.SYSTEM),
        guid(first, first, indexed=True),
        guid(second, second, indexed=True),
        *extra,
        Column("VersionNumber", Kind.BIGINT, label("Version Number", "Numéro de version"),
               creatable=False, updatable=False),
    )  # fmt: skip
    return Table(
        schema, set_name, code, label(schema), label(schema), key, "", columns, Ownership.NONE,
        frozenset({Flag.INTERSECT, Flag.PRIVATE, Flag.FIXED}),
        keys=(AlternateKey(f"{schema}_pair", (first, second), label(schema)),),
    )  # fmt: skip

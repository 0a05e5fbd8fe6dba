"""What a column is, and the short words in which the catalogue declares columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cached_property

Scalar = str | int | float | bool | None


class Kind(StrEnum):
    """Dataverse column types; the value is the name used in metadata (`AttributeType`)."""

    TEXT = "String"
    MEMO = "Memo"
    GUID = "Uniqueidentifier"
    INTEGER = "Integer"
    BIGINT = "BigInt"
    DECIMAL = "Decimal"
    DOUBLE = "Double"
    MONEY = "Money"
    BOOLEAN = "Boolean"
    MOMENT = "DateTime"
    CHOICE = "Picklist"
    STATE = "State"
    STATUS = "Status"
    LOOKUP = "Lookup"
    CUSTOMER = "Customer"
    OWNER = "Owner"
    TABLE_NAME = "EntityName"
    CHOICES = "MultiSelectPicklist"
    FILE = "File"
    IMAGE = "Image"


NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})
CHOICES = frozenset({Kind.CHOICE, Kind.STATE, Kind.STATUS})
LOOKUPS = frozenset({Kind.LOOKUP, Kind.CUSTOMER, Kind.OWNER})
TEXTS = frozenset({Kind.TEXT, Kind.MEMO, Kind.TABLE_NAME})
# Their contents are kept apart from the row, which holds an id.
CONTENTS = frozenset({Kind.FILE, Kind.IMAGE})


class Required(StrEnum):
    NONE = "None"
    RECOMMENDED = "Recommended"
    APPLICATION = "ApplicationRequired"
    SYSTEM = "SystemRequired"


class OnDelete(Enum):
    """What happens to rows that point to a deleted row."""

    CLEAR = "RemoveLink"
    DELETE = "Cascade"
    REFUSE = "Restrict"


@dataclass(frozen=True)
class Label:
    """A text in the two languages of the environment: 1033 English, 1036 French. What a client defines may have
    one of them only; the other is then empty."""

    en: str
    fr: str

    def in_language(self, code: int) -> str:
        return (self.fr or self.en) if code == 1036 else (self.en or self.fr)


@dataclass(frozen=True)
class Option:
    """One value of a choice; a status reason names the state it belongs to."""

    value: int
    label: Label
    state: int | None = None


@dataclass(frozen=True)
class Target:
    """One table a lookup may point to, with the navigation property on each side. `schema` names the relationship
    where the navigation property of the other side does not; `cascade` holds the behaviours a client chose."""

    table: str
    navigation: str
    inverse: str
    on_delete: OnDelete = OnDelete.CLEAR
    schema: str = ""
    cascade: tuple[tuple[str, str], ...] = ()

    @property
    def relationship(self) -> str:
        return self.schema or self.inverse


@dataclass(frozen=True)
class Column:
    """A column by its schema name; the logical name is the schema name in lower case.

    `folded` keeps a second, folded copy for comparing without case and accents; `localized` keeps a French text
    beside the English one; `open_to` names the table flag whose bearers a polymorphic lookup may point to; a
    `secret` is written and never read; `searched` gets an index for parts of its text, beside being folded.
    `choice_name` names the global choice its options come from; `part_of` is the column this one belongs to, such as
    the file whose name it holds; `custom` columns were added by a client; `most_kb` limits the size of a file.
    """

    schema: str
    kind: Kind
    label: Label
    required: Required = Required.NONE
    length: int = 0
    low: float | None = None
    high: float | None = None
    precision: int = 0
    options: tuple[Option, ...] = ()
    default: Scalar = None
    targets: tuple[Target, ...] = ()
    open_to: str = ""
    creatable: bool = True
    updatable: bool = True
    day_only: bool = False
    folded: bool = False
    localized: bool = False
    indexed: bool = False
    secret: bool = False
    searched: bool = False
    style: str = "Text"
    description: Label | None = None
    choice_name: str = ""
    part_of: str = ""
    custom: bool = False
    most_kb: int = 0

    @cached_property
    def name(self) -> str:
        return self.schema.lower()

    @cached_property
    def wire(self) -> str:
        """The property name in rows: lookups are read as `_name_value`."""
        return f"_{self.name}_value" if self.kind in LOOKUPS else self.name

    @cached_property
    def many_targets(self) -> bool:
        return self.kind in LOOKUPS and (len(self.targets) > 1 or bool(self.open_to))

    def option(self, value: int) -> Option | None:
        return next((option for option in self.options if option.value == value), None)


def folded_name(column: Column) -> str:
    """The second copy of a text, folded for comparing."""
    return f"{column.name}__fold"


def french_name(column: Column) -> str:
    """The French text of a localized column."""
    return f"{column.name}__fr"


def type_name(column: Column) -> str:
    """Beside a lookup with several targets: the logical name of the table it points to."""
    return f"{column.name}__table"


def label(en: str, fr: str = "") -> Label:
    return Label(en, fr or en)


def options(*rows: tuple[int, str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, label(en, fr)) for value, en, fr in rows)


YES_NO = options((0, "No", "Non"), (1, "Yes", "Oui"))


def text(
    schema: str,
    en: str,
    fr: str = "",
    length: int = 100,
    *,
    required: Required = Required.NONE,
    folded: bool = False,
    localized: bool = False,
    indexed: bool = False,
    style: str = "Text",
    read_only: bool = False,
    secret: bool = False,
    searched: bool = False,
) -> Column:
    return Column(
        schema, Kind.TEXT, label(en, fr), required, length, folded=folded, localized=localized, indexed=indexed,
        style=style, secret=secret, searched=searched, creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def memo(schema: str, en: str, fr: str = "", length: int = 2000, *, read_only: bool = False) -> Column:
    return Column(
        schema, Kind.MEMO, label(en, fr), length=length, style="TextArea",
        creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def guid(
    schema: str,
    en: str,
    fr: str = "",
    *,
    required: Required = Required.NONE,
    indexed: bool = False,
    read_only: bool = False,
) -> Column:
    return Column(
        schema, Kind.GUID, label(en, fr), required, indexed=indexed, creatable=not read_only, updatable=not read_only
    )


def key(schema: str, en: str = "Unique identifier", fr: str = "Identificateur unique") -> Column:
    return Column(schema, Kind.GUID, label(en, fr), Required.SYSTEM, updatable=False)


def integer(
    schema: str,
    en: str,
    fr: str = "",
    low: int = -2_147_483_648,
    high: int = 2_147_483_647,
    *,
    default: int | None = None,
    required: Required = Required.NONE,
    read_only: bool = False,
    indexed: bool = False,
) -> Column:
    return Column(
        schema, Kind.INTEGER, label(en, fr), required, low=low, high=high, default=default, indexed=indexed,
        creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def decimal(schema: str, en: str, fr: str = "", low: float = 0, high: float = 1e11, precision: int = 2) -> Column:
    return Column(schema, Kind.DECIMAL, label(en, fr), low=low, high=high, precision=precision)


def money(schema: str, en: str, fr: str = "", low: float = 0, high: float = 922_337_203_685_477) -> Column:
    return Column(schema, Kind.MONEY, label(en, fr), low=low, high=high, precision=2)


def boolean(
    schema: str,
    en: str,
    fr: str = "",
    *,
    default: bool | None = None,
    required: Required = Required.NONE,
    read_only: bool = False,
) -> Column:
    return Column(
        schema, Kind.BOOLEAN, label(en, fr), required, options=YES_NO, default=default,
        creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def moment(schema: str, en: str, fr: str = "", *, read_only: bool = False, indexed: bool = False) -> Column:
    return Column(
        schema, Kind.MOMENT, label(en, fr), indexed=indexed, style="DateAndTime",
        creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def day(schema: str, en: str, fr: str = "") -> Column:
    return Column(schema, Kind.MOMENT, label(en, fr), day_only=True, style="DateOnly")


def choice(
    schema: str,
    en: str,
    fr: str,
    values: Iterable[Option],
    *,
    default: int | None = None,
    required: Required = Required.NONE,
    choice_name: str = "",
) -> Column:
    return Column(
        schema, Kind.CHOICE, label(en, fr), required, options=tuple(values), default=default, choice_name=choice_name
    )


def table_name(schema: str, en: str, fr: str = "", *, read_only: bool = False) -> Column:
    return Column(schema, Kind.TABLE_NAME, label(en, fr), length=128, creatable=not read_only, updatable=not read_only)


def lookup(
    schema: str,
    en: str,
    fr: str,
    table: str,
    inverse: str,
    *,
    navigation: str = "",
    on_delete: OnDelete = OnDelete.CLEAR,
    required: Required = Required.NONE,
    indexed: bool = True,
    read_only: bool = False,
) -> Column:
    """A lookup to one table; its navigation property is the logical name unless said otherwise."""
    target = Target(table, navigation or schema.lower(), inverse, on_delete)
    return Column(
        schema, Kind.LOOKUP, label(en, fr), required, targets=(target,), indexed=indexed,
        creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def polymorphic(
    schema: str,
    en: str,
    fr: str,
    targets: Iterable[Target],
    *,
    kind: Kind = Kind.LOOKUP,
    open_to: str = "",
    required: Required = Required.NONE,
    indexed: bool = True,
    read_only: bool = False,
) -> Column:
    """A lookup to several tables: navigation properties carry the table's name as suffix."""
    return Column(
        schema, kind, label(en, fr), required, targets=tuple(targets), open_to=open_to, indexed=indexed,
        creatable=not read_only, updatable=not read_only,
    )  # fmt: skip


def customer(schema: str, en: str, fr: str, stem: str, *, on_delete: OnDelete = OnDelete.CLEAR) -> Column:
    """A lookup to an account or a contact; `stem` begins the collections on the other side."""
    low = schema.lower()
    return polymorphic(
        schema, en, fr,
        (
            Target("account", f"{low}_account", f"{stem}_customer_accounts", on_delete),
            Target("contact", f"{low}_contact", f"{stem}_customer_contacts", on_delete),
        ),
        kind=Kind.CUSTOMER,
    )  # fmt: skip

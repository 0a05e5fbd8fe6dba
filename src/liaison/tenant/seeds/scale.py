"""Many accounts and their document locations, for measuring: a million of each within a minute."""

# ruff: noqa: S608 - names of columns are written here; every value is bound.
from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from liaison.tenant.estate.crm.fold import fold
from liaison.tenant.estate.crm.model import Model, TableModel
from liaison.tenant.estate.crm.storage import without_indexes
from liaison.tenant.seeds import crm_names as words
from liaison.tenant.seeds.company import stable_guid
from liaison.tenant.seeds.crm_records import Records, wire

# Prime, and so without a factor in common with the number of combinations: neighbours differ, and a name comes again
# only after all combinations are used.
_STEP = 7_368_787
_DAYS = 500
_FAMILIES = (*words.FRENCH_LAST, *words.ENGLISH_LAST)
_BEGINNINGS = len(words.COMPANY_BEGINNINGS)
_KINDS = (*words.COMPANY_BEGINNINGS, *words.COMPANY_ENDINGS)

_OWNED = ("ownerid", "ownerid__table", "owninguser", "owningteam", "owningbusinessunit")
_STAMPS = ("createdon", "createdby", "modifiedon", "modifiedby")
_COMMON = ("statecode", "statuscode", *_STAMPS, *_OWNED, "versionnumber")
_ACCOUNT = (
    "accountid", "name", "name__fold", "accountnumber", "customertypecode", "industrycode", "telephone1",
    "emailaddress1", "address1_line1", "address1_city", "address1_city__fold", "address1_postalcode",
    "address1_country", "revenue", "numberofemployees", "creditonhold", "donotemail", "transactioncurrencyid",
    "exchangerate", *_COMMON,
)  # fmt: skip
_LOCATION = (
    "sharepointdocumentlocationid", "name", "name__fold", "relativeurl", "parentsiteorlocation",
    "parentsiteorlocation__table", "parentsiteorlocationtypecode", "regardingobjectid", "regardingobjectid__table",
    "regardingobjecttypecode", "servicetype", "locationtype", *_COMMON,
)  # fmt: skip

_BELOW_LOCATION = ("sharepointdocumentlocation", "sharepointdocumentlocation")

Stored = tuple[Any, ...]


class _Company(NamedTuple):
    name: str
    folded: str
    family: str
    city: int


class _Word(NamedTuple):
    """A part of a name as it is written and as it is compared."""

    text: str
    folded: str


def fill_scale(change: sqlite3.Connection, model: Model, made: Records, count: int, version: int) -> int:
    """Add `count` accounts, and for each a document location, in a folder for its city below the site's library for
    accounts. Returns the version of the last row."""
    accounts, locations = model.tables["account"], model.tables["sharepointdocumentlocation"]
    common = _common_values(made)
    with without_indexes(change, (accounts, locations)):
        version = _insert(change, accounts, _ACCOUNT, _account_rows(made, common, count), version)
        version = _insert(change, locations, _LOCATION, _folder_rows(made, common), version)
        return _insert(change, locations, _LOCATION, _location_rows(common, count), version)


def _insert(
    change: sqlite3.Connection, table: TableModel, columns: tuple[str, ...], rows: Iterator[Stored], version: int
) -> int:
    """Add rows that lack only their version; returns the last version given."""
    marks = ", ".join("?" * len(columns))
    versioned = ((*row, version + number) for number, row in enumerate(rows, start=1))
    change.executemany(f"INSERT INTO {table.sql} ({', '.join(columns)}) VALUES ({marks})", versioned)
    return int(change.execute(f"SELECT max(versionnumber) FROM {table.sql}").fetchone()[0])


def _common_values(made: Records) -> tuple[Stored, ...]:
    """State, stamps and owner of a row: rows take these in turn."""
    owners = [made.owned() for _ in range(_DAYS)]
    moments = [wire(made.now - timedelta(days=1 + day, minutes=17 * day)) for day in range(_DAYS)]
    return tuple(
        (0, 1, moment, owner["createdby"], moment, owner["modifiedby"], *(owner[name] for name in _OWNED))
        for owner, moment in zip(owners, moments, strict=True)
    )


def _companies(count: int) -> Iterator[tuple[int, _Company]]:
    """Names such as `Transports Guérin-Walsh Lyon` or `Picard Shaw Logistics Dublin`."""
    families, kinds = _words(_FAMILIES), _words(_KINDS)
    cities = _words(city[0] for city in words.CITIES)
    for number in range(count):
        rest, first = divmod(number * _STEP % (len(families) ** 2 * len(kinds) * len(cities)), len(families))
        rest, second = divmod(rest, len(families))
        city, kind = divmod(rest, len(kinds))
        one, two, sort, place = families[first], families[second], kinds[kind], cities[city]
        if kind < _BEGINNINGS:
            name = f"{sort.text} {one.text}-{two.text} {place.text}"
            folded = f"{sort.folded} {one.folded}-{two.folded} {place.folded}"
        else:
            name = f"{one.text} {two.text} {sort.text} {place.text}"
            folded = f"{one.folded} {two.folded} {sort.folded} {place.folded}"
        yield number, _Company(name, folded, one.folded, city)


def _words(texts: Iterable[str]) -> list[_Word]:
    return [_Word(text, fold(text)) for text in texts]


def _account_rows(made: Records, common: tuple[Stored, ...], count: int) -> Iterator[Stored]:
    places = [(city, fold(city), code, country) for city, code, country, _ in words.CITIES]
    for number, company in _companies(count):
        domain = company.family.replace("'", "")
        yield (
            _account_id(number), company.name, company.folded, f"S{number + 1:07d}", 3, 1 + number % 12,
            f"{words.CITIES[company.city][3]} {10 + number % 89}", f"contact@{domain}{number}.example",
            f"{1 + number % 180} quai Nord", *places[company.city], (4 + number % 900) * 50_000.0, 3 + number % 4000,
            0, 0, made.currency_id, 1.0, *common[number % _DAYS],
        )  # fmt: skip


def _folder_rows(made: Records, common: tuple[Stored, ...]) -> Iterator[Stored]:
    library = stable_guid("location", made.environment, "account")
    for number, (city, *_) in enumerate(words.CITIES):
        yield (
            _folder_id(number), city, fold(city), city, library, *_BELOW_LOCATION, None, None, None, 0, 0,
            *common[number],
        )  # fmt: skip


def _location_rows(common: tuple[Stored, ...], count: int) -> Iterator[Stored]:
    for number, company in _companies(count):
        record = _account_id(number)
        yield (
            f"5ca1e001-0000-4000-8000-{number:012x}", company.name, company.folded,
            f"{company.name}_{record.replace('-', '').upper()}", _folder_id(company.city), *_BELOW_LOCATION,
            record, "account", "account", 0, 0, *common[number % _DAYS],
        )  # fmt: skip


def _account_id(number: int) -> str:
    return f"5ca1e000-0000-4000-8000-{number:012x}"


def _folder_id(number: int) -> str:
    return f"5ca1e002-0000-4000-8000-{number:012x}"

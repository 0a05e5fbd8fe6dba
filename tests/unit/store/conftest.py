"""A fresh database for each test: SQLite always, PostgreSQL when a server is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from liaison.domain.link import Link, NewChannel
from liaison.domain.names import (
    ChannelId,
    EnvironmentKey,
    LinkId,
    Person,
    PersonId,
    RecordRef,
    RowId,
    TableName,
    TeamId,
    TenantId,
)
from liaison.store.database import Database, open_database

POSTGRES_VARIABLE = "LIAISON_TEST_POSTGRES"


SERVER = os.environ.get(POSTGRES_VARIABLE, "")


@pytest.fixture(params=["sqlite", "postgres"] if SERVER else ["sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'liaison.sqlite'}"
        return
    with a_schema(SERVER) as scoped:
        yield scoped


@contextmanager
def a_schema(server: str) -> Iterator[str]:
    """The address of an empty schema on the server, dropped afterwards."""
    schema = f"test_{uuid4().hex[:12]}"
    owner = sa.create_engine(server)
    with owner.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    yield f"{server}?options=-csearch_path%3D{schema}"
    with owner.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    owner.dispose()


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = open_database(address)
    yield opened
    opened.close()


@dataclass
class SetClock:
    """A clock that stands still until it is told to go on."""

    moment: datetime = datetime(2027, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, step: timedelta) -> None:
        self.moment += step


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


CLAIRE = Person(TenantId("t1"), PersonId("p-claire"), "Claire Fontaine", "claire.fontaine@contoso.com", "fr")
OLIVER = Person(TenantId("t1"), PersonId("p-oliver"), "Oliver Grant", "oliver.grant@contoso.com", "en")
DEAL = RecordRef(EnvironmentKey("sales"), TableName("opportunity"), RowId("6a1b0c7e-0000-4000-8000-000000000001"))


def make_link(
    wanted: ChannelId | NewChannel = ChannelId("19:a@thread.tacv2"),
    by: Person = CLAIRE,
    record: RecordRef = DEAL,
    at: datetime | None = None,
) -> Link:
    return Link(
        id=LinkId(str(uuid4())),
        regarding=record,
        title="Renouvellement Northwind",
        team=TeamId("team-1"),
        wanted=wanted,
        by=by,
        acting=by,
        planned_at=at or SetClock().now(),
    )

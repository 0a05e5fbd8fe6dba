"""The tables, the same on SQLite and PostgreSQL. What changes here needs a migration beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A moment, kept as whole microseconds since 1970 in UTC: the same order and value in both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = sa.MetaData()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


links = sa.Table(
    "links",
    metadata,
    _text("id", primary_key=True),
    _text("tenant"),
    _text("environment"),
    _text("table_name"),
    _text("record"),
    _text("team"),
    _text("channel"),
    _text("wanted_name"),
    _text("wanted_team"),
    _text("state"),
    sa.Column("at_work", sa.SmallInteger, nullable=False),
    sa.Column("holds", sa.SmallInteger, nullable=False),
    _text("trouble_code"),
    _text("operation"),
    _text("by_person"),
    _text("acting_person"),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("planned_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    _text("document"),
)
"""`channel` is empty until it is known, `wanted_name` and `wanted_team` are the folded names
of a channel and a team to be made, or empty; `team` is empty until the team exists. `record` is the id of the record or
view, which differ wherever they come from.
`at_work` is 1 while its work is unfinished, `holds` is 1 until it is over. `document` is the whole link; the other
columns repeat of it what is searched."""

# Written out, not bound: SQLite uses a partial index only for a condition that it can read when it plans.
HOLDS = links.c.holds == sa.literal_column("1")
AT_WORK = links.c.at_work == sa.literal_column("1")
_NOTHING: sa.ColumnElement[str] = sa.literal_column("''")


def _partial(name: str, where: sa.ColumnElement[bool], *columns: sa.Column[Any], unique: bool = False) -> sa.Index:
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


_partial(
    "links_one_per_channel",
    sa.and_(HOLDS, links.c.channel != _NOTHING),
    links.c.tenant,
    links.c.environment,
    links.c.table_name,
    links.c.record,
    links.c.channel,
    unique=True,
)
_partial(
    "links_one_per_wanted_name",
    sa.and_(HOLDS, links.c.wanted_name != _NOTHING, links.c.team != _NOTHING),
    links.c.tenant,
    links.c.environment,
    links.c.table_name,
    links.c.record,
    links.c.team,
    links.c.wanted_name,
    unique=True,
)
_partial(
    "links_one_per_wanted_team",
    sa.and_(HOLDS, links.c.wanted_team != _NOTHING),
    links.c.tenant,
    links.c.environment,
    links.c.table_name,
    links.c.record,
    links.c.wanted_team,
    links.c.wanted_name,
    unique=True,
)
_partial(
    "links_of_record",
    HOLDS,
    links.c.environment,
    links.c.table_name,
    links.c.record,
)
_partial("links_in_channel", HOLDS, links.c.tenant, links.c.channel)
_partial("links_at_work", AT_WORK, links.c.planned_at)
sa.Index("links_parked", links.c.tenant, links.c.acting_person, links.c.trouble_code)
sa.Index("links_newest", links.c.tenant, links.c.planned_at, links.c.id)
sa.Index("links_newest_of_person", links.c.tenant, links.c.by_person, links.c.planned_at, links.c.id)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    _text("tenant", primary_key=True),
    _text("person", primary_key=True),
    _text("key", primary_key=True),
    _text("link"),
    _text("fingerprint"),
    sa.Column("used_at", UtcTime, nullable=False, index=True),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    _text("tenant"),
    _text("person"),
    _text("who"),
    _text("act"),
    _text("subject"),
    _text("detail"),
    _text("previous_hash"),
    _text("hash"),
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    _text("hash"),
)
"""One row: the last line of the audit. Writers lock it, so that the chain has one end; a cut tail shows here."""

sessions = sa.Table(
    "sessions",
    metadata,
    _text("digest", primary_key=True),
    _text("tenant"),
    _text("person"),
    _text("name"),
    _text("upn"),
    _text("language"),
    _text("theme"),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False, index=True),
    sa.Index("sessions_of_person", "tenant", "person"),
)
"""`digest` is the hash of the session's id: whoever reads this table has nobody's session."""

kept_states = sa.Table(
    "kept_states",
    metadata,
    _text("digest", primary_key=True),
    _text("sealed"),
    sa.Column("ends_at", UtcTime, nullable=False, index=True),
)

parked_tokens = sa.Table(
    "parked_tokens",
    metadata,
    _text("tenant", primary_key=True),
    _text("person", primary_key=True),
    _text("sealed"),
    sa.Column("parked_at", UtcTime, nullable=False),
)

consents = sa.Table(
    "consents",
    metadata,
    _text("tenant", primary_key=True),
    _text("state"),
    _text("granted"),
    _text("missing"),
    _text("by_name"),
    sa.Column("at", UtcTime, nullable=True),
)

executors = sa.Table(
    "executors",
    metadata,
    _text("id", primary_key=True),
    _text("host"),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("beats", sa.BigInteger, nullable=False),
    _text("successor"),
)
"""Processes that carry out durable work. `beats` grows while the process lives; `successor` is who took over."""

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
    _text("service"),
    _text("method"),
    _text("host"),
    _text("path"),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("ms", sa.Float, nullable=False),
    _text("feature", index=True),
)
"""Outbound calls, by template: no ids, bodies or tokens. `feature` is empty for a call outside the promise."""

mendings = sa.Table(
    "mendings",
    metadata,
    _text("id", primary_key=True),
    _text("tenant"),
    _text("environment"),
    sa.Column("at", UtcTime, nullable=False),
    _text("document"),
    sa.Index("mendings_newest", "tenant", "environment", "at"),
)
"""Remedies that were applied, with the rows as they were before."""

watches = sa.Table(
    "watches",
    metadata,
    _text("tenant", primary_key=True),
    _text("environment", primary_key=True),
    sa.Column("checked_at", UtcTime, nullable=True, index=True),
    _text("document"),
)
"""What was last seen of each enabled environment, and on whose behalf it is looked at again."""

join_requests = sa.Table(
    "join_requests",
    metadata,
    _text("id", primary_key=True),
    _text("tenant"),
    _text("team"),
    _text("person"),
    _text("channel"),
    _text("state"),
    sa.Column("asked_at", UtcTime, nullable=False),
    _text("document"),
    sa.Index("join_requests_one_per_person", "tenant", "team", "person", "channel", unique=True),
    sa.Index("join_requests_of_person", "tenant", "person", "asked_at"),
)
"""Who wants to be let into which team, and what was answered."""

filing_rules = sa.Table(
    "filing_rules",
    metadata,
    _text("tenant", primary_key=True),
    _text("environment", primary_key=True),
    _text("reaction"),
    sa.Column("at", UtcTime, nullable=False),
    _text("by_person"),
    _text("by_name"),
    _text("by_upn"),
)
"""In which environments messages are filed, and by which reaction."""

listenings = sa.Table(
    "listenings",
    metadata,
    _text("id", primary_key=True),
    _text("tenant"),
    _text("team"),
    _text("channel"),
    _text("sealed"),
    _text("state"),
    _text("subscription"),
    _text("acting"),
    sa.Column("unheard_at", UtcTime, nullable=True),
    sa.Column("ends_at", UtcTime, nullable=True),
    sa.Column("due_at", UtcTime, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    _text("trouble"),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Index("listenings_one_per_channel", "tenant", "channel", unique=True),
)
"""For each channel of which messages are filed: the service's subscription, with its secret sealed."""

notices = sa.Table(
    "notices",
    metadata,
    _text("listening", primary_key=True),
    _text("message", primary_key=True),
    _text("reply", primary_key=True),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("stuck", sa.Integer, nullable=False),
    _text("trouble"),
    sa.Index("notices_due", "stuck", "due_at"),
)
"""Messages that were told to have changed, by their ids, until they have been looked at."""

filed_messages = sa.Table(
    "filed_messages",
    metadata,
    _text("link", primary_key=True),
    _text("message", primary_key=True),
    _text("reply", primary_key=True),
    _text("channel"),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("filed_messages_of_channel", "channel", "message", "reply"),
)
"""Which messages are on a record's timeline because of a link, by their ids."""

templates = sa.Table(
    "templates",
    metadata,
    _text("id", primary_key=True),
    _text("tenant"),
    _text("environment"),
    _text("folded_name"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    _text("document"),
    sa.Index("templates_one_of_a_name", "tenant", "environment", "folded_name", unique=True),
)
"""Defaults for connecting, and what is made beside a channel."""

labellers = sa.Table(
    "labellers",
    metadata,
    _text("tenant", primary_key=True),
    _text("person"),
    sa.Column("agreed_at", UtcTime, nullable=False),
    _text("document"),
)
"""Who agreed to set sensitivity labels on behalf of others."""

turns = sa.Table(
    "turns",
    metadata,
    _text("name", primary_key=True),
    sa.Column("until", UtcTime, nullable=False),
)
"""Work that one process at a time does for all: nobody begins it again before `until`."""

sights = sa.Table(
    "sights",
    metadata,
    _text("link", primary_key=True),
    _text("tenant"),
    _text("document"),
)
"""The records of links as they were last looked at: ids, and names of the people they concern."""

proposals = sa.Table(
    "proposals",
    metadata,
    _text("id", primary_key=True),
    _text("tenant"),
    _text("team"),
    _text("link"),
    _text("person"),
    _text("kind"),
    _text("state"),
    sa.Column("at", UtcTime, nullable=False),
    _text("document"),
    sa.Index("proposals_one_per_person", "link", "person", "kind", unique=True),
    sa.Index("proposals_waiting", "tenant", "state", "team"),
)
"""Whom an owner of a team may add or remove, and what was answered."""

"""The addresses of our own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from liaison.domain.crm import Association
from liaison.domain.filing import MessageRef
from liaison.domain.names import EnvironmentKey, LinkId, RecordRef, Regarding, TableName

HOME = "/"
REQUESTS_COUNT = "/requests/count"
LABELLER_AGREE, LABELLER_STOP = "/labeller/agree", "/labeller/stop"
EXTRAS_ANCHOR = "more-that-can-be-allowed"
Query = Mapping[str, str | Sequence[str]]
"""Values of a query; several of one name are a sequence."""


def address(*segments: str, query: Query | None = None) -> str:
    """An absolute path of these segments; empty values are left out of the query."""
    path = "/" + "/".join(quote(segment, safe="!") for segment in segments)
    asked = urlencode({name: value for name, value in (query or {}).items() if value}, doseq=True)
    return f"{path}?{asked}" if asked else path


def query_part(name: str, value: str) -> str:
    """One `name=value`, to be joined to an address that has a query."""
    return urlencode({name: value})


def allow_labels(back: str) -> str:
    """Where somebody lets Liaison set labels with their own permission, and comes back from."""
    return address("auth", "login", query={"next": back, "for": "label"})


def extra_anchor(rung: str) -> str:
    """Where the settings page has what can be allowed beyond the enhanced experience."""
    return f"allow-{rung}"


def app_home(environment: EnvironmentKey, app: str) -> str:
    return address("e", environment, "a", app)


def view(environment: EnvironmentKey, app: str, table: TableName, query: Mapping[str, str] | None = None) -> str:
    return address("e", environment, "a", app, "t", table, query=query)


def record(app: str, ref: RecordRef, *below: str, query: Mapping[str, str] | None = None) -> str:
    return address("e", ref.environment, "a", app, "t", ref.table, "r", ref.id, *below, query=query)


def regarded(app: str, regarding: Regarding) -> str:
    """The page of a record, or that of a view's rows."""
    if isinstance(regarding, RecordRef):
        return record(app, regarding)
    return view(regarding.environment, app, regarding.table, {"view": regarding.id})


def collaborate(app: str, regarding: Regarding, *below: str, query: Query | None = None) -> str:
    """The Collaborate panel of a record or view, and what lies below it."""
    shown = ("r",) if isinstance(regarding, RecordRef) else ("v", regarding.kind.value)
    path = ("e", regarding.environment, "a", app, "t", regarding.table, *shown, regarding.id, "collaborate", *below)
    return address(*path, query=query)


def search(environment: EnvironmentKey, app: str) -> str:
    return address("e", environment, "a", app, "search")


def settings(environment: EnvironmentKey, app: str) -> str:
    return address("e", environment, "a", app, "settings", "chat-and-collaborate")


def power_apps_settings(environment: EnvironmentKey) -> str:
    return address("power-apps", "environments", environment, "settings", "teams-integration")


def link(link_id: LinkId, *below: str, query: Mapping[str, str] | None = None) -> str:
    return address("links", link_id, *below, query=query)


def link_target(link_id: LinkId) -> str:
    """Leads to the link's record, wherever that is shown."""
    return address("l", f"lnk_{link_id}")


def channel_in_teams(teams: str, row: Association) -> str:
    """The channel of a row that keeps no address of its own. Source: Teams, deep link to a channel."""
    query = urlencode({"groupId": row.team, "tenantId": row.tenant})
    return f"{teams}/l/channel/{quote(row.channel, safe='')}/{quote(row.channel_name, safe='')}?{query}"


def message_in_teams(teams: str, tenant: str, ref: MessageRef) -> str:
    """A message by its ids alone. Source: Teams, deep link to a channel message."""
    number = ref.reply or ref.message
    query = urlencode({"groupId": ref.team, "tenantId": tenant, "createdTime": number, "parentMessageId": ref.message})
    return f"{teams}/l/message/{quote(ref.channel, safe='')}/{number}?{query}"


def help_topic(topic: str) -> str:
    return address("help", topic)


def sign_in(back: str, environment: str = "") -> str:
    return address("auth", "login", query={"next": back, "environment": environment})


def local_path(text: str, otherwise: str = HOME) -> str:
    """The text when it is a path of this site, so that nobody can be sent elsewhere by it."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(letter) < 32 for letter in text):
        return otherwise
    return text

"""Names to ids: by id, by exact name, then by the only name that contains what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from liaison.cli.api import Api, Document, path

if TYPE_CHECKING:
    from liaison.errors import LiaisonError


def choose(
    asked: str,
    items: Sequence[Document],
    kind: str,
    id_key: str = "id",
    name_key: str = "name",
    **facts: str,
) -> Document:
    """The one that is meant. Raises NameAmbiguous with the candidates, or the error that this kind is not there.

    `facts` are what that error says beside the name that was asked for.
    """
    wanted = asked.casefold()
    named = [(str(item[id_key]).casefold(), str(item[name_key]).casefold(), item) for item in items]
    for found in (
        [item for key, _, item in named if key == wanted],
        [item for _, name, item in named if name == wanted],
        [item for _, name, item in named if wanted in name],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(asked, kind, [(str(item[name_key]), str(item[id_key])) for item in found])
    raise _unknown(asked, kind, facts)


def _ambiguous(asked: str, kind: str, found: Sequence[tuple[str, str]]) -> LiaisonError:
    from liaison.errors import NameAmbiguous, Row

    return NameAmbiguous(asked, tuple(Row(kind, name, key, key) for name, key in found))


def _unknown(asked: str, kind: str, facts: Mapping[str, str]) -> LiaisonError:
    from liaison import errors

    missing: dict[str, type[errors.LiaisonError]] = {
        "environment": errors.EnvironmentUnknown,
        "team": errors.TeamUnknown,
        "channel": errors.ChannelGone,
        "record": errors.RecordUnknown,
        "view": errors.ViewUnknown,
        "place": errors.FileUnknown,
        "file": errors.FileUnknown,
        "person": errors.PersonUnknown,
        "template": errors.TemplateUnknown,
    }
    field = {"record": "asked", "view": "asked", "place": "file"}.get(kind, kind)
    return missing[kind](**{field: asked, **facts})


def find_environment(api: Api, asked: str) -> str:
    """The key of the environment; of the first one when none is asked for."""
    items = api.get("/environments")["items"]
    if not asked and items:
        return str(items[0]["key"])
    return str(choose(asked, items, "environment", id_key="key")["key"])


def find_team(api: Api, asked: str) -> Document:
    return choose(asked, api.get("/teams")["items"], "team")


def find_channel(api: Api, team: Document, asked: str) -> Document:
    items = api.get(path("teams", team["id"], "channels"))["items"]
    return choose(asked, items, "channel", team=team["name"])


def records_path(environment: str, table: str) -> str:
    return path("environments", environment, "tables", table, "records")


def find_record(api: Api, environment: str, table: str, asked: str) -> Document:
    """The record's document. The server has looked by id, exact name and part of the name already."""
    items = api.get(records_path(environment, table), q=asked)["items"]
    return choose(asked, items, "record", name_key="title", table=table)


def find_view(api: Api, environment: str, table: str, asked: str) -> Document:
    items = api.get(path("environments", environment, "tables", table, "views"))["items"]
    return choose(asked, items, "view")


def find_template(api: Api, environment: str, asked: str) -> Document:
    return choose(asked, api.get(path("environments", environment, "templates"))["items"], "template")


def is_id(asked: str) -> bool:
    """Is it an id of a person, record or view?"""
    from uuid import UUID

    try:
        UUID(asked)
    except ValueError:
        return False
    return True


def find_person(api: Api, where: str, asked: str, team: str) -> Document:
    """Somebody of the directory by sign-in name or name, as far as those who may add people see them."""
    items = api.get(where, q=asked, team=team)["items"]
    named = [one for one in items if one["upn"].casefold() == asked.casefold()]
    return named[0] if len(named) == 1 else choose(asked, items, "person")


def record_path(record: Document, *below: str) -> str:
    return records_path(record["environment"], record["table"]) + path(record["id"], *below)


def find_place(places: Sequence[Document], asked: str) -> Document:
    return choose(asked, places, "place", id_key="key")

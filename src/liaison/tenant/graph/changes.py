"""What changed among groups, their people, and users since a token.

Source: Graph v1.0, api/group-delta.md, api/user-delta.md, concepts/delta-query-groups.md; graph.md 9.3
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.tenant.estate import groups, people
from liaison.tenant.estate.groups import Group
from liaison.tenant.estate.seals import SealBroken, seal, unseal
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.errors import Backend, GraphError
from liaison.tenant.graph.groups import shown_group
from liaison.tenant.graph.permissions import GROUP_LIST, USERS_DELTA
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import USER
from liaison.tenant.graph.shapes import selected, selection_suffix, wanted_filter
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.users import shown_user, user_body

_PAGE = 100
_MOST_IDS = 50
_RELATIONS = ("members", "owners")
_UNSUPPORTED = ("expand", "top", "orderby", "search")


@dataclass(frozen=True)
class Mark:
    """How far a client has read, and where its first reading began: what was gone by then is of no interest."""

    after: int
    since: int


def read_group_delta(ask: Ask) -> Answer:
    """`GET /groups/delta`: pages, the last of which has the delta link; `members@delta` when members are selected."""
    _require_supported(ask)
    newest = groups.groups_sequence(ask.estate)
    if ask.options.get("deltatoken") == "latest":
        return _answer(ask, "groups", [], newest, None)
    mark = _read_mark(ask, "groups")
    ids = _filtered_ids(ask)
    found = groups.list_changed_groups(ask.estate, mark.after, _PAGE + 1)
    part = found[:_PAGE]
    values = [
        _group_change(ask, group, mark)
        for group in part
        if (not ids or group.id in ids) and (group.deleted is None or mark.since > 0)
    ]
    more = Mark(part[-1].seq, mark.since) if len(found) > _PAGE else None
    return _answer(ask, "groups", values, max(newest, mark.after), more)


def read_user_delta(ask: Ask) -> Answer:
    """`GET /users/delta`."""
    _require_supported(ask)
    newest = people.users_version(ask.estate)
    if ask.options.get("deltatoken") == "latest":
        return _answer(ask, "users", [], newest, None)
    mark = _read_mark(ask, "users")
    found = people.list_changed_users(ask.estate, mark.after)
    part = found[:_PAGE]
    values: list[Json] = []
    for user in part:
        if user.deleted is None:
            values.append(_identified(user.id, selected(ask, shown_user(ask, user_body(user)), USER, "user")))
        elif mark.since > 0:
            values.append({"id": user.id, "@removed": {"reason": "changed"}})
    more = Mark(part[-1].version, mark.since) if len(found) > _PAGE else None
    return _answer(ask, "users", values, max(newest, mark.after), more)


def _group_change(ask: Ask, group: Group, mark: Mark) -> Json:
    if group.deleted is not None:
        purged = group.mail_nickname == group.id
        return {"id": group.id, "@removed": {"reason": "deleted" if purged else "changed"}}
    relations = [name for name in ask.words("select") if name in _RELATIONS]
    body = _identified(group.id, shown_group(ask, group))
    for name in relations:
        body.pop(name, None)
        entries = _people_changes(ask, group, name, mark)
        if entries:
            body[f"{name}@delta"] = entries
    return body


def _people_changes(ask: Ask, group: Group, relation: str, mark: Mark) -> list[Json]:
    """Everybody in a first reading; afterwards who came and who went."""
    if mark.since == 0:
        return [_person(user_id, removed=False) for user_id in groups.list_people(ask.estate, group.id, relation)]
    changes = groups.list_person_changes(ask.estate, group.id, relation, mark.since)
    return [_person(change.user_id, removed=change.removed) for change in changes]


def _person(user_id: str, *, removed: bool) -> Json:
    gone: Json = {"@removed": {"reason": "deleted"}} if removed else {}
    return {"@odata.type": "#microsoft.graph.user", "id": user_id, **gone}


def _identified(object_id: str, body: Json) -> Json:
    return {**body, "id": object_id}


def _require_supported(ask: Ask) -> None:
    for name in _UNSUPPORTED:
        if name in ask.options:
            raise GraphError(400, "Request_UnsupportedQuery", f"The query option '${name}' is not supported.")


def _filtered_ids(ask: Ask) -> set[str]:
    """The groups that `$filter=id eq '…' or …` names; nothing else can be filtered."""
    wanted = wanted_filter(ask)
    if wanted is None:
        return set()
    if wanted.names != {"id"} or wanted.advanced:
        raise GraphError(400, "Request_UnsupportedQuery", "Only a filter on id is supported.")
    found = {group.id for group in groups.list_groups(ask.estate) if wanted.matches({"id": group.id})}
    if len(found) > _MOST_IDS:
        raise GraphError(400, "Request_UnsupportedQuery", f"At most {_MOST_IDS} ids can be filtered.")
    return found


def _read_mark(ask: Ask, kind: str) -> Mark:
    token = ask.options.get("skiptoken") or ask.options.get("deltatoken")
    if token is None:
        return Mark(0, 0)
    if get_switch(ask.estate, "graph.delta_expired", False):
        raise _too_old(ask)
    try:
        after, since = unseal(ask.estate, f"{kind} delta", token)
    except SealBroken as broken:
        raise _too_old(ask) from broken
    return Mark(after, since)


def _too_old(ask: Ask) -> GraphError:
    return GraphError(
        410,
        "syncStateNotFound",
        "The sync state generation is not found; please start over without a token.",
        headers={"Location": ask.link(skiptoken=None, deltatoken=None)},
    )


def _answer(ask: Ask, kind: str, values: list[Json], newest: int, more: Mark | None) -> Answer:
    body: Json = {"@odata.context": ask.context(f"{kind}{selection_suffix(ask)}")}
    if more is not None:
        token = seal(ask.estate, f"{kind} delta", [more.after, more.since])
        body["@odata.nextLink"] = ask.link(skiptoken=token, deltatoken=None)
    else:
        token = seal(ask.estate, f"{kind} delta", [newest, newest])
        body["@odata.deltaLink"] = ask.link(deltatoken=token, skiptoken=None)
    return Answer(body=body | {"value": values})


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "groups/delta()", read_group_delta, GROUP_LIST),
    ("GET", "groups/graph.delta()", read_group_delta, GROUP_LIST),
    ("GET", "users/delta()", read_user_delta, USERS_DELTA),
    ("GET", "users/graph.delta()", read_user_delta, USERS_DELTA),
)

"""What the directory knows of names of teams: policy, names in use, names deleted lately, and how many one has made.

Everything here only looks. What the person or the app may not read comes back as None.
Source: graph.md sections 3.8 and 3.9.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from liaison.domain.naming import NameRefusal, NamingPolicy, Profile, read_requirement
from liaison.domain.teams import Label
from liaison.errors import ConsentNotGranted, UpstreamRefused
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import About, Subject
from liaison.graph.tabs import literal
from liaison.wire.messages import Answer
from liaison.wire.wild import Wild

UNIFIED = "62375ab9-6b52-47ed-826b-58e47e0e304b"
"""The template of the settings for Microsoft 365 groups. Source: resources/groupsetting.md."""

_ME = Subject(About.PERSON)
_EVENTUAL = {"consistencylevel": "eventual"}
_LIKE = 40
"""Names that begin like the one that is asked for are enough to find a free number."""
_ATTRIBUTES = {
    "Department": "department",
    "Company": "companyName",
    "Office": "officeLocation",
    "StateOrProvince": "state",
    "CountryOrRegion": "country",
    "Title": "jobTitle",
}
"""Source: Microsoft Entra, naming policy for Microsoft 365 groups, supported attributes."""

Found = TypeVar("Found")


class GraphNaming:
    """One person's view of what new teams may be called."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def read_naming_policy(self) -> NamingPolicy | None:
        """Source: api/group-list-settings.md."""

        async def read() -> NamingPolicy:
            call = read_call("/groupSettings", _ME, {})
            settings = [item async for item in self._client.pages(call)]
            ours = next((item for item in settings if item.opt_text("templateId") == UNIFIED), None)
            return read_policy(ours) if ours is not None else NamingPolicy()

        return await _if_allowed(read)

    async def read_profile(self) -> Profile:
        call = read_call("/me", _ME, {}, {"$select": ",".join(("id", *_ATTRIBUTES.values()))})
        me = await self._client.read(call)
        return Profile(tuple((name, me.opt_text(column)) for name, column in _ATTRIBUTES.items()))

    async def check_group_name(self, name: str) -> tuple[NameRefusal, ...] | None:
        """Source: api/directoryobject-validateproperties.md."""

        async def check() -> tuple[NameRefusal, ...]:
            body = {"entityType": "Group", "displayName": name}
            path = "/directoryObjects/validateProperties"
            call = Call("POST", path, _ME, body=body, repeatable=True, expects=(422,))
            answer = await self._client.send(call)
            return read_refusals(answer) if answer.status == 422 else ()

        return await _if_allowed(check)

    async def find_group_by_name(self, name: str) -> tuple[str, ...] | None:
        """Source: api/group-list.md."""
        return await self._names("/groups", f"startswith(displayName,{literal(name)})")

    async def list_deleted_group_names(self, name: str) -> tuple[str, ...] | None:
        """Source: api/directory-deleteditems-list.md."""
        path = "/directory/deletedItems/microsoft.graph.group"
        found = await self._names(path, f"startswith(displayName,{literal(name)})")
        folded = name.casefold()
        return None if found is None else tuple(one for one in found if one.casefold().startswith(folded))

    async def _names(self, path: str, condition: str) -> tuple[str, ...] | None:
        query = {"$select": "id,displayName", "$filter": condition, "$top": str(_LIKE), "$count": "true"}

        async def read() -> tuple[str, ...]:
            call = Call("GET", path, _ME, query=query, headers=_EVENTUAL, repeatable=True)
            page = await self._client.read(call)
            return tuple(item.opt_text("displayName") for item in page.list("value"))

        return await _if_allowed(read)

    async def count_created_objects(self) -> int | None:
        """Administrators get an empty list, and have no limit. Source: api/user-list-createdobjects.md."""

        async def read() -> int:
            call = read_call("/me/createdObjects", _ME, {}, {"$select": "id", "$top": "999"})
            return len([item async for item in self._client.pages(call)])

        return await _if_allowed(read)

    async def is_in_group(self, group: str) -> bool | None:
        """Source: api/directoryobject-checkmemberobjects.md."""

        async def read() -> bool:
            call = Call("POST", "/me/checkMemberObjects", _ME, body={"ids": [group]}, repeatable=True)
            found = await self._client.read(call)
            return group in {item.as_text() for item in found.list("value")}

        return await _if_allowed(read)

    async def list_labels(self) -> tuple[Label, ...] | None:
        """Source: graph.md section 3.8."""

        async def read() -> tuple[Label, ...]:
            call = read_call("/security/dataSecurityAndGovernance/sensitivityLabels", _ME, {})
            labels = [item async for item in self._client.pages(call)]
            labels.sort(key=lambda item: item.opt_number("priority"))
            return tuple(read_label(item) for item in labels)

        return await _if_allowed(read)


async def _if_allowed(read: Callable[[], Awaitable[Found]]) -> Found | None:
    """What was read; None when permission, licence or the service itself stands in the way.

    An outage or a limit is not swallowed here: the asker may try again.
    """
    try:
        return await read()
    except (ConsentNotGranted, UpstreamRefused):
        return None


def read_policy(setting: Wild) -> NamingPolicy:
    """Source: api/groupsettingtemplate-get.md."""
    values = {item.text("name"): item.opt_text("value") for item in setting.opt_list("values")}
    prefix, suffix = read_requirement(values.get("PrefixSuffixNamingRequirement", ""))
    words = (word.strip() for word in values.get("CustomBlockedWordsList", "").split(","))
    return NamingPolicy(
        prefix=prefix,
        suffix=suffix,
        blocked_words=tuple(word for word in words if word),
        only_some_create=values.get("EnableGroupCreation", "").casefold() == "false",
        creators=values.get("GroupCreationAllowedGroupId", ""),
    )


def read_refusals(answer: Answer) -> tuple[NameRefusal, ...]:
    """The details about the display name; an answer without details still refuses."""
    error = answer.wild().opt_child("error")
    details = [item for item in error.opt_list("details") if item.opt_text("target") in {"", "displayName"}]
    found = tuple(
        NameRefusal(item.opt_text("code"), item.opt_text("message"), item.opt_text("prefix"), item.opt_text("suffix"))
        for item in details
    )
    return found or (NameRefusal(error.opt_text("code"), error.opt_text("message")),)


def read_label(item: Wild) -> Label:
    name = item.opt_text("displayName") or item.opt_text("name")
    return Label(item.text("id"), name, item.opt_text("toolTip") or item.opt_text("description"))

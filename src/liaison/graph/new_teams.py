"""Making and removing teams. Source: graph.md sections 3.1 to 3.3, 3.7 and 3.9; replay table C2a and C2b."""

from __future__ import annotations

import re

from liaison.domain.crm import TEAMS_ADMINISTRATOR
from liaison.domain.link import NewTeam
from liaison.domain.names import TeamId
from liaison.domain.naming import nickname_of
from liaison.domain.teams import Team, TeamOperation
from liaison.errors import (
    LiaisonError,
    NameBlocked,
    NameRefusedByPolicy,
    RoleMissing,
    Row,
    StillPreparing,
    TeamAmbiguous,
    TeamCreationNotAllowed,
    TeamNotMade,
    TeamUnknown,
    UpstreamRefused,
    UpstreamSurprise,
)
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject, error_of
from liaison.graph.horizon import Horizon
from liaison.graph.payloads import read_team
from liaison.graph.tabs import literal
from liaison.wire.messages import Answer
from liaison.wire.wild import Wild

_GROUP = "/groups(uniqueName={key})"
_TEAM = "/teams/{team}"
_COLUMNS = {"$select": "id,displayName,description,internalId,webUrl,isArchived"}
_NAMED_TEAM = re.compile(r"teams(?:\('|/)([0-9a-fA-F-]{36})")
_NO_ALIAS = "UnableToGenerateValidTeamAlias"
_TAKEN = "ObjectConflict"
STANDARD = "standard"


class GraphNewTeams:
    """As one person, who becomes the owner."""

    def __init__(self, client: GraphClient, horizon: Horizon) -> None:
        self._client = client
        self._horizon = horizon

    async def ensure_team(self, group: TeamId, new: NewTeam) -> Team:
        """The team on its group; putting it twice is putting it once. Source: api/team-put-teams.md."""
        if new.template != STANDARD:
            return await self._from_template(group, new)
        subject = Subject(About.NEW_TEAM, new.name, group)
        call = Call(
            "PUT", "/groups/{team}/team", subject, {"team": group}, body={}, repeatable=True, expects=(404, 409)
        )
        answer = await self._client.send(call)
        if answer.status == 404:
            # A group of the last quarter of an hour may not be known everywhere.
            raise StillPreparing(SERVICE, "group_too_young", answer.request_id, what=new.name)
        return await self._read(group)

    async def _from_template(self, group: TeamId, new: NewTeam) -> Team:
        """The team on its group with a template's channels and tabs: asked for once, then looked for.

        Source: api/team-post.md, example 4 (a team from a group).
        """
        try:
            return await self._read(group)
        except TeamUnknown:
            asked = f"team on {group}"
        if not self._horizon.is_open(asked):
            self._horizon.close(asked)
            body = {
                "template@odata.bind": f"{self._client.base}/teamsTemplates({literal(new.template)})",
                "group@odata.bind": f"{self._client.base}/groups({literal(group)})",
            }
            subject = Subject(About.NEW_TEAM, new.name, group)
            answer = await self._client.send(Call("POST", "/teams", subject, body=body, expects=(404, 409)))
            if answer.status != 404:
                self._horizon.note(asked)
        raise StillPreparing(SERVICE, "createTeam", what=new.name)

    async def ensure_group(self, new: NewTeam, key: str, text: str) -> TeamId:
        """The group under our own key, which is the team's id from now on. Source: api/group-upsert.md."""
        nickname = nickname_of(new.name)
        for _ in range(3):
            answer = await self._upsert(new, key, text, nickname)
            if answer.is_success:
                return TeamId(await self._id_of(answer, key, new))
            nickname = _other_nickname(answer, nickname, key)
            if not nickname:
                raise _refusal_of_name(answer, new)
        raise _refusal_of_name(answer, new)

    async def _upsert(self, new: NewTeam, key: str, text: str, nickname: str) -> Answer:
        body: dict[str, object] = {
            "displayName": new.name,
            "description": text,
            "mailNickname": nickname,
            "mailEnabled": True,
            "securityEnabled": False,
            "groupTypes": ["Unified"],
            "visibility": new.privacy.value.capitalize(),
        }
        if new.label:
            body["assignedLabels"] = [{"labelId": new.label}]
        subject = Subject(About.NEW_TEAM, new.name)
        headers = {"prefer": "create-if-missing"}
        ids = {"key": literal(key)}
        call = Call("PATCH", _GROUP, subject, ids, body=body, headers=headers, repeatable=True, expects=(400,))
        try:
            return await self._client.send(call)
        except TeamCreationNotAllowed:
            if new.label:
                # Source: graph.md section 3.8: a label takes an administrator's role beside the permission.
                raise RoleMissing(TEAMS_ADMINISTRATOR) from None
            raise

    async def _id_of(self, answer: Answer, key: str, new: NewTeam) -> str:
        """A group that was there already is answered without a body."""
        if answer.status == 201:
            return answer.wild().text("id")
        subject = Subject(About.NEW_TEAM, new.name)
        call = read_call(_GROUP, subject, {"key": literal(key)}, {"$select": "id"})
        try:
            return (await self._client.read(call)).text("id")
        except UpstreamRefused as refused:
            if refused.http_status != 404:
                raise
            raise StillPreparing(SERVICE, refused.service_code, refused.request_id, what=new.name) from None

    async def ask_for_team(self, new: NewTeam, text: str) -> TeamOperation:
        """One call, not to be repeated; the service makes the team in its own time. Source: api/team-post.md."""
        body = {
            "template@odata.bind": f"{self._client.base}/teamsTemplates({literal(new.template)})",
            "displayName": new.name,
            "description": text,
            "visibility": new.privacy.value,
        }
        subject = Subject(About.NEW_TEAM, new.name)
        try:
            answer = await self._client.send(Call("POST", "/teams", subject, body=body))
        except UpstreamRefused as refused:
            if _NO_ALIAS in refused.reason:
                raise NameRefusedByPolicy(new.name, _NO_ALIAS) from refused
            raise
        named = _NAMED_TEAM.search(f"{answer.header('content-location')} {answer.header('location')}")
        if named is None:
            raise UpstreamSurprise(SERVICE, "202", answer.request_id, path="Content-Location")
        return TeamOperation(TeamId(named.group(1)), answer.header("location"))

    async def find_team(self, marker: str) -> Team | None:
        """By the mark in its description, among the teams that the person belongs to. Source: replay table C2b."""
        call = read_call("/me/joinedTeams", Subject(About.PERSON), {})
        teams = [read_team(item) async for item in self._client.pages(call)]
        ours = [team for team in teams if marker in team.description]
        if len(ours) > 1:
            raise TeamAmbiguous(ours[0].name, tuple(Row("team", team.name, team.id) for team in ours))
        return ours[0] if ours else None

    async def read_new_team(self, operation: TeamOperation) -> Team:
        """The team when it can be read; until then its operation is asked now and then whether it has failed.

        Source: graph.md section 3.2.
        """
        try:
            return await self._read(operation.team)
        except (TeamUnknown, UpstreamRefused) as unseen:
            if isinstance(unseen, UpstreamRefused) and unseen.http_status != 404:
                raise
        await self._require_not_failed(operation)
        raise StillPreparing(SERVICE, "createTeam", what="team")

    async def _require_not_failed(self, operation: TeamOperation) -> None:
        """Asked once a horizon, the first time only when one has passed: the service wants half a minute between two.

        Source: resources/teamsasyncoperation.md.
        """
        self._horizon.note(operation.address)
        if self._horizon.is_open(operation.address):
            return
        self._horizon.close(operation.address)
        named = re.search(r"operations(?:\('|/)([^')/]+)", operation.address)
        if named is None:
            return
        ids = {"team": operation.team, "operation": named.group(1)}
        subject = Subject(About.NEW_TEAM, team=operation.team)
        call = Call("GET", "/teams/{team}/operations/{operation}", subject, ids, repeatable=True, expects=(403, 404))
        answer = await self._client.send(call)
        if answer.is_success and answer.wild().opt_text("status") == "failed":
            error = answer.wild().opt_child("error")
            raise TeamNotMade(SERVICE, error.opt_text("code"), answer.request_id, error.opt_text("message"))

    async def _read(self, team: str) -> Team:
        call = read_call(_TEAM, Subject(About.TEAM, team=team), {"team": team}, _COLUMNS)
        return read_team(await self._client.read(call))

    async def remove_team(self, team: TeamId) -> None:
        """With its group, mailbox and site; restorable for thirty days. Source: api/group-delete.md."""
        subject = Subject(About.OWNED, team=team)
        await self._client.send(
            Call("DELETE", "/groups/{team}", subject, {"team": team}, repeatable=True, expects=(404,))
        )


def _details(answer: Answer) -> tuple[Wild, ...]:
    return answer.wild().opt_child("error").opt_list("details")


def _other_nickname(answer: Answer, nickname: str, key: str) -> str:
    """A nickname to try instead of the refused one; empty when the name itself is what was refused."""
    details = _details(answer)
    if any(one.opt_text("target") == "displayName" for one in details):
        return ""
    for one in details:
        if one.opt_text("target") == "mailNickname" and one.opt_text("suggestedPropertyValue"):
            return one.opt_text("suggestedPropertyValue")
    message = answer.wild().opt_child("error").opt_text("message")
    if "mailNickname already exists" in message or any(one.opt_text("code") == _TAKEN for one in details):
        return f"{nickname}-{key[-6:]}"
    return ""


def _refusal_of_name(answer: Answer, new: NewTeam) -> LiaisonError:
    codes = [one.opt_text("code") for one in _details(answer)]
    if "ContainsBlockedWord" in codes:
        return NameBlocked(new.name, "", "")
    if codes and codes[0]:
        return NameRefusedByPolicy(new.name, codes[0])
    return error_of(answer, Subject(About.NEW_TEAM, new.name))

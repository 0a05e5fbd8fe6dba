"""The port `Partners` over Graph.

Source: Graph v1.0, api/tenantrelationship-findtenantinformationbydomainname.md, channel-post-members.md (examples 5
and 6), sharedwithchannelteaminfo-list.md; microsoft-graph-docs-contrib#3844 for the words of refusals.
"""

from __future__ import annotations

from liaison.domain.names import ChannelId, TeamId
from liaison.domain.partners import NotLetIn, Organization, Partner, PartnerMember, SharedTeam
from liaison.errors import ConsentNotGranted
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import About, Subject, error_of, read_refusal
from liaison.graph.tabs import literal
from liaison.wire.messages import Answer
from liaison.wire.wild import Wild

_FIND = "/tenantRelationships/findTenantInformationByDomainName(domainName={domain})"
_MEMBERS = "/teams/{team}/channels/{channel}/members"
_MEMBER = "/teams/{team}/channels/{channel}/members/{member}"
_SHARED = "/teams/{team}/channels/{channel}/sharedWithTeams"
_MEMBER_TYPE = "#microsoft.graph.aadUserConversationMember"
_BLOCKED = ("xtap", "currentinviteeforbidden", "cross-tenant")
"""Words by which a refusal shows that a cross-tenant access policy stands behind it."""


class GraphPartners:
    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def find_organization(self, domain: str) -> Organization | None:
        ids = {"domain": literal(domain)}
        call = Call("GET", _FIND, Subject(About.PERSON, domain), ids, repeatable=True, expects=(400, 404))
        answer = await self._client.send(call)
        if not answer.is_success:
            return None
        found = answer.wild()
        return Organization(found.text("tenantId"), found.opt_text("displayName") or domain)

    async def let_in(self, team: TeamId, channel: ChannelId, partner: Partner) -> NotLetIn | None:
        body = {
            "@odata.type": _MEMBER_TYPE,
            "roles": [],
            "user@odata.bind": f"{self._client.base}/users({literal(partner.address)})",
            "tenantId": partner.tenant,
        }
        subject, ids = Subject(About.MEMBER, partner.address, team), {"team": team, "channel": channel}
        call = Call("POST", _MEMBERS, subject, ids, body=body, repeatable=True, expects=(400, 403, 404, 409))
        return _why_not(await self._client.send(call), subject)

    async def list_partners(self, team: TeamId, channel: ChannelId, own: str) -> tuple[PartnerMember, ...]:
        call = read_call(_MEMBERS, Subject(About.CHANNEL, channel, team), {"team": team, "channel": channel})
        found = [_read_member(item) async for item in self._client.pages(call)]
        return tuple(one for one in found if one.tenant and one.tenant.casefold() != own.casefold())

    async def take_out(self, team: TeamId, channel: ChannelId, membership: str) -> None:
        ids = {"team": team, "channel": channel, "member": membership}
        call = Call("DELETE", _MEMBER, Subject(About.OWNED, team=team), ids, repeatable=True, expects=(404,))
        await self._client.send(call)

    async def list_shared_teams(self, team: TeamId, channel: ChannelId) -> tuple[SharedTeam, ...]:
        call = read_call(_SHARED, Subject(About.CHANNEL, channel, team), {"team": team, "channel": channel})
        found = [_read_team(item) async for item in self._client.pages(call)]
        return tuple(sorted(found, key=lambda one: (not one.is_host, one.name.casefold())))


def _why_not(answer: Answer, subject: Subject) -> NotLetIn | None:
    """What a refusal means. Raises ConsentNotGranted. Somebody who is in already is in."""
    if answer.is_success or answer.status == 409:
        return None
    error = error_of(answer, subject)
    if isinstance(error, ConsentNotGranted):
        raise error
    refusal = read_refusal(answer)
    said = f"{refusal.code} {refusal.message}".casefold()
    if any(word in said for word in _BLOCKED):
        return NotLetIn.BLOCKED
    if "guest users are not allowed" in said:
        return NotLetIn.GUEST
    known = {403: NotLetIn.NOT_OWNER, 404: NotLetIn.UNKNOWN}
    return known.get(answer.status, NotLetIn.REFUSED)


def _read_member(item: Wild) -> PartnerMember:
    return PartnerMember(
        item.text("id"), item.opt_text("displayName"), item.opt_text("email"), item.opt_text("tenantId")
    )


def _read_team(item: Wild) -> SharedTeam:
    is_host = item.opt_flag("isHostTeam")
    return SharedTeam(item.text("id"), item.opt_text("displayName"), item.opt_text("tenantId"), is_host)

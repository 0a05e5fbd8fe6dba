"""A demo in which agents work: cases of Contoso, and what happens to them in the CRM itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from liaison.domain.consent import Rung
from liaison.tenant.seeds import company
from tests.browser.person import SALES
from tests.contract.demo_process import Demo, running_demo

APP = "CustomerServiceHub"
SUPPORT = next(team for team in company.TEAMS if team.key == "support")
DONE_WITHIN_S = 60.0
_KIND = "Microsoft.Dynamics.CRM.incident"


@contextmanager
def running_service(folder: Path) -> Iterator[Demo]:
    """Everything allowed and switched on in Contoso Sales, which has cases; records are looked at twice a second."""
    with running_demo(folder, LIAISON_FOLLOW_S="0.5") as demo:
        demo.grant_consent(Rung.ARCHIVE)
        with demo.api("Nadia") as nadia:
            where = f"/environments/{SALES}/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            nadia.put(where, json={"basic": True, "enhanced": True, "version": version}).raise_for_status()
        yield demo


class Cases:
    """Cases as somebody changes them in the CRM, by its own Web API."""

    def __init__(self, demo: Demo, given: str = "Nadia") -> None:
        self._crm = demo.dataverse(given)
        self._users: dict[str, str] = {}

    def close(self) -> None:
        self._crm.close()

    def _user(self, given: str) -> str:
        if given not in self._users:
            where = f"azureactivedirectoryobjectid eq {company.person(given).id}"
            found = self._crm.get(f"/systemusers?$select=systemuserid&$filter={where}").raise_for_status().json()
            self._users[given] = found["value"][0]["systemuserid"]
        return self._users[given]

    def make(self, title: str, owner: str) -> str:
        """A new case of somebody's; its id."""
        account = self._crm.get("/accounts?$select=accountid&$top=1").raise_for_status().json()["value"][0]
        body = {
            "title": title,
            "customerid_account@odata.bind": f"/accounts({account['accountid']})",
            "ownerid@odata.bind": f"/systemusers({self._user(owner)})",
        }
        made = self._crm.post("/incidents", json=body, headers={"Prefer": "return=representation"})
        return str(made.raise_for_status().json()["incidentid"])

    def assign(self, case: str, given: str) -> None:
        body = {"ownerid@odata.bind": f"/systemusers({self._user(given)})"}
        self._crm.patch(f"/incidents({case})", json=body).raise_for_status()

    def resolve(self, case: str) -> None:
        resolution = {"subject": "Solved", "incidentid@odata.bind": f"/incidents({case})"}
        self._crm.post("/CloseIncident", json={"IncidentResolution": resolution, "Status": 5}).raise_for_status()

    def reopen(self, case: str) -> None:
        self._crm.patch(f"/incidents({case})", json={"statecode": 0, "statuscode": 1}).raise_for_status()

    def merge(self, kept: str, other: str) -> None:
        named = {"Target": kept, "Subordinate": other}
        body = {name: {"@odata.type": _KIND, "incidentid": case} for name, case in named.items()}
        self._crm.post("/Merge", json={**body, "PerformParentingChecks": False}).raise_for_status()


def case_address(case: str, *below: str, tab: str = "") -> str:
    """A case's page, or what lies below it."""
    query = f"?tab={tab}" if tab else ""
    return "/".join((f"/e/{SALES}/a/{APP}/t/incident/r/{case}", *below)) + query


def connect(demo: Demo, given: str, case: str, channel: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Somebody connects a case to a channel of Support, by the API; the connected link."""
    names = {"environment": SALES, "table": "incident", "record": case, "team": SUPPORT.id}
    with demo.api(given) as api:
        link: dict[str, Any] = api.post("/links", json={**names, "channel": channel, **more}).raise_for_status().json()
        until = time.monotonic() + DONE_WITHIN_S
        while not link["is_final"]:
            assert time.monotonic() < until
            time.sleep(0.1)
            link = api.get(f"/links/{link['id']}").json()
    assert link["state"] == "connected", link
    return link


def channel_id(demo: Demo, name: str) -> str:
    with demo.api("Daniel") as api:
        channels = api.get(f"/teams/{SUPPORT.id}/channels").raise_for_status().json()["items"]
    return str(next(one["id"] for one in channels if one["name"] == name))


class Teams:
    """Teams itself as one person, by Graph."""

    def __init__(self, demo: Demo, given: str) -> None:
        scopes = ("ChannelMember.ReadWrite.All", "Channel.ReadBasic.All", "Files.ReadWrite.All")
        token = demo.graph_token(given, " ".join(f"https://graph.microsoft.com/{scope}" for scope in scopes))
        headers = {"Authorization": f"Bearer {token}"}
        self._graph = httpx2.Client(base_url=f"{demo.tenant}/v1.0", headers=headers, timeout=30.0)

    def close(self) -> None:
        self._graph.close()

    def people(self, channel: str) -> set[str]:
        found = self._graph.get(f"/teams/{SUPPORT.id}/channels/{channel}/members").raise_for_status().json()
        return {member["displayName"] for member in found["value"]}

    def let_in(self, channel: str, given: str) -> None:
        """Somebody put into a private channel, as its owner does it in Teams."""
        user = f"https://graph.microsoft.com/v1.0/users('{company.person(given).id}')"
        body = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": [], "user@odata.bind": user}
        self._graph.post(f"/teams/{SUPPORT.id}/channels/{channel}/members", json=body).raise_for_status()

    def is_archived(self, channel: str) -> bool:
        return bool(self._graph.get(f"/teams/{SUPPORT.id}/channels/{channel}").raise_for_status().json()["isArchived"])

    def put_file(self, channel: str, name: str) -> int:
        """The status of an upload into the channel's folder."""
        folder = self._graph.get(f"/teams/{SUPPORT.id}/channels/{channel}/filesFolder").raise_for_status().json()
        drive, item = folder["parentReference"]["driveId"], folder["id"]
        return self._graph.put(f"/drives/{drive}/items/{item}:/{name}:/content", content=b"x").status_code

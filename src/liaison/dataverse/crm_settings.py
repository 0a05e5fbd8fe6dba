"""The environment's switches and what must hold before they can be turned.

Source: dataverse.md sections 1.1 and 6.4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from liaison.dataverse.client import Call, DataverseClient, read_rows_call
from liaison.dataverse.errors import SERVICE, Subject
from liaison.dataverse.names import (
    LINKING_SOLUTION,
    LOCATIONS,
    SERVICE_TYPE_SHAREPOINT,
    SITE_VALID,
    SITES,
    TEAMS_SETTINGS,
)
from liaison.dataverse.query import equals
from liaison.dataverse.rows import read_location_row, read_site_row, read_switches
from liaison.domain.readiness import (
    SERVICE_CODE,
    Deployment,
    ReadinessFacts,
    Switches,
    judge_readiness,
    unmet,
)
from liaison.errors import (
    AnswerLost,
    PrerequisitesUnmet,
    RecordChanged,
    Row,
    ServiceDisagrees,
    SettingsChanged,
    TableUnknown,
    UpstreamSurprise,
)
from liaison.wire.wild import Wild

MOST_ROWS = 200
_SWITCH_COLUMNS = "ismsteamsenabled,ismsteamscollaborationenabled,ismsteamsusersyncenabled,_modifiedby_value"
_ON_PREMISES = 1
_LARGEST_PAGE = 5_000
_SITES_QUERY = {
    "$select": "sharepointsiteid,name,absoluteurl,isdefault,servicetype,validationstatus",
    "$filter": "statecode eq 0",
    "$orderby": "isdefault desc,name",
}
_LOCATIONS_QUERY = {
    "$select": "sharepointdocumentlocationid,name,absoluteurl",
    "$filter": "absoluteurl ne null",
    "$orderby": "name",
}


class DataverseSettings:
    """The organization row and its surroundings."""

    def __init__(self, client: DataverseClient) -> None:
        self._client = client

    async def read_switches(self) -> Switches:
        return read_switches(await self._organization(_SWITCH_COLUMNS))

    async def save_switches(self, switches: Switches) -> Switches:
        """All three at once, if the row is still at the version given; the new state comes back."""
        organization = (await self._organization("organizationid")).text("organizationid")
        try:
            await self._client.send(_save_call(organization, switches))
        except RecordChanged:
            raise SettingsChanged((await self.read_switches()).changed_by) from None
        except PrerequisitesUnmet:
            raise await self._every_cause() from None
        except AnswerLost:
            return await self._after_lost_answer(switches)
        return await self.read_switches()

    async def _after_lost_answer(self, wanted: Switches) -> Switches:
        """A conditional write cannot be repeated: its own effect would look like somebody else's change."""
        now = await self.read_switches()
        if (now.basic, now.enhanced, now.user_sync) == (wanted.basic, wanted.enhanced, wanted.user_sync):
            return now
        raise AnswerLost(SERVICE, "switches_unchanged")

    async def _every_cause(self) -> PrerequisitesUnmet | ServiceDisagrees:
        """The service gives one code for several causes; we name each with its rows.

        With that code the service itself says that SharePoint is not configured, whatever the sites look like. When
        nothing of ours is unmet even so, the service's word and what we looked at are handed up side by side.
        """
        facts = replace(await self.gather_readiness(), sharepoint_configured=False)
        failed = unmet(judge_readiness(facts))
        if not failed:
            return ServiceDisagrees(SERVICE_CODE, (Row("setting", "OneDrive", detail="isonedriveenabled: false"),))
        rows = tuple(row for check in failed for row in check.rows)
        return PrerequisitesUnmet(SERVICE_CODE, tuple(check.code for check in failed), rows)

    async def read_labels(self) -> bool | None:
        """May new teams be private and carry a sensitivity label? None where the environment has no such setting."""
        row = await self._teams_settings()
        return row.opt_flag("msdyn_sensitivitylabelsettingenabled") if row is not None else None

    async def save_labels(self, *, on: bool) -> None:
        """Nothing happens where the environment has no such setting."""
        row = await self._teams_settings()
        if row is None:
            return
        ids = {"set": TEAMS_SETTINGS, "row": row.text("msdyn_msteamssettingsv2id")}
        subject, body = Subject(TEAMS_SETTINGS), {"msdyn_sensitivitylabelsettingenabled": on}
        await self._client.send(
            Call("PATCH", "/{set}({row})", subject, ids, body=body, headers={"if-match": "*"}, repeatable=True)
        )

    async def _teams_settings(self) -> Wild | None:
        columns = "msdyn_msteamssettingsv2id,msdyn_sensitivitylabelsettingenabled"
        call = read_rows_call(TEAMS_SETTINGS, TEAMS_SETTINGS, {"$select": columns, "$top": "1"})
        try:
            rows = await self._client.list_rows(call)
        except TableUnknown:
            return None
        return rows[0] if rows else None

    async def gather_readiness(self, most_rows: int = MOST_ROWS) -> ReadinessFacts:
        """Live facts, asked for all at once; each list is cut at `most_rows`."""
        organization, (sites, site_count), (locations, location_count), (solutions, skew_s) = await asyncio.gather(
            self._organization("sharepointdeploymenttype,isonedriveenabled"),
            self._counted(SITES, "sharepointsite", _SITES_QUERY, most_rows),
            self._counted(LOCATIONS, "sharepointdocumentlocation", _LOCATIONS_QUERY, most_rows),
            self._solutions(),
        )
        on_premises = organization.opt_number("sharepointdeploymenttype") == _ON_PREMISES
        return ReadinessFacts(
            deployment=Deployment.ON_PREMISES if on_premises else Deployment.ONLINE,
            sharepoint_configured=looks_configured(sites),
            onedrive_enabled=organization.opt_flag("isonedriveenabled"),
            sites=tuple(read_site_row(site) for site in sites),
            absolute_locations=tuple(read_location_row(location) for location in locations),
            solution_present=bool(solutions),
            site_count=site_count,
            absolute_location_count=location_count,
            clock_skew_s=skew_s,
        )

    async def _organization(self, columns: str) -> Wild:
        rows = await self._client.list_rows(read_rows_call("organizations", "organization", {"$select": columns}))
        if len(rows) != 1:
            raise UpstreamSurprise(SERVICE, path="$.value")
        return rows[0]

    async def _counted(self, rows: str, table: str, query: Mapping[str, str], most_rows: int) -> tuple[list[Wild], int]:
        """The first rows, and how many there are; the service counts no further than 5,000."""
        if most_rows > _LARGEST_PAGE:
            found = await self._client.list_rows(read_rows_call(rows, table, query))
            return found, len(found)
        page = await self._client.read(read_rows_call(rows, table, {**query, "$top": str(most_rows), "$count": "true"}))
        found = list(page.list("value"))
        return found, max(page.opt_number("@odata.count"), len(found))

    async def _solutions(self) -> tuple[list[Wild], float | None]:
        """The linking solution, and how far the service's clock is ahead of ours."""
        query = {"$select": "version", "$filter": equals("uniquename", LINKING_SOLUTION)}
        answer = await self._client.send(read_rows_call("solutions", "solution", query))
        return list(answer.wild().list("value")), _clock_skew_s(answer.header("date"))


def _clock_skew_s(date: str) -> float | None:
    try:
        said = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (said - datetime.now(UTC)).total_seconds()


def looks_configured(sites: list[Wild]) -> bool:
    """Is SharePoint integration set up?

    Assumption, to be settled on a live environment: a default active site of the kind SharePoint that was validated.
    How the service decides is not published. Source: dataverse.md sections 6.4 and 13.
    """
    return any(
        site.opt_flag("isdefault")
        and site.opt_number("servicetype") == SERVICE_TYPE_SHAREPOINT
        and site.opt_number("validationstatus") == SITE_VALID
        for site in sites
    )


def _save_call(organization: str, switches: Switches) -> Call:
    return Call(
        "PATCH",
        "/organizations({row})",
        Subject("organization", organization),
        {"row": organization},
        body={
            "ismsteamsenabled": switches.basic,
            "ismsteamscollaborationenabled": switches.enhanced,
            "ismsteamsusersyncenabled": switches.user_sync,
            "ismsteamssettingchangedbyuser": True,
        },
        headers={"if-match": switches.version},
    )

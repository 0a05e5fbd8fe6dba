"""The environment's switches and what must hold before they can be turned.

Source: dataverse.md sections 1.1 and 6.4.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from liaison.dataverse.client import Call, DataverseClient, read_rows_call
from liaison.dataverse.errors import SERVICE, Subject
from liaison.dataverse.names import (
    LINKING_SOLUTION,
    LOCATIONS,
    SERVICE_TYPE_SHAREPOINT,
    SITE_VALID,
    SITES,
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
from liaison.errors import AnswerLost, PrerequisitesUnmet, RecordChanged, SettingsChanged, UpstreamSurprise
from liaison.wire.wild import Wild

MOST_ROWS = 200
_SWITCH_COLUMNS = "ismsteamsenabled,ismsteamscollaborationenabled,ismsteamsusersyncenabled,_modifiedby_value"
_ON_PREMISES = 1


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

    async def _every_cause(self) -> PrerequisitesUnmet:
        """The service gives one code for several causes; we name each with its rows.

        With that code the service itself says that SharePoint is not configured, whatever the sites look like.
        """
        facts = replace(await self.gather_readiness(), sharepoint_configured=False)
        failed = unmet(judge_readiness(facts))
        rows = tuple(row for check in failed for row in check.rows)
        return PrerequisitesUnmet(SERVICE_CODE, tuple(check.code for check in failed), rows)

    async def gather_readiness(self) -> ReadinessFacts:
        """Live facts; each list is cut at MOST_ROWS."""
        organization, sites, locations, solutions = await asyncio.gather(
            self._organization("sharepointdeploymenttype,isonedriveenabled"),
            self._sites(),
            self._absolute_locations(),
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
        )

    async def _organization(self, columns: str) -> Wild:
        rows = await self._client.list_rows(read_rows_call("organizations", "organization", {"$select": columns}))
        if len(rows) != 1:
            raise UpstreamSurprise(SERVICE, path="$.value")
        return rows[0]

    async def _sites(self) -> list[Wild]:
        query = {
            "$select": "sharepointsiteid,name,absoluteurl,isdefault,servicetype,validationstatus",
            "$filter": "statecode eq 0",
            "$orderby": "isdefault desc,name",
            "$top": str(MOST_ROWS),
        }
        return await self._client.list_rows(read_rows_call(SITES, "sharepointsite", query))

    async def _absolute_locations(self) -> list[Wild]:
        query = {
            "$select": "sharepointdocumentlocationid,name,absoluteurl",
            "$filter": "absoluteurl ne null",
            "$orderby": "name",
            "$top": str(MOST_ROWS),
        }
        return await self._client.list_rows(read_rows_call(LOCATIONS, "sharepointdocumentlocation", query))

    async def _solutions(self) -> list[Wild]:
        query = {"$select": "version", "$filter": equals("uniquename", LINKING_SOLUTION)}
        return await self._client.list_rows(read_rows_call("solutions", "solution", query))


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

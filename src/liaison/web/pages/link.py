"""`/links/{link}`: one link, its steps, what exists because of it, and where; `/l/lnk_…` leads to its record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.extras import ExtraKind, ExtraState
from liaison.domain.link import Link, NewChannel
from liaison.domain.names import LinkId
from liaison.errors import AppUnknown, LinkUnknown
from liaison.operations.read_link import read_link
from liaison.web import addresses
from liaison.web.pages import proposals
from liaison.web.pages.archive import ShownArchive, archive_of
from liaison.web.pages.collaborate import REFRESH_S
from liaison.web.pages.filing import LinkFilingCard, link_filing_card
from liaison.web.pages.link_label import LabelBox, show_label
from liaison.web.pages.link_sharing import SharingBox, show_sharing
from liaison.web.pages.links import environment_name
from liaison.web.pages.progress import Progress, open_address, progress_of
from liaison.web.pages.proposals import ProposalBox, Unfollowed
from liaison.web.pages.requests import ShownRequest, show_requests, waiting_for_me
from liaison.web.place import app_that_shows, plain_shell
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit

MARK = "lnk_"


@dataclass(frozen=True)
class Trace:
    """Something that exists because of the link: what, its name or id, and where it can be opened."""

    kind: str
    name: str
    address: str = ""


@dataclass(frozen=True)
class LinkPage:
    template: ClassVar[str] = "link.html"
    shell: Shell
    progress: Progress
    back: str
    title: str
    subject_address: str
    is_record: bool
    by: str
    planned_at: datetime
    environment: str
    traces: tuple[Trace, ...]
    channel_address: str
    events: str
    disconnect: str
    requests: tuple[ShownRequest, ...]
    proposals: tuple[ProposalBox, ...]
    archive: ShownArchive
    label: LabelBox | None
    sharing: SharingBox | None
    filing: LinkFilingCard | None
    unfollowed: Unfollowed | None
    said: str


async def show(visit: Visit) -> Response:
    link = await read_link(LinkId(visit.named("link")), visit.person, visit.ports)
    progress = progress_of(link, visit)
    list_title = visit.say("web.links.title")
    shell = plain_shell(visit, link.title, (Crumb(list_title, "/links"), Crumb(link.title)))
    page = LinkPage(
        shell=shell if progress.is_over else replace(shell, refresh_s=REFRESH_S),
        progress=progress,
        back=addresses.link(link.id),
        title=link.title,
        subject_address=addresses.link_target(link.id),
        is_record=link.record is not None,
        by=link.by.name,
        planned_at=link.planned_at,
        environment=environment_name(link, visit),
        traces=_traces(link, visit),
        channel_address=open_address(link),
        events=addresses.link(link.id, "events"),
        disconnect=await _disconnect(link, visit),
        requests=show_requests(await waiting_for_me(visit), {link.team}),
        proposals=proposals.show_proposals(await proposals.waiting_for_owner(visit), visit, link),
        archive=archive_of(link),
        label=await show_label(link, visit),
        sharing=await show_sharing(link, visit),
        filing=await link_filing_card(link, visit),
        unfollowed=await proposals.unfollowed(link, visit),
        said=proposals.said(visit),
    )
    return visit.answer(page)


async def _disconnect(link: Link, visit: Visit) -> str:
    """The confirmation page of the Collaborate panel; empty when there is nothing to disconnect."""
    if link.state.is_over or link.state.at_work:
        return ""
    try:
        app = await app_that_shows(link.regarding.table, link.environment, visit)
    except AppUnknown:
        return ""
    return addresses.collaborate(app.unique_name, link.regarding, "disconnect", query={"link": link.id})


def _traces(link: Link, visit: Visit) -> tuple[Trace, ...]:
    """After an undo only what is left: where the link made the team or the channel, it says whether it took it away."""
    made, undone = link.evidence, link.was_taken_back
    no_team = undone and link.new_team is not None and not made.team_is_ours
    no_channel = no_team or (undone and isinstance(link.wanted, NewChannel) and not made.channel_is_ours)
    found = (
        ("team", "" if no_team else made.team_name, ""),
        ("channel", "" if no_channel else link.channel_name, made.channel_address),
        ("tab", made.tab and link.title, made.tab_address),
        ("folder", "" if no_channel else made.folder_path, made.folder_address),
        ("location", made.location, ""),
        ("association", made.association, ""),
        ("note", made.note, ""),
        ("app", made.app_installation or ("" if undone else made.app), ""),
        ("template", link.template, ""),
    )
    traces = (Trace(visit.say(f"web.link.trace.{kind}"), name, address) for kind, name, address in found if name)
    return (*traces, *_extras(link, visit))


def _extras(link: Link, visit: Visit) -> tuple[Trace, ...]:
    """What the template made or found beside the channel, and what is there still."""
    words = {ExtraKind.FOLDER: "folder", ExtraKind.CHANNEL: "further", ExtraKind.TAB: "tab"}
    there = {ExtraState.MADE, ExtraState.FOUND, ExtraState.KEPT}
    found = (one for one in link.extras_made if one.kind in words and one.state in there)
    return tuple(Trace(visit.say(f"web.templates.made.{words[one.kind]}"), one.name) for one in found)


async def lead_to_record(visit: Visit) -> Response:
    """The record or view of a link, in the first app that shows its table. Raises LinkUnknown."""
    entity = visit.named("entity")
    if not entity.startswith(MARK):
        raise LinkUnknown(entity)
    link = await read_link(LinkId(entity.removeprefix(MARK)), visit.person, visit.ports)
    app = await app_that_shows(link.regarding.table, link.environment, visit)
    if link.record is None:
        return visit.go(addresses.regarded(app.unique_name, link.regarding))
    return visit.go(addresses.record(app.unique_name, link.record, query={"tab": visit.asked("tab")}))

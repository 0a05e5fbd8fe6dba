"""`/help/{topic}`: what a page or a message means, and what to do; one topic for each thing that has a help link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.errors import PageUnknown, concrete_errors
from liaison.web import addresses
from liaison.web.place import plain_shell
from liaison.web.problems import Action
from liaison.web.shell import Crumb, Entry, Shell
from liaison.web.visit import Visit

TOPICS = (
    "basic-and-enhanced",
    "prerequisites",
    "licences",
    "roles",
    "consent",
    "unmanaged-devices",
    "channel-names",
    "documents",
    "earlier-files",
    "members",
    "labels",
    "partners",
    "disconnecting",
    "undoing",
    "filing",
    "templates",
    "packages",
    "privacy",
    "terms",
)
MICROSOFT = {
    "basic-and-enhanced": "https://learn.microsoft.com/dynamics365/sales/teams-integration/teams-basic-vs-enhanced-collaboration",
    "prerequisites": "https://learn.microsoft.com/dynamics365/sales/teams-integration/enable-record-linking",
    "licences": "https://learn.microsoft.com/dynamics365/licensing/",
    "partners": "https://learn.microsoft.com/microsoftteams/shared-channels",
    "labels": "https://learn.microsoft.com/purview/sensitivity-labels-teams-groups-sites",
    "roles": "https://learn.microsoft.com/dynamics365/sales/security-roles-for-sales",
    "unmanaged-devices": "https://learn.microsoft.com/sharepoint/control-access-from-unmanaged-devices",
}

CONSENT = ("consent", "members", "earlier-files", "filing")
"""Topics whose remedy is the administrator's consent."""


@dataclass(frozen=True)
class Trouble:
    """A message that people can meet, with its title and what to do."""

    code: str
    anchor: str
    title: str
    remedy: str


@dataclass(frozen=True)
class HelpPage:
    template: ClassVar[str] = "help.html"
    shell: Shell
    topics: tuple[Entry, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True)
class TopicPage:
    template: ClassVar[str] = "help_topic.html"
    shell: Shell
    heading: str
    paragraphs: tuple[str, ...]
    code: str
    microsoft: str
    action: Action | None


async def show_all(visit: Visit) -> Response:
    title = visit.say("web.help.title")
    topics = tuple(Entry(visit.say(f"web.help.{topic}.title"), "help", addresses.help_topic(topic)) for topic in TOPICS)
    shell = plain_shell(visit, title, (Crumb(title),))
    return visit.answer(HelpPage(shell, topics, tuple(_troubles(visit).values())))


async def show_topic(visit: Visit) -> Response:
    topic = visit.named("topic")
    crumbs = (Crumb(visit.say("web.help.title"), "/help"),)
    if topic in TOPICS:
        heading = visit.say(f"web.help.{topic}.title")
        paragraphs = tuple(visit.say(f"web.help.{topic}.text").split("\n\n"))
        code = ""
    else:
        trouble = _troubles(visit).get(topic)
        if trouble is None:
            raise PageUnknown(visit.request.url.path)
        heading, paragraphs, code = trouble.title, (trouble.remedy,), trouble.code
    shell = plain_shell(visit, heading, (*crumbs, Crumb(heading)))
    return visit.answer(TopicPage(shell, heading, paragraphs, code, MICROSOFT.get(topic, ""), _action(topic, visit)))


def _action(topic: str, visit: Visit) -> Action | None:
    """Where consent can be given again, for the topics that come down to it."""
    if topic not in CONSENT:
        return None
    settings = addresses.power_apps_settings(visit.ports.environments[0].key)
    return Action(visit.say("web.problem.open_settings"), settings)


def _troubles(visit: Visit) -> dict[str, Trouble]:
    """Every error by its help anchor. Placeholders stand as an ellipsis, for there are no facts here."""
    texts = visit.door.texts
    found = {}
    for code in concrete_errors():
        anchor = texts.pattern(visit.language, f"error.{code}.help")
        title = texts.pattern(visit.language, f"error.{code}.title")
        remedy = texts.pattern(visit.language, f"error.{code}.remedy").format_map(_Ellipsis())
        found[anchor] = Trouble(code, anchor, title, remedy)
    return found


class _Ellipsis(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"

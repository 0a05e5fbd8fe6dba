"""Names that are markup stay names, wherever they are shown, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from liaison.domain.crm import Note
from liaison.domain.joining import JoinRequest
from liaison.domain.link import Evidence, Link, LinkState
from liaison.domain.names import ChannelId, ChannelKind, DriveId, ItemId, LinkId, RowId
from liaison.domain.partners import Partner
from liaison.domain.teams import FileEntry
from liaison.errors import Remembered, UpstreamRefused
from tests.unit.api_fakes import CLAIRE, EUROPE, NADIA, NOW, OLIVER, RENEWAL, SALES
from tests.unit.partner_fakes import FABRIKAM
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld, lively

pytestmark = pytest.mark.anyio

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "${alert(1)}",
    "<!--<script>alert(1)//-->",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "\u202e<b>evil</b>\u0000",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
)
APP = f"/e/{SALES}/a/SalesHub"
RECORD = f"{APP}/t/opportunity/r/{RENEWAL.id}"
LINK = LinkId("77777777-7777-4777-8777-777777777777")
SHARED = LinkId("88888888-8888-4888-8888-888888888888")
PAGES = (
    f"{APP}/t/opportunity", f"{APP}/t/opportunity?q=__", f"{APP}/search?q=__", RECORD, f"{RECORD}?tab=documents",
    f"{RECORD}?tab=documents&folder=x%20__", f"{RECORD}?tab=timeline", f"{RECORD}/collaborate",
    f"{RECORD}/collaborate/new", f"{RECORD}/collaborate/new?search=__",
    f"{RECORD}/collaborate/new?team={EUROPE}&step=channel", f"{RECORD}/collaborate/name?team={EUROPE}&name=__",
    f"{RECORD}/collaborate/new?team={EUROPE}&channel=new&name=__&step=review",
    f"{RECORD}/collaborate/new?team=new&team_name=__&step=channel",
    f"{RECORD}/collaborate/new?team=new&team_name=Deals&channel=new&name=North&member=x%20__&step=members&find=e",
    f"{RECORD}/collaborate/new?team=new&team_name=Deals&channel=new&name=North&step=review",
    f"{RECORD}/collaborate/new?team=new&team_name=Deals&channel=new&name=North&kind=shared&partners=__&step=members",
    f"{RECORD}/collaborate/new?team=new&team_name=Deals&channel=new&name=North&kind=shared&partners=__&step=review",
    f"/links/{SHARED}", f"{RECORD}/collaborate/team-name?team_name=__",
    f"{RECORD}/collaborate/people?team={EUROPE}&find=__",
    f"{APP}/t/opportunity/v/personal/view-3/collaborate",
    f"{RECORD}/collaborate/disconnect?link={LINK}", "/links", f"/links/{LINK}", "/audit", "/__", "/help/__",
    f"{APP}/t/__", f"{RECORD}/collaborate/links/{LINK}", "/auth/login?next=__",
)  # fmt: skip


class Elements(HTMLParser):
    """What of a page a browser would run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in {"iframe", "object", "embed", "math", "b"} or (tag == "script" and not names.get("nonce")):
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on") or name in {"srcdoc", "style", "autofocus"}]
        addresses = [names.get(name) or "" for name in ("href", "src", "action", "formaction", "hx-get", "hx-post")]
        self.found += [
            value for value in addresses if re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE)
        ]


def poisoned(payload: str) -> WebWorld:
    world = lively(WebWorld())
    everybody = world.records[RENEWAL][1]
    world.records[RENEWAL] = (payload, everybody)
    world.somebody = payload
    world.owners = {CLAIRE.id, NADIA.id}
    world.join_requests.kept[EUROPE, OLIVER.id] = JoinRequest(
        "request-1", EUROPE, payload, payload, replace(OLIVER, name=payload), NOW
    )
    world.notes[RENEWAL] = [Note(RowId("n"), payload, payload, payload, NOW)]
    world.channels[EUROPE] = [replace(channel, name=payload) for channel in world.channels[EUROPE]]
    world.associations[RENEWAL] = [
        replace(row, channel_name=payload, team_name=payload) for row in world.associations[RENEWAL]
    ]
    file = FileEntry(
        DriveId("d"), ItemId("i"), payload, is_folder=False, size_bytes=1, modified_at=NOW, modified_by=payload,
        address=f"https://contoso.sharepoint.com/{payload}", version="1",
    )  # fmt: skip
    world.folders[ItemId("folder-default")] = [file, replace(file, is_folder=True)]
    world.links[LINK] = Link(
        LINK, RENEWAL, payload, EUROPE, ChannelId("c"), replace(CLAIRE, name=payload), CLAIRE, NOW,
        LinkState.NEEDS_PERSON, Evidence(ChannelId("c"), payload, team_name=payload, folder_path=payload),
        trouble=Remembered.of(UpstreamRefused("graph", payload, payload, payload)),
    )  # fmt: skip
    world.partners.inside = [payload]
    made = replace(world.links[LINK].evidence, channel_kind=ChannelKind.SHARED)
    organization = Partner(payload, payload, FABRIKAM.tenant)
    world.links[SHARED] = replace(world.links[LINK], id=SHARED, evidence=made, partners=(organization,))
    return world


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_name_becomes_markup(payload: str, language: str) -> None:
    world = poisoned(payload)
    client = WebClient(world).sign_in("nadia", language)
    await world.ports().audit.write(replace(CLAIRE, name=payload), payload, payload, payload)
    for path in PAGES:
        params = path.replace(
            "__", re.sub(r"[^A-Za-z0-9]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), payload)
        )
        answer = await client.get(params)
        assert (path, answer.status_code < 500) == (path, True), "a page that fails shows no name at all"
        seen = Elements()
        seen.feed(answer.text)
        assert (path, seen.found) == (path, [])


async def test_the_corpus_reaches_the_pages() -> None:
    """The names are shown, escaped: the test above does not pass for want of anything to show."""
    client = WebClient(poisoned("<script>alert(1)</script>")).sign_in("nadia")
    shown = [path for path in PAGES if "&lt;script&gt;alert(1)" in (await client.get(path)).text]
    assert len(shown) >= 10


async def test_a_file_name_is_an_answers_value_and_no_markup() -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    headers = {"X-Form-Token": client.token, "X-File-Name": "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E.txt"}
    answer = await client.http.post("/files/drive-1/folder-general", content=b"x", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["code"] == "input.file_name_forbidden"

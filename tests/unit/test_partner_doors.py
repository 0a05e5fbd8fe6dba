"""People of partner organizations at the doors: the wizard, the page of a link, the API; in both languages."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from liaison.domain.consent import Rung, enhanced_scopes
from liaison.domain.link import LinkState
from liaison.domain.names import ChannelKind
from liaison.domain.partners import Partner
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import CLAIRE, EUROPE, RENEWAL, SALES, World
from tests.unit.partner_fakes import FABRIKAM, LUKAS, MIA
from tests.unit.test_web_collaborate import LINK, link_in
from tests.unit.test_web_pages import text_of
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import SUPPORT, WebWorld

pytestmark = pytest.mark.anyio

ALLOWED = frozenset(enhanced_scopes(extras=(Rung.PARTNERS,)))
WIZARD = f"/e/{SALES}/a/SalesHub/t/opportunity/r/{RENEWAL.id}/collaborate/new"
BODY = {
    "environment": "contoso-sales",
    "table": "opportunity",
    "record": RENEWAL.id,
    "team": EUROPE,
    "channel": {"name": "Partners", "kind": "shared"},
}


@pytest.fixture
def world() -> WebWorld:
    world = WebWorld()
    world.owners, world.scopes = {CLAIRE.id}, ALLOWED
    return world


def step(name: str, kind: str = "shared", **more: str) -> str:
    chosen = {"team": EUROPE, "channel": "new", "name": "Partners", "kind": kind, "step": name, **more}
    return f"{WIZARD}?{urlencode(chosen)}"


@pytest.mark.statement("F33")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_wizard_takes_addresses_for_a_shared_channel_and_says_what_is_wrong(
    world: WebWorld, language: str
) -> None:
    client = WebClient(world).sign_in("claire", language)
    assert 'name="partners"' not in (await client.get(step("members", "private"))).text
    page = (await client.get(step("members", partners=f"{MIA} {LUKAS}"))).text
    assert f">{MIA}\n{LUKAS}</textarea>" in page
    review = await client.get(step("review", partners=f"{MIA}, {LUKAS}"))
    assert f"{MIA} ({FABRIKAM.name}), {LUKAS} ({FABRIKAM.name})" in text_of(review.text)
    assert {"en": "nothing of Dynamics 365", "fr": "rien de Dynamics 365"}[language] in text_of(review.text)
    wrong = await client.get(step("review", partners=f"{MIA} nobody@nowhere.example"))
    said = {"en": "No organization has this address", "fr": "Aucune organisation n’a cette adresse"}
    assert (wrong.status_code, 'id="partners"' in wrong.text) == (404, True)
    assert said[language] in text_of(wrong.text)
    assert f'name="share_with" value="{SUPPORT}"' in page
    shared = text_of((await client.get(step("review", share_with=SUPPORT))).text)
    teams = {"en": "Everybody in these teams comes into the channel", "fr": "Tous les membres de ces équipes"}
    assert teams[language] in shared
    world.scopes = frozenset(enhanced_scopes())
    lacking = await client.get(step("review", partners=MIA))
    rung = {"en": "Find partner organizations", "fr": "Trouver les organisations partenaires"}
    assert (lacking.status_code, rung[language] in text_of(lacking.text)) == (403, True)
    assert (await client.get(step("review", "standard", partners=MIA))).status_code == 200


@pytest.mark.statement("F33")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_page_of_a_link_lists_with_whom_its_channel_is_shared(world: WebWorld, language: str) -> None:
    world.partners.inside = [MIA]
    link = link_in(LinkState.CONNECTED, partners=(Partner(MIA, FABRIKAM.name, FABRIKAM.tenant),))
    world.links[LINK] = replace(link, evidence=replace(link.evidence, channel_kind=ChannelKind.SHARED))
    client = WebClient(world).sign_in("claire", language)
    said = text_of((await client.get(f"/links/{LINK}")).text)
    assert {"en": "Shared with", "fr": "Partagé avec"}[language] in said
    assert f"{MIA} · {FABRIKAM.name}" in said
    world.links[LINK] = link
    assert 'id="sharing"' not in (await client.get(f"/links/{LINK}")).text


@pytest.mark.statement("F33")
async def test_the_api_takes_addresses_and_tells_with_whom_a_channel_is_shared() -> None:
    world = World()
    client = ApiClient(world)
    lacking = await client.post("/links", json={**BODY, "partners": [MIA]})
    assert (lacking.status_code, lacking.json()["code"]) == (403, "consent.not_granted")
    world.scopes = ALLOWED
    teams = {**BODY, "channel": {"name": "P", "kind": "shared", "share_with": [EUROPE]}}
    assert (await client.post("/links", json=teams)).json()["code"] == "team.unknown"
    standard = {**BODY, "channel": {"name": "Partners"}, "partners": [MIA]}
    assert (await client.post("/links", json=standard)).json()["code"] == "partner.channel_not_shared"
    wrong = (await client.post("/links", json={**BODY, "partners": ["x@nowhere.example"]}, language="fr")).json()
    assert (wrong["code"], wrong["title"]) == ("partner.unknown", "Aucune organisation n’a cette adresse")
    made = (await client.post("/links", json={**BODY, "partners": [MIA]})).json()
    (link,) = world.links.values()
    assert link.partners == (Partner(MIA, FABRIKAM.name, FABRIKAM.tenant),)
    where = f"/links/{made['id']}/sharing"
    assert (await client.get(where)).json() == {"is_readable": False, "teams": [], "people": []}
    world.partners.inside = [MIA, LUKAS]
    evidence = replace(link.evidence, channel="19:partners", channel_kind=ChannelKind.SHARED)
    world.links[link.id] = replace(link, evidence=evidence, partners_added=(MIA,))
    found = (await client.get(where)).json()
    assert [(one["address"], one["came_with_link"]) for one in found["people"]] == [(MIA, True), (LUKAS, False)]
    assert found["teams"][0]["is_host"]

"""Labels on behalf of others at the doors: the settings' card, the page of a link, the API; in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from liaison.domain.consent import SCOPES, Rung
from liaison.domain.labelling import Labeller
from liaison.domain.link import Finding, LinkState, NewTeam, StepName
from liaison.errors import SignInExpired
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import NADIA, NOW, SALES, World
from tests.unit.test_web_collaborate import LINK, link_in
from tests.unit.test_web_pages import text_of
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = pytest.mark.anyio

SETTINGS = f"/power-apps/environments/{SALES}/settings/teams-integration"
NOT_SET = Finding("label.not_set", (("label", "Confidential"), ("team", "Northwind"), ("reason", "label_nobody")))


def card(html: str) -> str:
    return html.partition('class="card labeller"')[2].partition("</section>")[0]


@pytest.fixture
def world() -> WebWorld:
    world = WebWorld()
    world.labelling.setting = True
    return world


@pytest.mark.statement("F34")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_administrator_allows_agrees_and_stops(world: WebWorld, language: str) -> None:
    client = WebClient(world).sign_in("nadia", language)
    allow = re.search(r'href="(/auth/login[^"]+)"', card((await client.get(SETTINGS)).text))[1]  # type: ignore[index]
    assert unescape(allow).endswith("for=label")
    refused = await client.post("/labeller/agree", {"back": SETTINGS})
    assert (refused.status_code, world.labelling.labellers.kept) == (403, {})
    assert {"en": "Consent is missing", "fr": "Le consentement est manquant"}[language] in text_of(refused.text)
    world.scopes |= set(SCOPES[Rung.LABEL])
    assert 'formaction="/labeller/agree"' in card((await client.get(SETTINGS)).text)
    agreed = await client.post("/labeller/agree", {"back": SETTINGS})
    assert (agreed.status_code, agreed.headers["location"]) == (303, f"{SETTINGS}#labeller")
    shown = card((await client.get(SETTINGS)).text)
    assert ("Nadia Benali" in shown, "/labeller/agree" in shown, "/labeller/stop" in shown) == (True, False, True)
    held = world.labelling.labellers.kept[NADIA.tenant]
    await world.labelling.labellers.save(replace(held, trouble=SignInExpired.code))
    said = text_of(card((await client.get(SETTINGS)).text))
    again = {"en": "have to sign in again", "fr": "doit se reconnecter"}
    assert again[language] in said
    await client.post("/labeller/stop", {"back": SETTINGS})
    assert world.labelling.labellers.kept == {}


async def test_others_see_who_it_is_and_cannot_change_it(world: WebWorld) -> None:
    client = WebClient(world).sign_in("claire")
    assert "Your role does not allow it." in text_of(card((await client.get(SETTINGS)).text))
    await world.labelling.labellers.save(Labeller(NADIA, NOW))
    shown = card((await client.get(SETTINGS)).text)
    assert ("Nadia Benali" in shown, "/labeller/" in shown) == (True, False)
    assert (await client.post("/labeller/stop", {"back": SETTINGS})).status_code == 403
    world.labelling.setting = None
    assert card((await client.get(SETTINGS)).text) == ""


@pytest.mark.statement("F34", "S54")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_page_of_a_link_says_who_can_set_its_label_and_sets_it(world: WebWorld, language: str) -> None:
    new = NewTeam("Northwind", label="label-1", label_name="Confidential")
    link = link_in(LinkState.CONNECTED, new_team=new, findings=(NOT_SET,))
    world.links[LINK] = replace(link, done=(StepName.TEAM, StepName.LABEL))
    seller = (await WebClient(world).sign_in("claire", language).get(f"/links/{LINK}")).text
    assert f'value="{world.public_address}/links/{LINK}"' in seller
    administrator = WebClient(world).sign_in("nadia", language)
    page = (await administrator.get(f"/links/{LINK}")).text
    assert f"/auth/login?next=%2Flinks%2F{LINK}&amp;for=label" in page
    world.scopes |= set(SCOPES[Rung.LABEL])
    page = (await administrator.get(f"/links/{LINK}")).text
    assert {"en": "Set the label", "fr": "Définir l’étiquette"}[language] in text_of(page)
    await administrator.post(f"/links/{LINK}/try-again", {"back": f"/links/{LINK}"})
    going = world.links[LINK]
    assert (going.acting.id, going.findings, StepName.LABEL in going.done) == (NADIA.id, (), False)


async def test_the_api_says_who_labels_and_lets_an_administrator_agree() -> None:
    world = World()
    client = ApiClient(world)
    nobody = (await client.get("/labeller")).json()
    assert (nobody["labeller"], nobody["labelled_by"]) == (None, "nobody")
    assert (await client.ask("PUT", "/labeller")).status_code == 403
    lacking = await client.ask("PUT", "/labeller", as_="nadia")
    assert (lacking.status_code, lacking.json()["code"]) == (403, "consent.not_granted")
    world.scopes |= set(SCOPES[Rung.LABEL])
    assert (await client.ask("PUT", "/labeller", as_="nadia")).json()["labeller"]["name"] == "Nadia Benali"
    seen = (await client.get("/labeller", language="fr")).json()
    assert (seen["labelled_by"], seen["labelled_by_text"]) == (
        "labeller",
        "Nadia Benali définit l’étiquette pour vous.",
    )
    assert (await client.ask("DELETE", "/labeller", as_="nadia")).json()["labeller"] is None

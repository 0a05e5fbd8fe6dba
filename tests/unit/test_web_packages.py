"""Packages at the web door: shown, downloaded, published, and for administrators only."""

from __future__ import annotations

import hashlib
import re
from html import unescape

import pytest

from liaison.domain.consent import PUBLISHING
from liaison.domain.packages import PackageForm, PublishedApp
from liaison.errors import ConsentNotGranted
from liaison.shipping.dynamics import build_dynamics_package
from liaison.shipping.teams import build_teams_package
from liaison.text.lookup import load_texts
from tests.unit.api_fakes import ISSUER, SALES
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F75")]

SETTINGS = f"/e/{SALES}/a/SalesHub/settings/chat-and-collaborate"
TEAMS = build_teams_package(ISSUER, load_texts())


async def test_the_settings_page_offers_what_it_tells_the_hash_of() -> None:
    client = WebClient(WebWorld()).sign_in("nadia")
    page = (await client.get(SETTINGS)).text
    links = [unescape(link) for link in re.findall(r'href="(/packages/[^"]+)" download', page)]
    marks = re.findall(r'<code class="mark">([0-9a-f]{64})</code>', page)
    assert len(links) == len(marks) == 2
    for link, mark in zip(links, marks, strict=True):
        answer = await client.get(link)
        assert hashlib.sha256(answer.content).hexdigest() == mark
        assert answer.headers["content-type"] == "application/zip"
        assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/packages", "/packages/teams.zip", "/packages/dynamics.zip"])
async def test_packages_are_for_administrators(path: str) -> None:
    answer = await WebClient(WebWorld()).sign_in("claire").get(path)
    assert (answer.status_code, "role.missing" in answer.text) == (403, True)
    assert (await WebClient(WebWorld()).get(path)).status_code == 303


async def test_a_seller_sees_no_packages_among_the_settings() -> None:
    assert "/packages/teams.zip" not in (await WebClient(WebWorld()).sign_in("claire").get(SETTINGS)).text


async def test_the_downloaded_app_is_above_what_the_catalogue_has() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("nadia")
    assert (await client.get("/packages/teams.zip")).content == TEAMS.content
    world.published = PublishedApp("app", "7.0.999999")
    assert b'"version": "8.0.' in (await client.get("/packages/teams.zip")).content


async def test_the_solution_comes_in_both_forms() -> None:
    client = WebClient(WebWorld()).sign_in("nadia")
    for form in PackageForm:
        answer = await client.get(f"/packages/dynamics.zip?form={form.value}")
        assert answer.content == build_dynamics_package(ISSUER, load_texts(), form).content


@pytest.mark.statement("F77")
@pytest.mark.parametrize(("language", "words"), [("en", "Published in this version"), ("fr", "Publiée dans cette")])
async def test_publishing_is_said_in_the_persons_language(language: str, words: str) -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("nadia", language)
    led = await client.post("/packages/teams/publish")
    assert (led.status_code, led.headers["location"]) == (303, "/packages?done=published")
    assert world.published == PublishedApp("app-in-catalogue", TEAMS.version)
    assert words in unescape((await client.get(led.headers["location"])).text)
    assert (await client.post("/packages/teams/publish")).headers["location"] == "/packages?done=unchanged"
    world.published = PublishedApp("app-in-catalogue", "1.0.0")
    assert (await client.post("/packages/teams/publish")).headers["location"] == "/packages?done=updated"


async def test_a_missing_permission_is_asked_for_with_a_way_back() -> None:
    world = WebWorld()
    world.refuse["catalogue.publish_app"] = ConsentNotGranted("publish", PUBLISHING)
    client = WebClient(world).sign_in("nadia")
    answer = await client.post("/packages/teams/publish")
    assert answer.status_code == 403
    assert PUBLISHING[0] in answer.text
    assert "/auth/login?next=%2Fpackages&amp;for=publish" in answer.text


async def test_a_system_administrator_who_may_not_publish_is_told_which_role_may() -> None:
    answer = await WebClient(WebWorld()).sign_in("marc").post("/packages/teams/publish")
    assert (answer.status_code, "Teams Administrator" in answer.text) == (403, True)


async def test_an_unknown_outcome_in_the_address_is_not_believed() -> None:
    client = WebClient(WebWorld()).sign_in("nadia")
    assert (await client.get("/packages?done=<script>")).status_code == 200

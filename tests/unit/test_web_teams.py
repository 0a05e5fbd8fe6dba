"""Pages in Teams: shells that hold nothing of a person, and consent given in a window of its own."""

from __future__ import annotations

import json

import pytest

from tests.unit.web_client import WebClient
from tests.unit.web_fakes import PEOPLE, WebWorld

pytestmark = pytest.mark.anyio

ATTEMPT = "0123456789abcdef-tab"


@pytest.mark.parametrize("path", ["/teams/tab/lnk_1", "/teams/config", "/teams/home", "/teams/remove"])
async def test_a_shell_is_the_same_for_everybody_and_may_be_kept(path: str) -> None:
    client = WebClient(WebWorld())
    nobody = await client.get(f"{path}?locale=fr-fr&theme=contrast")
    somebody = await client.sign_in("claire").get(f"{path}?locale=fr-fr&theme=contrast")
    assert nobody.text == somebody.text
    assert "Claire" not in nobody.text
    assert (nobody.headers["cache-control"], "set-cookie" in nobody.headers) == ("public, max-age=300", False)
    assert '<html lang="fr" data-host="teams" data-theme="contrast">' in nobody.text


async def test_consent_begins_at_microsoft_and_comes_back_to_its_attempt() -> None:
    client = WebClient(WebWorld())
    begun = await client.get(f"/teams/consent/start?attempt={ATTEMPT}&locale=fr")
    assert begun.status_code == 303
    kept = next(iter(client.world.kept.values()))
    assert f"/teams/consent/end?attempt={ATTEMPT}&locale=fr" in kept
    assert "liaison-flow-" in begun.headers["set-cookie"]


async def test_its_end_is_kept_for_the_person_who_signed_in_and_for_the_tab_that_waits() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("claire")
    ended = await client.get(f"/teams/consent/end?attempt={ATTEMPT}&locale=fr")
    assert (ended.status_code, ended.headers["cache-control"]) == (200, "no-store")
    assert "Vous pouvez fermer cette fenêtre" in ended.text
    assert "Cross-Origin-Opener-Policy" not in ended.headers
    assert json.loads(world.kept[f"consent-attempt-{ATTEMPT}"]) == PEOPLE["claire"].id


async def test_nobody_signed_in_ends_no_attempt() -> None:
    client = WebClient(WebWorld())
    answer = await client.get(f"/teams/consent/end?attempt={ATTEMPT}")
    assert answer.status_code in {303, 401}
    if answer.status_code == 303:
        assert "/auth/login" in answer.headers["location"]


@pytest.mark.parametrize("attempt", ["", "short", "x" * 65, "a/../b/../../c/../d"])
async def test_an_attempt_that_no_tab_makes_up_is_refused(attempt: str) -> None:
    client = WebClient(WebWorld()).sign_in("claire")
    for place in ("start", "end"):
        assert (await client.get(f"/teams/consent/{place}?attempt={attempt}")).status_code == 400

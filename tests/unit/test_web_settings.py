"""Microsoft Teams collaboration and chat: switches, requirements, consent, and both ways to the page."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from liaison.domain.consent import SCOPES, Consent, ConsentState, Rung, enhanced_scopes
from liaison.domain.link import LinkState
from liaison.domain.readiness import Deployment, ReadinessFacts, Switches
from liaison.errors import Row
from tests.unit.api_fakes import SALES, SERVICE
from tests.unit.test_web_collaborate import link_in
from tests.unit.test_web_pages import heading, text_of
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = pytest.mark.anyio

IN_APP = f"/e/{SALES}/a/SalesHub/settings/chat-and-collaborate"
IN_POWER_APPS = f"/power-apps/environments/{SALES}/settings/teams-integration"
WAYS = pytest.mark.parametrize("path", [IN_APP, IN_POWER_APPS], ids=["app settings", "power apps"])
SITE = Row("site", "Default Site", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "https://contoso.sharepoint.com/sites/old")
PLACE = Row("location", "Archive 2019", "3f2504e0-4f89-11d3-9a0c-0305e82c3302", "https://contoso.sharepoint.com/2019")
CAUSES = ReadinessFacts(Deployment.ONLINE, False, True, (SITE,), (PLACE,))


def fresh() -> WebWorld:
    """As delivered: everything off, nobody has consented."""
    world = WebWorld()
    world.switches[SALES] = Switches(basic=False, enhanced=False, user_sync=False, version="1")
    world.consent = Consent(ConsentState.NOT_ASKED, (), enhanced_scopes())
    return world


def switch(html: str, name: str) -> str:
    return re.search(rf'<input type="checkbox" role="switch" name="{name}"[^>]*>', html)[0]  # type: ignore[index]


def stands(html: str, name: str) -> tuple[bool, bool]:
    """Is the switch on, and can it be moved?"""
    return " checked" in switch(html, name), " disabled" not in switch(html, name)


@WAYS
@pytest.mark.statement("S24")
@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Microsoft Teams collaboration and chat"),
        ("fr", "Collaboration et conversation instantanée Microsoft Teams"),
    ],
)
async def test_the_page_has_its_title_on_both_ways_and_in_both_languages(path: str, language: str, title: str) -> None:
    page = await WebClient(fresh()).sign_in("nadia", language).get(path)
    assert heading(page.text) == title


@pytest.mark.statement("S21")
@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ("Change area", "App Settings", "General Settings", "Chat and collaborate")),
        ("fr", ("Changer de zone", "Paramètres d’application", "Paramètres généraux", "Discuter et collaborer")),
    ],
)
async def test_the_way_through_the_app_has_the_labels_people_know(language: str, labels: tuple[str, ...]) -> None:
    client = WebClient(fresh()).sign_in("nadia", language)
    app = await client.get(f"/e/{SALES}/a/SalesHub/t/account")
    page = await client.get(IN_APP)
    assert [label in text_of(app.text) for label in labels[:2]] == [True, True]
    assert [label in text_of(page.text) for label in labels] == [True] * 4
    assert f'href="{IN_APP}"' in app.text


@pytest.mark.statement("S43", "S44", "S45")
@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ("Environments", "Settings", "Integration", "Teams integration settings")),
        ("fr", ("Environnements", "Paramètres", "Intégration", "Paramètres d’intégration Teams")),
    ],
)
async def test_the_way_through_power_apps_has_the_labels_people_know(language: str, labels: tuple[str, ...]) -> None:
    client = WebClient(fresh()).sign_in("nadia", language)
    listed = await client.get("/power-apps/environments")
    one = await client.get(f"/power-apps/environments/{SALES}")
    settings = await client.get(f"/power-apps/environments/{SALES}/settings")
    assert heading(listed.text) == labels[0]
    assert f'href="/power-apps/environments/{SALES}"' in listed.text
    assert labels[1] in text_of(one.text)
    assert [label in text_of(settings.text) for label in labels[2:]] == [True, True]
    assert f'href="{IN_POWER_APPS}"' in settings.text


@WAYS
@pytest.mark.statement("S02")
async def test_everything_is_off_to_begin_with(path: str) -> None:
    page = await WebClient(fresh()).sign_in("nadia").get(path)
    assert (stands(page.text, "basic"), stands(page.text, "enhanced")) == ((False, True), (False, True))


@WAYS
@pytest.mark.statement("S09")
async def test_a_salesperson_sees_the_switches_with_the_reason_why_they_do_not_move(path: str) -> None:
    page = await WebClient(fresh()).sign_in("claire").get(path)
    said = text_of(page.text)
    assert (stands(page.text, "basic")[1], stands(page.text, "enhanced")[1]) == (False, False)
    assert not stands(page.text, "filing")[1]
    assert said.count("This needs the role System Administrator, which you do not have.") == 3
    assert 'aria-describedby="basic-about basic-reason"' in page.text


@WAYS
@pytest.mark.statement("S29")
async def test_enhanced_takes_the_tenant_administrator_who_gets_an_address_handed_over(path: str) -> None:
    world = fresh()
    client = WebClient(world).sign_in("marc")
    page = await client.get(path)
    tried = await client.post(path, {"basic": "on", "enhanced": "on", "version": "1"})
    assert (stands(page.text, "basic")[1], stands(page.text, "enhanced")[1]) == (True, False)
    assert "This needs the role Global Administrator" in text_of(page.text)
    assert f'value="{world.public_address}{path}"' in page.text
    assert (tried.status_code, world.switches[SALES].basic) == (403, False)


async def test_a_system_administrator_alone_may_turn_enhanced_off() -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("marc")
    page = await client.get(IN_APP)
    await client.post(IN_APP, {"basic": "on", "version": "1"})
    assert (stands(page.text, "enhanced"), world.switches[SALES].enhanced) == ((True, True), False)


@WAYS
@pytest.mark.statement("S40", "S47", "S51")
async def test_saving_puts_the_switches_into_force_and_shows_on_the_other_way_too(path: str) -> None:
    world = fresh()
    client = WebClient(world).sign_in("nadia")
    saved = await client.post(path, {"basic": "on", "version": "1"})
    page = await client.get(saved.headers["location"])
    other = await client.get(IN_POWER_APPS if path == IN_APP else IN_APP)
    assert (world.switches[SALES].basic, world.switches[SERVICE].basic) == (True, False)
    assert "The settings are in force now." in text_of(page.text)
    assert stands(other.text, "basic")[0] is True


@WAYS
@pytest.mark.statement("S13")
async def test_a_refusal_names_the_code_each_cause_and_its_very_rows_and_changes_nothing(path: str) -> None:
    world = fresh()
    world.readiness = CAUSES
    answer = await WebClient(world).sign_in("nadia").post(path, {"basic": "on", "version": "1"})
    refusal = answer.text.partition('class="card refusal"')[2].partition("</section>")[0]
    said = text_of(refusal)
    assert (answer.status_code, world.switches[SALES].basic, world.audit) == (409, False, [])
    assert all(part in said for part in ("800503ca", "3 causes", "Nothing has been changed.", "readiness.not_ready"))
    assert all(part in said for part in (SITE.name, SITE.detail, PLACE.name, PLACE.detail, "OneDrive"))
    assert all(part in said for part in ("Deactivate the sites", "Delete the document locations", "Turn off OneDrive"))
    assert stands(answer.text, "basic")[0] is True


@pytest.mark.statement("S15")
async def test_sharepoint_on_premises_has_its_own_message_and_no_service_code() -> None:
    world = fresh()
    world.readiness = replace(CAUSES, deployment=Deployment.ON_PREMISES)
    answer = await WebClient(world).sign_in("nadia").post(IN_APP, {"basic": "on", "version": "1"})
    said = text_of(answer.text)
    assert "This environment is integrated with SharePoint on-premises." in said
    assert "800503ca" not in said


@pytest.mark.statement("S05")
async def test_the_requirements_are_a_checklist_with_states() -> None:
    world = fresh()
    world.readiness = CAUSES
    page = await WebClient(world).sign_in("marc").get(IN_APP)
    states = re.findall(r'<li class="requirement (\w+)">', page.text)
    licences, roles, to_know = ["met", "met"], ["met", "attention"], ["met", "unknown", "unknown"]
    assert states == [*licences, *roles, "met", "met", "unmet", "unmet", "unmet", *to_know]


async def test_somebody_elses_save_in_between_shows_both_states() -> None:
    world = fresh()
    world.switches[SALES] = Switches(True, False, False, version="2", changed_by="Marc Lefevre")
    client = WebClient(world).sign_in("nadia")
    answer = await client.post(IN_APP, {"version": "1"})
    said = text_of(answer.text)
    assert answer.status_code == 409
    assert "Saved meanwhile by Marc Lefevre Linking On, Enhanced Off" in said
    assert "What you wanted Linking Off, Enhanced Off" in said
    again = await client.post(IN_APP, {"version": re.search(r'name="version" value="(\d+)"', answer.text)[1]})  # type: ignore[index]
    assert (again.status_code, world.switches[SALES].basic) == (303, False)


@WAYS
@pytest.mark.statement("S34", "S50")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_consent_is_shown_with_the_warning_and_the_permissions_by_their_names(path: str, language: str) -> None:
    page = await WebClient(fresh()).sign_in("nadia", language).get(path)
    said = text_of(page.text)
    warnings = {
        "en": "neither reads nor writes any of this data",
        "fr": "Bien que l’application dispose d’un accès complet, elle ne lit ni n’écrit aucune de ces données.",
    }
    assert warnings[language] in said
    assert [scope for scope in enhanced_scopes() if scope not in said] == []


@WAYS
@pytest.mark.statement("S33", "S50", "F09")
async def test_accepting_leads_to_microsoft_and_back_with_the_unsaved_switches_kept(path: str) -> None:
    world = fresh()
    client = WebClient(world).sign_in("nadia")
    await client.get(path)
    begun = await client.get(f"/auth/consent?back={path}&basic=on&enhanced=on")
    back = await client.get(begun.headers["location"])
    page = await client.get(back.headers["location"])
    said = text_of(page.text)
    assert (stands(page.text, "basic")[0], stands(page.text, "enhanced")[0]) == (True, True)
    assert (world.switches[SALES].basic, world.switches[SALES].enhanced) == (False, False)
    assert all(part in said for part in ("Consent is granted", "Consent granted", "Nadia Benali", "Unsaved changes"))
    saved = await client.post(path, {"basic": "on", "enhanced": "on", "version": "1"})
    assert (saved.status_code, world.switches[SALES].enhanced) == (303, True)


@pytest.mark.statement("S37", "F11", "F12")
async def test_declining_is_remembered_and_can_be_mended() -> None:
    world = fresh()
    world.consent_answer = "refused"
    client = WebClient(world).sign_in("nadia")
    begun = await client.get(f"/auth/consent?back={IN_APP}&basic=on")
    back = await client.get(begun.headers["location"])
    page = await client.get(back.headers["location"])
    assert "Consent was declined" in text_of(page.text)
    assert world.consent.state is ConsentState.REFUSED
    assert unescape(re.search(r'href="(/auth/consent[^"]+)"', page.text)[1]).startswith("/auth/consent?back=")  # type: ignore[index]


async def test_declining_what_was_granted_before_leaves_the_grant() -> None:
    world = fresh()
    client = WebClient(world).sign_in("nadia")
    for answer in ("granted", "refused"):
        world.consent_answer = answer
        begun = await client.get(f"/auth/consent?back={IN_APP}&basic=on")
        back = await client.get(begun.headers["location"])
    page = await client.get(back.headers["location"])
    assert world.consent.state is ConsentState.GRANTED
    assert "Consent was declined" not in text_of(page.text)


@pytest.mark.statement("F10")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_extra_is_allowed_on_its_own_and_what_was_granted_before_is_asked_for_again(language: str) -> None:
    world = WebWorld()
    client = WebClient(world).sign_in("nadia", language)
    page = (await client.get(IN_APP)).text
    world.scopes |= set(SCOPES[Rung.POSTS] + SCOPES[Rung.LABEL])
    for rung in (Rung.POSTS, Rung.ARCHIVE):
        begin = re.search(rf'href="(/auth/consent[^"]+extra={rung.value})"', page)[1]  # type: ignore[index]
        begun = await client.get(unescape(begin))
        back = await client.get(begun.headers["location"])
        page = (await client.get(back.headers["location"])).text
        said = {"en": ("is allowed now", "was not allowed"), "fr": ("maintenant autorisé", "n’est pas autorisé")}
        assert said[language][rung is Rung.ARCHIVE] in text_of(page)
        assert world.consent.extras == (Rung.POSTS,)  # a label's permission may be somebody's own
    assert world.asked_consent == [(True, (Rung.POSTS,)), (True, (Rung.POSTS, Rung.ARCHIVE))]
    assert f'id="allow-{Rung.POSTS.value}"' in page
    assert "extra=posts" not in page


async def test_declining_an_extra_leaves_the_consent_as_it_is() -> None:
    world = WebWorld()
    before, world.consent_answer = world.consent, "refused"
    client = WebClient(world).sign_in("nadia")
    begun = await client.get(f"/auth/consent?back={IN_APP}&extra=filing")
    back = await client.get(begun.headers["location"])
    page = (await client.get(back.headers["location"])).text
    assert "“File messages to the timeline” was not allowed." in text_of(page)
    assert world.consent == before
    assert ("consent.refused", "filing") in [(line.act, line.detail) for line in world.audit]


async def test_others_get_the_address_where_a_tenant_administrator_allows_more() -> None:
    world = WebWorld()
    page = (await WebClient(world).sign_in("claire").get(IN_APP)).text
    assert f'value="{world.public_address}{IN_APP}#more-that-can-be-allowed"' in page
    assert "extra=" not in page


async def test_enhanced_without_consent_is_refused_with_the_permissions() -> None:
    world = fresh()
    world.scopes = frozenset({"User.Read"})
    answer = await WebClient(world).sign_in("nadia").post(IN_APP, {"basic": "on", "enhanced": "on", "version": "1"})
    said = text_of(answer.text)
    assert (answer.status_code, world.switches[SALES].basic) == (403, False)
    assert all(part in said for part in ("Consent is missing", "Channel.Create"))


@pytest.mark.statement("S28")
async def test_enhanced_without_basic_is_refused() -> None:
    world = fresh()
    answer = await WebClient(world).sign_in("nadia").post(IN_APP, {"enhanced": "on", "version": "1"})
    assert (answer.status_code, "collaboration.basic_required" in answer.text) == (409, True)


@pytest.mark.statement("S52")
async def test_the_four_differences_stand_next_to_the_switches() -> None:
    page = await WebClient(fresh()).sign_in("nadia").get(IN_APP)
    table = re.search(r'<table class="differences">.*?</table>', page.text, re.DOTALL)[0]  # type: ignore[index]
    rows = re.findall(r'<th scope="row">(.*?)</th>', table)
    assert rows == ["Who turns it on", "Where connections are made", "Records and views", "Members"]


async def test_an_unknown_environment_is_not_found() -> None:
    answer = (
        await WebClient(fresh()).sign_in("nadia").get("/power-apps/environments/nowhere/settings/teams-integration")
    )
    assert (answer.status_code, heading(answer.text)) == (404, "Environment not found")


@pytest.mark.parametrize(
    "path", ["/power-apps/environments", f"/power-apps/environments/{SALES}", IN_APP, IN_POWER_APPS]
)
async def test_nothing_of_the_settings_is_for_strangers(path: str) -> None:
    answer = await WebClient(fresh()).get(path)
    assert (answer.status_code, answer.headers["location"].startswith("/auth/login")) == (303, True)


async def test_turning_basic_off_says_how_many_links_will_no_longer_be_shown() -> None:
    world = WebWorld()
    world.links["a"] = link_in(LinkState.CONNECTED)  # type: ignore[index]
    page = await WebClient(world).sign_in("nadia").get(IN_APP)
    warning = re.search(r'<div class="when-basic-off">.*?</div>\s*</div>', page.text, re.DOTALL)[0]  # type: ignore[index]
    assert "1 link will no longer be shown" in text_of(warning)

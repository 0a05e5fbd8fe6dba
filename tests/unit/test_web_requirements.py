"""The checklist of the settings page, line by line: what is missing by name, and where its help leads."""

from __future__ import annotations

import re

import pytest

from liaison.domain.consent import ENHANCED, SCOPES, Consent, ConsentState, Rung
from liaison.domain.readiness import Check, CheckState, Deployment, ReadinessFacts, Switches
from liaison.domain.watch import Watch
from liaison.errors import Remembered, Row
from tests.unit.api_fakes import NADIA, NOW, SALES
from tests.unit.test_web_pages import heading, text_of
from tests.unit.test_web_settings import IN_APP, IN_POWER_APPS, fresh
from tests.unit.web_client import WebClient
from tests.unit.web_fakes import WebWorld

pytestmark = pytest.mark.anyio

SALES_PLANS = ["DYN365_ENTERPRISE_SALES", "D365_SALES_PRO", "CRMSTANDARD", "DYN365_ENTERPRISE_CUSTOMER_SERVICE"]
S38 = {
    "en": "The admin has not consented to use user sync feature, you can add them manually.",
    "fr": "L’administrateur n’a pas émis d’autorisation pour utiliser la fonction de synchronisation de l’utilisateur."
    " Vous pouvez les ajouter manuellement.",
}


def line_of(html: str, title: str) -> str:
    """The line of the checklist with this title."""
    lines = re.findall(r'<li class="requirement .*?</li>', html, re.DOTALL)
    return next(line for line in lines if title in text_of(line))


def state_of(line: str) -> str:
    return re.match(r'<li class="requirement (\w+)">', line)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("title", "microsoft"),
    [
        pytest.param(
            "Dynamics 365 licence",
            "https://learn.microsoft.com/dynamics365/licensing/",
            marks=pytest.mark.statement("S08"),
        ),
        pytest.param(
            "Microsoft Teams licence",
            "https://learn.microsoft.com/dynamics365/licensing/",
            marks=pytest.mark.statement("S08"),
        ),
        pytest.param(
            "System Administrator role",
            "https://learn.microsoft.com/dynamics365/sales/security-roles-for-sales",
            marks=pytest.mark.statement("S10"),
        ),
        pytest.param(
            "Access from unmanaged devices",
            "https://learn.microsoft.com/sharepoint/control-access-from-unmanaged-devices",
            marks=pytest.mark.statement("S18"),
        ),
    ],
)
async def test_a_requirement_has_a_help_link_that_leads_to_microsofts_page(title: str, microsoft: str) -> None:
    client = WebClient(fresh()).sign_in("nadia")
    page = await client.get(IN_APP)
    link = re.search(r'<a class="help-link" href="([^"]+)"', line_of(page.text, title))[1]  # type: ignore[index]
    topic = await client.get(link)
    assert topic.status_code == 200
    assert f'href="{microsoft}"' in topic.text
    assert len(text_of(topic.text)) > 200


@pytest.mark.statement("S06", "S07", "F13")
@pytest.mark.parametrize(
    ("plans", "title", "other"),
    [
        (("TEAMS1",), ("Dynamics 365 licence", "Licence Dynamics 365"), ("Microsoft Teams", "Microsoft Teams")),
        (("DYN365_SALES",), ("Microsoft Teams licence", "Licence Microsoft Teams"), ("Dynamics 365", "Dynamics 365")),
    ],
    ids=["no Dynamics 365", "no Teams"],
)
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_missing_licence_is_named_and_the_other_is_met(
    language: str, plans: tuple[str, ...], title: tuple[str, str], other: tuple[str, str]
) -> None:
    world = fresh()
    world.plans = plans
    page = (await WebClient(world).sign_in("nadia", language).get(IN_APP)).text
    number = ["en", "fr"].index(language)
    missing = line_of(page, title[number])
    assert state_of(missing) == "attention"
    assert 'class="remedy"' in missing
    licences = [line for line in re.findall(r'<li class="requirement .*?</li>', page, re.DOTALL) if "icence" in line]
    assert [state_of(line) for line in licences[:2] if other[number] in text_of(line)] == ["met"]


@pytest.mark.statement("S06")
@pytest.mark.parametrize("plan", SALES_PLANS)
async def test_any_plan_of_a_customer_engagement_app_is_enough(plan: str) -> None:
    world = fresh()
    world.plans = ("TEAMS1", plan)
    page = (await WebClient(world).sign_in("nadia").get(IN_APP)).text
    assert state_of(line_of(page, "Dynamics 365 licence")) == "met"


@pytest.mark.statement("S16")
@pytest.mark.parametrize(
    ("policies", "state", "said"),
    [
        (None, "unknown", "cannot be read"),
        ((), "unknown", "cannot be read"),
        (("Block downloads on unmanaged devices",), "attention", "Block downloads on unmanaged devices"),
    ],
)
async def test_a_policy_for_unmanaged_devices_is_amber_or_unknown_and_never_green(
    policies: tuple[str, ...] | None, state: str, said: str
) -> None:
    world = fresh()
    world.device_policies = policies
    page = (await WebClient(world).sign_in("nadia").get(IN_APP)).text
    line = line_of(page, "Access from unmanaged devices")
    assert state_of(line) == state
    assert said in text_of(line)


@pytest.mark.statement("S38", "S39", "F12")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_without_user_sync_the_message_links_to_help_that_gives_the_consent_again(language: str) -> None:
    world = WebWorld()
    scopes = tuple(scope for rung in (Rung.SIGN_IN, *ENHANCED) if rung is not Rung.MEMBERS for scope in SCOPES[rung])
    world.consent = Consent(ConsentState.PARTIAL, scopes, SCOPES[Rung.MEMBERS], "Nadia Benali")
    client = WebClient(world).sign_in("nadia", language)
    page = (await client.get(IN_POWER_APPS)).text
    at = page.index(S38[language])
    link = re.search(r'<a class="help-link" href="([^"]+)"', page[at:])[1]  # type: ignore[index]
    topic = await client.get(link)
    promised = {"en": "Nothing has to be deleted before.", "fr": "Rien n’est à supprimer auparavant."}
    assert heading(topic.text) == {"en": "Consent", "fr": "Consentement"}[language]
    assert promised[language] in text_of(topic.text)
    assert re.search(r'href="/auth/consent[^"]*"', page)


@pytest.mark.statement("F05")
async def test_what_the_daily_look_found_broken_is_a_banner_with_its_rows() -> None:
    world = WebWorld()
    site = Row("site", "Left over", "id-1", "https://contoso.sharepoint.com/sites/left-over")
    checks = (
        Check("readiness.active_site", CheckState.UNMET, (site,), 1),
        Check("readiness.clock", CheckState.MET),
    )
    world.watches[SALES] = Watch(SALES, NADIA, NOW, checks, ("readiness.active_site",))
    page = (await WebClient(world).sign_in("marc").get(IN_APP)).text
    banner = page[page.index('<div class="message danger"') : page.index('<div class="columns')]
    assert 'role="alert"' in banner
    said = text_of(banner)
    assert [part in said for part in ("Active SharePoint sites", "Left over", "Clock")] == [True, True, False]
    world.watches[SALES] = Watch(
        SALES, NADIA, NOW, checks, (), Remembered("environment.unknown", {"environment": SALES})
    )
    gone = (await WebClient(world).sign_in("marc", "fr").get(IN_APP)).text
    assert "Environnement introuvable" in text_of(gone)


async def test_the_list_of_changes_is_paged_and_all_of_it_is_exported() -> None:
    world = fresh()
    rows = tuple(Row("location", f"Place {number:03}", f"id-{number:03}", "https://x") for number in range(240))
    world.readiness = ReadinessFacts(Deployment.ONLINE, False, False, (), rows, absolute_location_count=len(rows))
    world.switches[SALES] = Switches(basic=False, enhanced=False, user_sync=False, version="1")
    client = WebClient(world).sign_in("nadia")
    seen: list[str] = []
    address, pages = f"{IN_APP}/remedy", 0
    while address:
        page = (await client.get(address)).text
        seen += re.findall(r"Place \d{3}", page)
        assert "Apply 240 changes" in text_of(page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address, pages = (following[1].replace("&amp;", "&") if following else ""), pages + 1
    assert (sorted(set(seen)), len(seen), pages) == ([row.name for row in rows], 240, 3)
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back is not None
    assert (await client.get(f"{IN_APP}/remedy?from=abc")).status_code == 200
    assert "and 235 more" in text_of((await client.get(IN_APP)).text)

"""Consent: the ladder a person climbs, what only an administrator may grant, and taking it back."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import (
    GRAPH_APP_ID,
    change_service_principal,
    delete_service_principal,
    find_service_principal,
    restore_service_principal,
)
from liaison.tenant.estate.grants import delete_grant, list_consent_requests, list_grants
from liaison.tenant.seeds.applications import principal_id
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import Page, PersonsBrowser
from tests.tenant.entra_client import (
    SIGN_IN,
    claims_of,
    failure_of,
    post_token,
    redeem,
    refresh,
    sign_in,
    sign_in_page,
    tokens_for,
)

CONSENT_CALLBACK = "http://localhost:8300/auth/consent-callback"
ENHANCED = "Group.ReadWrite.All User.Read.All"
Grant = tuple[str, str | None, str]


def grants_of_liaison(tenant: LocalTenant) -> list[Grant]:
    def read(estate: Estate) -> list[Grant]:
        found = list_grants(estate, client_id=principal_id(DELEGATED_APP_ID))
        return sorted((grant.consent_type, grant.principal_id, grant.scope) for grant in found)

    return tenant.ask(read)


def arrive(browser: PersonsBrowser, tenant: LocalTenant, given: str, scope: str, **more: str | None) -> Page:
    return browser.press(sign_in_page(browser, tenant, scope, **more), "user", tenant.person(given).id)


def admin_consent(browser: PersonsBrowser, tenant: LocalTenant, version: str = "v2", **parameters: str) -> Page:
    asked = {
        "client_id": DELEGATED_APP_ID,
        "redirect_uri": CONSENT_CALLBACK,
        "state": "state-2",
        **({"scope": "https://graph.microsoft.com/.default"} if version == "v2" else {}),
        **parameters,
    }
    path = "/v2.0/adminconsent" if version == "v2" else "/adminconsent"
    return browser.open(f"/{tenant.id}{path}?{urlencode(asked)}")


def test_the_page_names_each_permission_in_words_and_by_name(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} Team.Create")
    assert "<li>Create teams<code>Team.Create</code></li>" in page.text
    assert "<strong>Liaison</strong>" in page.text
    assert "Published by Contoso" in page.text


def test_the_page_speaks_french(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} Team.Create", ui_locales="fr")
    assert page.title == "Autorisations demandées"
    assert "<li>Créer des équipes<code>Team.Create</code></li>" in page.text


def test_each_rung_asks_only_for_what_is_new(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        second = sign_in_page(browser, tenant, f"{SIGN_IN} Team.ReadBasic.All")
        browser.press(second, "decision", "accept")
        third = sign_in_page(browser, tenant, f"{SIGN_IN} Team.ReadBasic.All")
    assert "Team.ReadBasic.All" in second.text
    assert "User.Read<" not in second.text
    assert third.status == 302
    assert grants_of_liaison(tenant) == [
        ("Principal", tenant.person("Claire").id, "Team.ReadBasic.All User.Read offline_access openid profile")
    ]


def test_the_token_carries_everything_granted_and_says_so(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} Team.ReadBasic.All Channel.ReadBasic.All")
    narrower = refresh(tenant, tokens, "openid User.Read").json()
    expected = {"openid", "profile", "User.Read", "Team.ReadBasic.All", "Channel.ReadBasic.All"}
    assert set(narrower["scope"].split()) == expected
    assert set(claims_of(narrower["access_token"])["scp"].split()) == expected


def test_cancel_returns_access_denied_and_grants_nothing(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(arrive(browser, tenant, "Claire", SIGN_IN), "decision", "cancel")
    returned = page.returned
    assert returned["error_description"].startswith("AADSTS65004: User declined to consent to access the app.")
    del returned["error_description"]
    assert returned == {
        "error": "access_denied",
        "error_subcode": "cancel",
        "error_uri": f"{tenant.http}/error?code=65004",
        "state": "state-1",
    }
    assert grants_of_liaison(tenant) == []


def test_consent_of_one_person_does_not_serve_another(tenant: LocalTenant) -> None:
    tokens_for(tenant, "Claire")
    with PersonsBrowser(tenant.http) as browser:
        assert arrive(browser, tenant, "Oliver", SIGN_IN).title == "Permissions requested"


@pytest.mark.parametrize(
    ("policy", "scope", "title"),
    [
        ("managed", "User.Read", "Permissions requested"),
        ("managed", "Files.ReadWrite.All", "Need admin approval"),
        ("managed", "Sites.Read.All", "Need admin approval"),
        ("managed", "Chat.Read", "Need admin approval"),
        ("managed", "Channel.Create", "Need admin approval"),
        ("open", "Files.ReadWrite.All", "Permissions requested"),
        ("open", "Channel.Create", "Need admin approval"),
        ("none", "User.Read", "Need admin approval"),
    ],
)
def test_the_consent_policy_decides_what_people_may_grant(
    tenant: LocalTenant, policy: str, scope: str, title: str
) -> None:
    tenant.switch(entra__consent_policy=policy)
    with PersonsBrowser(tenant.http) as browser:
        assert arrive(browser, tenant, "Claire", f"{SIGN_IN} {scope}").title == title


def test_need_admin_approval_goes_nowhere_unless_the_person_clicks(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} {ENHANCED}")
        back = browser.press(page, "decision", "cancel")
    assert (page.status, "location" in page.headers) == (200, False)
    assert "AADSTS90094" in page.text
    assert "Group.ReadWrite.All" in page.text
    assert back.returned["error"] == "access_denied"


def test_the_approval_page_lets_an_administrator_take_over(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} {ENHANCED}")
        page = browser.press(page, "decision", "switch")
        page = browser.press(page, "user", tenant.person("Nadia").id)
        page = browser.press(page, "decision", "accept")
        claims = claims_of(redeem(tenant, page)["access_token"])
    assert claims["oid"] == tenant.person("Nadia").id
    assert set(ENHANCED.split()) <= set(claims["scp"].split())


def test_a_request_for_approval_is_filed_where_the_tenant_takes_them(tenant: LocalTenant) -> None:
    tenant.switch(entra__admin_consent_requests=True)
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} {ENHANCED}")
        form = next(form for form in page.forms if "reason" in form.values)
        sent = browser.send(page, form, {**form.values, "reason": "For my accounts", "decision": "request"})
        filed = tenant.ask(lambda estate: list_consent_requests(estate, DELEGATED_APP_ID))
        admin = admin_consent(browser, tenant)
        assert admin.title == "Need admin approval"
    with PersonsBrowser(tenant.http) as browser:
        admin = browser.press(admin_consent(browser, tenant), "user", tenant.person("Nadia").id)
        browser.press(admin, "decision", "accept")
    settled = tenant.ask(lambda estate: list_consent_requests(estate, DELEGATED_APP_ID))
    assert sent.title == "Request sent"
    assert [(item.user_id, item.reason, item.status) for item in filed] == [
        (tenant.person("Claire").id, "For my accounts", "InProgress")
    ]
    assert [item.status for item in settled] == ["Completed"]


@pytest.mark.parametrize(("given", "offered"), [("Nadia", True), ("Marc", False), ("Ingrid", False)])
def test_the_box_for_the_organisation_is_for_the_global_administrator(
    tenant: LocalTenant, given: str, offered: bool
) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, given, SIGN_IN)
    assert ("Consent on behalf of your organization" in page.text) is offered
    assert "checked" not in page.text


def test_without_the_box_the_administrator_consents_for_themselves_alone(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        browser.press(arrive(browser, tenant, "Nadia", f"{SIGN_IN} {ENHANCED}"), "decision", "accept")
    assert [kind for kind, _, _ in grants_of_liaison(tenant)] == ["Principal"]
    with PersonsBrowser(tenant.http) as browser:
        assert arrive(browser, tenant, "Claire", f"{SIGN_IN} {ENHANCED}").title == "Need admin approval"


def test_with_the_box_everybody_is_served(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Nadia", f"{SIGN_IN} {ENHANCED}")
        browser.press(page, "decision", "accept", "organization")
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} {ENHANCED}")
        tokens = redeem(tenant, page)
    assert [kind for kind, _, _ in grants_of_liaison(tenant)] == ["AllPrincipals"]
    assert set(ENHANCED.split()) <= set(tokens["scope"].split())


def test_a_ticked_box_from_somebody_else_counts_for_them_alone(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", SIGN_IN)
        form = next(form for form in page.forms if ("decision", "accept") in form.buttons)
        browser.send(page, form, {**form.values, "decision": "accept", "organization": "1"})
    assert [kind for kind, _, _ in grants_of_liaison(tenant)] == ["Principal"]


def test_accepting_what_one_may_not_grant_changes_nothing(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(browser, tenant, "Claire", f"{SIGN_IN} {ENHANCED}")
        form = next(form for form in page.forms if ("decision", "cancel") in form.buttons)
        again = browser.send(page, form, {**form.values, "decision": "accept"})
    assert again.title == "Need admin approval"
    assert grants_of_liaison(tenant) == []


def test_prompt_consent_asks_again_for_what_is_granted(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        page = sign_in_page(browser, tenant, prompt="consent")
        assert page.title == "Permissions requested"
        assert browser.press(page, "decision", "accept").status == 302


def test_default_asks_for_the_whole_registration_at_first_and_then_for_nothing(tenant: LocalTenant) -> None:
    default = "openid https://graph.microsoft.com/.default"
    with PersonsBrowser(tenant.http) as browser:
        first = arrive(browser, tenant, "Nadia", default)
        assert "user_impersonation" in first.text
        assert "TeamMember.ReadWriteNonOwnerRole.All" in first.text
        browser.press(first, "decision", "accept")
        second = sign_in_page(browser, tenant, default)
        scope = redeem(tenant, second)["scope"].split()
    assert "https://graph.microsoft.com/.default" in scope
    assert "https://graph.microsoft.com/Group.ReadWrite.All" in scope


def test_default_returns_what_there_is_once_something_is_granted(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        sign_in(browser, tenant, "Claire")
        page = sign_in_page(browser, tenant, "openid https://graph.microsoft.com/.default")
        scope = redeem(tenant, page)["scope"].split()
    assert scope == [
        "openid", "https://graph.microsoft.com/User.Read", "profile", "https://graph.microsoft.com/.default"
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["v2", "v1"])
def test_admin_consent_grants_the_registration_to_everybody(tenant: LocalTenant, version: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(admin_consent(browser, tenant, version), "user", tenant.person("Nadia").id)
        assert "Review for your organization" in page.text
        returned = browser.press(page, "decision", "accept").returned
    expected = {"admin_consent": "True", "tenant": tenant.id, "state": "state-2"}
    if version == "v2":
        expected["scope"] = "https://graph.microsoft.com/.default"
    assert returned == expected
    grants = grants_of_liaison(tenant)
    assert [kind for kind, _, _ in grants] == ["AllPrincipals", "AllPrincipals"]
    assert any("Group.ReadWrite.All" in scope for _, _, scope in grants)
    assert any(scope == "user_impersonation" for _, _, scope in grants)


def test_admin_consent_for_named_scopes_replaces_the_tenants_earlier_grant(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        for scope in (ENHANCED, "Team.Create"):
            page = admin_consent(browser, tenant, scope=scope)
            if ("user", tenant.person("Nadia").id) in [button for form in page.forms for button in form.buttons]:
                page = browser.press(page, "user", tenant.person("Nadia").id)
            browser.press(page, "decision", "accept")
    assert grants_of_liaison(tenant) == [("AllPrincipals", None, "Team.Create")]


def test_admin_consent_declined_says_so_beside_admin_consent_true(tenant: LocalTenant) -> None:
    returned = {}
    for version in ("v2", "v1"):
        with PersonsBrowser(tenant.http) as browser:
            page = browser.press(admin_consent(browser, tenant, version), "user", tenant.person("Nadia").id)
            returned[version] = browser.press(page, "decision", "cancel").returned
    assert {version: answer["error"] for version, answer in returned.items()} == {
        "v2": "access_denied",
        "v1": "permission_denied",
    }
    assert all(answer["admin_consent"] == "True" and "tenant" not in answer for answer in returned.values())
    assert all(answer["error_description"].startswith("AADSTS65004") for answer in returned.values())


@pytest.mark.parametrize("given", ["Claire", "Marc", "Ingrid"])
def test_admin_consent_by_somebody_else_needs_an_administrator(tenant: LocalTenant, given: str) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(admin_consent(browser, tenant), "user", tenant.person(given).id)
    assert page.title == "Need admin approval"
    assert grants_of_liaison(tenant) == []


def test_admin_consent_by_another_tenants_account_goes_back_with_50020(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = browser.fill(admin_consent(browser, tenant), "loginfmt", "admin@tailspin.example")
    assert page.returned["error"] == "access_denied"
    assert page.returned["error_description"].startswith("AADSTS50020")
    assert page.returned["admin_consent"] == "True"
    assert "tenant" not in page.returned


def test_admin_consent_demands_a_scope_and_refuses_common(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        without = admin_consent(browser, tenant, scope="")
        asked = urlencode({"client_id": DELEGATED_APP_ID, "redirect_uri": CONSENT_CALLBACK, "scope": ".default"})
        common = browser.open(f"/common/v2.0/adminconsent?{asked}")
    assert "AADSTS900144" in without.text
    assert "AADSTS90002" in common.text


def test_admin_consent_shows_what_an_application_does_by_itself(tenant: LocalTenant) -> None:
    with PersonsBrowser(tenant.http) as browser:
        page = admin_consent(browser, tenant, client_id=APPLICATION_APP_ID)
        page = browser.press(page, "user", tenant.person("Nadia").id)
    assert "by itself and without a signed-in person" in page.text
    assert "<code>Files.ReadWrite.All</code>" in page.text


def test_a_revoked_grant_shows_at_the_next_refresh(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire", f"{SIGN_IN} Team.Create")

    def revoke(estate: Estate) -> None:
        for grant in list_grants(estate, client_id=principal_id(DELEGATED_APP_ID)):
            delete_grant(estate, grant.id)

    assert refresh(tenant, tokens).status_code == 200
    tenant.ask(revoke)
    assert failure_of(refresh(tenant, tokens)) == (400, "invalid_grant", 65001, "consent_required")


def test_a_deleted_enterprise_application_stops_tokens_until_it_is_restored(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    principal = principal_id(DELEGATED_APP_ID)
    tenant.ask(lambda estate: delete_service_principal(estate, principal))
    gone = refresh(tenant, tokens)
    tenant.ask(lambda estate: restore_service_principal(estate, principal))
    back = refresh(tenant, tokens)
    tenant.ask(lambda estate: change_service_principal(estate, principal, account_enabled=False))
    disabled = refresh(tenant, tokens)
    assert failure_of(gone)[:3] == (400, "unauthorized_client", 700016)
    assert back.status_code == 200
    assert failure_of(disabled)[:3] == (400, "unauthorized_client", 7000112)


def test_a_fresh_grant_takes_its_time_where_the_tenant_says_so(tenant: LocalTenant) -> None:
    tokens = tokens_for(tenant, "Claire")
    tenant.switch(entra__consent_delay_s=3)
    with PersonsBrowser(tenant.http) as browser:
        page = browser.press(admin_consent(browser, tenant), "user", tenant.person("Nadia").id)
        browser.press(page, "decision", "accept")
    scope = f"{SIGN_IN} Team.Create"
    assert failure_of(refresh(tenant, tokens, scope))[2] == 65001
    tenant.control.post("/_control/clock", json={"advance_s": 3})
    assert refresh(tenant, tokens, scope).status_code == 200


def test_the_teams_client_needs_no_consent(tenant: LocalTenant) -> None:
    client_id = "5e3ce6c0-2b1f-4285-8d4b-75ee78787346"
    with PersonsBrowser(tenant.http) as browser:
        page = arrive(
            browser, tenant, "Claire", "openid Team.ReadBasic.All", client_id=client_id,
            redirect_uri=f"{tenant.http}/teams/auth",
        )  # fmt: skip
    assert page.headers["location"].startswith(f"{tenant.http}/teams/auth?code=")


def test_graph_itself_is_a_service_principal_of_the_tenant(tenant: LocalTenant) -> None:
    found = tenant.ask(lambda estate: find_service_principal(estate, GRAPH_APP_ID))
    assert found is not None
    assert found.display_name == "Microsoft Graph"
    assert post_token(tenant, "application", grant_type="client_credentials", scope="User.Read").status_code == 400

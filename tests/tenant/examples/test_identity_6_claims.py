"""The claims of identity.md section 6: which stand in a token, and which only where a registration asks."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import GRAPH_APP_ID
from liaison.tenant.estate.groups import Group, add_person, create_group, list_groups_of
from liaison.tenant.seeds.company import GLOBAL_ADMINISTRATOR, stable_guid
from tests.local_tenant import LocalTenant
from tests.tenant.browser import PersonsBrowser
from tests.tenant.entra_client import SIGN_IN, code_form, post_token, sign_in
from tests.tenant.examples.identity_shapes import SECRET, register, said

EVERYBODY = "b79fbf4d-3ef9-4689-8143-76b194e85509"
VARYING = {**dict.fromkeys(("iat", "nbf", "exp"), "int"), **dict.fromkeys(("aio", "rh", "uti", "sub"), "str")}


def tokens(tenant: LocalTenant, given: str, scope: str = SIGN_IN, **settings: Any) -> dict[str, Any]:
    """What a person's sign-in to an application of these settings brings."""
    app_id = register(tenant, secret=True, **settings)
    with PersonsBrowser(tenant.http) as browser:
        page = sign_in(browser, tenant, given, scope, client_id=app_id)
    form = code_form(page.returned["code"])
    return dict(post_token(tenant, client_id=app_id, client_secret=SECRET, **form).json())


def plain_id(tenant: LocalTenant, given: str) -> dict[str, Any]:
    person = tenant.person(given)
    return {
        **VARYING,
        "aud": "33333333-3333-4333-8333-333333333333",
        "iss": f"{tenant.http}/{tenant.id}/v2.0",
        "tid": tenant.id,
        "ver": "2.0",
        "nonce": "nonce-1",
        "oid": person.id,
        "name": person.name,
        "preferred_username": person.upn,
    }


def test_6_an_id_token_says_no_more_than_its_registration_asks_for(tenant: LocalTenant) -> None:
    assert said(tokens(tenant, "Claire")["id_token"]) == plain_id(tenant, "Claire")


def test_6_the_optional_claims_of_an_id_token(tenant: LocalTenant) -> None:
    asked = ("acct", "auth_time", "ctry", "email", "family_name", "given_name", "sid", "tenant_ctry", "upn",
             "verified_primary_email", "xms_pl", "xms_tpl")  # fmt: skip
    found = said(tokens(tenant, "Marc", id_token_claims=asked)["id_token"])
    assert found == {
        **plain_id(tenant, "Marc"),
        "acct": 0,
        "auth_time": found["auth_time"],
        "ctry": "FR",
        "email": "marc.lefevre@contoso.com",
        "family_name": "Lefèvre",
        "given_name": "Marc",
        "sid": found["sid"],
        "tenant_ctry": "FR",
        "upn": "marc.lefevre@contoso.com",
        "verified_primary_email": ["marc.lefevre@contoso.com"],
        "xms_pl": "fr",
        "xms_tpl": "en",
    }


def test_6_a_guest_comes_from_elsewhere(tenant: LocalTenant) -> None:
    assert said(tokens(tenant, "Lukas", id_token_claims=("acct",))["id_token"]) == {
        **plain_id(tenant, "Lukas"),
        "preferred_username": "lukas.weber@fabrikam.com",
        "idp": f"https://sts.windows.net/{stable_guid('tenant', 'fabrikam.com')}/",
        "acct": 1,
    }


@pytest.mark.parametrize(
    ("kind", "names"),
    [("None", set()), ("DirectoryRole", {"wids"}), ("SecurityGroup", set()), ("All", {"wids", "groups"})],
)
def test_6_group_claims_follow_the_manifest(tenant: LocalTenant, kind: str, names: set[str]) -> None:
    claims = said(tokens(tenant, "Nadia", group_claims=kind)["id_token"])
    assert names == {"wids", "groups"} & set(claims)
    if "wids" in names:
        assert claims["wids"] == [GLOBAL_ADMINISTRATOR, EVERYBODY]
    if "groups" in names:
        nadia = tenant.person("Nadia").id
        assert claims["groups"] == tenant.ask(lambda estate: [group.id for group in list_groups_of(estate, nadia)])


def test_6_too_many_groups_are_named_by_their_place(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire").id

    def join(estate: Estate) -> None:
        with estate.db.change():
            for number in range(201):
                name = f"group{number}"
                group = Group(f"{number:08}-0000-4000-8000-000000000000", name, None, name, None, None, "Private",
                              mail_enabled=False, security_enabled=True, unified=False)  # fmt: skip
                create_group(estate, group)
                add_person(estate, group.id, claire, "members")

    tenant.ask(join)
    found = said(tokens(tenant, "Claire", group_claims="SecurityGroup")["id_token"])
    place = f"https://graph.microsoft.com/v1.0/users/{claire}/getMemberObjects"
    assert found == {
        **plain_id(tenant, "Claire"),
        "_claim_names": {"groups": "src1"},
        "_claim_sources": {"src1": {"endpoint": place}},
    }


def test_6_an_api_without_optional_claims_gets_none(tenant: LocalTenant) -> None:
    token = tokens(tenant, "Claire")["access_token"]
    found = said(token)
    assert (found["aud"], found["ver"], found["idtyp"]) == ("https://graph.microsoft.com", "1.0", "user")
    assert GRAPH_APP_ID not in found.values()
    for name in ("azp", "preferred_username", "groups", "xms_cc"):
        assert name not in found

"""May this record be connected to that channel: every rule, and the order in which they speak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.connection import (
    ConnectionFacts,
    ConnectionRequest,
    may_collaborate,
    plan_connection,
    same_person,
)
from liaison.domain.consent import SCOPES, Rung, enhanced_scopes
from liaison.domain.link import NewChannel
from liaison.domain.names import ChannelId, TenantId
from liaison.domain.readiness import Switches
from liaison.errors import (
    ChannelGone,
    ChannelNameForbidden,
    ChannelNameTaken,
    ChannelNameTooLong,
    CollaborationOff,
    ConsentNotGranted,
    DocumentManagementOff,
    EnhancedOff,
    InputMissing,
    LicenceMissing,
    TableNotEnabled,
)
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, OPPORTUNITIES, RENEWALS, TEAM

ON = Switches(basic=True, enhanced=True, user_sync=True, version="1")
FACTS = ConnectionFacts(
    environment_name="Contoso Sales",
    switches=ON,
    table=OPPORTUNITIES,
    service_plans=("EXCHANGE_S_ENTERPRISE", "TEAMS1", "DYN365_ENTERPRISE_SALES"),
    carried_scopes=frozenset(enhanced_scopes()),
    team_name="Ventes Europe",
    channels=(RENEWALS,),
)
EXISTING = ConnectionRequest(DEAL, TEAM, RENEWALS.id)


def asking_for(name: str) -> ConnectionRequest:
    return ConnectionRequest(DEAL, TEAM, NewChannel(name))


def test_when_every_rule_allows_it_the_request_is_the_plan() -> None:
    assert plan_connection(EXISTING, FACTS) == EXISTING


def test_a_new_channels_name_is_trimmed() -> None:
    assert plan_connection(asking_for("  Affaire Northwind "), FACTS) == asking_for("Affaire Northwind")


REFUSALS = [
    ({"switches": replace(ON, basic=False, enhanced=False)}, CollaborationOff("Contoso Sales")),
    ({"switches": replace(ON, enhanced=False)}, EnhancedOff("Contoso Sales")),
    ({"table": replace(OPPORTUNITIES, collaboration=False)}, TableNotEnabled("Opportunities")),
    ({"table": replace(OPPORTUNITIES, document_management=False)}, DocumentManagementOff("Opportunities")),
    ({"service_plans": ("DYN365_ENTERPRISE_SALES",)}, LicenceMissing("Microsoft Teams")),
    ({"service_plans": ("TEAMS1",)}, LicenceMissing("Dynamics 365")),
    (
        {"carried_scopes": frozenset({"User.Read"})},
        ConsentNotGranted("connect", SCOPES[Rung.LIST_TEAMS] + SCOPES[Rung.CONNECT]),
    ),
    ({"channels": ()}, ChannelGone(RENEWALS.id, "Ventes Europe")),
]


@pytest.mark.statement("S06", "S07", "F13")
@pytest.mark.parametrize(("change", "error"), REFUSALS, ids=lambda value: getattr(value, "code", ""))
def test_each_unmet_rule_is_named(change: dict[str, object], error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        plan_connection(EXISTING, replace(FACTS, **change))
    assert raised.value == error


def test_rules_speak_in_their_order_whatever_else_is_wrong() -> None:
    wrong = FACTS
    order = []
    for change, error in reversed(REFUSALS):
        wrong = replace(wrong, **change)
        with pytest.raises(type(error)) as raised:
            plan_connection(EXISTING, wrong)
        order.append(raised.value.code)
    assert order == [error.code for _, error in reversed(REFUSALS)]


@pytest.mark.statement("S06", "S07")
@pytest.mark.parametrize("plan", ["TEAMS1", "TEAMS_COMMERCIAL_TRIAL"])
@pytest.mark.parametrize("crm", ["DYN365_ENTERPRISE_SALES", "CRMSTANDARD", "D365_SALES_PRO"])
def test_plans_of_one_family_are_as_good_as_each_other(plan: str, crm: str) -> None:
    assert plan_connection(EXISTING, replace(FACTS, service_plans=(plan, crm))) == EXISTING


def test_a_missing_scope_alone_is_named_alone() -> None:
    carried = frozenset(enhanced_scopes()) - {"TeamsTab.ReadWriteForTeam"}
    with pytest.raises(ConsentNotGranted) as refused:
        plan_connection(EXISTING, replace(FACTS, carried_scopes=carried))
    assert refused.value.scopes == ("TeamsTab.ReadWriteForTeam",)


def test_scopes_for_members_and_files_are_not_needed_to_connect() -> None:
    carried = frozenset(SCOPES[Rung.LIST_TEAMS] + SCOPES[Rung.CONNECT])
    assert plan_connection(EXISTING, replace(FACTS, carried_scopes=carried)) == EXISTING


@pytest.mark.parametrize("name", ["Renewals", "renewals", " RENEWALS "])
def test_a_taken_name_comes_with_a_free_one(name: str) -> None:
    taken = replace(FACTS, channels=(RENEWALS, replace(RENEWALS, name=f"{name.strip()} 2", id=ChannelId("19:2"))))
    with pytest.raises(ChannelNameTaken) as refused:
        plan_connection(asking_for(name), taken)
    assert refused.value == ChannelNameTaken(name.strip(), "Ventes Europe", f"{name.strip()} 3")


@pytest.mark.parametrize(
    ("name", "kind"),
    [(" ", InputMissing), ("a" * 51, ChannelNameTooLong), ("Deal: Northwind", ChannelNameForbidden)],
)
def test_a_name_that_teams_would_refuse_is_refused_before_teams_is_asked(name: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        plan_connection(asking_for(name), FACTS)


@pytest.mark.parametrize(
    ("basic", "enabled", "shown"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_collaborate_is_shown_where_linking_is_on_for_the_table(*, basic: bool, enabled: bool, shown: bool) -> None:
    assert may_collaborate(replace(ON, basic=basic), replace(OPPORTUNITIES, collaboration=enabled)) is shown


def test_a_person_is_known_by_tenant_and_id() -> None:
    assert same_person(CLAIRE, replace(CLAIRE, name="C. Fontaine", upn="new@contoso.com"))
    assert not same_person(CLAIRE, OLIVER)
    assert not same_person(CLAIRE, replace(CLAIRE, tenant=TenantId("t2")))

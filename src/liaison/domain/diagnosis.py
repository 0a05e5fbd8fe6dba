"""What surrounds linking: tables, device policies, licences, roles, consent, clock. Facts in, findings out.

None of these keeps the basic switch from being turned on; each says who or what it would stop later.
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.connection import missing_licences
from liaison.domain.consent import Consent, ConsentState
from liaison.domain.crm import GLOBAL_ADMINISTRATOR, SYSTEM_ADMINISTRATOR, CrmPerson, Table
from liaison.domain.readiness import Check, CheckState
from liaison.domain.teams import DirectoryPerson
from liaison.errors import LiaisonError, Row

GLOBAL_ADMINISTRATOR_TEMPLATE = "62e90394-69f5-4237-9190-012177145e10"
LABELLING_ROLES = frozenset(
    {
        GLOBAL_ADMINISTRATOR_TEMPLATE,
        "69091246-20e8-4a56-aa4d-066075b2a7a8",
        "fdd7a751-b60b-444a-984c-02652fe8fa1c",
        "fe930be7-5e62-47db-91af-98c3a49a38b1",
    }
)
"""Global, Teams, Groups and User Administrator.

Source: graph.md section 3.8; Microsoft Entra, built-in roles, action groups.unified/assignedLabels/update.
"""
MOST_SKEW_S = 300.0
"""Tokens are judged with this much leeway. Source: reliability-performance.md A4, F12."""

LICENCE_FAMILIES = {"Dynamics 365": "readiness.licence_dynamics", "Microsoft Teams": "readiness.licence_teams"}


def is_tenant_administrator(me: DirectoryPerson) -> bool:
    return GLOBAL_ADMINISTRATOR_TEMPLATE in me.directory_roles


def may_label_groups(me: DirectoryPerson) -> bool:
    """Graph lets nobody else put a sensitivity label on a group."""
    return not LABELLING_ROLES.isdisjoint(me.directory_roles)


def judge_tables(tables: tuple[Table, ...]) -> Check:
    """Tables that are on for Teams while their documents are off: pinning a record of theirs would fail."""
    code = "readiness.document_management"
    lacking = tuple(table for table in tables if table.collaboration and not table.document_management)
    rows = tuple(Row("table", table.plural, table.name) for table in lacking)
    return Check(code, CheckState.ATTENTION if rows else CheckState.MET, rows, len(rows))


def judge_devices(policies: tuple[str, ...] | None) -> Check:
    """Never met: SharePoint's own switch for unmanaged devices cannot be read, only what it leaves in the directory.

    Source: graph.md section 12; mission S16.
    """
    code = "readiness.unmanaged_devices"
    if not policies:
        reason = "unreadable" if policies is None else "none_in_directory"
        return Check(code, CheckState.UNKNOWN, facts=(("why", reason),))
    rows = tuple(Row("policy", name) for name in policies)
    return Check(code, CheckState.ATTENTION, rows, len(rows))


def judge_licences(plans: tuple[str, ...]) -> tuple[Check, ...]:
    missing = missing_licences(plans)
    return tuple(
        Check(code, CheckState.ATTENTION if family in missing else CheckState.MET, facts=(("licence", family),))
        for family, code in LICENCE_FAMILIES.items()
    )


def judge_crm_role(person: CrmPerson) -> Check:
    return _held("readiness.role_system_administrator", SYSTEM_ADMINISTRATOR, person.is_system_administrator)


def judge_directory_role(me: DirectoryPerson) -> Check:
    return _held("readiness.role_global_administrator", GLOBAL_ADMINISTRATOR, is_tenant_administrator(me))


def _held(code: str, role: str, is_held: bool) -> Check:
    return Check(code, CheckState.MET if is_held else CheckState.ATTENTION, facts=(("role", role),))


def judge_tenant_consent(consent: Consent) -> Check:
    state = CheckState.MET if consent.state is ConsentState.GRANTED else CheckState.ATTENTION
    rows = tuple(Row("permission", scope) for scope in consent.missing)
    return Check("readiness.consent", state, rows, len(rows), facts=(("consent_state", consent.state.value),))


def judge_clock(skew_s: float | None) -> Check:
    if skew_s is None:
        return Check("readiness.clock", CheckState.UNKNOWN)
    state = CheckState.MET if abs(skew_s) <= MOST_SKEW_S else CheckState.ATTENTION
    return Check("readiness.clock", state, facts=(("seconds", str(round(skew_s))),))


def unread(code: str, error: LiaisonError) -> Check:
    """A check whose facts could not be read, with the error's code as evidence."""
    return Check(code, CheckState.UNKNOWN, trouble=error.code)


@dataclass(frozen=True)
class CheckSentences:
    """Keys of the sentences that say a check to a person; `remedy` is empty when there is nothing to do."""

    title: str
    state: str
    text: str
    remedy: str


def sentences_of(check: Check) -> CheckSentences:
    """The facts that the sentences name are the check's own, and `problem`: the title of the error in `trouble`."""
    title, state = f"check.{check.code}.title", f"check.state.{check.state.value}"
    if check.trouble:
        return CheckSentences(title, state, "check.unread.text", "check.unread.remedy")
    if check.state is CheckState.NOT_APPLICABLE:
        return CheckSentences(title, state, "check.not_applicable", "")
    remedy = "" if check.state is CheckState.MET else f"check.{check.code}.remedy"
    return CheckSentences(title, state, f"check.{check.code}.{check.state.value}", remedy)

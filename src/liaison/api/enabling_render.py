"""From the domain's values about enabling to the API's documents."""

from __future__ import annotations

from liaison.api.asking import Asking
from liaison.api.enabling_shapes import (
    CallShape,
    CallsShape,
    CallTotalShape,
    ChangeShape,
    LadderShape,
    MendingShape,
    ReadinessShape,
    ReasonsShape,
    RemedyShape,
    RungShape,
    TableShape,
    TableSwitchShape,
    WatchShape,
)
from liaison.api.problems import render_rows
from liaison.api.render import render_check, render_person
from liaison.domain.consent import RungState
from liaison.domain.remedy import Change, Mending, RemedyPlan
from liaison.domain.tables import TableState, TableSwitch
from liaison.domain.watch import Watch
from liaison.operations.doctor import Diagnosis
from liaison.operations.read_calls import Ledger
from liaison.operations.why import Explanation


def render_readiness(found: Diagnosis, asking: Asking) -> ReadinessShape:
    return ReadinessShape(
        environment=found.environment,
        at=found.at,
        is_ready=found.is_ready,
        checks=tuple(render_check(check, asking) for check in found.checks),
    )


def render_watch(watch: Watch, asking: Asking) -> WatchShape:
    return WatchShape(
        checked_at=watch.checked_at,
        broke=tuple(render_check(check, asking) for check in watch.checks if check.code in watch.broke),
        trouble=watch.trouble.code if watch.trouble else "",
    )


def render_remedy(plan: RemedyPlan, asking: Asking) -> RemedyShape:
    changes = tuple(_render_change(change, asking) for change in plan.changes)
    return RemedyShape(mark=plan.mark, codes=plan.codes, changes=changes)


def render_mending(mending: Mending, asking: Asking) -> MendingShape:
    return MendingShape(
        id=mending.id,
        at=mending.at,
        by=render_person(mending.by),
        changes=tuple(_render_change(change, asking) for change in mending.changes),
        can_be_undone=mending.can_be_undone,
    )


def _render_change(change: Change, asking: Asking) -> ChangeShape:
    act = change.act.value
    return ChangeShape(
        act=change.act,
        text=asking.say(f"remedy.act.{act}"),
        before=asking.say(f"remedy.before.{act}"),
        after=asking.say(f"remedy.after.{act}"),
        row=render_rows((change.row,))[0],
        state=change.state,
        can_be_undone=change.can_be_undone,
        content=dict(change.content) if change.content is not None else None,
    )


def render_table(state: TableState) -> TableShape:
    table = state.table
    return TableShape(
        name=table.name,
        label=table.label,
        plural=table.plural,
        is_custom=state.is_custom,
        is_default=state.is_default,
        can_be_switched=state.can_be_switched,
        collaboration=table.collaboration,
        document_management=table.document_management,
        is_ready=state.is_ready,
    )


def render_switch(switch: TableSwitch) -> TableSwitchShape:
    return TableSwitchShape(
        table=render_table(switch.state),
        wanted=switch.wanted,
        is_settled=switch.is_settled,
        service_said_yes=switch.service_said_yes,
    )


def render_reasons(found: Explanation, asking: Asking) -> ReasonsShape:
    return ReasonsShape(
        record=found.record_title,
        person=found.person_name,
        is_own=found.is_own,
        checks=tuple(render_check(check, asking) for check in found.checks),
    )


def render_ladder(rungs: tuple[RungState, ...], asking: Asking) -> LadderShape:
    return LadderShape(
        items=tuple(
            RungShape(
                rung=one.rung,
                text=asking.say(f"consent.rung.{one.rung.value}"),
                scopes=one.scopes,
                missing=one.missing,
                is_granted=one.is_granted,
                is_extra=one.is_extra,
                about=asking.say(f"consent.extra.{one.rung.value}") if one.is_extra else "",
            )
            for one in rungs
        )
    )


def render_calls(ledger: Ledger, size: int) -> CallsShape:
    items = tuple(
        CallShape(
            number=call.number,
            at=call.at,
            service=call.service,
            method=call.method,
            host=call.host,
            path=call.path,
            status=call.status,
            ms=round(call.ms, 1),
            feature=call.feature,
        )
        for call in ledger.calls
    )
    totals = tuple(
        CallTotalShape(feature=one.feature, service=one.service, method=one.method, path=one.path, count=one.count)
        for one in ledger.totals
    )
    following = str(items[-1].number) if len(items) == size and items[-1].number > 1 else None
    return CallsShape(totals=totals, outside=ledger.outside, items=items, next=following)

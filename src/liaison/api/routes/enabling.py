"""Readiness, remedies, tables and reasons of an environment; the ladder of consent and the ledger of calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from liaison.api.asking import Asker
from liaison.api.enabling_render import (
    render_calls,
    render_ladder,
    render_mending,
    render_readiness,
    render_reasons,
    render_remedy,
    render_switch,
    render_table,
    render_watch,
)
from liaison.api.enabling_shapes import (
    CallsShape,
    LadderShape,
    MendingShape,
    MendingsShape,
    ReadinessShape,
    ReasonsShape,
    RemedyBody,
    RemedyShape,
    TableBody,
    TablesShape,
    TableSwitchShape,
    WatchShape,
)
from liaison.api.routes.inputs import EnvironmentPath, RecordPath, TablePath, problems, read_record_ref
from liaison.domain.consent import judge_rungs
from liaison.domain.names import TableName
from liaison.operations.doctor import diagnose
from liaison.operations.mend import apply_remedy, list_mendings, show_remedy, undo_remedy
from liaison.operations.read_calls import read_calls
from liaison.operations.tables import list_table_states, switch_table
from liaison.operations.watch import read_watch
from liaison.operations.why import explain

router = APIRouter(tags=["enabling"])

_ENVIRONMENT = "/environments/{env}"
MendingPath = Annotated[str, Path(alias="mending", pattern=r"^[0-9a-f]{32}$", description="Id of the applied remedy.")]
Codes = Annotated[
    tuple[str, ...],
    Query(alias="code", max_length=20, description="Codes of the checks to mend; every mendable one otherwise."),
]


@router.get(f"{_ENVIRONMENT}/readiness", summary="Check every prerequisite", responses=problems(403, 404))
async def readiness(asking: Asker, env: EnvironmentPath) -> ReadinessShape:
    """Every check in one pass from live data, each with its rows; what cannot be read is `unknown`, never `met`."""
    return render_readiness(await diagnose(asking.environment_key(env), asking.person, asking.ports), asking)


@router.get(f"{_ENVIRONMENT}/watch", summary="What the daily check found", responses=problems(403, 404))
async def watch(asking: Asker, env: EnvironmentPath) -> WatchShape:
    """Prerequisites that broke since linking was turned on; nothing when it was never turned on from here."""
    found = await read_watch(asking.environment_key(env), asking.person, asking.ports)
    return WatchShape(checked_at=None, broke=(), trouble="") if found is None else render_watch(found, asking)


@router.get(f"{_ENVIRONMENT}/remedy", summary="Show what mending would change", responses=problems(403, 404))
async def remedy(
    asking: Asker,
    env: EnvironmentPath,
    codes: Codes = (),
    with_content: Annotated[bool, Query(description="With the rows that would be deleted, whole.")] = False,
) -> RemedyShape:
    """A dry run: nothing is changed. The mark names exactly these changes."""
    key = asking.environment_key(env)
    plan = await show_remedy(key, asking.person, asking.ports, codes, with_content=with_content)
    return render_remedy(plan, asking)


@router.post(f"{_ENVIRONMENT}/remedy", summary="Apply a remedy", responses=problems(403, 404, 409))
async def mend(asking: Asker, env: EnvironmentPath, body: RemedyBody) -> MendingShape:
    """Makes the changes that were shown under the mark; each is kept for taking it back, and audited."""
    key = asking.environment_key(env)
    return render_mending(await apply_remedy(key, asking.person, asking.ports, body.mark, body.codes), asking)


@router.get(f"{_ENVIRONMENT}/remedies", summary="Applied remedies", responses=problems(403, 404))
async def mendings(asking: Asker, env: EnvironmentPath) -> MendingsShape:
    """Newest first. Raises a refusal for everybody but System Administrators."""
    found = await list_mendings(asking.environment_key(env), asking.person, asking.ports)
    return MendingsShape(items=tuple(render_mending(mending, asking) for mending in found))


@router.post(
    f"{_ENVIRONMENT}/remedies/{{mending}}/undo", summary="Take a remedy back", responses=problems(403, 404, 409)
)
async def undo(asking: Asker, env: EnvironmentPath, mending: MendingPath) -> MendingShape:
    """Puts back what can be put back: switches, sites, and deleted locations under their own ids."""
    key = asking.environment_key(env)
    return render_mending(await undo_remedy(key, mending, asking.person, asking.ports), asking)


@router.get(f"{_ENVIRONMENT}/tables", summary="Tables and their switches", responses=problems(403, 404))
async def tables(asking: Asker, env: EnvironmentPath) -> TablesShape:
    """Tables that can be switched or are on, by name, as the metadata says now."""
    states = await list_table_states(asking.environment_key(env), asking.person, asking.ports)
    return TablesShape(items=tuple(render_table(state) for state in states))


@router.put(
    f"{_ENVIRONMENT}/tables/{{table}}",
    summary="Switch a table",
    responses={**problems(403, 404, 409), 202: {"description": "Asked for; the metadata does not say so yet."}},
)
async def switch(
    asking: Asker, env: EnvironmentPath, table: TablePath, body: TableBody, response: Response
) -> TableSwitchShape:
    """Turns a table on or off for linking, its document management with it. What counts is what the metadata says."""
    key = asking.environment_key(env)
    found = await switch_table(key, TableName(table), asking.person, asking.ports, on=body.collaboration)
    response.status_code = 200 if found.is_settled else 202
    return render_switch(found)


@router.get(
    f"{_ENVIRONMENT}/tables/{{table}}/records/{{record}}/reasons",
    summary="Why can’t I?",
    responses=problems(403, 404),
)
async def reasons(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    person: Annotated[str, Query(max_length=300, description="Sign-in name or id of somebody else.")] = "",
) -> ReasonsShape:
    """Everything between a person and linking a record. Only System Administrators may ask about others."""
    found = await explain(read_record_ref(asking, env, table, record), asking.person, asking.ports, person)
    return render_reasons(found, asking)


@router.get("/consent/ladder", summary="The ladder of consent", responses=problems(403))
async def ladder(asking: Asker) -> LadderShape:
    """Every rung with its permissions, as the asker’s own token shows it."""
    return render_ladder(judge_rungs(await asking.ports.sign_in.carried_scopes(asking.person)), asking)


@router.get("/calls", summary="The ledger of outbound calls", responses=problems(403))
async def calls(
    asking: Asker,
    page: Annotated[int, Query(ge=0, le=2**53, description="Mark from `next` of the page before.")] = 0,
    size: Annotated[int, Query(ge=1, le=1000)] = 50,
    outside: Annotated[bool, Query(description="Only calls that were never promised.")] = False,
) -> CallsShape:
    """What Liaison asked of Microsoft’s services, by template and never by content, against its promise."""
    ledger = await read_calls(asking.person, asking.ports, page, size, outside_only=outside)
    return render_calls(ledger, size)

"""What a link knows of itself."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from liaison.domain.link import (
    Evidence,
    Link,
    LinkState,
    NewChannel,
    Operation,
    StepName,
    Waiting,
    site_row_id,
    steps_to_connect,
    steps_to_disconnect,
)
from liaison.domain.names import ChannelId, LinkId, RowId, TabId
from liaison.errors import Remembered, StillPreparing
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, TEAM, FakeClock

CONNECT_STEPS, DISCONNECT_STEPS = steps_to_connect(DEAL), steps_to_disconnect(DEAL)
LINK = Link(
    id=LinkId("0d6f4c7e-6c1b-4b52-a0a0-5e1d2c3b4a59"),
    regarding=DEAL,
    title="Renouvellement Northwind",
    team=TEAM,
    wanted=NewChannel("Northwind deal"),
    by=CLAIRE,
    acting=CLAIRE,
    planned_at=FakeClock().now(),
)


def test_each_state_is_at_work_or_final_and_only_two_are_over() -> None:
    assert {state for state in LinkState if state.at_work} == {
        LinkState.PLANNED,
        LinkState.CONNECTING,
        LinkState.FILES_PENDING,
        LinkState.DISCONNECTING,
        LinkState.ARCHIVING,
        LinkState.RESTORING,
    }
    assert {state for state in LinkState if state.is_over} == {LinkState.UNDONE, LinkState.DISCONNECTED}


def test_the_tab_is_known_by_the_link() -> None:
    assert LINK.tab_entity == f"lnk_{LINK.id}"


def test_rows_have_ids_of_their_own_that_never_change() -> None:
    kinds = ("association", "location", "note-connected")
    ids = [LINK.row_id(kind) for kind in kinds]
    assert ids == [replace(LINK, run=9, evidence=Evidence(tab=TabId("t"))).row_id(kind) for kind in kinds]
    assert len(set(ids)) == 3
    assert [str(UUID(row)) for row in ids] == ids
    assert replace(LINK, id=LinkId("another")).row_id("association") != ids[0]


def test_links_to_one_site_share_its_row() -> None:
    one = site_row_id("sales", "https://contoso.sharepoint.com/sites/VentesEurope")
    assert one == site_row_id("sales", "https://contoso.sharepoint.com/sites/ventesEUROPE/")
    assert one != site_row_id("service", "https://contoso.sharepoint.com/sites/VentesEurope")


def test_the_channels_name_is_the_wanted_one_until_there_is_a_channel() -> None:
    assert LINK.channel_name == "Northwind deal"
    assert replace(LINK, wanted=ChannelId("19:x")).channel_name == ""
    assert replace(LINK, evidence=Evidence(channel_name="Northwind deal (renamed)")).channel_name.endswith("(renamed)")


def test_a_step_leaves_its_evidence_once_and_ends_the_wait() -> None:
    waits = Waiting(StepName.TAB, Remembered.of(StillPreparing("graph")), LINK.planned_at, LINK.planned_at)
    done = replace(LINK, waiting=waits).with_evidence(StepName.TAB, tab=TabId("t1"))
    assert (done.evidence.tab, done.done, done.waiting) == ("t1", (StepName.TAB,), None)
    assert done.with_evidence(StepName.TAB, tab=TabId("t1")).done == (StepName.TAB,)


def test_the_step_at_work_is_the_first_that_is_not_done() -> None:
    assert LINK.step_at_work is StepName.CHANNEL
    assert replace(LINK, done=CONNECT_STEPS[:3]).step_at_work is CONNECT_STEPS[3]
    assert replace(LINK, done=CONNECT_STEPS).step_at_work is None
    going = replace(LINK, operation=Operation.DISCONNECT, done=CONNECT_STEPS)
    assert (going.steps, going.step_at_work) == (DISCONNECT_STEPS, StepName.REMOVE_ASSOCIATION)


@pytest.mark.parametrize(
    ("operation", "state"),
    [(Operation.CONNECT, LinkState.CONNECTING), (Operation.DISCONNECT, LinkState.DISCONNECTING)],
)
def test_a_resumed_link_is_a_new_run_on_behalf_of_whoever_resumed_it(operation: Operation, state: LinkState) -> None:
    stopped = replace(LINK, operation=operation, state=LinkState.NEEDS_PERSON, trouble=Remembered("defect", {}))
    resumed = stopped.resumed(OLIVER)
    assert (resumed.state, resumed.acting, resumed.by) == (state, OLIVER, CLAIRE)
    assert (resumed.run, resumed.trouble, resumed.waiting) == (2, None, None)


EFFECTS = [
    {"channel_is_ours": True},
    {"app_is_ours": True},
    {"tab": TabId("t")},
    {"location": RowId("l")},
    {"association": RowId("a")},
]


@pytest.mark.parametrize("made", EFFECTS, ids=lambda made: next(iter(made)))
def test_what_was_left_behind_is_an_effect(made: dict[str, object]) -> None:
    assert replace(LINK, evidence=Evidence(**made)).has_effects()


def test_looking_is_no_effect() -> None:
    looked = Evidence(channel=ChannelId("19:x"), channel_name="x", team_name="y", app="app", app_installation="i")
    assert not replace(LINK, evidence=looked).has_effects()

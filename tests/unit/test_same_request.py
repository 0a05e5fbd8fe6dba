"""A repeated request is told from another one under the same key by everything that it asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.closing import OnClose
from liaison.domain.connection import ConnectionRequest
from liaison.domain.earlier import EarlierFiles
from liaison.domain.link import Invited, NewChannel, NewTeam, TeamPrivacy
from liaison.domain.names import ChannelKind, EnvironmentKey, PersonId, RecordRef, RowId, TableName, TeamId
from liaison.domain.partners import Partner, ShareTeam
from liaison.operations.connect import fingerprint

DEAL = RecordRef(EnvironmentKey("sales"), TableName("opportunity"), RowId("deal-1"))
NEW = NewTeam("Deals")
ASKED = ConnectionRequest(DEAL, NEW, NewChannel("Deal 2026", ChannelKind.SHARED))
MIA, LUKAS = Partner("mia@fabrikam.com"), Partner("Lukas@fabrikam.com")


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, team=replace(NEW, privacy=TeamPrivacy.PUBLIC)),
        replace(ASKED, team=replace(NEW, label="label-1")),
        replace(ASKED, team=replace(NEW, template="retail")),
        replace(ASKED, channel=NewChannel("Deal 2026")),
        replace(ASKED, channel=NewChannel("Deal 2026", ChannelKind.SHARED, (ShareTeam(TeamId("team-1")),))),
        replace(ASKED, members=(Invited(PersonId("sofia"), "Sofia"),)),
        replace(ASKED, partners=(MIA,)),
        replace(ASKED, earlier_files=EarlierFiles.COPY),
        replace(ASKED, on_close=OnClose.ARCHIVE),
        replace(ASKED, template="template-1"),
    ],
    ids=lambda other: "",
)
def test_what_is_asked_for_otherwise_is_another_request(other: ConnectionRequest) -> None:
    assert fingerprint(other) != fingerprint(ASKED)


def test_the_order_of_people_makes_no_other_request() -> None:
    one, two = (
        replace(ASKED, partners=(MIA, LUKAS)),
        replace(ASKED, partners=(replace(LUKAS, address="lukas@fabrikam.com"), MIA)),
    )
    assert fingerprint(one) == fingerprint(two)

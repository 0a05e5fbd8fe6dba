"""What somebody is told of files that do not open, and whom they are sent to."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from liaison.domain.names import ChannelKind, TeamId
from liaison.errors import (
    ConsentNotGranted,
    FilesClosedToMember,
    FilesForMembers,
    FilesRefused,
    FilesShutByPolicy,
    FileUnknown,
    LiaisonError,
    NotTeamMember,
    StillPreparing,
    UpstreamUnavailable,
)
from liaison.graph.errors import SERVICE, About, Subject, error_of
from liaison.operations.closed_files import ChannelOfFiles, explain_closed
from liaison.wire.messages import Answer
from tests.unit.fakes import OLIVER, TEAM, FakeTeamwork, Troubles, World

pytestmark = pytest.mark.anyio

RENEWALS = ChannelOfFiles(TEAM, "Ventes Europe", ChannelKind.STANDARD)
CLOSED = ChannelOfFiles(TEAM, "Ventes Europe", ChannelKind.PRIVATE)
ELSEWHERE = ChannelOfFiles(TeamId("team-2"), "Support", ChannelKind.STANDARD)
REFUSED = FilesRefused("item-1", "Access denied")


@dataclass
class Teamwork(FakeTeamwork):
    """Oliver is in one team, and owners are named unless that is refused."""

    refuse: LiaisonError | None = None
    troubles: Troubles = field(default_factory=Troubles)

    def __post_init__(self) -> None:
        super().__init__(self.troubles)

    async def list_owners(self, team: TeamId) -> tuple[str, ...]:
        if self.refuse is not None:
            raise self.refuse
        return ("Hugo Marchand", "Sofia Rossi")


async def explained(
    error: LiaisonError, channel: ChannelOfFiles | None, refuse: LiaisonError | None = None
) -> LiaisonError:
    world = World()
    world.teamwork = Teamwork(refuse)
    return await explain_closed(error, "Deal 2026", OLIVER, world.ports, channel)


@pytest.mark.statement("S17")
@pytest.mark.parametrize(
    ("error", "channel", "said"),
    [
        (REFUSED, ELSEWHERE, FilesForMembers("Deal 2026", "Support", "Hugo Marchand, Sofia Rossi")),
        (NotTeamMember("x"), ELSEWHERE, FilesForMembers("Deal 2026", "Support", "Hugo Marchand, Sofia Rossi")),
        (REFUSED, CLOSED, FilesForMembers("Deal 2026", "Ventes Europe", "Hugo Marchand, Sofia Rossi")),
        (REFUSED, RENEWALS, FilesClosedToMember("Deal 2026", "Ventes Europe", "Access denied")),
        (REFUSED, None, FilesRefused("Deal 2026", "Access denied")),
        (FilesShutByPolicy("item-1"), ELSEWHERE, FilesShutByPolicy("Deal 2026")),
        (StillPreparing("graph", "filesFolder"), ELSEWHERE, StillPreparing("graph", "filesFolder")),
    ],
    ids=["not in the team", "said by Teams", "private channel", "member", "no channel", "policy", "no refusal"],
)
async def test_each_refusal_says_whom_to_turn_to(
    error: LiaisonError, channel: ChannelOfFiles | None, said: LiaisonError
) -> None:
    assert await explained(error, channel) == said


@pytest.mark.parametrize("refuse", [ConsentNotGranted("names", ("Group.Read.All",)), UpstreamUnavailable("graph")])
async def test_owners_that_cannot_be_read_are_left_out(refuse: LiaisonError) -> None:
    assert await explained(REFUSED, ELSEWHERE, refuse) == FilesRefused("Deal 2026", "Access denied")


UNTRUSTED = "Due to organizational policies, you can’t access this resource from this untrusted device."


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (403, {"code": "accessDenied", "message": UNTRUSTED}, FilesShutByPolicy("f")),
        (403, {"code": "Forbidden", "message": UNTRUSTED}, FilesShutByPolicy("f")),
        (
            403,
            {"code": "accessDenied", "message": "No", "innerError": {"code": "insufficient_claims"}},
            FilesShutByPolicy("f"),
        ),
        (403, {"code": "insufficient_claims", "message": ""}, FilesShutByPolicy("f")),
        (
            403,
            {"code": "accessDenied", "message": "Access denied", "innerError": None},
            FilesRefused("f", "Access denied"),
        ),
        (423, {"code": "resourceLocked", "message": "The site is locked."}, FilesRefused("f", "The site is locked.")),
        (404, {"code": "itemNotFound", "message": UNTRUSTED}, FileUnknown("f")),
    ],
)
def test_the_policy_is_known_by_what_the_service_says(
    status: int, error: dict[str, object], said: LiaisonError
) -> None:
    answer = Answer(SERVICE, status, {}, b"", {"error": error})
    assert error_of(answer, Subject(About.FILE, "f")) == said

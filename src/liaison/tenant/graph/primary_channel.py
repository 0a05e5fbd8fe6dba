"""Everything below a channel's address, below `primaryChannel` as well: SDKs offer it, and the name is stable.

Source: Graph v1.0, api/team-get-primarychannel.md
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import replace
from functools import wraps

from liaison.tenant.estate import channels, teamwork
from liaison.tenant.graph.errors import no_team
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer
from liaison.tenant.graph.table import Answering, Operation

_CHANNEL = "teams/{team}/channels/{channel}"
_PRIMARY = "teams/{team}/primaryChannel"


def below_primary(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations on a channel, once more on the team's primary channel."""
    listed = tuple(operations)
    built = {(operation.method, operation.pattern) for operation in listed}
    return tuple(
        replace(operation, pattern=pattern, answer=_on_primary(operation.answer))
        for operation in listed
        if operation.pattern.startswith(_CHANNEL)
        and (operation.method, pattern := _PRIMARY + operation.pattern[len(_CHANNEL) :]) not in built
    )


def _on_primary(answer: Answering) -> Answering:
    @wraps(answer)
    def answer_primary(ask: Ask) -> Answer | Awaitable[Answer]:
        team = teamwork.find_team(ask.estate, ask.params["team"])
        if team is None:
            raise no_team(ask.params["team"])
        primary = channels.primary_channel(ask.estate, team.id)
        return answer(replace(ask, params={**ask.params, "channel": primary.id}))

    return answer_primary  # type: ignore[return-value]

"""The API keeps what its OpenAPI document promises, for requests that Schemathesis makes up from it."""

from __future__ import annotations

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.types import Receive, Scope, Send

from liaison.api.addresses import PREFIX
from liaison.api.app import build_api
from liaison.text.lookup import load_texts
from tests.unit.api_fakes import World

_WORLD = World()
_WORLD.adopt()
_API = build_api(_WORLD.ports(), load_texts())


async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    """The API below its prefix, for paths of every kind."""
    await _API({**scope, "root_path": PREFIX}, receive, send)


schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", mounted)

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]


KEPT = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OF_ONE_KIND = 2
"""How many requests of one kind are sent for one parameter: in an address every wrong type is a text, and whatever
method is not offered meets the same refusal."""
_REPEATED = frozenset({"incorrect_type", "unspecified_http_method"})
_sent: Counter[tuple[str, ...]] = Counter()


def keeps_promises(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Authorization": "Bearer marc"}, checks=PROMISES, excluded_checks=[ignored_auth])


def is_one_of_many(case: schemathesis.Case) -> bool:
    """Have enough requests like this been sent? Bodies, where a type tells something, are all sent."""
    told = case.meta.phase.data if case.meta is not None else None
    scenario = getattr(getattr(told, "scenario", None), "value", "")
    place = getattr(getattr(told, "parameter_location", None), "value", "")
    if scenario not in _REPEATED or place == "body":
        return False
    kind = (case.operation.label, scenario, place, getattr(told, "parameter", None) or "")
    _sent[kind] += 1
    return _sent[kind] > OF_ONE_KIND


@pytest.mark.statement("F71")
@schema.parametrize()
@settings(KEPT, max_examples=2)
def test_what_is_described_is_kept(case: schemathesis.Case) -> None:
    if not is_one_of_many(case):
        keeps_promises(case)

"""The API keeps what its OpenAPI document promises, for requests that Schemathesis makes up from it."""

from __future__ import annotations

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


@pytest.mark.statement("F71")
@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_what_is_described_is_kept(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Authorization": "Bearer marc"}, checks=PROMISES, excluded_checks=[ignored_auth])

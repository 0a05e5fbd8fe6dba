"""The pipeline around the faces: defects, unknown paths, and batches that go through it again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message

from liaison.tenant import entra
from liaison.tenant.app import build_app
from liaison.tenant.entra.routes import routes as entra_routes
from liaison.tenant.estate import Estate, open_estate
from liaison.tenant.faces import Face

pytestmark = pytest.mark.anyio


async def fail(_: Request) -> Response:
    raise RuntimeError("a defect")


async def part(_: Request) -> Response:
    return JSONResponse({"part": True})


async def batch(request: Request) -> Response:
    """Two requests in one, each through the pipeline."""
    statuses = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    for number in (1, 2):
        scope = {**request.scope, "method": "GET", "path": f"/v1.0/parts/{number}", "query_string": b""}
        await request.state.inner(scope, receive, send)
    return JSONResponse(statuses)


def small_face(_: Estate) -> list[BaseRoute]:
    return [
        Route("/v1.0/fail", fail),
        Route("/v1.0/parts/{number}", part),
        Route("/v1.0/$batch", batch, methods=["POST"]),
        Route("/api/data/v9.2/fail", fail),
        Route("/{tenant}/oauth2/v2.0/fail", fail),
    ]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """The assembled application in this process, with a face that fails."""
    estate = open_estate(tmp_path)
    faces = (Face("entra", entra.prepare, entra_routes), Face("small", lambda _: None, small_face))
    transport = httpx2.ASGITransport(app=build_app(estate, faces))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8301") as client:
        yield client
    estate.db.close()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1.0/fail", "InternalServerError"),
        ("/api/data/v9.2/fail", "0x80040216"),
        ("/common/oauth2/v2.0/fail", "server_error"),
    ],
)
async def test_a_defect_is_a_500_in_the_services_shape_and_is_logged(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture, path: str, code: str
) -> None:
    answer = await client.get(path)
    error = answer.json()["error"]
    assert answer.status_code == 500
    assert (error if isinstance(error, str) else error["code"]) == code
    assert f"GET {path} failed" in caplog.text
    assert "a defect" not in answer.text


@pytest.mark.parametrize("path", ["/v1.0/nothing", "/api/data/v9.2/nothing", "/nothing", "/"])
async def test_what_is_not_built_is_a_501_that_names_itself(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.put(path)
    assert answer.status_code == 501
    assert f"PUT {path} is not implemented by the local tenant." in answer.text


async def test_parts_of_a_batch_meet_the_ledger_and_the_fault_plan(client: httpx2.AsyncClient) -> None:
    plan = {"rules": [{"path": "/v1.0/parts/2", "action": {"status": 429}}]}
    await client.post("/_control/faults", content=json.dumps(plan))
    assert (await client.post("/v1.0/$batch")).json() == [200, 429]
    calls = (await client.get("/_control/calls")).json()["value"]
    assert [(call["path"], call["status"]) for call in calls] == [
        ("/v1.0/parts/1", 200),
        ("/v1.0/parts/2", 429),
        ("/v1.0/$batch", 200),
    ]

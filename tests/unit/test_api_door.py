"""The API's door: who gets in, what every answer carries, and how it describes itself."""

from __future__ import annotations

import re

import pytest

from liaison.api.asking import read_language
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import World

pytestmark = pytest.mark.anyio

OPEN_TO_EVERYBODY = {"/errors", "/errors/{code}", "/docs", "/docs/errors", "/docs/style.css", "/openapi.json"}
ANY_ID = "33333333-3333-4333-8333-333333333333"
FILLED = {
    "env": "contoso-sales",
    "table": "opportunity",
    "record": ANY_ID,
    "row": ANY_ID,
    "team": ANY_ID,
    "link": ANY_ID,
    "item": "some-item",
    "attempt": "some-word-of-a-tab",
    "request": ANY_ID,
    "kind": "system",
    "view": ANY_ID,
    "entity": f"lnk_{ANY_ID}",
    "mending": "0" * 32,
    "proposal": "0" * 32,
    "template": ANY_ID,
}


@pytest.fixture
def client() -> ApiClient:
    return ApiClient(World())


async def every_operation(client: ApiClient) -> list[tuple[str, str]]:
    document = (await client.get("/openapi.json", as_="")).json()
    return [(method.upper(), path) for path, item in document["paths"].items() for method in item]


async def test_every_route_but_the_descriptions_wants_a_known_person(client: ApiClient) -> None:
    asked = [one for one in await every_operation(client) if one[1] not in OPEN_TO_EVERYBODY]
    assert len(asked) > 20
    for method, path in asked:
        for token, code in (("", "auth.sign_in"), ("forged", "auth.token_refused")):
            answer = await client.ask(method, path.format(**FILLED), as_=token)
            assert (answer.status_code, answer.json()["code"]) == (401, code), f"{method} {path}"
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.world.touched == []


async def test_a_refused_token_is_named_as_such_in_the_header(client: ApiClient) -> None:
    answer = await client.get("/teams", as_="forged")
    assert answer.headers["www-authenticate"] == 'Bearer realm="liaison", error="invalid_token"'


async def test_a_problem_comes_in_the_language_that_was_asked_for(client: ApiClient) -> None:
    english = await client.get("/teams", as_="", language="en-GB")
    french = await client.get("/teams", as_="", language="de;q=0.9, fr-CA;q=0.8, en;q=0.1")
    assert english.json()["detail"] == "You are not signed in, or your session has ended."
    assert french.json()["detail"] == "Vous n’êtes pas connecté, ou votre session est terminée."
    assert (english.headers["content-language"], french.headers["content-language"]) == ("en", "fr")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "en"), ("fr", "fr"), ("de", "en"), ("fr;q=0.2, en;q=0.7", "en"), ("fro", "en"), ("fr;q=x, en;q=0.1", "en")],
)
async def test_the_best_liked_language_of_ours_is_taken(accepted: str, language: str) -> None:
    assert read_language(accepted) == language


async def test_every_answer_carries_the_security_headers_and_a_correlation_id(client: ApiClient) -> None:
    for path in ("/environments", "/nowhere", "/docs"):
        answer = await client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-correlation-id"])
        assert "access-control-allow-origin" not in answer.headers


async def test_a_plain_correlation_id_of_the_asker_is_kept_and_any_other_replaced(client: ApiClient) -> None:
    kept = await client.get("/nowhere", headers={"X-Correlation-ID": "job-17.4"})
    assert (kept.headers["x-correlation-id"], kept.json()["correlation_id"]) == ("job-17.4", "job-17.4")
    replaced = await client.get("/nowhere", headers={"X-Correlation-ID": "a b\tc"})
    assert replaced.json()["correlation_id"] != "a b\tc"


async def test_other_origins_get_no_permission_from_a_preflight(client: ApiClient) -> None:
    sent = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await client.ask("OPTIONS", "/links", headers=sent)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_an_unknown_address_is_a_problem(client: ApiClient) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "page.unknown")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_method_that_an_address_does_not_take_is_a_problem_with_allow(client: ApiClient) -> None:
    answer = await client.ask("PATCH", "/links")
    assert (answer.status_code, answer.json()["code"]) == (405, "input.method")
    assert set(answer.headers["allow"].split(", ")) <= {"GET", "POST"}


async def test_a_body_beyond_the_limit_is_refused_whether_its_length_is_declared_or_not(client: ApiClient) -> None:
    declared = await client.post("/links", content=b" " * 70_000, headers={"Content-Type": "application/json"})

    async def drops():
        for _ in range(70):
            yield b" " * 1000

    undeclared = await client.post("/links", content=drops(), headers={"Content-Type": "application/json"})
    for answer in (declared, undeclared):
        assert (answer.status_code, answer.json()["code"]) == (413, "input.body_too_large")
        assert answer.json()["facts"] == {"limit_bytes": 65536}


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 60_000, b"\xff\xfe", b'"text"', b"null", b'{"environment": 1}'])
async def test_a_body_that_is_not_what_is_described_is_a_400(client: ApiClient, body: bytes) -> None:
    answer = await client.post("/links", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] in {"input.invalid", "input.missing"}


async def test_what_nobody_expected_is_a_defect_with_an_incident_number_and_without_its_cause(
    client: ApiClient,
) -> None:
    client.world.refuse["teamwork.list_teams"] = RuntimeError("token=eyJhbGciOi")
    answer = await client.get("/teams")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "defect")
    assert problem["facts"]["incident"] in problem["detail"]
    assert "eyJ" not in answer.text


async def test_the_documentation_works_without_script_and_without_anything_from_elsewhere(client: ApiClient) -> None:
    for language, title in (("en", "Liaison API"), ("fr", "API de Liaison")):
        page = (await client.get("/docs", as_="", language=language)).text
        assert f'<html lang="{language}">' in page
        assert f"<h1>{title}</h1>" in page
        assert "<script" not in page
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
        assert " style=" not in page
    style = await client.get("/docs/style.css", as_="")
    assert style.headers["content-type"].startswith("text/css")


async def test_the_documentation_lists_every_operation(client: ApiClient) -> None:
    page = (await client.get("/docs", as_="")).text
    for method, path in await every_operation(client):
        assert f"<b>{method}</b> /api/v1{path}</code>" in page


async def test_every_operation_is_described_with_summary_purpose_and_refusals(client: ApiClient) -> None:
    document = (await client.get("/openapi.json", as_="")).json()
    seen = set()
    for path, item in document["paths"].items():
        for method, told in item.items():
            where = f"{method} {path}"
            assert told["summary"], where
            assert told["description"], where
            assert told["operationId"] not in seen, where
            seen.add(told["operationId"])
            assert "422" not in told["responses"], where
            if path != "/errors":
                refusal = told["responses"]["401"]["content"]
                assert refusal == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemShape"}}
                }

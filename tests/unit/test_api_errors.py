"""Every error of the tree through the API's door: six parts, both languages, the right headers."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest

from liaison.errors import LiaisonError, Row, Upstream, UpstreamThrottled, concrete_errors
from liaison.text.lookup import load_texts
from tests.unit.api_client import ApiClient
from tests.unit.api_fakes import PUBLIC, World

pytestmark = pytest.mark.anyio

ROWS = (Row("site", "Contoso Team Site", "5b7e", "https://contoso.sharepoint.com"), Row("location", "Old files"))
SAMPLES: dict[str, Any] = {
    "findings": ("readiness.onedrive_enabled", "readiness.active_site"),
    "unmet": ROWS,
    "evidence": ROWS,
    "candidates": ROWS,
    "wrong": ROWS,
    "scopes": ("Team.ReadBasic.All", "Channel.Create"),
    "limit": 50,
    "limit_bytes": 262144000,
    "size_bytes": 314572800,
    "http_status": 403,
    "wait_s": 7.2,
    "service": "graph",
    "service_code": "800503ca",
}
MAY_BE_EMPTY = {"by", "reason", "value", "scopes", "candidates", "findings", "unmet", "wrong", "privilege"}


def sample(kind: type[LiaisonError]) -> LiaisonError:
    """An error of this kind with a fact in every field."""
    return kind(**{field.name: SAMPLES.get(field.name, f"the-{field.name}") for field in fields(kind)})


def bare(kind: type[LiaisonError]) -> LiaisonError:
    """The same with nothing in the fields that may be empty."""
    required = {field.name for field in fields(kind) if field.default is MISSING} - MAY_BE_EMPTY
    given = {name: SAMPLES.get(name, f"the-{name}") for name in required} | {
        field.name: () if field.name in SAMPLES else ""
        for field in fields(kind)
        if field.name in MAY_BE_EMPTY and field.default is MISSING
    }
    return kind(**given)


@pytest.mark.statement("S20")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", concrete_errors())
async def test_every_error_has_code_cause_rows_next_step_help_and_correlation_id(code: str, language: str) -> None:
    world = World()
    error = sample(concrete_errors()[code])
    world.refuse["teamwork.list_teams"] = error
    answer = await ApiClient(world).get("/teams", language=language, headers={"X-Correlation-ID": "one-request"})
    told = load_texts().explain(language, code, error.facts())
    hidden = {"reason"} if isinstance(error, Upstream) else set()
    shown_facts = {name: value for name, value in error.facts().items() if name not in hidden}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == error.status
    assert answer.json() == {
        "type": f"{PUBLIC}/api/v1/errors/{code}",
        "title": told.title,
        "status": error.status,
        "detail": told.message,
        "code": code,
        "remedy": told.remedy,
        "retry": error.retry.value,
        "rows": [{"kind": row.kind, "name": row.name, "id": row.id, "detail": row.detail} for row in error.rows],
        "facts": shown_facts,
        "help": f"{PUBLIC}/help/{told.help}",
        "correlation_id": "one-request",
    }
    for part in ("title", "detail", "remedy"):
        assert answer.json()[part].strip()
        assert "{" not in answer.json()[part]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", concrete_errors())
def test_an_error_with_little_known_still_reads_as_a_sentence(code: str, language: str) -> None:
    told = load_texts().explain(language, code, bare(concrete_errors()[code]).facts())
    for sentence in (told.title, told.message, told.remedy):
        assert "  " not in sentence.replace("“ ”", "").replace("«\u00a0 \u00a0»", "")
        assert " ." not in sentence
        assert " ," not in sentence


@pytest.mark.statement("S12")
async def test_unmet_prerequisites_are_named_with_their_very_rows() -> None:
    world = World()
    world.refuse["teamwork.list_teams"] = sample(concrete_errors()["readiness.not_ready"])
    problem = (await ApiClient(world).get("/teams")).json()
    assert problem["detail"] == "Linking cannot be turned on. Unmet: OneDrive integration, Active SharePoint sites."
    assert problem["rows"][0]["name"] == "Contoso Team Site"
    assert problem["facts"]["service_code"] == "800503ca"


async def test_a_service_that_asks_to_wait_is_passed_on_as_retry_after() -> None:
    world = World()
    world.refuse["teamwork.list_teams"] = UpstreamThrottled("graph", wait_s=7.2)
    answer = await ApiClient(world).get("/teams")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "8")


async def test_missing_consent_is_named_in_the_header_as_insufficient_scope() -> None:
    world = World()
    world.refuse["teamwork.list_teams"] = sample(concrete_errors()["consent.not_granted"])
    answer = await ApiClient(world).get("/teams")
    assert answer.headers["www-authenticate"] == 'Bearer realm="liaison", error="insufficient_scope"'


async def test_the_catalogue_lists_every_code_and_each_type_leads_to_its_entry() -> None:
    client = ApiClient(World())
    items = (await client.get("/errors", as_="")).json()["items"]
    assert [item["code"] for item in items] == list(concrete_errors())
    for item in items:
        entry = await client.get(f"/errors/{item['code']}", as_="")
        assert entry.json() == item
    assert (await client.get("/errors/no.such", as_="")).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_page_of_errors_shows_every_code_and_escapes_nothing_into_markup(language: str) -> None:
    page = (await ApiClient(World()).get("/docs/errors", as_="", language=language)).text
    for code in concrete_errors():
        assert f'<article id="{code}">' in page


async def test_hostile_facts_stay_text_in_a_problem() -> None:
    world = World()
    world.refuse["teamwork.list_teams"] = concrete_errors()["team.unknown"](team="<script>{0}{team.__class__}</script>")
    problem = (await ApiClient(world).get("/teams")).json()
    assert "“<script>{0}{team.__class__}</script>”" in problem["detail"]

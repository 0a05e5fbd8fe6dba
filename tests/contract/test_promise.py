"""A call that linking never promised does not leave the process, and the ledger says so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.compose import Installation, local_settings
from liaison.dataverse.promises import PROMISES as OF_DATAVERSE
from liaison.domain.promise import Feature, Promises
from liaison.errors import UpstreamSurprise
from liaison.graph.promises import PROMISES as OF_GRAPH
from liaison.wire.messages import Ask
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

FORBIDDEN = ("messages", "replies", "mail", "chats", "onlineMeetings", "calendar")


@pytest.mark.statement("S35", "S36")
async def test_a_planted_call_is_refused_before_it_leaves_and_noted(tenant: Tenant, tmp_path: Path) -> None:
    settings = local_settings(tenant.introduction, "http://localhost:8300", tmp_path)
    installation = Installation(settings)
    try:
        transport = installation._transport(1.0)
        path = "/teams/{team}/channels/{channel}/messages"
        planted = Ask(
            "graph", "graph", "GET", f"{settings.graph_base}/teams/1/channels/2/messages", path, repeatable=True
        )
        with pytest.raises(UpstreamSurprise) as raised:
            await transport.send(planted)
        assert (raised.value.service_code, raised.value.path) == ("call_not_promised", f"GET {path}")
        assert not [call for call in tenant.calls() if "messages" in call[1]]
        outside = await installation.ports.calls.list(outside_only=True)
        assert [(call.method, call.path, call.status, call.feature) for call in outside] == [("GET", path, 0, "")]

        with pytest.raises(UpstreamSurprise):
            await transport.send(replace(planted, method="PATCH"))
        assert len(await installation.ports.calls.list(outside_only=True)) == 2
    finally:
        await installation.aclose()
        await asyncio.to_thread(installation.close)


@pytest.mark.statement("S35")
def test_linking_promises_no_message_no_mail_and_no_content_of_files() -> None:
    linking = [one for one in (*OF_GRAPH, *OF_DATAVERSE) if one.feature is Feature.LINKING]
    assert linking
    assert not [one for one in linking for word in (*FORBIDDEN, "/content", "createUploadSession") if word in one.path]
    documents = {one.path for one in OF_GRAPH if one.feature is Feature.DOCUMENTS}
    assert any(path.endswith("/content") for path in documents)


@pytest.mark.statement("S35", "S36", "F54")
def test_messages_are_read_one_by_one_and_for_filing_alone() -> None:
    filing = {f"{one.method} {one.path}" for one in OF_GRAPH if one.feature is Feature.FILING}
    message = "/teams/{team}/channels/{channel}/messages/{message}"
    assert {one for one in filing if "messages" in one} == {f"GET {message}", f"GET {message}/replies/{{reply}}"}
    assert {one for one in filing if "messages" not in one} == {
        "GET /subscriptions", "POST /subscriptions",
        "PATCH /subscriptions/{subscription}", "DELETE /subscriptions/{subscription}",
    }  # fmt: skip


def test_a_pattern_fits_rows_of_a_table_and_nothing_longer() -> None:
    promised = Promises(OF_DATAVERSE, ())
    assert promised.feature_of("dataverse", "GET", "/opportunities") is Feature.LINKING
    assert promised.feature_of("dataverse", "GET", "/opportunities({row})") is Feature.LINKING
    assert promised.feature_of("dataverse", "DELETE", "/opportunities({row})") is None
    assert promised.feature_of("dataverse", "GET", "/emails({row})/attachments") is None
    assert promised.feature_of("graph", "GET", "/opportunities") is None

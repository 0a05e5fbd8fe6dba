"""Templates come back as they were saved; administrators do not overwrite each other; the audit says what changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.closing import OnClose
from liaison.domain.extras import ExtraChannel, Extras, WebsiteTab
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import ChannelKind, TableName, TeamId
from liaison.domain.template import TeamTarget, Template, TemplateTeam
from liaison.errors import TemplateChanged, TemplateNameTaken, TemplateUnknown
from liaison.store.audit import StoredAudit
from liaison.store.database import Database
from liaison.store.templates import StoredTemplates
from tests.unit.api_fakes import MARC, NADIA, NOW, SALES, SERVICE, TENANT, FakeClock

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F29")]

FULL = Template(
    id="one",
    environment=SALES,
    name="Deal room",
    tables=(TableName("opportunity"), TableName("account")),
    default_of=(TableName("opportunity"),),
    team=TemplateTeam(TeamTarget.EXISTING, TeamId("team-1"), "Ventes Europe", TeamPrivacy.PUBLIC, "label"),
    channel_name="{name} {number}",
    channel_kind=ChannelKind.PRIVATE,
    extras=Extras(
        ("Offers",), (ExtraChannel("Legal", ChannelKind.SHARED),), (WebsiteTab("Help", "https://x.example"),), "Hello"
    ),
    on_close=OnClose.ARCHIVE,
)


@pytest.fixture
def templates(database: Database) -> StoredTemplates:
    return StoredTemplates(database, FakeClock(NOW))


async def test_a_template_comes_back_whole_and_only_in_its_environment(templates: StoredTemplates) -> None:
    saved = await templates.save(FULL, NADIA)
    assert saved == replace(FULL, version=1, changed_by=NADIA.name, changed_at=NOW)
    assert await templates.get(TENANT, SALES, "one") == saved
    assert await templates.list(TENANT, SALES) == (saved,)
    assert await templates.list(TENANT, SERVICE) == ()
    with pytest.raises(TemplateUnknown):
        await templates.get(TENANT, SERVICE, "one")


async def test_the_second_of_two_administrators_is_told(templates: StoredTemplates) -> None:
    first = await templates.save(FULL, NADIA)
    await templates.save(replace(first, channel_name="{name}"), MARC)
    with pytest.raises(TemplateChanged) as refused:
        await templates.save(replace(first, channel_name="{number}"), NADIA)
    assert (refused.value.name, refused.value.by) == ("Deal room", MARC.name)
    with pytest.raises(TemplateChanged):
        await templates.delete(first, NADIA)
    await templates.delete(replace(first, version=2), NADIA)
    with pytest.raises(TemplateUnknown):
        await templates.save(first, NADIA)


async def test_names_are_unique_whatever_their_case(templates: StoredTemplates) -> None:
    saved = await templates.save(FULL, NADIA)
    with pytest.raises(TemplateNameTaken):
        await templates.save(replace(FULL, id="two", name="DEAL ROOM"), NADIA)
    other = await templates.save(replace(FULL, id="two", name="Other"), NADIA)
    with pytest.raises(TemplateNameTaken):
        await templates.save(replace(other, name=saved.name), NADIA)
    await templates.save(replace(FULL, id="three", environment=SERVICE), NADIA)


async def test_a_table_has_one_default_and_the_audit_says_who_changed_what(
    templates: StoredTemplates, database: Database
) -> None:
    await templates.save(FULL, NADIA)
    other = await templates.save(replace(FULL, id="two", name="Other"), MARC)
    first = await templates.get(TENANT, SALES, "one")
    assert (first.default_of, first.version, other.default_of) == ((), 2, FULL.default_of)
    await templates.delete(other, NADIA)
    lines = await StoredAudit(database, FakeClock(NOW)).list()
    assert [(line.act, line.subject) for line in lines] == [
        ("template.deleted", "two"),
        ("template.saved", "one"),
        ("template.saved", "two"),
        ("template.saved", "one"),
    ]
    assert lines[1].detail == 'Deal room: {"default_of":[["opportunity"],[]]}'
    assert '"name":["Other",null]' in lines[0].detail

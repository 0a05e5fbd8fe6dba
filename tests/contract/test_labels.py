"""A label chosen by a seller, put on the group in the tenant with an administrator's own permission."""

from __future__ import annotations

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.link import Finding, LinkState, NewTeam, PrimaryChannel, TeamPrivacy
from liaison.domain.names import Person
from liaison.errors import ConsentNotGranted
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.operations.connect import try_again
from liaison.operations.labelling import agree_to_label
from tests.contract.product import Product
from tests.contract.test_sagas import seller, staged

pytestmark = pytest.mark.anyio


async def labels_of(product: Product, person: Person, team: str) -> tuple[str, list[str]]:
    """Who may see the group in the tenant, and the names of its labels."""
    ids, query = {"team": team}, {"$select": "visibility,assignedLabels"}
    call = Call("GET", "/groups/{team}", Subject(About.TEAM, team=team), ids, query, repeatable=True)
    group = await product.graph(person).read(call)
    return group.text("visibility"), [label.text("displayName") for label in group.list("assignedLabels")]


async def signed_in_to_label(product: Product, given: str) -> Person:
    start = await product.sign_in.start(product.environments[0], "en", also=SCOPES[Rung.LABEL])
    return await product.sign_in.finish(start.kept, product.browse(start, given))


@pytest.mark.statement("F34", "S54")
async def test_the_label_that_a_seller_chose_is_on_the_group_in_the_tenant(product: Product) -> None:
    stage = await staged(product)
    claire, record = await seller(stage)
    nadia = await stage.product.person("Nadia")
    await stage.product.crm(nadia).save_labels(on=True)
    confidential = (await stage.product.people(claire).list_labels() or ())[-1]
    asked = ConnectionRequest(record, NewTeam("Northwind board", TeamPrivacy.PUBLIC, confidential.id), PrimaryChannel())
    without = await stage.connect(asked, claire)
    assert (without.state, [finding.code for finding in without.findings]) == (LinkState.CONNECTED, ["label.not_set"])
    with pytest.raises(ConsentNotGranted):
        await agree_to_label(nadia, stage.ports)
    nadia = await signed_in_to_label(stage.product, "Nadia")
    await agree_to_label(nadia, stage.ports)
    done = await stage.carry_on(await try_again(without.id, claire, stage.ports))
    assert await labels_of(stage.product, nadia, done.team) == ("Private", ["Confidentiel"])
    facts = (("label", "Confidentiel"), ("team", done.team_name))
    assert (done.findings, done.evidence.label_by) == ((Finding("privacy.private", facts),), nadia.name)
    assert stage.lines.written[-1] == (nadia.name, "team.labelled", f"Confidentiel, for {claire.name}")
    assert not set(SCOPES[Rung.LABEL]) & await stage.product.sign_in.carried_scopes(claire)

"""Sensitivity labels that people may put on groups. Source: Graph v1.0, resources/sensitivitylabel.md; graph.md 3.8"""

from __future__ import annotations

from collections.abc import Sequence

from liaison.tenant.estate.people import has_directory_role
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import LABELS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, filtered
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild
from liaison.tenant.seeds.company import GLOBAL_ADMINISTRATOR, TEAMS_ADMINISTRATOR, stable_guid

_MAY_LABEL = (
    GLOBAL_ADMINISTRATOR,
    TEAMS_ADMINISTRATOR,
    "fdd7a751-b60b-444a-984c-02652fe8fa1c",  # Groups Administrator
    "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
)

# Name and description, the least sensitive first.
_LABELS = (
    ("Public", "May leave the organisation."),
    ("Interne", "Pour les collaborateurs de Contoso."),
    ("Confidentiel", "Réservé aux membres de l'équipe ; pas d'invités."),
)


def label_id(name: str) -> str:
    return stable_guid("label", name)


def label_bodies() -> list[Json]:
    """Every label."""
    return [
        {
            "id": label_id(name),
            "name": name,
            "description": description,
            "displayName": name,
            "priority": place,
            "toolTip": description,
            "actionSource": "manual",
            "hasProtection": False,
            "isDefault": False,
        }
        for place, (name, description) in enumerate(_LABELS)
    ]


def assigned_labels(labels: Sequence[str]) -> list[Json]:
    """The labels of a group as its `assignedLabels`."""
    names = {label_id(name): name for name, _ in _LABELS}
    return [{"labelId": one, "displayName": names.get(one)} for one in labels]


def forced_visibility(labels: Sequence[str]) -> str:
    """Who may see a group with these labels, where a label decides it; empty where none does.

    Source: Microsoft Purview, sensitivity labels for Teams, groups and sites (privacy of the team)
    """
    return "Private" if label_id("Confidentiel") in labels else ""


def read_labels(ask: Ask, body: Wild) -> tuple[str, ...]:
    """The labels in a body: set by a person with an administrator's role only.

    Source: graph.md 3.8; Microsoft Entra, built-in roles, groups.unified/assignedLabels/update
    """
    wanted = tuple(one.text("labelId").lower() for one in body.children("assignedLabels"))
    if wanted and not ask.is_delegated:
        raise GraphError(401, "Unauthorized", "App-only token is not supported.")
    if wanted and not has_directory_role(ask.estate, ask.caller.object_id, *_MAY_LABEL):
        raise forbidden(Backend.DIRECTORY)
    known = {label_id(name) for name, _ in _LABELS}
    if not known.issuperset(wanted):
        raise bad_request(Backend.DIRECTORY, "Invalid labelId. The label does not exist.")
    return wanted


def list_labels(ask: Ask) -> Answer:
    """`GET /security/dataSecurityAndGovernance/sensitivityLabels`, also under `/me` and `/users/{user}`."""
    context = ask.context("security/dataSecurityAndGovernance/sensitivityLabels")
    return Answer(body=collection(context, filtered(ask, label_bodies())))


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "security/dataSecurityAndGovernance/sensitivityLabels", list_labels, LABELS_READ),
    ("GET", "me/dataSecurityAndGovernance/sensitivityLabels", list_labels, LABELS_READ),
    ("GET", "users/{user}/dataSecurityAndGovernance/sensitivityLabels", list_labels, LABELS_READ),
)

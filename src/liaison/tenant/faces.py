"""The faces of the tenant, in the order in which they are assembled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import BaseRoute

from liaison.tenant import dataverse, entra, graph, teams
from liaison.tenant.dataverse.routes import routes as dataverse_routes
from liaison.tenant.entra.routes import routes as entra_routes
from liaison.tenant.estate import Estate
from liaison.tenant.graph.routes import routes as graph_routes
from liaison.tenant.teams.routes import routes as teams_routes


@dataclass(frozen=True)
class Face:
    """One service that the tenant stands in for: how it creates its tables, and its routes."""

    name: str
    prepare: Callable[[Estate], None]
    routes: Callable[[Estate], list[BaseRoute]]


FACES = (
    Face("entra", entra.prepare, entra_routes),
    Face("dataverse", dataverse.prepare, dataverse_routes),
    Face("graph", graph.prepare, graph_routes),
    Face("teams", teams.prepare, teams_routes),
)

"""The faces of the tenant, in the order in which they are assembled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute
from starlette.types import Scope

from liaison.tenant import dataverse, entra, graph, teams
from liaison.tenant.dataverse import surface as dataverse_surface
from liaison.tenant.dataverse.routes import routes as dataverse_routes
from liaison.tenant.entra import surface as entra_surface
from liaison.tenant.entra.routes import routes as entra_routes
from liaison.tenant.estate import Estate
from liaison.tenant.estate.surface import Naming, Operation
from liaison.tenant.graph import surface as graph_surface
from liaison.tenant.graph.routes import routes as graph_routes
from liaison.tenant.teams import surface as teams_surface
from liaison.tenant.teams.routes import routes as teams_routes


@dataclass(frozen=True)
class Face:
    """One service that the tenant stands in for: how it creates its tables, its routes, and what it answers."""

    name: str
    prepare: Callable[[Estate], None]
    routes: Callable[[Estate], list[BaseRoute]]
    operations: Callable[[Estate], tuple[Operation, ...]] = lambda _: ()
    naming: Callable[[Estate], Naming] = lambda _: lambda _scope: None


FACES = (
    Face("entra", entra.prepare, entra_routes, entra_surface.operations, entra_surface.naming),
    Face("dataverse", dataverse.prepare, dataverse_routes, dataverse_surface.operations, dataverse_surface.naming),
    Face("graph", graph.prepare, graph_routes, graph_surface.operations, graph_surface.naming),
    Face("teams", teams.prepare, teams_routes, teams_surface.operations, teams_surface.naming),
)


def all_operations(estate: Estate, faces: Sequence[Face] = FACES) -> tuple[Operation, ...]:
    """The operations of every face."""
    return tuple(operation for face in faces for operation in face.operations(estate))


def naming_of(estate: Estate, faces: Sequence[Face] = FACES) -> Naming:
    """Names a request by the face that knows it; Entra, whose addresses begin with any word, is asked last."""
    by_face = {face.name: face.naming(estate) for face in faces}
    last = by_face.pop("entra", None)
    namings = [*by_face.values(), *([last] if last is not None else [])]

    def name(scope: Scope) -> str | None:
        return next((found for found in (naming(scope) for naming in namings) if found is not None), None)

    return name

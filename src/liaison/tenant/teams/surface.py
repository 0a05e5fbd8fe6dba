"""The operations of the small Teams client: pages, which nothing outside this machine documents."""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.surface import Naming, Operation, naming_of_routes, operations_of_routes
from liaison.tenant.teams.routes import routes

FACE = "teams"
_SOURCES = {"": "page of the local tenant", "/teams/l/{rest}": "concepts/build-and-test/deep-links.md"}


def operations(estate: Estate) -> tuple[Operation, ...]:
    return operations_of_routes(FACE, routes(estate), _SOURCES)


def naming(estate: Estate) -> Naming:
    return naming_of_routes(routes(estate))

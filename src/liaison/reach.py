# ruff: noqa: PLC0415 - each process imports only the rooms it opens, so that all of them start fast
"""The three services as one process reaches them: a port for each person who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liaison.dataverse.metadata import MetadataShelf
    from liaison.domain.crm import Environment
    from liaison.domain.names import EnvironmentKey, Person
    from liaison.entra.tokens import TokenSource
    from liaison.graph.client import GraphClient
    from liaison.graph.horizon import Horizon
    from liaison.graph.shelf import GraphShelf
    from liaison.ports import AppCatalogue, Crm, Files, GroupLabels, Messages, Partners, People, Teamwork
    from liaison.wire.together import Together
    from liaison.wire.transport import Transport


@dataclass(frozen=True)
class Reach:
    """The three services as one process speaks to them, at one part of their published rates."""

    graph_base: str
    graph_resource: str
    manifest: str
    """The id of our Teams app."""
    environments: tuple[Environment, ...]
    transport: Transport
    tokens: TokenSource
    together: Together
    horizon: Horizon
    graph_shelf: GraphShelf
    shelves: Mapping[str, MetadataShelf]

    def crm(self, person: Person, environment: EnvironmentKey) -> Crm:
        """Raises EnvironmentUnknown."""
        from liaison.dataverse.client import DataverseClient
        from liaison.dataverse.crm import DataverseCrm
        from liaison.errors import EnvironmentUnknown

        place = next((place for place in self.environments if place.key == environment), None)
        if place is None:
            raise EnvironmentUnknown(environment)
        bearer = self.tokens.bearer(person, place.address)
        client = DataverseClient(self.transport, place, bearer, together=self.together)
        return DataverseCrm(client, person, self.shelves[place.key])

    def teamwork(self, person: Person) -> Teamwork:
        from liaison.graph.teamwork import GraphTeamwork

        return GraphTeamwork(self._graph(person), self.manifest, self.horizon, self.graph_shelf)

    def group_labels(self, person: Person) -> GroupLabels:
        from liaison.graph.group_labels import GraphGroupLabels

        return GraphGroupLabels(self._graph(person))

    def partners(self, person: Person) -> Partners:
        from liaison.graph.partners import GraphPartners

        return GraphPartners(self._graph(person))

    def app_catalogue(self, person: Person) -> AppCatalogue:
        from liaison.graph.catalogue import GraphCatalogue

        return GraphCatalogue(self._graph(person), self.manifest)

    def files(self, person: Person) -> Files:
        from liaison.graph.files import GraphFiles

        return GraphFiles(self._graph(person))

    def people(self, person: Person) -> People:
        from liaison.graph.people import GraphPeople

        return GraphPeople(self._graph(person))

    def messages(self, person: Person) -> Messages:
        from liaison.graph.messages import GraphMessages

        return GraphMessages(self._graph(person))

    def _graph(self, person: Person) -> GraphClient:
        from liaison.graph.client import GraphClient

        bearer = self.tokens.bearer(person, self.graph_resource)
        return GraphClient(self.transport, self.graph_base, bearer, self.together)

"""The definitions of an environment, made once for each state of its flags and each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from liaison.tenant.dataverse.metadata.attributes import attributes_json, global_option_set
from liaison.tenant.dataverse.metadata.relationships import many_to_many, one_to_many
from liaison.tenant.dataverse.metadata.tables import keys_json, table_json
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import Model

Definition = dict[str, Any]


@dataclass(eq=False)
class Definitions:
    """Definitions in one language; columns are made when first asked."""

    model: Model
    language: int

    def __post_init__(self) -> None:
        self._attributes: dict[str, list[Definition]] = {}

    @cached_property
    def tables(self) -> Mapping[str, Definition]:
        return {name: table_json(table, self.language) for name, table in self.model.tables.items()}

    @cached_property
    def by_id(self) -> Mapping[str, str]:
        """Logical names by MetadataId."""
        return {definition["MetadataId"]: name for name, definition in self.tables.items()}

    @cached_property
    def one_to_many(self) -> list[Definition]:
        return one_to_many(self.model)

    @cached_property
    def many_to_many(self) -> list[Definition]:
        return many_to_many(self.model.links)

    @cached_property
    def choices(self) -> list[Definition]:
        return [global_option_set(choice, self.language) for choice in self.model.choices]

    def attributes(self, name: str) -> list[Definition]:
        if name not in self._attributes:
            self._attributes[name] = attributes_json(self.model.tables[name], self.language)
        return self._attributes[name]

    def keys(self, name: str) -> list[Definition]:
        return keys_json(self.model.tables[name], self.language)

    def collection(self, table: str, name: str) -> list[Definition]:
        """One of the collections of a table."""
        if name == "Attributes":
            return self.attributes(table)
        if name == "Keys":
            return self.keys(table)
        if name == "OneToManyRelationships":
            return [found for found in self.one_to_many if found["ReferencedEntity"] == table]
        if name == "ManyToOneRelationships":
            return [found for found in self.one_to_many if found["ReferencingEntity"] == table]
        return [found for found in self.many_to_many if table in (found["Entity1LogicalName"],
                                                                  found["Entity2LogicalName"])]  # fmt: skip


COLLECTIONS = ("Attributes", "Keys", "OneToManyRelationships", "ManyToOneRelationships", "ManyToManyRelationships")

_known: dict[tuple[str, int], Definitions] = {}


def definitions_of(session: Session) -> Definitions:
    """The definitions as they are now, in the caller's language."""
    place = (session.state.model_epoch, session.user.language)
    if place not in _known:
        if len(_known) > 8:
            _known.clear()
        _known[place] = Definitions(session.model, session.user.language)
    return _known[place]

"""$metadata: all tables, operations and sets as CSDL. Source: web-api-service-documents.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from liaison.tenant.dataverse.metadata.declared import Parameters
from liaison.tenant.dataverse.metadata.signatures import (
    COMPLEX,
    ENUMS,
    NAVIGATION,
    OPEN,
    SIGNATURES,
    query_functions,
)
from liaison.tenant.dataverse.sql.values import edm_type
from liaison.tenant.estate.crm.columns import LOOKUPS, Kind
from liaison.tenant.estate.crm.model import Collection, Model, Single, TableModel
from liaison.tenant.estate.crm.tables import Flag

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0"'
    ' xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    '<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
)
_TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"
_FLAGS = ' IsFlags="true"'
_PRINCIPALS = frozenset({"systemuser", "team"})


@lru_cache(maxsize=8)
def csdl(model: Model, *, annotated: bool) -> str:
    """The whole document."""
    tables = list(model.tables.values())
    types = "".join(part for table in tables for part in _entity_type(model, table))
    sets = "".join(part for table in tables for part in _entity_set(model, table, annotated=annotated))
    return (
        f'{_HEAD}<EntityType Name="crmbaseentity" Abstract="true"/>'
        '<EntityType Name="principal" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="ownerid"/></Key>'
        '<Property Name="ownerid" Type="Edm.Guid"/></EntityType>'
        f'{types}{"".join(_other_types())}{"".join(_operations())}<EntityContainer Name="System">{sets}'
        f"{''.join(_imports())}</EntityContainer>{_TAIL}"
    )


def _entity_type(model: Model, table: TableModel) -> Iterator[str]:
    if table.name in _PRINCIPALS:
        yield f'<EntityType Name={quoteattr(table.name)} BaseType="mscrm.principal">'
    else:
        yield f'<EntityType Name={quoteattr(table.name)} BaseType="mscrm.crmbaseentity">'
        yield f'<Key><PropertyRef Name="{table.key}"/></Key>'
    for column in table.columns:
        if column.name == "ownerid" and table.name in _PRINCIPALS:
            continue
        unicode = ' Unicode="false"' if edm_type(column) == "Edm.String" else ""
        yield f'<Property Name="{column.wire}" Type="{edm_type(column)}"{unicode}/>'
    done: set[str] = set()
    for single in table.singles.values():
        if single.name not in done:
            done.add(single.name)
            yield _single(model, single)
    for collection in table.collections.values():
        yield _collection(collection)
    yield "</EntityType>"


def _single(model: Model, single: Single) -> str:
    column = single.column
    if column.kind is Kind.OWNER:
        return (
            f'<NavigationProperty Name="{single.name}" Type="mscrm.principal" Nullable="false">'
            f'<ReferentialConstraint Property="{column.wire}" ReferencedProperty="ownerid"/></NavigationProperty>'
        )
    key = model.tables[single.target.table].key
    return (
        f'<NavigationProperty Name="{single.name}" Type="mscrm.{single.target.table}" Nullable="false"'
        f' Partner="{single.target.inverse}">'
        f'<ReferentialConstraint Property="{column.wire}" ReferencedProperty="{key}"/></NavigationProperty>'
    )


def _collection(collection: Collection) -> str:
    partner = f' Partner="{collection.partner}"' if collection.partner else ""
    return f'<NavigationProperty Name="{collection.name}" Type="Collection(mscrm.{collection.table})"{partner}/>'


def _entity_set(model: Model, table: TableModel, *, annotated: bool) -> Iterator[str]:
    if table.table.has(Flag.INTERSECT):
        return
    yield f'<EntitySet Name="{table.table.set_name}" EntityType="Microsoft.Dynamics.CRM.{table.name}">'
    for single in table.singles.values():
        if single.column.kind in LOOKUPS and single.column.kind is not Kind.OWNER:
            target = model.tables[single.target.table].table.set_name
            yield f'<NavigationPropertyBinding Path="{single.name}" Target="{target}"/>'
    for collection in table.collections.values():
        target = model.tables[collection.table].table.set_name
        yield f'<NavigationPropertyBinding Path="{collection.name}" Target="{target}"/>'
    if annotated and table.flags.tracked:
        yield (
            '<Annotation Term="Org.OData.Capabilities.V1.ChangeTracking"><Record>'
            '<PropertyValue Property="Supported" Bool="true"/></Record></Annotation>'
        )
    yield "</EntitySet>"


def _other_types() -> Iterator[str]:
    for name, properties in COMPLEX.items():
        yield f'<ComplexType Name="{name}">{_properties(properties)}'
        if name in NAVIGATION:
            navigation, target = NAVIGATION[name]
            yield f'<NavigationProperty Name="{navigation}" Type="{target}"/>'
        yield "</ComplexType>"
    for name in OPEN:
        yield f'<ComplexType Name="{name}" OpenType="true"/>'
    for signature in SIGNATURES:
        if signature.answer is not None:
            yield f'<ComplexType Name="{signature.response}">{_properties(signature.answer)}</ComplexType>'
    for name, (flags, members) in ENUMS.items():
        listed = "".join(f'<Member Name="{member}" Value="{value}"/>' for member, value in members)
        yield f'<EnumType Name="{name}"{_FLAGS if flags else ""}>{listed}</EnumType>'


def _properties(properties: Parameters) -> str:
    return "".join(f'<Property Name="{name}" Type="{kind}"{_facets(kind)}/>' for name, kind in properties)


def _parameters(parameters: Parameters) -> str:
    return "".join(f'<Parameter Name="{name}" Type="{kind}"{_facets(kind)}/>' for name, kind in parameters)


def _facets(kind: str) -> str:
    nullable = "" if kind == "Edm.String" else ' Nullable="false"'
    return nullable + (' Unicode="false"' if "Edm.String" in kind else "")


def _operations() -> Iterator[str]:
    for signature in SIGNATURES:
        tag = "Action" if signature.action else "Function"
        inside = _parameters(signature.parameters)
        if signature.response is not None:
            inside += f'<ReturnType Type="mscrm.{signature.response}" Nullable="false"/>'
        for bound in signature.bound:
            name = "entityset" if bound.startswith("Collection(") else "entity"
            first = f'<Parameter Name="{name}" Type="{bound}" Nullable="false"/>'
            yield f'<{tag} Name="{signature.name}" IsBound="true">{first}{inside}</{tag}>'
        if not signature.bound:
            yield f'<{tag} Name="{signature.name}">{inside}</{tag}>'
    for word, parameters in query_functions():
        yield f'<Function Name="{word}">{_parameters(parameters)}<ReturnType Type="Edm.Boolean" Nullable="false"/>'
        yield "</Function>"


def _imports() -> Iterator[str]:
    for signature in SIGNATURES:
        if not signature.bound:
            tag = "Action" if signature.action else "Function"
            yield f'<{tag}Import Name="{signature.name}" {tag}="Microsoft.Dynamics.CRM.{signature.name}"/>'

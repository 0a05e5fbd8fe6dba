"""$metadata: all tables, operations and sets as CSDL. Source: web-api-service-documents.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import quoteattr

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
_PRINCIPALS = frozenset({"systemuser", "team"})

_COMPLEX = (
    '<ComplexType Name="WhoAmIResponse"><Property Name="BusinessUnitId" Type="Edm.Guid" Nullable="false"/>'
    '<Property Name="UserId" Type="Edm.Guid" Nullable="false"/>'
    '<Property Name="OrganizationId" Type="Edm.Guid" Nullable="false"/></ComplexType>'
    '<ComplexType Name="RetrievePrincipalAccessResponse">'
    '<Property Name="AccessRights" Type="mscrm.AccessRights" Nullable="false"/></ComplexType>'
    '<ComplexType Name="RolePrivilege"><Property Name="Depth" Type="mscrm.PrivilegeDepth" Nullable="false"/>'
    '<Property Name="PrivilegeId" Type="Edm.Guid" Nullable="false"/>'
    '<Property Name="BusinessUnitId" Type="Edm.Guid" Nullable="false"/>'
    '<Property Name="PrivilegeName" Type="Edm.String" Unicode="false"/></ComplexType>'
    '<ComplexType Name="RetrieveUserPrivilegesResponse">'
    '<Property Name="RolePrivileges" Type="Collection(mscrm.RolePrivilege)" Nullable="false"/></ComplexType>'
    '<ComplexType Name="RetrieveUserPrivilegeByPrivilegeNameResponse">'
    '<Property Name="RolePrivileges" Type="Collection(mscrm.RolePrivilege)" Nullable="false"/></ComplexType>'
    '<ComplexType Name="RetrieveAbsoluteAndSiteCollectionUrlResponse">'
    '<Property Name="AbsoluteUrl" Type="Edm.String" Unicode="false"/>'
    '<Property Name="SiteCollectionUrl" Type="Edm.String" Unicode="false"/></ComplexType>'
    '<ComplexType Name="PrincipalAccess"><Property Name="AccessMask" Type="mscrm.AccessRights" Nullable="false"/>'
    '<NavigationProperty Name="Principal" Type="mscrm.principal"/></ComplexType>'
    '<ComplexType Name="RetrieveSharedPrincipalsAndAccessResponse">'
    '<Property Name="PrincipalAccesses" Type="Collection(mscrm.PrincipalAccess)" Nullable="false"/></ComplexType>'
    '<ComplexType Name="msdyn_SetTeamsDocumentStatusResponse">'
    '<Property Name="PassedLogicalEntityNames" Type="Edm.String" Unicode="false"/>'
    '<Property Name="FailedLogicalEntityNames" Type="Edm.String" Unicode="false"/>'
    '<Property Name="OperationResult" Type="Edm.Boolean" Nullable="false"/></ComplexType>'
    '<EnumType Name="AccessRights" IsFlags="true"><Member Name="None" Value="0"/><Member Name="ReadAccess" Value="1"/>'
    '<Member Name="WriteAccess" Value="2"/><Member Name="AppendAccess" Value="4"/>'
    '<Member Name="AppendToAccess" Value="16"/><Member Name="CreateAccess" Value="32"/>'
    '<Member Name="DeleteAccess" Value="65536"/><Member Name="ShareAccess" Value="262144"/>'
    '<Member Name="AssignAccess" Value="524288"/></EnumType>'
    '<EnumType Name="PrivilegeDepth"><Member Name="Basic" Value="0"/><Member Name="Local" Value="1"/>'
    '<Member Name="Deep" Value="2"/><Member Name="Global" Value="3"/></EnumType>'
)
_OPERATIONS = (
    '<Function Name="WhoAmI"><ReturnType Type="mscrm.WhoAmIResponse" Nullable="false"/></Function>'
    '<Function Name="RetrievePrincipalAccess" IsBound="true">'
    '<Parameter Name="entity" Type="mscrm.principal" Nullable="false"/>'
    '<Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false"/>'
    '<ReturnType Type="mscrm.RetrievePrincipalAccessResponse" Nullable="false"/></Function>'
    '<Function Name="RetrieveUserPrivileges" IsBound="true">'
    '<Parameter Name="entity" Type="mscrm.systemuser" Nullable="false"/>'
    '<ReturnType Type="mscrm.RetrieveUserPrivilegesResponse" Nullable="false"/></Function>'
    '<Function Name="RetrieveUserPrivilegeByPrivilegeName" IsBound="true">'
    '<Parameter Name="entity" Type="mscrm.systemuser" Nullable="false"/>'
    '<Parameter Name="PrivilegeName" Type="Edm.String" Nullable="false" Unicode="false"/>'
    '<ReturnType Type="mscrm.RetrieveUserPrivilegeByPrivilegeNameResponse" Nullable="false"/></Function>'
    '<Function Name="RetrieveAbsoluteAndSiteCollectionUrl" IsBound="true">'
    '<Parameter Name="entity" Type="mscrm.sharepointdocumentlocation" Nullable="false"/>'
    '<ReturnType Type="mscrm.RetrieveAbsoluteAndSiteCollectionUrlResponse" Nullable="false"/></Function>'
    '<Function Name="RetrieveSharedPrincipalsAndAccess">'
    '<Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false"/>'
    '<ReturnType Type="mscrm.RetrieveSharedPrincipalsAndAccessResponse" Nullable="false"/></Function>'
    '<Action Name="GrantAccess"><Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false"/>'
    '<Parameter Name="PrincipalAccess" Type="mscrm.PrincipalAccess" Nullable="false"/></Action>'
    '<Action Name="ModifyAccess"><Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false"/>'
    '<Parameter Name="PrincipalAccess" Type="mscrm.PrincipalAccess" Nullable="false"/></Action>'
    '<Action Name="RevokeAccess"><Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false"/>'
    '<Parameter Name="Revokee" Type="mscrm.principal" Nullable="false"/></Action>'
    '<Action Name="PublishXml"><Parameter Name="ParameterXml" Type="Edm.String" Nullable="false" Unicode="false"/>'
    "</Action>"
    '<Action Name="PublishAllXml"/>'
    '<Action Name="msdyn_SetTeamsDocumentStatus"><Parameter Name="Enable" Type="Edm.Boolean" Nullable="false"/>'
    '<Parameter Name="LogicalEntityNames" Type="Edm.String" Nullable="false" Unicode="false"/>'
    '<ReturnType Type="mscrm.msdyn_SetTeamsDocumentStatusResponse" Nullable="false"/></Action>'
)
_IMPORTS = (
    '<FunctionImport Name="WhoAmI" Function="Microsoft.Dynamics.CRM.WhoAmI"/>'
    '<FunctionImport Name="RetrieveSharedPrincipalsAndAccess"'
    ' Function="Microsoft.Dynamics.CRM.RetrieveSharedPrincipalsAndAccess"/>'
    '<ActionImport Name="GrantAccess" Action="Microsoft.Dynamics.CRM.GrantAccess"/>'
    '<ActionImport Name="ModifyAccess" Action="Microsoft.Dynamics.CRM.ModifyAccess"/>'
    '<ActionImport Name="RevokeAccess" Action="Microsoft.Dynamics.CRM.RevokeAccess"/>'
    '<ActionImport Name="PublishXml" Action="Microsoft.Dynamics.CRM.PublishXml"/>'
    '<ActionImport Name="PublishAllXml" Action="Microsoft.Dynamics.CRM.PublishAllXml"/>'
    '<ActionImport Name="msdyn_SetTeamsDocumentStatus" Action="Microsoft.Dynamics.CRM.msdyn_SetTeamsDocumentStatus"/>'
)


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
        f'{types}{_COMPLEX}{_OPERATIONS}<EntityContainer Name="System">{sets}{_IMPORTS}</EntityContainer>{_TAIL}'
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

"""What the environment says about itself, its users, its definitions, and rows that are only prepared.

Source: RetrieveCurrentOrganization, RetrieveUserLicenseInfo, RetrieveEntity, InitializeFrom and CalculateRollupField
function reference.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.metadata.attributes import without_navigation
from liaison.tenant.dataverse.metadata.definitions import COLLECTIONS, Definition, definitions_of
from liaison.tenant.dataverse.operations.organization import LANGUAGES, VERSION
from liaison.tenant.dataverse.operations.parameters import json_parameter, row_parameter, text_parameter
from liaison.tenant.dataverse.paths import read_parameters
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.rows.finding import require_privilege, require_right, require_row
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.columns import LOOKUPS
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.seeds.company import TENANT_ID

_SETTABLE_TYPES = {"All": 0, "ValidForCreate": 1, "ValidForUpdate": 2, "ValidForRead": 3}
# Columns that a new row takes from the row it is begun from, by both tables.
# Source: the attribute maps that the relationships of these tables are installed with.
_MAPS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("account", "contact"): (
        ("address1_line1", "address1_line1"), ("address1_city", "address1_city"),
        ("address1_postalcode", "address1_postalcode"), ("address1_country", "address1_country"),
        ("telephone1", "telephone1"), ("transactioncurrencyid", "transactioncurrencyid"),
    ),
    ("account", "opportunity"): (("transactioncurrencyid", "transactioncurrencyid"),),
    ("contact", "opportunity"): (("transactioncurrencyid", "transactioncurrencyid"),),
    ("opportunity", "quote"): (
        ("name", "name"), ("customerid", "customerid"), ("transactioncurrencyid", "transactioncurrencyid"),
    ),
    ("lead", "account"): (("companyname", "name"), ("telephone1", "telephone1"), ("emailaddress1", "emailaddress1")),
    ("lead", "contact"): (("firstname", "firstname"), ("lastname", "lastname"), ("emailaddress1", "emailaddress1")),
    ("lead", "opportunity"): (("subject", "name"), ("estimatedamount", "estimatedvalue")),
}  # fmt: skip
_PARENTS = {
    ("account", "contact"): "parentcustomerid", ("account", "opportunity"): "parentaccountid",
    ("contact", "opportunity"): "parentcontactid", ("opportunity", "quote"): "opportunityid",
    ("lead", "opportunity"): "originatingleadid",
}  # fmt: skip


def retrieve_current_organization(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """Names and addresses of the environment."""
    del inside
    origin = exchange.origin
    services = {
        "WebApplication": f"{origin}/", "OrganizationService": f"{origin}/XRMServices/2011/Organization.svc",
        "OrganizationDataService": f"{origin}/XRMServices/2011/OrganizationData.svc",
    }  # fmt: skip
    return _answer(session, "RetrieveCurrentOrganizationResponse", {
        "Detail": {
            "OrganizationId": session.state.organization_id, "FriendlyName": session.state.name,
            "OrganizationVersion": VERSION, "EnvironmentId": session.state.organization_id,
            "DatacenterId": "695b9d5f-6e33-4d1e-9a8c-3f0f3a5c7d10", "Geo": "EMEA", "TenantId": TENANT_ID,
            "UrlName": session.environment, "UniqueName": session.environment.replace("-", ""), "State": "Enabled",
            "SchemaType": "Full", "OrganizationType": "Customer",
            "Endpoints": {"Count": len(services), "IsReadOnly": False, "Keys": list(services),
                          "Values": list(services.values())},
        },
    })  # fmt: skip


def retrieve_license_info(
    session: Session, exchange: Exchange, table: TableModel, row_id: str, inside: str | None
) -> Reply:
    """Whether a user has a licence, and what it is called."""
    del exchange, inside
    row = require_row(session, table, row_id)
    if row_id != session.user.id:
        require_right(session, table, row, Right.READ)
    names = ["DYN365_ENTERPRISE_SALES"] if row["islicensed"] else []
    return _answer(session, "RetrieveUserLicenseInfoResponse", {"GrantedLicenseCount": len(names), "SkuNames": names})


def retrieve_available_languages(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    del exchange, inside
    return _answer(session, "RetrieveAvailableLanguagesResponse", {"LocaleIds": list(LANGUAGES)})


def retrieve_installed_languages(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    del exchange, inside
    content = {"RetrieveInstalledLanguagePacks": list(LANGUAGES)}
    return _answer(session, "RetrieveInstalledLanguagePacksResponse", content)


def retrieve_timestamp(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """The version of the definitions, which changes with each of them."""
    del exchange, inside
    stamp = f"{int(session.state.model_epoch[:8], 16)}!{session.now:%m/%d/%Y %H:%M:%S}"
    return _answer(session, "RetrieveTimestampResponse", {"Timestamp": stamp})


def retrieve_entity(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """One table's definition, with the parts that the filters name."""
    parameters = read_parameters(inside, exchange.options)
    found = definitions_of(session)
    name = parameters.get("LogicalName", "null").strip("'")
    by_id = found.by_id.get(read_guid(parameters.get("MetadataId", "").strip("'")) or "")
    table = name if name in found.tables else by_id
    if table is None:
        raise DataverseError(404, "0x80060888", f"Could not find an entity with specified name '{name[:200]}'.")
    return _answer(
        session, "RetrieveEntityResponse", {"EntityMetadata": _complete(session, table, _filters(parameters))}
    )


def retrieve_all_entities(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """Every table's definition, without its columns unless the filters ask for them."""
    wanted = _filters(read_parameters(inside, exchange.options))
    tables = [_complete(session, name, wanted) for name in definitions_of(session).tables]
    return _answer(session, "RetrieveAllEntitiesResponse", {"EntityMetadata": tables, "Timestamp": ""})


def initialize_from(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """A row that is only prepared: what it takes from the row it is begun from."""
    parameters = read_parameters(inside, exchange.options)
    table, row_id = row_parameter(session, json_parameter(parameters, "EntityMoniker"), "EntityMoniker")
    target = session.model.tables.get(text_parameter(parameters, "TargetEntityName"))
    if target is None:
        raise invalid_argument("The field 'TargetEntityName' names no table.")
    kind = parameters.get("TargetFieldType", "'ValidForCreate'").strip().rpartition("'")[0].rpartition("'")[2]
    if kind not in _SETTABLE_TYPES and kind not in ("0", "1", "2", "3"):
        raise invalid_argument("The field 'TargetFieldType' names no kind of column.")
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.READ)
    require_privilege(session, target, Right.CREATE)
    shown: dict[str, Any] = {}
    for source, name in _MAPS.get((table.name, target.name), ()):
        column = target.by_name[name]
        if column.kind in LOOKUPS:
            if row[source] is not None:
                navigation = column.targets[0].navigation
                if column.many_targets:
                    kind_of = row[f"{source}__table"]
                    navigation = next(item.navigation for item in column.targets if item.table == kind_of)
                    there = session.table(kind_of)
                else:
                    there = session.table(column.targets[0].table)
                shown[f"{navigation}@odata.bind"] = f"{there.table.set_name}({row[source]})"
        elif row[source] is not None:
            shown[name] = row[source]
    parent = _PARENTS.get((table.name, target.name))
    if parent is not None:
        navigation = next(item.navigation for item in target.by_name[parent].targets if item.table == table.name)
        shown[f"{navigation}@odata.bind"] = f"{table.table.set_name}({row_id})"
    context = f"{session.metadata_root}#{target.table.set_name}/$entity"
    return json_reply({"@odata.context": context, "@odata.type": f"#Microsoft.Dynamics.CRM.{target.name}", **shown})


def calculate_rollup_field(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """Count again: open deals of an account, and what they are worth."""
    parameters = read_parameters(inside, exchange.options)
    table, row_id = row_parameter(session, json_parameter(parameters, "Target"), "Target")
    name = text_parameter(parameters, "FieldName")
    if table.name != "account" or name not in ("opendeals", "openrevenue"):
        raise DataverseError(400, "0x80060465", f"The field '{name}' of '{table.name}' is not a rollup field.")
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.READ)
    value = session.estate.db.value(
        f"SELECT {'count(*)' if name == 'opendeals' else 'coalesce(sum(estimatedvalue), 0)'}"
        f" FROM {table_rows(session, 'opportunity')} WHERE parentaccountid = ? AND statecode = 0",
        (row_id,),
    )
    values = {name: value, f"{name}_date": session.stamp, f"{name}_state": 1}
    with session.estate.db.change() as change:
        pairs = ", ".join(f"{column} = ?" for column in values)
        change.execute(f"UPDATE {table.sql} SET {pairs} WHERE {table.key} = ?", (*values.values(), row_id))
    context = f"{session.metadata_root}#{table.table.set_name}/$entity"
    kind = f"#Microsoft.Dynamics.CRM.{table.name}"
    return json_reply({"@odata.context": context, "@odata.type": kind, table.key: row_id, **values})


def _filters(parameters: Mapping[str, str]) -> set[str]:
    """The names in an `EntityFilters` value."""
    text = parameters.get("EntityFilters", "'Entity'").strip().rpartition("'")[0].rpartition("'")[2]
    return {part.strip() for part in text.split(",")}


def _complete(session: Session, name: str, wanted: set[str]) -> Definition:
    found = definitions_of(session)
    shown = dict(found.tables[name])
    for collection in COLLECTIONS:
        part = "Relationships" if collection.endswith("Relationships") else collection
        if "All" in wanted or part in wanted:
            shown[collection] = [
                without_navigation(item, frozenset({"OptionSet"})) for item in found.collection(name, collection)
            ]
    return shown


def _answer(session: Session, response: str, content: Mapping[str, Any]) -> Reply:
    return json_reply({"@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{response}", **content})

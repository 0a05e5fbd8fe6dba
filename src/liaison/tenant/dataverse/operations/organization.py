"""Who am I, which version, which languages, how many rows, publishing.

Source: dataverse.md section 4; query/count-rows.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.operations.parameters import json_parameter, read_list, row_parameter, text_parameter
from liaison.tenant.dataverse.paths import read_parameters
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.finding import require_privilege, require_right, require_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.columns import french_name
from liaison.tenant.estate.crm.privileges import Right
from liaison.tenant.estate.crm.tables import Flag

VERSION = "9.2.25103.00162"
LANGUAGES = (1033, 1036)


def who_am_i(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    del exchange, inside
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.WhoAmIResponse",
            "BusinessUnitId": session.user.business_unit,
            "UserId": session.user.id,
            "OrganizationId": session.state.organization_id,
        }
    )


def retrieve_version(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    del exchange, inside
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrieveVersionResponse",
            "Version": VERSION,
        }
    )


def retrieve_languages(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    del exchange, inside
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrieveProvisionedLanguagesResponse",
            "RetrieveProvisionedLanguages": list(LANGUAGES),
        }
    )


def retrieve_total_record_count(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """Counts of whole tables, whatever the caller may read of them."""
    names = read_list(json_parameter(read_parameters(inside, exchange.options), "EntityNames"), "EntityNames")
    counts: list[int] = []
    for name in names:
        table = session.model.tables.get(str(name))
        if table is None or table.table.has(Flag.VIRTUAL):
            raise DataverseError(
                400, "0x80041102", f"The entity with a name = '{name}' was not found in the MetadataCache."
            )
        require_privilege(session, table, Right.READ)
        counts.append(int(session.estate.db.value(f"SELECT count(*) FROM {table.sql}")))
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse",
            "EntityRecordCountCollection": {
                "Count": len(counts), "IsReadOnly": False, "Keys": [str(name) for name in names], "Values": counts,
            },
        }
    )  # fmt: skip


def retrieve_labels(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    """The texts of a localized column in all languages, such as the name of a view.

    Source: RetrieveLocLabels function reference.
    """
    parameters = read_parameters(inside, exchange.options)
    table, row_id = row_parameter(session, json_parameter(parameters, "EntityMoniker"), "EntityMoniker")
    name = text_parameter(parameters, "AttributeName")
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.READ)
    column = table.by_name.get(name)
    if column is None or not column.localized:
        raise DataverseError(400, "0x80040203", f"The column '{name}' of '{table.name}' has no localized labels.")
    texts = {1033: row[name], 1036: row[french_name(column)] or row[name]}
    labels = [
        {"Label": text, "LanguageCode": code, "IsManaged": True, "MetadataId": None, "HasChanged": None}
        for code, text in texts.items()
    ]
    mine = next((label for label in labels if label["LanguageCode"] == session.user.language), labels[0])
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrieveLocLabelsResponse",
            "Label": {"LocalizedLabels": labels, "UserLocalizedLabel": mine},
        }
    )


def publish(session: Session, exchange: Exchange) -> Reply:
    """Publishing has no effect of its own here: definitions hold as soon as they are written."""
    del exchange
    if not session.user.may("prvPublishCustomization"):
        raise DataverseError(
            403,
            "0x80040220",
            f"Principal user (Id={session.user.id}, type=8) is missing prvPublishCustomization privilege.",
        )
    return empty_reply()

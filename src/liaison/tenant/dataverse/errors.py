"""What Dataverse refuses, with its codes, statuses and words.

Source: dataverse.md section 5.8 and the documents named there; compose-http-requests-handle-errors.md.
"""

from __future__ import annotations

from collections.abc import Mapping

_HELP = "https://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException"


class DataverseError(Exception):
    """A refusal: HTTP status, the code as Dataverse writes it, and a message for a developer."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


def error_body(error: DataverseError, *, annotated: bool) -> dict[str, object]:
    """The JSON of an error; callers that asked for all annotations get the extra details."""
    details: dict[str, object] = {"code": error.code, "message": error.message}
    if annotated:
        details |= {
            "@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus": "0",
            "@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode": "-2146233088",
            "@Microsoft.PowerApps.CDS.HelpLink": f"{_HELP}%3a{error.code.removeprefix('0x')}&client=platform",
            "@Microsoft.PowerApps.CDS.InnerError.Message": error.message,
        }
    return {"error": details}


def query_error(message: str) -> DataverseError:
    """A URL or query option that cannot be read or does not fit the table."""
    return DataverseError(400, "0x80060888", message)


def unknown_property(name: str, table: str) -> DataverseError:
    return query_error(f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'.")


def unknown_segment(segment: str) -> DataverseError:
    return DataverseError(404, "0x8006088a", f"Resource not found for the segment '{segment}'.")


def not_for_metadata(function: str) -> DataverseError:
    return DataverseError(501, "0x8006088a", f'The "{function}" function isn\'t supported for Metadata Entities.')


def not_implemented(method: str, path: str) -> DataverseError:
    """What this tenant does not do; it names the operation."""
    return DataverseError(501, "0x80060888", f"Not implemented by the local tenant: {method} {path}")


def wrong_method(method: str, path: str) -> DataverseError:
    return DataverseError(
        405, "0x80060888", f"The requested resource '{path}' does not support http method '{method}'."
    )


def missing_row(table: str, row_id: str) -> DataverseError:
    return DataverseError(404, "0x80040217", f"{table} With Id = {row_id} Does Not Exist")


def missing_by_key() -> DataverseError:
    return DataverseError(404, "0x80060891", "A record with the specified key values does not exist in the table.")


def payload_error(set_name: str, inner: str) -> DataverseError:
    """A body that does not fit the table."""
    return DataverseError(
        400,
        "0x80048d19",
        f"Error identified in Payload provided by the user for Entity :'{set_name}', For more information on this"
        " error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException :"
        f" {inner}",
    )


def undeclared_annotated_property(set_name: str, name: str) -> DataverseError:
    return payload_error(
        set_name,
        f"Microsoft.OData.ODataException: An undeclared property '{name}' which only has property annotations in the"
        " payload but no property value was found in the payload. In OData, only declared navigation properties and"
        " declared named streams can be represented as properties without values.",
    )


def undeclared_value(set_name: str, table: str, name: str) -> DataverseError:
    return payload_error(
        set_name,
        f"Microsoft.Crm.CrmException: Invalid property '{name}' was found in entity 'Microsoft.Dynamics.CRM.{table}'."
        " ---> Microsoft.OData.ODataException: Does not support untyped value in non-open type.",
    )


def wrong_literal(set_name: str, literal: object, edm_type: str) -> DataverseError:
    return payload_error(
        set_name,
        f"Microsoft.OData.ODataException: Cannot convert the literal '{literal}' to the expected type '{edm_type}'.",
    )


def invalid_argument(message: str) -> DataverseError:
    return DataverseError(400, "0x80040203", message)


def value_missing(column: str) -> DataverseError:
    return DataverseError(400, "0x80040203", f"Attribute: {column} cannot be set to NULL")


def duplicate_row() -> DataverseError:
    return DataverseError(412, "0x80040237", "A record with matching key values already exists.")


def duplicate_by_key(label: str) -> DataverseError:
    return DataverseError(
        412,
        "0x80060892",
        f"A record that has the attribute values {label} already exists. The entity key {label} requires that this set"
        " of attributes contains unique values. Select unique values and try again.",
    )


def version_mismatch() -> DataverseError:
    return DataverseError(
        412,
        "0x80060882",
        "The version of the existing record doesn't match the RowVersion property provided.",
    )


def text_too_long(column: str, table: str, limit: int) -> DataverseError:
    return DataverseError(
        400,
        "0x80044331",
        f"A validation error occurred. The length of the '{column}' attribute of the '{table}' entity exceeded the"
        f" maximum allowed length of '{limit}'.",
    )


def number_out_of_range(column: str, table: str, low: object, high: object, *, whole: bool) -> DataverseError:
    return DataverseError(
        400,
        "0x8004432f" if whole else "0x80044330",
        f"A validation error occurred. The value of '{column}' on record of type '{table}' is outside the valid"
        f" range. Value: it must be between {low} and {high}.",
    )


def choice_out_of_range(column: str, table: str, value: object, allowed: str) -> DataverseError:
    return DataverseError(
        400,
        "0x8004431A",
        f"A validation error occurred. The value {value} of '{column}' on record of type '{table}' is outside the"
        f" valid range. Accepted Values: {allowed}",
    )


def invalid_status(value: object, table: str, state_label: str, row_id: str) -> DataverseError:
    return DataverseError(
        400,
        "0x80048408",
        f"{value} is not a valid status code for state code {table}State.{state_label} on {table.lower()} with Id"
        f" {row_id}.",
    )


def deletion_refused(table: str) -> DataverseError:
    return DataverseError(
        400,
        "0x80040227",
        f"The object you tried to delete is associated with another object and cannot be deleted. Table: {table}",
    )


def query_too_heavy() -> DataverseError:
    """A query that would keep everybody else waiting. Source: query-throttling.md."""
    return DataverseError(
        400, "0x80048544", "This query cannot be executed because it conflicts with query throttling."
    )


def unsupported_media_type(found: str) -> DataverseError:
    return DataverseError(
        415,
        "0x80060888",
        f"The request entity's media type '{found}' is not supported for this resource. Send application/json.",
    )


def duplicate_property(name: str) -> DataverseError:
    return query_error(
        "An error occurred while validating input parameters: Microsoft.OData.ODataException: Multiple properties with"
        f" the name '{name}' were detected in a resource or a complex value. According to OData, this is invalid."
    )


def body_too_large(values: int, objects: int) -> DataverseError:
    return DataverseError(
        413,
        "0x80060888",
        f"The request body holds more than the {values} values or {objects} objects that are allowed.",
    )


def too_many_conditions() -> DataverseError:
    return DataverseError(
        400, "0x8004430C", "Number of conditions in query exceeded maximum limit. The maximum limit is 500."
    )

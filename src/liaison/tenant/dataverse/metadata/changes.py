"""RetrieveMetadataChanges: the definitions that a query describes, with only the properties it names.

Supported: conditions Equals, NotEquals, In and NotIn on properties of tables and columns, and the projections of
both. Source: RetrieveMetadataChanges function reference; query-schema-definitions.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liaison.tenant.dataverse.errors import invalid_argument
from liaison.tenant.dataverse.metadata.definitions import COLLECTIONS, Definition, Definitions, definitions_of
from liaison.tenant.dataverse.operations.parameters import json_parameter, read_list, read_object
from liaison.tenant.dataverse.paths import read_parameters
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.session import Session

_ALWAYS = ("MetadataId", "HasChanged")


def retrieve_metadata_changes(session: Session, exchange: Exchange, inside: str | None) -> Reply:
    query = json_parameter(read_parameters(inside, exchange.options), "Query")
    if not isinstance(query, dict):
        raise invalid_argument("Required field 'Query' is missing.")
    definitions = definitions_of(session)
    keep = _criteria(query.get("Criteria"))
    tables = [_table(definitions, definition, query) for definition in definitions.tables.values() if keep(definition)]
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RetrieveMetadataChangesResponse",
            "EntityMetadata": tables,
            "ServerVersionStamp": f"{int(session.state.model_epoch[:8], 16)}!{session.now:%m/%d/%Y %H:%M:%S}",
            "DeletedMetadata": None,
        }
    )


def _table(definitions: Definitions, definition: Definition, query: Mapping[str, Any]) -> Definition:
    names = _names(query.get("Properties"))
    shown = _projected(definition, names)
    name = definition["LogicalName"]
    for collection in COLLECTIONS:
        if names is not None and collection not in names:
            continue
        part = read_object(query.get("AttributeQuery"), "AttributeQuery") if collection == "Attributes" else {}
        keep = _criteria(part.get("Criteria"))
        inner = _names(part.get("Properties"))
        shown[collection] = [_projected(item, inner) for item in definitions.collection(name, collection) if keep(item)]
    return shown


def _projected(definition: Definition, names: list[str] | None) -> Definition:
    """Named properties that the definition has; derived ones are simply absent on other types."""
    if names is None:
        return dict(definition)
    wanted = dict.fromkeys(("@odata.type", *names, *_ALWAYS))
    shown = {name: definition[name] for name in wanted if name in definition}
    if "OptionSet" in shown and shown["OptionSet"] is None:
        # Here, other than in the sets of definitions, one property holds the options of either kind of choice.
        shown["OptionSet"] = definition["GlobalOptionSet"]
    return shown


def _names(asked: Any) -> list[str] | None:
    """Names to show; None is everything."""
    properties = read_object(asked, "Properties")
    if not properties or properties.get("AllProperties") is True:
        return None
    return [str(name) for name in read_list(properties.get("PropertyNames"), "PropertyNames")]


def _criteria(asked: Any) -> Callable[[Definition], bool]:
    criteria = read_object(asked, "Criteria")
    if not criteria:
        return lambda _: True
    tests = [
        _condition(read_object(condition, "Conditions"))
        for condition in read_list(criteria.get("Conditions"), "Conditions")
    ]
    tests.extend(_criteria(part) for part in read_list(criteria.get("Filters"), "Filters"))
    either = criteria.get("FilterOperator") == "Or"
    return lambda definition: (any if either else all)(test(definition) for test in tests)


def _condition(condition: Mapping[str, Any]) -> Callable[[Definition], bool]:
    name, operator = condition.get("PropertyName"), condition.get("ConditionOperator")
    if not isinstance(name, str):
        raise invalid_argument("A condition needs a PropertyName.")
    value = _value(condition.get("Value"))
    if operator == "Equals":
        return lambda definition: definition.get(name) == value
    if operator == "NotEquals":
        return lambda definition: definition.get(name) != value
    listed = value if isinstance(value, list) else [value]
    if operator == "In":
        return lambda definition: definition.get(name) in listed
    if operator == "NotIn":
        return lambda definition: definition.get(name) not in listed
    raise invalid_argument(f"The condition operator '{operator}' is not supported for metadata.")


def _value(value: Any) -> Any:
    """A value with its type, as the service writes them: `{"Type": "System.Int32", "Value": "1"}`."""
    if not isinstance(value, dict):
        return value
    kind, text = str(value.get("Type", "")), value.get("Value")
    if kind.endswith("[]"):
        return list(text) if isinstance(text, list) else str(text).split(",")
    if kind == "System.Boolean":
        return str(text).lower() == "true"
    if kind in ("System.Int32", "System.Int64"):
        try:
            return int(str(text))
        except ValueError as error:
            raise invalid_argument(f"The value '{text}' is not a number.") from error
    return text

"""Global choices, and the options of any choice. Source: create-update-optionsets-using-web-api.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.metadata.incoming import (
    find_choice,
    option_prefix,
    read_label,
    read_options,
    schema_name,
)
from liaison.tenant.dataverse.metadata.permission import cannot_delete, require_special, still_needed
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, created_reply, empty_reply, json_reply
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.estate.crm.columns import Column, Kind, Option
from liaison.tenant.estate.crm.customizations import CHOICE, COLUMN, column_content, keep, take_away
from liaison.tenant.estate.crm.environments import forget_model
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.tables import GlobalChoice

Place = GlobalChoice | tuple[TableModel, Column]


def create_choice(session: Session, exchange: Exchange) -> Reply:
    """204 with the address of the new definition."""
    require_special(session, "prvCreateOptionSet")
    body = exchange.json()
    solution = components.solution_asked(session, exchange, body)
    name = schema_name(body.get("Name"), "option set")
    if any(choice.name.lower() == name.lower() for choice in session.model.choices):
        raise DataverseError(400, "0x80048403", f"An OptionSet with the name {name} already exists.")
    about = read_label(body.get("Description"))
    options = read_options(body.get("Options") or [], option_prefix(session))
    made = GlobalChoice(
        name, read_label(body.get("DisplayName"), name), options,
        about if about.en or about.fr else None, custom=True,
    )  # fmt: skip
    with session.estate.db.change():
        _keep_choice(session, made)
        components.add_component(session, solution, components.CHOICE, made.id)
    return created_reply(f"{session.root}/GlobalOptionSetDefinitions({made.id})")


def change_choice(session: Session, exchange: Exchange, choice: GlobalChoice) -> Reply:
    """204. Texts are replaced; options are changed by their own actions."""
    require_special(session, "prvWriteOptionSet")
    body = exchange.json()
    merge = exchange.headers.get("mscrm.mergelabels", "false").lower() == "true"
    about = read_label(body.get("Description"), "", choice.description if merge else None)
    title = read_label(body.get("DisplayName"), choice.name, choice.label if merge else None)
    _keep_choice(session, replace(choice, label=title, description=about if about.en or about.fr else None))
    return empty_reply()


def delete_choice(session: Session, choice: GlobalChoice) -> Reply:
    """204. A choice that a column uses stays."""
    require_special(session, "prvDeleteOptionSet")
    if not choice.custom:
        raise cannot_delete(f"option set '{choice.name}'")
    for table in session.model.tables.values():
        for column in table.columns:
            if column.choice_name == choice.name:
                raise still_needed(f"option set '{choice.name}'", f"column '{table.name}.{column.name}'")
    with session.estate.db.change() as change:
        take_away(change, session.environment, CHOICE, choice.name, declared=False)
        components.forget_object(session, choice.id)
        forget_model(change, session.environment)
    return empty_reply()


def insert_option(session: Session, exchange: Exchange) -> Reply:
    """InsertOptionValue: one more option; without a value it gets the next one of the publisher."""
    body, place, options = _asked(session, exchange)
    value = body.get("Value")
    if value is None:
        value = max([option_prefix(session) - 1, *(option.value for option in options)]) + 1
    added = read_options([{"Value": value, "Label": body.get("Label")}])[0]
    if any(option.value == added.value for option in options):
        raise DataverseError(400, "0x80048403", f"An option with the value {added.value} already exists.")
    _store(session, place, (*options, added))
    return _new_value(session, "InsertOptionValueResponse", added.value)


def insert_status(session: Session, exchange: Exchange) -> Reply:
    """InsertStatusValue: one more status reason of a state."""
    body, place, options = _asked(session, exchange)
    state = body.get("StateCode")
    states = {option.state for option in options}
    if isinstance(place, GlobalChoice) or place[1].kind is not Kind.STATUS or state not in states:
        raise invalid_argument("A status reason belongs to a status column and to one of its states.")
    value = body.get("Value")
    if value is None:
        value = max([option_prefix(session) - 1, *(option.value for option in options)]) + 1
    added = replace(read_options([{"Value": value, "Label": body.get("Label")}])[0], state=state)
    if any(option.value == added.value for option in options):
        raise DataverseError(400, "0x80048403", f"An option with the value {added.value} already exists.")
    _store(session, place, (*options, added))
    return _new_value(session, "InsertStatusValueResponse", added.value)


def update_option(session: Session, exchange: Exchange) -> Reply:
    """UpdateOptionValue: another label."""
    body, place, options = _asked(session, exchange)
    known = _option(options, body.get("Value"))
    merge = body.get("MergeLabels") is True
    text = read_label(body.get("Label"), str(known.value), known.label if merge else None)
    changed = replace(known, label=text)
    _store(session, place, tuple(changed if option is known else option for option in options))
    return empty_reply()


def delete_option(session: Session, exchange: Exchange) -> Reply:
    """DeleteOptionValue: rows keep the number, which then has no label."""
    body, place, options = _asked(session, exchange)
    known = _option(options, body.get("Value"))
    _store(session, place, tuple(option for option in options if option is not known))
    return empty_reply()


def order_options(session: Session, exchange: Exchange) -> Reply:
    """OrderOption: the order in which forms list the options."""
    body, place, options = _asked(session, exchange)
    values = body.get("Values")
    if not isinstance(values, list) or sorted(map(str, values)) != sorted(str(option.value) for option in options):
        raise invalid_argument("Required field 'Values' must hold every value of the option set once.")
    _store(session, place, tuple(_option(options, value) for value in values))
    return empty_reply()


def _asked(session: Session, exchange: Exchange) -> tuple[Mapping[str, Any], Place, tuple[Option, ...]]:
    """The choice an action means: a global one by name, or that of a column."""
    require_special(session, "prvWriteOptionSet")
    body = exchange.json()
    name = body.get("OptionSetName")
    if isinstance(name, str) and name:
        choice = find_choice(session, f"Name='{name}'")
        return body, choice, choice.options
    table = session.model.tables.get(str(body.get("EntityLogicalName")))
    column = None if table is None else table.table.by_name.get(str(body.get("AttributeLogicalName")))
    if table is None or column is None or not column.options:
        raise invalid_argument("An option set is named by 'OptionSetName', or by its table and column.")
    if column.choice_name:
        choice = find_choice(session, f"Name='{column.choice_name}'")
        return body, choice, choice.options
    return body, (table, column), column.options


def _option(options: tuple[Option, ...], value: Any) -> Option:
    for option in options:
        if option.value == value and not isinstance(value, bool):
            return option
    raise invalid_argument(f"The option set has no option with the value '{value}'.")


def _store(session: Session, place: Place, options: tuple[Option, ...]) -> None:
    if isinstance(place, GlobalChoice):
        _keep_choice(session, replace(place, options=options))
        return
    table, column = place
    with session.estate.db.change() as change:
        content = column_content(replace(column, options=options))
        keep(change, session.environment, COLUMN, f"{table.name}.{column.name}", content)
        forget_model(change, session.environment)


def _keep_choice(session: Session, choice: GlobalChoice) -> None:
    with session.estate.db.change() as change:
        keep(change, session.environment, CHOICE, choice.name, asdict(choice))
        forget_model(change, session.environment)


def _new_value(session: Session, response: str, value: int) -> Reply:
    return json_reply(
        {"@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.{response}", "NewOptionValue": value}
    )

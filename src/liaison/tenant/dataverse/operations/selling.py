"""Closing and qualifying records of sales and service: a state change with the activity that tells why.

Source: WinOpportunity, LoseOpportunity, CloseIncident, WinQuote, CloseQuote, FulfillSalesOrder, CancelSalesOrder and
QualifyLead action reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.operations.parameters import read_object, row_parameter
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.finding import require_right, require_row, row_behind
from liaison.tenant.dataverse.rows.writing import change_row, create_row
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import Right

_COMPLETED = {"statecode": 1, "statuscode": 2}


@dataclass(frozen=True)
class Closing:
    """How one kind of record is closed: by which activity, to which state, from which states."""

    parameter: str
    activity: str
    record: str
    state: int
    usual_status: int
    open_states: tuple[int, ...] = (0,)


WIN_OPPORTUNITY = Closing("OpportunityClose", "opportunityclose", "opportunity", 1, 3)
LOSE_OPPORTUNITY = Closing("OpportunityClose", "opportunityclose", "opportunity", 2, 4)
CLOSE_INCIDENT = Closing("IncidentResolution", "incidentresolution", "incident", 1, 5)
WIN_QUOTE = Closing("QuoteClose", "quoteclose", "quote", 2, 4, (0, 1))
CLOSE_QUOTE = Closing("QuoteClose", "quoteclose", "quote", 3, 5, (0, 1))
FULFILL_ORDER = Closing("OrderClose", "orderclose", "salesorder", 3, 100_001, (0, 1))
CANCEL_ORDER = Closing("OrderClose", "orderclose", "salesorder", 2, 4, (0, 1))


def closing(kind: Closing) -> Callable[[Session, Exchange], Reply]:
    """The action that closes a record in this way: 204."""

    def close(session: Session, exchange: Exchange) -> Reply:
        body = exchange.json()
        asked = read_object(body.get(kind.parameter), kind.parameter)
        status = body.get("Status", kind.usual_status)
        record = session.table(kind.record)
        record_id = _closed_record(session, kind, asked)
        row = require_row(session, record, record_id)
        require_right(session, record, row, Right.WRITE)
        if row["statecode"] not in kind.open_states:
            raise DataverseError(
                400, "0x80043801", f"The {kind.record} {record_id} is closed already and cannot be closed again."
            )
        if not isinstance(status, int) or isinstance(status, bool):
            raise invalid_argument("Required field 'Status' is missing.")
        with session.estate.db.change():
            activity = session.table(kind.activity)
            written = {name: value for name, value in asked.items() if name != "@odata.type"}
            navigation = next(
                single.name for single in activity.singles.values() if single.column.name == f"{kind.record}id"
            )
            written.pop(f"{navigation}@odata.bind", None)
            written.pop(navigation, None)
            if status == -1:
                status = _first_status(record, kind.state)
            made = create_row(
                session, activity, written,
                extra={f"{kind.record}id": record_id, "regardingobjectid": record_id,
                       "regardingobjectid__table": kind.record},
            )  # fmt: skip
            change_row(session, activity, made, _COMPLETED)
            change_row(session, record, record_id, {"statecode": kind.state, "statuscode": status,
                                                    **_sums(record, asked, session)})  # fmt: skip
        return empty_reply()

    return close


def _first_status(record: TableModel, state: int) -> int:
    return next(option.value for option in record.by_name["statuscode"].options if option.state == state)


def _sums(record: TableModel, asked: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """What an opportunity keeps of its closing."""
    if record.name != "opportunity":
        return {}
    found: dict[str, Any] = {"actualclosedate": str(asked.get("actualend") or session.stamp)[:10]}
    if asked.get("actualrevenue") is not None:
        found["actualvalue"] = asked["actualrevenue"]
    return found


def _closed_record(session: Session, kind: Closing, asked: Mapping[str, Any]) -> str:
    """The record an activity closes: bound by address, or nested with its key."""
    for name, value in asked.items():
        if name == f"{kind.record}id@odata.bind" and isinstance(value, str):
            table, row_id = row_behind(session, value)
            if table.name == kind.record:
                return row_id
        if name == f"{kind.record}id" and isinstance(value, dict):
            return row_parameter(session, value, kind.parameter)[1]
    found = read_guid(str(asked.get(f"_{kind.record}id_value", "")))
    if found is None:
        raise invalid_argument(f"Required field '{kind.record}id' of '{kind.parameter}' is missing.")
    return found


def qualify_lead(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """An open lead becomes an account, a contact and an opportunity, as far as they are asked for."""
    body = exchange.json()
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.WRITE)
    if row["statecode"] != 0:
        raise DataverseError(400, "0x80043e06", "The lead is already closed.")
    lead = dict(zip(row.keys(), row, strict=True))
    made: list[tuple[TableModel, str]] = []
    with session.estate.db.change():
        account = _made(session, "account", _account_of(lead), made) if body.get("CreateAccount") is True else None
        contact = None
        if body.get("CreateContact") is True:
            contact = _made(session, "contact", _contact_of(lead, account), made)
        if body.get("CreateOpportunity") is True:
            customer = body.get("OpportunityCustomerId")
            found = row_parameter(session, customer, "OpportunityCustomerId") if customer is not None else None
            _made(session, "opportunity", _opportunity_of(lead, row_id, account, contact, found), made)
        status = body.get("Status", 3)
        change_row(session, table, row_id, {"statecode": 1, "statuscode": 3 if status == -1 else status})
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Collection(mscrm.crmbaseentity)",
            "value": [
                {"@odata.type": f"#Microsoft.Dynamics.CRM.{target.name}", target.key: made_id}
                for target, made_id in made
            ],
        }
    )


def _made(session: Session, name: str, body: Mapping[str, Any], made: list[tuple[TableModel, str]]) -> str:
    target = session.table(name)
    made_id = create_row(session, target, {key: value for key, value in body.items() if value is not None})
    made.append((target, made_id))
    return made_id


_ADDRESS = ("address1_line1", "address1_city", "address1_postalcode", "address1_country")


def _account_of(lead: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": lead["companyname"] or lead["fullname"] or lead["subject"], "telephone1": lead["telephone1"],
        "emailaddress1": lead["emailaddress1"], "industrycode": lead["industrycode"],
        **{name: lead[name] for name in _ADDRESS},
    }  # fmt: skip


def _contact_of(lead: Mapping[str, Any], account: str | None) -> dict[str, Any]:
    return {
        "firstname": lead["firstname"], "lastname": lead["lastname"], "jobtitle": lead["jobtitle"],
        "emailaddress1": lead["emailaddress1"], "telephone1": lead["telephone1"],
        "parentcustomerid_account@odata.bind": f"/accounts({account})" if account else None,
        **{name: lead[name] for name in _ADDRESS},
    }  # fmt: skip


def _opportunity_of(
    lead: Mapping[str, Any],
    lead_id: str,
    account: str | None,
    contact: str | None,
    customer: tuple[TableModel, str] | None,
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": lead["subject"], "originatingleadid@odata.bind": f"/leads({lead_id})",
        "estimatedvalue": lead["estimatedamount"], "estimatedclosedate": lead["estimatedclosedate"],
        "budgetstatus": lead["budgetstatus"], "purchasetimeframe": lead["purchasetimeframe"],
        "purchaseprocess": lead["purchaseprocess"], "need": lead["need"],
        "parentaccountid@odata.bind": f"/accounts({account})" if account else None,
        "parentcontactid@odata.bind": f"/contacts({contact})" if contact else None,
    }  # fmt: skip
    if customer is not None:
        body[f"customerid_{customer[0].name}@odata.bind"] = f"/{customer[0].table.set_name}({customer[1]})"
    elif account is not None:
        body["customerid_account@odata.bind"] = f"/accounts({account})"
    elif contact is not None:
        body["customerid_contact@odata.bind"] = f"/contacts({contact})"
    return body


def send_email(session: Session, exchange: Exchange, table: TableModel, row_id: str) -> Reply:
    """SendEmail: nothing leaves this tenant; the activity is completed as sent."""
    body = exchange.json()
    row = require_row(session, table, row_id)
    require_right(session, table, row, Right.WRITE)
    if row["statecode"] != 0:
        raise DataverseError(400, "0x80040203", "The email is not in a state in which it can be sent.")
    if body.get("IssueSend") is not False:
        change_row(session, table, row_id, {"statecode": 1, "statuscode": 3})
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.SendEmailResponse",
            "Subject": row["subject"] or "",
        }
    )

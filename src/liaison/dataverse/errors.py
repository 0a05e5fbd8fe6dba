"""What Dataverse's errors mean to us: one table, by status and code.

The row with the code wins over the row without; what the table lacks becomes UpstreamRefused with the facts kept.
Source: dataverse.md section 5.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from liaison.domain.readiness import SERVICE_CODE
from liaison.errors import (
    LiaisonError,
    LicenceMissing,
    PrerequisitesUnmet,
    PrivilegeMissing,
    RecordChanged,
    RecordUnknown,
    TableUnknown,
    UpstreamRefused,
    UpstreamSurprise,
)
from liaison.wire.messages import Answer

SERVICE = "dataverse"
LONGEST_REASON = 600
UNDECLARED_PROPERTY = "80048d19"
_PRIVILEGE = re.compile(r"\b(prv\w+)")
_TABLE = re.compile(r"for entity '(\w+)'")


@dataclass(frozen=True)
class Subject:
    """What a call is about: a table and, when it is about one row, the row's id."""

    table: str
    row: str = ""


@dataclass(frozen=True)
class Refusal:
    """An answer that is no success, read as far as it can be read. `code` is hexadecimal without `0x`."""

    status: int
    code: str
    message: str
    request_id: str


_Meaning = Callable[[Refusal, Subject], LiaisonError]


def _privilege(refusal: Refusal, subject: Subject) -> LiaisonError:
    """The message is the only place that names the privilege."""
    privilege, table = _PRIVILEGE.search(refusal.message), _TABLE.search(refusal.message)
    return PrivilegeMissing(privilege.group(1) if privilege else "", table.group(1) if table else subject.table)


def _not_a_user(refusal: Refusal, subject: Subject) -> LiaisonError:
    return LicenceMissing("Dynamics 365")


TABLE: dict[tuple[int, str], _Meaning] = {
    (400, SERVICE_CODE): lambda refusal, subject: PrerequisitesUnmet(SERVICE_CODE, (), ()),
    (403, ""): _privilege,
    (403, "80072560"): _not_a_user,
    (403, "80040225"): _not_a_user,
    (403, "8004d24b"): _not_a_user,
    (404, ""): lambda refusal, subject: RecordUnknown(subject.table, subject.row),
    (404, "8006088a"): lambda refusal, subject: TableUnknown(subject.table),
    (412, ""): lambda refusal, subject: RecordChanged(subject.table, subject.row),
}


def error_of(answer: Answer, subject: Subject) -> LiaisonError:
    """The error that an unsuccessful answer means."""
    refusal = read_refusal(answer)
    meaning = TABLE.get((refusal.status, refusal.code)) or TABLE.get((refusal.status, ""))
    if meaning is not None:
        return meaning(refusal, subject)
    if 300 <= refusal.status < 400:
        return UpstreamSurprise(SERVICE, str(refusal.status), refusal.request_id)
    return UpstreamRefused(SERVICE, refusal.code, refusal.request_id, refusal.message[:LONGEST_REASON], refusal.status)


def read_refusal(answer: Answer) -> Refusal:
    """Code and message as far as there are any; 0x800503ca may also come as a signed number."""
    code, message = "", ""
    if isinstance(answer.content, dict) and isinstance(answer.content.get("error"), dict):
        error = answer.wild().child("error")
        code, message = error.member("code").as_shown(), error.opt_text("message")
    return Refusal(answer.status, _hexadecimal(code), message, answer.request_id)


def _hexadecimal(code: str) -> str:
    text = code.strip().lower()
    if text.lstrip("-").isdigit() and text.startswith("-"):
        return f"{int(text) & 0xFFFFFFFF:08x}"
    return text.removeprefix("0x")

"""A record's main columns as a person changes them: what may be typed where, and what was typed, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from liaison.domain.names import RecordRef
from liaison.errors import FieldsInvalid, Row


class FieldKind(StrEnum):
    """What a column holds, as far as a form must know."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    YES_NO = "yes_no"
    OTHER = "other"
    """A lookup, an owner, a state: shown and not changed here."""


class Complaint(StrEnum):
    """Why a value cannot be saved."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_A_DATE = "not_a_date"
    NOT_AN_OPTION = "not_an_option"
    READ_ONLY = "read_only"


@dataclass(frozen=True)
class Option:
    """One of a choice's values: the number that the service keeps, and its words."""

    value: int
    label: str


@dataclass(frozen=True)
class FormField:
    """One column. `value` is what an input shows: plain digits, an ISO date or moment, a choice's number.

    `text` is the same in words. `longest` 0, `lowest` and `highest` None mean no limit.
    """

    name: str
    label: str
    kind: FieldKind
    value: str
    text: str
    target: RecordRef | None = None
    is_editable: bool = False
    is_required: bool = False
    longest: int = 0
    lowest: float | None = None
    highest: float | None = None
    precision: int = 0
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Form:
    """A record's main columns at one version; `may_write` is the person's right on this very record."""

    ref: RecordRef
    title: str
    stage: str
    owner: str
    fields: tuple[FormField, ...]
    version: str
    may_write: bool


Value = str | int | float | bool | None


@dataclass(frozen=True)
class Change:
    """A column and its new value; None empties it."""

    name: str
    value: Value


class _Wrong(Exception):
    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.value)
        self.complaint = complaint


def check_changes(form: Form, given: Mapping[str, str]) -> tuple[Change, ...]:
    """What was typed, as values of the columns. Raises FieldsInvalid with every field that is wrong, not the first."""
    fields = {field.name: field for field in form.fields}
    wrong: list[Row] = []
    changes: list[Change] = []
    for name, text in given.items():
        field = fields.get(name)
        if field is None or not field.is_editable:
            wrong.append(Row("column", field.label if field else name, name, Complaint.READ_ONLY.value))
            continue
        try:
            changes.append(Change(name, _read(field, text)))
        except _Wrong as refused:
            wrong.append(Row("column", field.label, name, refused.complaint.value))
    if wrong:
        raise FieldsInvalid(tuple(wrong))
    return tuple(changes)


def _read(field: FormField, text: str) -> Value:
    if not text.strip():
        if field.is_required:
            raise _Wrong(Complaint.REQUIRED)
        return None
    if field.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT}:
        if field.longest and len(text) > field.longest:
            raise _Wrong(Complaint.TOO_LONG)
        return text
    return _READERS[field.kind](field, text.strip())


def _number(field: FormField, text: str) -> Value:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _Wrong(Complaint.NOT_A_NUMBER) from None
    if not number.is_finite() or (field.kind is FieldKind.WHOLE and number != number.to_integral_value()):
        raise _Wrong(Complaint.NOT_A_NUMBER)
    if field.lowest is not None and number < Decimal(str(field.lowest)):
        raise _Wrong(Complaint.TOO_SMALL)
    if field.highest is not None and number > Decimal(str(field.highest)):
        raise _Wrong(Complaint.TOO_LARGE)
    return int(number) if field.kind is FieldKind.WHOLE else float(round(number, field.precision))


def _date(_: FormField, text: str) -> Value:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _Wrong(Complaint.NOT_A_DATE) from None


def _moment(_: FormField, text: str) -> Value:
    """A moment without a zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _Wrong(Complaint.NOT_A_DATE) from None
    in_utc = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _option(field: FormField, text: str) -> Value:
    chosen = next((option.value for option in field.options if str(option.value) == text), None)
    if chosen is None:
        raise _Wrong(Complaint.NOT_AN_OPTION)
    return chosen


def _yes_no(_: FormField, text: str) -> Value:
    if text not in {"true", "false"}:
        raise _Wrong(Complaint.NOT_AN_OPTION)
    return text == "true"


_READERS = {
    FieldKind.WHOLE: _number,
    FieldKind.DECIMAL: _number,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _moment,
    FieldKind.CHOICE: _option,
    FieldKind.YES_NO: _yes_no,
}

"""What was typed into a form becomes values, or says of each field why not."""

from __future__ import annotations

import pytest

from liaison.domain.form import Change, FieldKind, Form, FormField, Option, check_changes
from liaison.domain.names import EnvironmentKey, RecordRef, RowId, TableName
from liaison.errors import FieldsInvalid, Row

FIELDS = (
    FormField("name", "Topic", FieldKind.TEXT, "Deal", "Deal", is_editable=True, is_required=True, longest=10),
    FormField("seats", "Seats", FieldKind.WHOLE, "3", "3", is_editable=True, lowest=0, highest=50),
    FormField("value", "Value", FieldKind.DECIMAL, "1.5", "€1.50", is_editable=True, lowest=0, precision=2),
    FormField("closing", "Closing", FieldKind.DATE, "2027-01-31", "31/01/2027", is_editable=True),
    FormField("call", "Call", FieldKind.MOMENT, "", "", is_editable=True),
    FormField("rating", "Rating", FieldKind.CHOICE, "1", "Hot", is_editable=True, options=(Option(1, "Hot"),)),
    FormField("key", "Key deal", FieldKind.YES_NO, "false", "No", is_editable=True),
    FormField("owner", "Owner", FieldKind.OTHER, "", "Claire"),
)
FORM = Form(
    RecordRef(EnvironmentKey("sales"), TableName("opportunity"), RowId("1")),
    "Deal",
    "Open",
    "Claire",
    FIELDS,
    "1",
    True,
)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("name", "Renewal", "Renewal"),
        ("seats", "12", 12),
        ("seats", "", None),
        ("value", "120000.256", 120000.26),
        ("closing", "2027-02-28", "2027-02-28"),
        ("call", "2027-02-28T10:30:00+02:00", "2027-02-28T08:30:00Z"),
        ("call", "2027-02-28T10:30", "2027-02-28T10:30:00Z"),
        ("rating", "1", 1),
        ("key", "true", True),
    ],
)
def test_what_fits_becomes_the_columns_value(name: str, typed: str, value: object) -> None:
    assert check_changes(FORM, {name: typed}) == (Change(name, value),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "typed", "complaint"),
    [
        ("name", " ", "required"),
        ("name", "x" * 11, "too_long"),
        ("seats", "many", "not_a_number"),
        ("seats", "1.5", "not_a_number"),
        ("seats", "-1", "too_small"),
        ("seats", "51", "too_large"),
        ("value", "NaN", "not_a_number"),
        ("value", "Infinity", "not_a_number"),
        ("closing", "31/01/2027", "not_a_date"),
        ("call", "soon", "not_a_date"),
        ("rating", "2", "not_an_option"),
        ("key", "perhaps", "not_an_option"),
        ("owner", "Oliver", "read_only"),
        ("nosuch", "x", "read_only"),
    ],
)
def test_what_does_not_fit_says_why(name: str, typed: str, complaint: str) -> None:
    with pytest.raises(FieldsInvalid) as refused:
        check_changes(FORM, {name: typed})
    assert [(row.id, row.detail) for row in refused.value.rows] == [(name, complaint)]


def test_every_field_that_is_wrong_is_named_not_the_first() -> None:
    with pytest.raises(FieldsInvalid) as refused:
        check_changes(FORM, {"name": "", "seats": "many", "value": "7"})
    assert refused.value.rows == (
        Row("column", "Topic", "name", "required"),
        Row("column", "Seats", "seats", "not_a_number"),
    )

"""Save what a person changed in a record's form."""

from __future__ import annotations

from collections.abc import Mapping

from liaison.domain.form import Form, check_changes
from liaison.domain.names import Person, RecordRef
from liaison.errors import RecordChanged
from liaison.ports import Ports


async def save_form(ref: RecordRef, given: Mapping[str, str], version: str, by: Person, ports: Ports) -> Form:
    """The form after the change. Raises FieldsInvalid, RecordChanged, RecordUnknown, PrivilegeMissing.

    Checked against the columns as they are now, written only while the record is at `version`.
    """
    crm = ports.crm(by, ref.environment)
    form = await crm.read_form(ref)
    changes = check_changes(form, given)
    if form.version != version:
        raise RecordChanged(ref.table, ref.id)
    if changes:
        await crm.update_record(ref, changes, version)
    return await crm.read_form(ref)

"""Who may change definitions, and which definitions may be changed. Source: dataverse.md section 2.3."""

from __future__ import annotations

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.privileges import privileges_by_name
from liaison.tenant.estate.crm.tables import Flag


def require_special(session: Session, *names: str) -> None:
    """Raise 403 naming the first privilege that the caller lacks."""
    for name in names:
        if not session.user.may(name):
            raise DataverseError(
                403,
                "0x80040220",
                f"Principal user (Id={session.user.id}, type=8, roleCount={len(session.user.role_ids)},"
                f" privilegeCount={len(session.user.depths)}, accessMode={session.user.access_mode}), is missing"
                f" {name} privilege (Id={privileges_by_name()[name.lower()].id}). context.Caller={session.user.id}",
            )


def require_customizable(table: TableModel) -> None:
    """Raise 400 for a table whose definition is fixed."""
    if table.table.has(Flag.FIXED) or table.table.select:
        raise DataverseError(400, "0x80047008", f"The specified entity is not customizable: '{table.name}'.")


def cannot_delete(what: str) -> DataverseError:
    """A part of the platform is asked to go."""
    return DataverseError(400, "0x80047007", f"The {what} is not custom and cannot be deleted.")


def still_needed(what: str, by: str) -> DataverseError:
    """A part that another one needs is asked to go."""
    return DataverseError(
        400, "0x8004f01f", f"The {what} cannot be deleted because it is referenced by 1 other component: {by}."
    )

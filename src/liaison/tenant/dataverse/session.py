"""Who is calling which environment, and the tables as they are while this one operation runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.sql.values import moment_text, read_guid
from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import BearerRefused, Caller, environment_audience, read_bearer
from liaison.tenant.estate.crm.environments import EnvironmentState, find_environment, read_model, settle_teams_flags
from liaison.tenant.estate.crm.model import Model, TableModel
from liaison.tenant.estate.crm.model import sql_name as _sql_name
from liaison.tenant.estate.crm.principals import Principal, find_user_id, intersection, read_principal
from liaison.tenant.estate.crm.privileges import ACT_ON_BEHALF
from liaison.tenant.estate.origins import environment_of
from liaison.tenant.seeds.company import TENANT_ID


@dataclass(frozen=True)
class Happening:
    """A row was created, changed or deleted: what subscribers of events hear about."""

    message: str
    table: TableModel
    row_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Session:
    """`user` decides about rights; `delegate` is the real caller when it acts on somebody's behalf.

    `happened` collects what this session changed; whoever undoes a change takes it out again.
    """

    estate: Estate
    state: EnvironmentState
    model: Model
    user: Principal
    delegate: Principal | None
    caller: Caller
    root: str
    happened: list[Happening] = field(default_factory=list)

    @property
    def environment(self) -> str:
        return self.state.key

    @property
    def now(self) -> datetime:
        return self.estate.clock.now()

    @property
    def stamp(self) -> str:
        return moment_text(self.now)

    def table(self, name: str) -> TableModel:
        return self.model.tables[name]

    def address(self, table: TableModel, row_id: str) -> str:
        """The absolute address of a row on the address the client used."""
        return f"{self.root}/{table.table.set_name}({row_id})"

    @property
    def metadata_root(self) -> str:
        return f"{self.root}/$metadata"


def open_session(estate: Estate, exchange: Exchange, host: str, port: int | None) -> Session:
    """Identify the environment and the caller. Raises 401 for a bad token, 403 for who is no enabled user with a role.

    Source: authenticate-web-api.md, impersonate-another-user-web-api.md.
    """
    state = find_environment(estate, environment_of(estate, host, port))
    if state is None:
        raise DataverseError(404, "0x80072560", "The environment does not exist.")
    if settle_teams_flags(estate, state.key):
        state = find_environment(estate, state.key) or state
    caller = _caller(estate, state.key, exchange)
    real = _principal(estate, state, caller)
    user, delegate = _effective(estate, state, exchange, real)
    return Session(estate, state, read_model(estate, state), user, delegate, caller, exchange.root)


def refreshed(session: Session) -> Session:
    """The session with tables and rights as they are now: an earlier part of the same request may have changed
    them."""
    state = find_environment(session.estate, session.environment)
    if state is None or state == session.state:
        return session
    # What is read here may yet be undone: it is remembered under epochs that nobody will ask for again.
    mark = session.estate.ids.guid()
    state = replace(state, model_epoch=f"{state.model_epoch}/{mark}", security_epoch=f"{state.security_epoch}/{mark}")
    user = read_principal(session.estate, state, session.user.id) or session.user
    delegate = session.delegate
    if delegate is not None:
        delegate = read_principal(session.estate, state, delegate.id) or delegate
        user = intersection(user, delegate)
    return replace(session, state=state, model=read_model(session.estate, state), user=user, delegate=delegate)


def _caller(estate: Estate, environment: str, exchange: Exchange) -> Caller:
    try:
        return read_bearer(estate, exchange.headers.get("authorization"), environment_audience(estate, environment))
    except BearerRefused as refused:
        raise _unauthorized(exchange, refused) from refused


def _unauthorized(exchange: Exchange, refused: BearerRefused) -> DataverseError:
    origin = exchange.origin
    challenge = f"Bearer authorization_uri={origin}/{TENANT_ID}/oauth2/authorize, resource_id={origin}/"
    if refused.reason == "missing":
        return DataverseError(401, "0x80072560", "The request has no valid authorization.",
                              {"WWW-Authenticate": challenge})  # fmt: skip
    challenge += ", error=invalid_token"
    return DataverseError(
        401, "0x80072560", f"The token cannot be used here: {refused.reason}.", {"WWW-Authenticate": challenge}
    )


def _principal(estate: Estate, state: EnvironmentState, caller: Caller) -> Principal:
    user_id = find_user_id(estate, state.key, caller.object_id, caller.app_id, caller.is_application)
    found = None if user_id is None else read_principal(estate, state, user_id)
    if found is None:
        raise DataverseError(403, "0x80072560", "The user is not a member of the organization.")
    return _enabled(found)


def _enabled(user: Principal) -> Principal:
    if user.disabled:
        raise DataverseError(
            403, "0x80040225", f"The specified user(Id = {user.id}) is disabled. Consider enabling this user."
        )
    if not user.role_ids:
        raise DataverseError(
            403,
            "0x80040220",
            f"Principal user (Id={user.id}, type=8, roleCount=0, privilegeCount=0, accessMode={user.access_mode}),"
            " does not have any security role. The user must have at least one role to use this environment.",
        )
    return user


def _effective(
    estate: Estate, state: EnvironmentState, exchange: Exchange, real: Principal
) -> tuple[Principal, Principal | None]:
    """The user whose rights count: the caller, or whom it impersonates, held to what both may do."""
    wanted = _impersonated(estate, state.key, exchange)
    if wanted is None or wanted == real.id:
        return real, None
    if not real.may(ACT_ON_BEHALF):
        raise DataverseError(
            403, "0x80040220", f"Principal user (Id={real.id}, type=8) is missing {ACT_ON_BEHALF} privilege."
        )
    found = read_principal(estate, state, wanted)
    if found is None:
        raise DataverseError(403, "0x80040217", f"systemuser With Id = {wanted} Does Not Exist")
    return intersection(_enabled(found), real), real


def _impersonated(estate: Estate, environment: str, exchange: Exchange) -> str | None:
    object_id = exchange.headers.get("callerobjectid")
    if object_id:
        found = find_user_id(estate, environment, read_guid(object_id) or "", "", False)
        if found is None:
            raise DataverseError(
                403, "0x80072560", f"No user of the organization has the Microsoft Entra object id {object_id}."
            )
        return found
    legacy = exchange.headers.get("mscrmcallerid")
    if legacy:
        user_id = read_guid(legacy)
        if user_id is None:
            raise DataverseError(400, "0x80040203", "The header MSCRMCallerID must hold a guid.")
        return user_id
    return None


def table_rows(session: Session, name: str) -> str:
    """The quoted name of a table's rows in the session's environment."""
    return _sql_name(session.environment, name)

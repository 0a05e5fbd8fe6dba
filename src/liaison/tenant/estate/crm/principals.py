"""Who a person or application is in an environment, and what its roles let it do."""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.environments import EnvironmentState
from liaison.tenant.estate.crm.model import sql_name
from liaison.tenant.estate.crm.privileges import Depth, Right, privilege_name
from liaison.tenant.estate.crm.tables import Table


@dataclass(frozen=True)
class Principal:
    """A user of an environment. `depths` maps privilege names in lower case to the widest depth of any role;
    `role_ids` counts own and team roles; `units_below` is the user's business unit and everything under it."""

    id: str
    name: str
    business_unit: str
    units_below: tuple[str, ...]
    teams: tuple[str, ...]
    role_ids: tuple[str, ...]
    depths: Mapping[str, Depth]
    language: int
    disabled: bool
    access_mode: int
    object_id: str | None

    def depth(self, table: Table, right: Right) -> Depth | None:
        """How far a right reaches on a table; None when no role gives it."""
        return self.depths.get(privilege_name(table, right).lower())

    def may(self, privilege: str) -> bool:
        return privilege.lower() in self.depths

    @property
    def owners(self) -> tuple[str, ...]:
        """Ids whose rows count as the user's own."""
        return (self.id, *self.teams)


_known: dict[tuple[str, str], Principal] = {}


def find_user_id(estate: Estate, environment: str, object_id: str, app_id: str, is_application: bool) -> str | None:
    """The row of systemuser that a token's subject has, if any.

    Source: S2S authentication: a person by `azureactivedirectoryobjectid`, an application by `applicationid`.
    """
    column = "applicationid" if is_application else "azureactivedirectoryobjectid"
    value = app_id if is_application else object_id

    def read() -> str | None:
        found = estate.db.value(
            f"SELECT systemuserid FROM {sql_name(environment, 'systemuser')} WHERE {column} = ?", (value.lower(),)
        )
        return None if found is None else str(found)

    return estate.db.recall(("user", environment, column, value), read)


def read_principal(estate: Estate, environment: EnvironmentState, user_id: str) -> Principal | None:
    """What a user is and may do; remembered until anything about roles, teams or units changes."""
    place = (environment.security_epoch, user_id)
    found = _known.get(place)
    if found is None:
        found = _load(estate, environment.key, user_id)
        if found is None:
            return None
        if len(_known) > 512:
            _known.clear()
        _known[place] = found
    return found


def intersection(one: Principal, other: Principal) -> Principal:
    """`one`, held to what `other` may do too: the rights of an impersonation.

    Source: impersonate-another-user-web-api.md.
    """
    common = {name: min(depth, other.depths[name]) for name, depth in one.depths.items() if name in other.depths}
    return replace(one, depths=common)


def _load(estate: Estate, environment: str, user_id: str) -> Principal | None:
    def name(table: str) -> str:
        return sql_name(environment, table)

    user = estate.db.row(
        "SELECT u.fullname, u.businessunitid, u.isdisabled, u.accessmode, u.azureactivedirectoryobjectid,"
        f" s.uilanguageid FROM {name('systemuser')} u LEFT JOIN {name('usersettings')} s"
        " ON s.systemuserid = u.systemuserid WHERE u.systemuserid = ?",
        (user_id,),
    )
    if user is None:
        return None
    teams = tuple(
        row[0] for row in estate.db.rows(f"SELECT teamid FROM {name('teammembership')} WHERE systemuserid = ?",
                                         (user_id,))
    )  # fmt: skip
    marks = ", ".join("?" * len(teams))
    roles = tuple(
        row[0]
        for row in estate.db.rows(
            f"SELECT roleid FROM {name('systemuserroles')} WHERE systemuserid = ?"
            f" UNION SELECT roleid FROM {name('teamroles')} WHERE teamid IN ({marks})",
            (user_id, *teams),
        )
    )
    unit = str(user[1])
    return Principal(
        user_id, user[0] or "", unit, _units_below(estate, environment, unit), teams, roles,
        _depths(estate, environment, roles), int(user[5] or 1033), bool(user[2]), int(user[3] or 0), user[4],
    )  # fmt: skip


def read_team_principal(estate: Estate, environment: EnvironmentState, team_id: str) -> Principal | None:
    """A team as if it were a user: what its own roles let it do."""
    row = estate.db.row(
        f"SELECT name, businessunitid FROM {sql_name(environment.key, 'team')} WHERE teamid = ?", (team_id,)
    )
    if row is None:
        return None
    roles = tuple(
        found[0]
        for found in estate.db.rows(
            f"SELECT roleid FROM {sql_name(environment.key, 'teamroles')} WHERE teamid = ?", (team_id,)
        )
    )
    unit = str(row[1])
    return Principal(
        team_id, row[0] or "", unit, _units_below(estate, environment.key, unit), (), roles,
        _depths(estate, environment.key, roles), 1033, False, 0, None,
    )  # fmt: skip


def _units_below(estate: Estate, environment: str, unit: str) -> tuple[str, ...]:
    rows = estate.db.rows(
        "WITH RECURSIVE below (id) AS (SELECT ? UNION"
        f" SELECT b.businessunitid FROM {sql_name(environment, 'businessunit')} b"
        " JOIN below ON b.parentbusinessunitid = below.id) SELECT id FROM below",
        (unit,),
    )
    return tuple(row[0] for row in rows)


def _depths(estate: Estate, environment: str, roles: tuple[str, ...]) -> dict[str, Depth]:
    """A role of a business unit grants what its root role grants."""
    if not roles:
        return {}
    role, granted, privilege = (sql_name(environment, name) for name in ("role", "roleprivileges", "privilege"))
    marks = ", ".join("?" * len(roles))
    rows = estate.db.rows(
        f"SELECT p.name, max(g.privilegedepthmask) FROM {role} r JOIN {granted} g"
        f" ON g.roleid = coalesce(r.parentrootroleid, r.roleid) JOIN {privilege} p ON p.privilegeid = g.privilegeid"
        f" WHERE r.roleid IN ({marks}) GROUP BY p.name",
        roles,
    )
    return {row[0].lower(): Depth(row[1]) for row in rows}

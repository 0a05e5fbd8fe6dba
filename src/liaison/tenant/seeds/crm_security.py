"""Business units, users, teams, roles and privileges of an environment, as the CRM's seed declares them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from liaison.tenant.estate.crm.privileges import all_privileges
from liaison.tenant.estate.crm.roles import ROLES, SYSTEM_ADMINISTRATOR, granted
from liaison.tenant.seeds.company import APPLICATION_APP_ID, DOMAIN, PEOPLE, Person, stable_guid

Row = dict[str, Any]

_UNITS = (("root", "Contoso"), ("sales", "Ventes Europe"), ("service", "Service client"))
_UNIT_OF = {"Sales": "sales", "Service": "service"}
_FRENCH, _ENGLISH = 1036, 1033

APPLICATION_ROLES = (SYSTEM_ADMINISTRATOR, "Liaison Application")
KEY_ACCOUNTS = ("Claire", "Oliver")


@cache
def unit_id(environment: str, key: str) -> str:
    return stable_guid("businessunit", environment, key)


@cache
def user_id(environment: str, person: Person) -> str:
    return stable_guid("systemuser", environment, person.upn)


@cache
def application_user_id(environment: str) -> str:
    return stable_guid("systemuser", environment, "application")


@cache
def team_id(environment: str, key: str) -> str:
    return stable_guid("crmteam", environment, key)


@cache
def role_id(environment: str, name: str, unit: str) -> str:
    return stable_guid("role", environment, name, unit)


@cache
def crm_people() -> tuple[Person, ...]:
    """Who uses the CRM: everybody with a role in it."""
    return tuple(person for person in PEOPLE if person.crm_roles)


@cache
def unit_of(environment: str, person: Person) -> str:
    return unit_id(environment, _UNIT_OF.get(person.department, "root"))


def unit_rows(environment: str, stamp: Row) -> Iterator[Row]:
    for key, name in _UNITS:
        parent = None if key == "root" else unit_id(environment, "root")
        yield {
            "businessunitid": unit_id(environment, key), "name": name, "parentbusinessunitid": parent,
            "isdisabled": 0, **stamp,
        }  # fmt: skip


def user_rows(environment: str, stamp: Row) -> Iterator[Row]:
    for person in crm_people():
        own = user_id(environment, person)
        yield {
            "systemuserid": own, "ownerid": own, "fullname": person.name, "firstname": person.given,
            "lastname": person.family, "domainname": person.upn, "internalemailaddress": person.upn,
            "title": person.title, "azureactivedirectoryobjectid": person.id, "applicationid": None,
            "isdisabled": int(not person.enabled), "islicensed": int(person.enabled), "setupuser": 0,
            "userlicensetype": 3, "accessmode": 0, "azurestate": 0, "invitestatuscode": 4,
            "businessunitid": unit_of(environment, person), **stamp,
        }  # fmt: skip
    own = application_user_id(environment)
    yield {
        "systemuserid": own, "ownerid": own, "fullname": "# Liaison", "firstname": "#", "lastname": "Liaison",
        "domainname": f"{APPLICATION_APP_ID}@{DOMAIN}", "internalemailaddress": f"liaison@{DOMAIN}", "title": None,
        "azureactivedirectoryobjectid": None, "applicationid": APPLICATION_APP_ID, "isdisabled": 0, "islicensed": 0,
        "setupuser": 0, "userlicensetype": -1, "accessmode": 4, "azurestate": 0, "invitestatuscode": 4,
        "businessunitid": unit_id(environment, "root"), **stamp,
    }  # fmt: skip


def settings_rows(environment: str, stamp: Row) -> Iterator[Row]:
    for person in crm_people():
        language = _FRENCH if person.language.startswith("fr") else _ENGLISH
        yield {
            "systemuserid": user_id(environment, person), "uilanguageid": language, "localeid": language,
            "timezonecode": 92, "paginglimit": 50, **stamp,
        }  # fmt: skip


def team_rows(environment: str, stamp: Row) -> Iterator[Row]:
    """Each unit's default team, and an owner team that crosses units."""
    for key, name in _UNITS:
        yield _team(environment, key, name, unit_id(environment, key), stamp, default=True)
    yield _team(environment, "key-accounts", "Grands comptes", unit_id(environment, "sales"), stamp, default=False)


def _team(environment: str, key: str, name: str, unit: str, stamp: Row, *, default: bool) -> Row:
    own = team_id(environment, key)
    return {
        "teamid": own, "ownerid": own, "name": name, "teamtype": 0, "isdefault": int(default), "businessunitid": unit,
        "administratorid": user_id(environment, crm_people()[0]), **stamp,
    }  # fmt: skip


def membership_rows(environment: str) -> Iterator[Row]:
    for person in crm_people():
        key = _UNIT_OF.get(person.department, "root")
        yield _pair("teammembership", environment, "teamid", team_id(environment, key), user_id(environment, person))
        if person.given in KEY_ACCOUNTS:
            team = team_id(environment, "key-accounts")
            yield _pair("teammembership", environment, "teamid", team, user_id(environment, person))


def _pair(table: str, environment: str, first: str, first_id: str, user: str) -> Row:
    return {f"{table}id": stable_guid(table, environment, first_id, user), first: first_id, "systemuserid": user}


def role_template_rows(stamp: Row) -> Iterator[Row]:
    """What the two roles of the platform are made from."""
    for role in ROLES:
        if role.template_id is not None:
            yield {"roletemplateid": role.template_id, "name": role.name, "upgrading": 0, **stamp}


def team_template_rows(stamp: Row) -> Iterator[Row]:
    """Access teams for the records that people work on together: members read and write."""
    for table, code in (("Account", 1), ("Opportunity", 3), ("Case", 112)):
        yield {
            "teamtemplateid": stable_guid("teamtemplate", table), "teamtemplatename": f"{table} Team",
            "objecttypecode": code, "defaultaccessrightsmask": 1 | 2 | 4 | 16, "issystem": 0, **stamp,
        }  # fmt: skip


def role_rows(environment: str, stamp: Row) -> Iterator[Row]:
    """A role is copied for each unit; the copies name their root."""
    for role in ROLES:
        root = role_id(environment, role.name, "root")
        for key, _ in _UNITS:
            own = role_id(environment, role.name, key)
            yield {
                "roleid": own, "name": role.name, "name__fr": role.french,
                "businessunitid": unit_id(environment, key), "roletemplateid": role.template_id,
                "parentroleid": None if key == "root" else root, "parentrootroleid": root, "ismanaged": 0,
                "isinherited": 1, **stamp,
            }  # fmt: skip


def privilege_rows() -> Iterator[Row]:
    for privilege in all_privileges():
        basic, local, deep, everywhere = privilege.depths
        yield {
            "privilegeid": privilege.id, "name": privilege.name, "accessright": int(privilege.right),
            "canbebasic": int(basic), "canbelocal": int(local), "canbedeep": int(deep),
            "canbeglobal": int(everywhere),
        }  # fmt: skip


def role_privilege_rows(environment: str) -> Iterator[Row]:
    for role in ROLES:
        root = role_id(environment, role.name, "root")
        for number, (privilege, depth) in enumerate(granted(role)):
            yield {
                "roleprivilegeid": f"{root[:24]}{number + 1:012x}", "roleid": root,
                "privilegeid": privilege.id, "privilegedepthmask": int(depth),
            }  # fmt: skip


def user_role_rows(environment: str) -> Iterator[Row]:
    for person in crm_people():
        unit = _UNIT_OF.get(person.department, "root")
        for name in person.crm_roles:
            yield _user_role(environment, user_id(environment, person), role_id(environment, name, unit))
    for name in APPLICATION_ROLES:
        yield _user_role(environment, application_user_id(environment), role_id(environment, name, "root"))


def _user_role(environment: str, user: str, role: str) -> Row:
    return {
        "systemuserroleid": stable_guid("systemuserrole", environment, user, role), "systemuserid": user,
        "roleid": role,
    }  # fmt: skip


def team_role_rows(environment: str) -> Iterator[Row]:
    team = team_id(environment, "key-accounts")
    yield {
        "teamroleid": stable_guid("teamrole", environment, team), "teamid": team,
        "roleid": role_id(environment, "Salesperson", "sales"),
    }  # fmt: skip

"""The way for custom apps: Power Apps › Environments › an environment › Settings › Integration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import Environment
from liaison.web import addresses
from liaison.web.place import find_environment
from liaison.web.shell import Crumb, Entry, Group, Shell, SiteMap
from liaison.web.visit import Visit

ROOT = "/power-apps/environments"


@dataclass(frozen=True)
class ShownEnvironment:
    name: str
    address: str
    url: str


@dataclass(frozen=True)
class EnvironmentsPage:
    template: ClassVar[str] = "environments.html"
    shell: Shell
    environments: tuple[ShownEnvironment, ...]


@dataclass(frozen=True)
class EnvironmentPage:
    template: ClassVar[str] = "environment.html"
    shell: Shell
    name: str
    url: str
    key: str
    settings: str


@dataclass(frozen=True)
class EnvironmentSettingsPage:
    template: ClassVar[str] = "environment_settings.html"
    shell: Shell
    teams_integration: str


async def show_all(visit: Visit) -> Response:
    _require_person(visit)
    shown = tuple(
        ShownEnvironment(one.name, addresses.address("power-apps", "environments", one.key), one.address)
        for one in visit.ports.environments
    )
    title = visit.say("web.power_apps.environments")
    return visit.answer(EnvironmentsPage(_shell(visit, title, (Crumb(title),)), shown))


async def show_one(visit: Visit) -> Response:
    _require_person(visit)
    environment = find_environment(visit)
    page = EnvironmentPage(
        shell=_shell(visit, environment.name, _crumbs(visit, environment)[:2]),
        name=environment.name,
        url=environment.address,
        key=environment.key,
        settings=_settings(environment),
    )
    return visit.answer(page)


async def show_settings(visit: Visit) -> Response:
    _require_person(visit)
    environment = find_environment(visit)
    shell = _shell(visit, visit.say("web.power_apps.settings"), _crumbs(visit, environment)[:3], environment.name)
    return visit.answer(EnvironmentSettingsPage(shell, addresses.power_apps_settings(environment.key)))


def settings_shell(visit: Visit, environment: Environment, title: str, steps: tuple[Crumb, ...]) -> Shell:
    """The surroundings of the page that Integration › Teams integration settings opens, and of those below it."""
    return _shell(visit, title, (*_crumbs(visit, environment)[:3], *steps), environment.name)


def _require_person(visit: Visit) -> None:
    """Raises SessionMissing: the names of environments are for people of the tenant only."""
    _ = visit.person


def _settings(environment: Environment) -> str:
    return addresses.address("power-apps", "environments", environment.key, "settings")


def _crumbs(visit: Visit, environment: Environment) -> tuple[Crumb, ...]:
    return (
        Crumb(visit.say("web.power_apps.environments"), ROOT),
        Crumb(environment.name, addresses.address("power-apps", "environments", environment.key)),
        Crumb(visit.say("web.power_apps.settings"), _settings(environment)),
    )


def _shell(visit: Visit, title: str, crumbs: tuple[Crumb, ...], environment: str = "") -> Shell:
    entries = (
        Entry(visit.say("web.map.home"), "home", addresses.HOME),
        Entry(visit.say("web.power_apps.environments"), "environment", ROOT, is_current=True),
    )
    return visit.shell(
        title,
        app=visit.say("web.power_apps.name"),
        app_address=ROOT,
        environment=environment,
        site_map=SiteMap((Group("", entries),)),
        crumbs=crumbs,
    )

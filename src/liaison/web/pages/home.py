"""`/`: the sign-in page for strangers; environments and their apps for whoever is signed in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import Environment
from liaison.errors import LiaisonError, SignInRequired
from liaison.web import addresses, problems
from liaison.web.place import plain_shell
from liaison.web.shell import Shell
from liaison.web.visit import Visit


@dataclass(frozen=True)
class Tile:
    """An app to open."""

    name: str
    address: str


@dataclass(frozen=True)
class EnvironmentTiles:
    """An environment and its apps, or why they cannot be shown."""

    name: str
    address: str
    settings: str
    tiles: tuple[Tile, ...]
    problem: problems.Problem | None = None


@dataclass(frozen=True)
class HomePage:
    template: ClassVar[str] = "home.html"
    shell: Shell
    greeting: str
    environments: tuple[EnvironmentTiles, ...]


@dataclass(frozen=True)
class WelcomePage:
    template: ClassVar[str] = "welcome.html"
    shell: Shell
    sign_in: str


async def show(visit: Visit) -> Response:
    if visit.session is None:
        return visit.answer(WelcomePage(visit.shell(visit.say("web.welcome.title")), addresses.sign_in(addresses.HOME)))
    environments = await asyncio.gather(*(_tiles(environment, visit) for environment in visit.ports.environments))
    greeting = visit.say("web.home.greeting", name=visit.person.name.split()[0])
    return visit.answer(HomePage(plain_shell(visit, visit.say("web.home.title")), greeting, tuple(environments)))


async def _tiles(environment: Environment, visit: Visit) -> EnvironmentTiles:
    settings = addresses.power_apps_settings(environment.key)
    try:
        apps = await visit.ports.crm(visit.person, environment.key).list_apps()
    except SignInRequired:
        raise
    except LiaisonError as error:
        problem = problems.explain(error, visit)
        return EnvironmentTiles(environment.name, environment.address, settings, (), problem)
    tiles = tuple(Tile(app.name, addresses.app_home(environment.key, app.unique_name)) for app in apps)
    return EnvironmentTiles(environment.name, environment.address, settings, tiles)

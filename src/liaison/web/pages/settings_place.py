"""Where the settings pages are: in an app (Change area › App Settings) and in Power Apps (Environments › Settings)."""

from __future__ import annotations

from liaison.domain.crm import Environment
from liaison.web import addresses
from liaison.web.pages.power_apps import settings_shell as power_apps_shell
from liaison.web.place import areas, find_environment, find_place, first_entries
from liaison.web.shell import Crumb, Entry, Group, Shell, SiteMap
from liaison.web.visit import Visit


def settings_address(visit: Visit, *below: str) -> str:
    """The settings page on the path by which the visitor came, or a page below it."""
    environment = find_environment(visit).key
    app = visit.request.path_params.get("app", "")
    base = addresses.settings(environment, app) if app else addresses.power_apps_settings(environment)
    return "/".join((base, *below))


async def settings_shell(visit: Visit, environment: Environment, below: str = "") -> Shell:
    """The surroundings of the settings page, or of a page below it with that title."""
    title = visit.say("web.settings.title")
    steps = (Crumb(title, settings_address(visit)), Crumb(below)) if below else (Crumb(title),)
    if "app" not in visit.request.path_params:
        return power_apps_shell(visit, environment, below or title, steps)
    place = await find_place(visit)
    if place is None:
        return visit.shell(below or title)
    app = addresses.app_home(environment.key, place.app.unique_name)
    settings = addresses.settings(environment.key, place.app.unique_name)
    general = Group(
        visit.say("web.map.general_settings"),
        (Entry(visit.say("web.map.chat_and_collaborate"), "chat", settings, is_current=True),),
    )
    return visit.shell(
        below or title,
        app=place.app.name,
        app_address=app,
        environment=environment.name,
        site_map=SiteMap(
            (first_entries(visit), general), visit.say("web.area.settings"), areas(visit, place, in_settings=True)
        ),
        crumbs=(Crumb(visit.say("web.area.settings")), Crumb(visit.say("web.map.general_settings")), *steps),
    )

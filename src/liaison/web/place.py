"""Where in the CRM a page is: the environment, the app, its tables, and the site map that they make."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.crm import App, Environment, Table
from liaison.domain.names import EnvironmentKey, TableName
from liaison.errors import AppUnknown, EnvironmentUnknown
from liaison.ports import Crm
from liaison.web import addresses, pictures
from liaison.web.shell import Crumb, Entry, Group, SearchBox, Shell, SiteMap
from liaison.web.visit import Visit

_GROUPS = {
    "activities": ("activitypointer", "task", "appointment", "phonecall", "email"),
    "customers": ("account", "contact"),
    "sales": ("lead", "opportunity", "competitor"),
    "collateral": ("quote", "salesorder", "invoice", "product", "campaign", "salesliterature"),
    "service": ("incident", "queue", "knowledgearticle", "entitlement"),
}
_OTHERS = "others"


@dataclass(frozen=True)
class Place:
    environment: Environment
    app: App
    tables: tuple[Table, ...]


def crm_of(visit: Visit) -> Crm:
    """The environment of the page's address, as the visitor. Raises EnvironmentUnknown."""
    return visit.ports.crm(visit.person, find_environment(visit).key)


def find_environment(visit: Visit) -> Environment:
    key = visit.named("environment")
    for environment in visit.ports.environments:
        if environment.key == key:
            return environment
    raise EnvironmentUnknown(key)


async def find_place(visit: Visit) -> Place | None:
    """The app of the page's address; not looked for when only a part of the page is asked for.

    Raises EnvironmentUnknown, AppUnknown.
    """
    if visit.fragment:
        return None
    environment, crm = find_environment(visit), crm_of(visit)
    wanted = visit.named("app")
    app = next((app for app in await crm.list_apps() if app.unique_name == wanted), None)
    if app is None:
        raise AppUnknown(wanted)
    return Place(environment, app, await crm.list_tables(app.tables))


async def app_that_shows(table: TableName, environment: EnvironmentKey, visit: Visit) -> App:
    """The first app with that table, failing that the first app at all. Raises AppUnknown when there is none."""
    apps = await visit.ports.crm(visit.person, environment).list_apps()
    showing = [app for app in apps if table in app.tables]
    if not apps:
        raise AppUnknown("")
    return (showing or list(apps))[0]


def app_shell(
    visit: Visit,
    place: Place | None,
    title: str,
    crumbs: tuple[Crumb, ...] = (),
    table: TableName | None = None,
    asked: str = "",
) -> Shell:
    """The surroundings of a page inside an app."""
    if place is None:
        return visit.shell(title)
    environment, app = place.environment.key, place.app.unique_name
    return visit.shell(
        title,
        app=place.app.name,
        app_address=addresses.app_home(environment, app),
        environment=place.environment.name,
        site_map=SiteMap(_groups(visit, place, table), place.app.name, areas(visit, place)),
        crumbs=crumbs,
        search=SearchBox(addresses.search(environment, app), asked),
    )


def areas(visit: Visit, place: Place, *, in_settings: bool = False) -> tuple[Entry, ...]:
    """What Change area offers."""
    environment, app = place.environment.key, place.app.unique_name
    return (
        Entry(place.app.name, "app", addresses.app_home(environment, app), not in_settings),
        Entry(visit.say("web.area.settings"), "settings", addresses.settings(environment, app), in_settings),
    )


def first_entries(visit: Visit) -> Group:
    is_links = visit.request.url.path == "/links"
    return Group(
        "",
        (
            Entry(visit.say("web.map.home"), "home", addresses.HOME, visit.here == addresses.HOME),
            Entry(visit.say("web.map.links"), "link", "/links", is_links, addresses.REQUESTS_COUNT),
        ),
    )


def _groups(visit: Visit, place: Place, current: TableName | None) -> tuple[Group, ...]:
    sorted_in: dict[str, list[Entry]] = {name: [] for name in (*_GROUPS, _OTHERS)}
    for table in place.tables:
        address = addresses.view(place.environment.key, place.app.unique_name, table.name)
        entry = Entry(table.plural, pictures.of_table(table.name), address, table.name == current)
        sorted_in[_group_of(table.name)].append(entry)
    named = ((name, tuple(entries)) for name, entries in sorted_in.items() if entries)
    return (first_entries(visit), *(Group(visit.say(f"web.map.{name}"), entries) for name, entries in named))


def _group_of(table: TableName) -> str:
    return next((name for name, tables in _GROUPS.items() if table in tables), _OTHERS)


def plain_shell(visit: Visit, title: str, crumbs: tuple[Crumb, ...] = ()) -> Shell:
    """The surroundings of a page that belongs to no app."""
    return visit.shell(title, site_map=SiteMap((first_entries(visit), _about(visit))), crumbs=crumbs)


def _about(visit: Visit) -> Group:
    path = visit.request.url.path
    lines = (
        ("power_apps", "environment", "/power-apps/environments"),
        ("audit", "audit", "/audit"),
        ("calls", "shield", "/calls"),
        ("packages", "app", "/packages"),
        ("help", "help", "/help"),
        ("health", "health", "/health"),
    )
    entries = tuple(
        Entry(visit.say(f"web.map.{name}"), icon, place, path.startswith(place)) for name, icon, place in lines
    )
    return Group(visit.say("web.map.liaison"), entries)

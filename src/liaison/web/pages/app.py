"""`/e/{environment}/a/{app}`: an app opens on the first of its tables."""

from __future__ import annotations

from starlette.responses import Response

from liaison.errors import AppUnknown
from liaison.web import addresses
from liaison.web.place import find_place
from liaison.web.visit import Visit


async def open_app(visit: Visit) -> Response:
    place = await find_place(visit)
    if place is None or not place.tables:
        raise AppUnknown(visit.named("app"))
    return visit.go(addresses.view(place.environment.key, place.app.unique_name, place.tables[0].name))

"""`/taste`: language and theme, remembered by the browser and, for whoever is signed in, by the session."""

from __future__ import annotations

from starlette.responses import Response

from liaison.text.lookup import LANGUAGES
from liaison.web import addresses
from liaison.web.taste import THEMES, Taste, remember_taste
from liaison.web.visit import Visit


async def save(visit: Visit) -> Response:
    language = visit.given("language")
    theme = visit.given("theme")
    taste = Taste(
        language if language in LANGUAGES else visit.taste.language,
        theme if theme in THEMES else visit.taste.theme,
    )
    if visit.session is not None:
        await visit.ports.sessions.set_taste(visit.session.id, taste.language, taste.theme)
    response = visit.go(addresses.local_path(visit.given("back")))
    remember_taste(response, taste, visit.door.options)
    return response

"""Language and theme: what a person chose, else what the browser asks for."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from liaison.ports import Session
from liaison.text.lookup import LANGUAGES
from liaison.web.options import WebOptions

THEMES = ("system", "light", "dark", "contrast")
_COOKIE = "liaison-taste"
_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Taste:
    language: str
    theme: str


def read_taste(request: Request, session: Session | None, options: WebOptions) -> Taste:
    """The session's choice, then the browser's remembered one, then its languages in their order."""
    kept = request.cookies.get(options.own_cookie(_COOKIE), "").split(".")
    language, theme = (*kept, "", "")[:2]
    if session is not None:
        language, theme = session.language or language, session.theme or theme
    if language not in LANGUAGES:
        language = preferred_language(request.headers.get("Accept-Language", ""))
    return Taste(language, theme if theme in THEMES else THEMES[0])


def is_remembered(request: Request, options: WebOptions) -> bool:
    """Has somebody chosen on this browser before?"""
    return options.own_cookie(_COOKIE) in request.cookies


def remember_taste(response: Response, taste: Taste, options: WebOptions) -> None:
    response.set_cookie(
        options.own_cookie(_COOKIE),
        f"{taste.language}.{taste.theme}",
        max_age=_YEAR_S,
        secure=options.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def preferred_language(accepted: str) -> str:
    """The first of our languages that the header `Accept-Language` ranks highest; English without one."""
    ranked = sorted((_weighed(part) for part in accepted.split(",") if part.strip()), key=lambda item: -item[0])
    return next((language for weight, language in ranked if weight > 0 and language in LANGUAGES), LANGUAGES[0])


def _weighed(part: str) -> tuple[float, str]:
    tag, _, parameters = part.partition(";")
    weight = parameters.strip().removeprefix("q=")
    try:
        return float(weight or "1"), tag.strip()[:2].lower()
    except ValueError:
        return 0.0, ""

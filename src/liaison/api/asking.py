"""Who is asking, in which language, and what the door has at hand to answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from liaison.domain.crm import Environment
from liaison.domain.names import EnvironmentKey, Person
from liaison.errors import EnvironmentUnknown, SessionMissing
from liaison.ports import Ports
from liaison.text.lookup import LANGUAGES, Texts

_BEARER = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="An access token of Microsoft Entra ID for this API (scope `access_as_user`), of the person on "
    "whose behalf you ask. Dynamics 365 and Teams then check that person's own rights.",
)


@dataclass(frozen=True)
class Door:
    """What every request of the API is answered with."""

    ports: Ports
    texts: Texts


@dataclass(frozen=True)
class Asking:
    """One request of a known person."""

    person: Person
    door: Door
    language: str
    correlation: str

    @property
    def ports(self) -> Ports:
        return self.door.ports

    @property
    def texts(self) -> Texts:
        return self.door.texts

    def say(self, key: str, **facts: str) -> str:
        return self.door.texts.say(self.language, key, facts)

    def environment(self, key: str) -> Environment:
        """Raises EnvironmentUnknown."""
        for environment in self.ports.environments:
            if environment.key == key:
                return environment
        raise EnvironmentUnknown(key)

    def environment_key(self, key: str) -> EnvironmentKey:
        return self.environment(key).key


def door_of(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


def correlation_of(request: Request) -> str:
    return str(request.scope.get("state", {}).get("correlation_id", ""))


def language_of(request: Request) -> str:
    return read_language(request.headers.get("accept-language", ""))


def read_language(accepted: str) -> str:
    """The language of ours that an Accept-Language header likes best; English when it likes none."""
    best, liking = LANGUAGES[0], 0.0
    for part in accepted.split(","):
        name, _, parameters = part.strip().partition(";")
        quality = _read_quality(parameters)
        if name[:2].lower() in LANGUAGES and name[2:3] in {"", "-"} and quality > liking:
            best, liking = name[:2].lower(), quality
    return best


def _read_quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


async def ask(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)] = None
) -> Asking:
    """Raises SessionMissing without a bearer token, TokenRefused with one that is not for us."""
    if bearer is None:
        raise SessionMissing
    door = door_of(request)
    person = await door.ports.sign_in.accept_bearer(request.headers["authorization"])
    language = language_of(request)
    if request.headers.get("accept-language"):
        person = replace(person, language=language)
    return Asking(person, door, language, correlation_of(request))


Asker = Annotated[Asking, Depends(ask)]
"""In the signature of a route: only for people who are known."""

"""The promise of linking: which calls Liaison makes of each service, and for what. Nothing else may leave.

Linking reads lists of teams and channels and creates channels and tabs; it never reads messages, mail or the content of
files. Documents, which a person opens and uploads, records that a person changes in their tab, and messages that are
filed by a reaction where an administrator has switched that on, are features of their own and are marked as such. Each
adapter lists its own calls. Source: mission S34 to S36.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Feature(StrEnum):
    SIGN_IN = "sign_in"
    ENABLING = "enabling"
    LINKING = "linking"
    DOCUMENTS = "documents"
    EARLIER_FILES = "earlier_files"
    EDITING = "editing"
    FILING = "filing"
    TEMPLATES = "templates"
    """What an administrator's template makes beside a channel."""


@dataclass(frozen=True)
class Promise:
    """One kind of call: its address is a template without ids, or a pattern of such templates."""

    service: str
    method: str
    path: str
    feature: Feature
    is_pattern: bool = False


def promises(service: str, feature: Feature, *calls: str) -> tuple[Promise, ...]:
    """Calls written as method and template: `GET /me`."""
    pairs = (call.split(" ", 1) for call in calls)
    return tuple(Promise(service, method, path, feature) for method, path in pairs)


class Promises:
    """What was promised, to be asked of each call before it leaves."""

    def __init__(self, promised: Iterable[Promise], free: Iterable[str]) -> None:
        """`free` are services whose every call is for signing in."""
        listed = tuple(promised)
        self._free = frozenset(free)
        self._exact = {(one.service, one.method, one.path): one.feature for one in listed if not one.is_pattern}
        self._patterns = tuple((one, re.compile(one.path)) for one in listed if one.is_pattern)

    def feature_of(self, service: str, method: str, path: str) -> Feature | None:
        """What a call is for; None when it is none of the promised ones."""
        if service in self._free:
            return Feature.SIGN_IN
        exact = self._exact.get((service, method, path))
        if exact is not None:
            return exact
        fitting = (one for one, pattern in self._patterns if pattern.fullmatch(path))
        return next((one.feature for one in fitting if (one.service, one.method) == (service, method)), None)


@dataclass(frozen=True)
class KeptCall:
    """One outbound call as the ledger keeps it: no body, no token, no id of a record, a person or a file.

    `status` 0 means that no answer came. `feature` is empty for a call outside the promise.
    """

    number: int
    at: datetime
    service: str
    method: str
    host: str
    path: str
    status: int
    ms: float
    feature: str

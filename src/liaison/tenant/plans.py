"""Fault plans by name: the failures that real services are known for, ready to load.

A named plan meets every operation of every face unless it is narrowed, once for each operation unless it is told how
often. `POST /_control/faults {"plan": "F2", "operation": "POST /v1.0/**", "times": 3}`.
Source: dotnet/dev-proxy, config/microsoft-graph.json for `dev-proxy`; Graph v1.0, concepts/throttling.md for the
shapes of Retry-After.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.faults import PlanRefused

_NARROWING = ("method", "path", "operation", "client", "environment", "parts", "nth", "times", "for_s", "each",
              "probability")  # fmt: skip
_ORDER = (*_NARROWING, "plan", "seed")
_LOST: list[dict[str, Any]] = [{"reset": True}, *({"status": status} for status in (500, 502, 503, 504, 507))]
_GARBLED: list[dict[str, Any]] = [{"truncate": True}, {"html": True}, {"charset": "utf-16"}]
_WAITS: list[dict[str, Any]] = [
    {"status": 429, "headers": headers}
    for headers in (
        {"Retry-After": "2"},
        {"Retry-After": "2.128"},
        {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"},
        {},
        {"Retry-After": "-1"},
        {"Retry-After": "86400"},
    )
]
_ONCE: dict[str, Any] = {"each": "operation", "times": 1}
_CHALLENGE = 'Bearer error="invalid_token", error_description="The token has expired."'

# Name, what it is like, rules. F1 to F14 are the faults of the reliability bar.
NAMED: Mapping[str, tuple[str, list[dict[str, Any]]]] = {
    "dev-proxy": (
        "Half of all calls to Graph and Dataverse fail with 429, 500, 502, 503, 504 or 507, without effect.",
        [
            {
                "path": path,
                "times": None,
                "probability": 0.5,
                "pick": "random",
                "actions": [
                    {"status": 429, "headers": {"Retry-After": "5"}},
                    *({"status": status} for status in (500, 502, 503, 504, 507)),
                ],
            }
            for path in ("/v1.0/**", "/api/data/**")
        ],
    ),
    "F1": (
        "The connection is reset before the effect.",
        [{**_ONCE, "phase": "before", "action": {"reset": True}}],
    ),
    "F2": ("The answer is lost after the effect: reset, 500 to 507.", [{**_ONCE, "phase": "after", "actions": _LOST}]),
    "F3": (
        "The answer arrives garbled after the effect: cut off, HTML with 200, another encoding.",
        [{**_ONCE, "phase": "after", "actions": _GARBLED}],
    ),
    "F4": (
        "429 with Retry-After in seconds, as a fraction, as a date, absent, negative, or a day.",
        [{**_ONCE, "phase": "before", "actions": _WAITS}],
    ),
    "F5": (
        "503 without effect for a minute.",
        [{"times": None, "for_s": 60, "phase": "before", "action": {"status": 503}}],
    ),
    "F6": ("Every operation is delivered twice once.", [{**_ONCE, "phase": "duplicate"}]),
    "F7": (
        "The first reading of every operation says 404, as a list that has not caught up.",
        [{**_ONCE, "method": "GET", "phase": "stale", "action": {"status": 404}}],
    ),
    "F8": (
        "The token counts as expired once for each operation.",
        [{**_ONCE, "phase": "before", "action": {"status": 401, "headers": {"WWW-Authenticate": _CHALLENGE}}}],
    ),
    "F9": (
        "The registered workers are killed at the first call of every operation, after its effect.",
        [{**_ONCE, "phase": "after", "action": {"kill": "worker"}}],
    ),
    "F10": (
        "No space is left: 507 for every write.",
        [
            {"method": method, "times": None, "phase": "before", "action": {"status": 507}}
            for method in ("POST", "PATCH", "PUT", "DELETE")
        ],
    ),
    "F11": (
        "Every operation answers late once.",
        [{**_ONCE, "phase": "delay", "action": {"delay_s": 5.0}}],
    ),
    "F12": (
        "The Date header is a day ahead.",
        [],
    ),
    "F13": (
        "Permission is gone: 403 for every call that is not about signing in.",
        [
            {"path": path, "times": None, "phase": "before", "action": {"status": 403}}
            for path in ("/v1.0/**", "/api/data/**")
        ],
    ),
    "F14": (
        "Somebody else was quicker: 412 for the first change of every operation.",
        [
            {**_ONCE, "method": method, "phase": "before", "action": {"status": 412}}
            for method in ("PATCH", "PUT", "DELETE")
        ],
    ),
    "slow-drip": (
        "Every answer comes in crumbs over two seconds.",
        [{"times": None, "phase": "after", "action": {"drip_s": 2.0}}],
    ),
}
# What a plan does to the clock, in seconds.
CLOCK_S: Mapping[str, float] = {"F12": 26 * 3600.0}


def read_plan(document: object) -> object:
    """A plan document with its named plan, if it has one, written out as rules. Raises PlanRefused."""
    if not isinstance(document, dict) or "plan" not in document or "rules" in document:
        return document
    name = document["plan"]
    if name not in NAMED:
        raise PlanRefused(f"plan: one of {', '.join(NAMED)}")
    unknown = document.keys() - set(_ORDER)
    if unknown:
        raise PlanRefused(f"unknown members {sorted(unknown)}")
    narrowed = {member: document[member] for member in _NARROWING if member in document}
    rules: list[dict[str, Any]] = []
    for rule in NAMED[name][1]:
        one = {**rule, **narrowed}
        # Narrowing may make rules the same that differed in their path or method.
        if one not in rules:
            rules.append(one)
    return {"plan": name, "seed": document.get("seed", 0), "rules": rules}


def listed_plans() -> list[dict[str, str]]:
    """Names and what they are like."""
    return [{"name": name, "text": text} for name, (text, _) in NAMED.items()]

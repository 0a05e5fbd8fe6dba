"""The fault plan: which calls shall go wrong, when, and how. `mishaps` carries it out, `plans` has named ones."""

from __future__ import annotations

import random
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Final

from liaison.tenant.ledger import Asked

PHASES: Final = ("before", "after", "mid-body", "delay", "stale", "duplicate")
EACH: Final = ("rule", "operation", "address")
_KEPT_HITS = 10_000
_MEMBERS = frozenset({
    "method", "path", "operation", "client", "environment", "parts", "nth", "times", "for_s", "each", "phase",
    "action", "actions", "pick", "probability",
})  # fmt: skip
_REMEMBERED = 1_000


class PlanRefused(ValueError):
    """The plan is not shaped as documented; the text says where."""


@dataclass(frozen=True)
class Action:
    """What happens instead of the answer; with nothing set, the connection is reset.

    `charset` writes the body in another encoding than its header says, `drip_s` sends it in crumbs over that time.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    reset: bool = False
    kill: str | None = None
    delay_s: float = 0.0
    html: bool = False
    truncate: bool = False
    charset: str | None = None
    drip_s: float = 0.0


@dataclass(frozen=True)
class Rule:
    """From the `nth` matching call on, `times` calls meet an action; None means every later one.

    `path` matches the decoded path, `operation` the name of the operation: `*` is one or more characters within a
    segment, `**` reaches across. Calls are counted for the whole rule, for each operation, or for each method and
    address. Of several actions each hit takes the next one, or one drawn from the seed.
    """

    method: str
    path: str
    pattern: re.Pattern[str]
    operation: str | None
    operation_pattern: re.Pattern[str] | None
    client: str | None
    environment: str | None
    parts: bool | None
    nth: int
    times: int | None
    for_s: float | None
    each: str
    phase: str
    actions: tuple[Action, ...]
    drawn: bool
    probability: float

    def counts(self, asked: Asked) -> bool:
        """Whether a call is one of those that the rule is about."""
        return (
            self.method in ("*", asked.method)
            and self.pattern.fullmatch(asked.path) is not None
            and (self.operation_pattern is None or self._is_about(asked.operation))
            and (self.client is None or self.client.lower() in (asked.client or "").lower())
            and self.environment in (None, asked.environment)
            and self.parts in (None, asked.part)
        )

    def is_due(self, count: int) -> bool:
        return count >= self.nth and (self.times is None or count < self.nth + self.times)

    def counter_of(self, asked: Asked) -> str:
        """What the calls are counted for."""
        if self.each == "operation":
            return asked.operation or f"{asked.method} ?"
        return f"{asked.method} {asked.path}" if self.each == "address" else ""

    def _is_about(self, operation: str | None) -> bool:
        return self.operation_pattern is not None and self.operation_pattern.fullmatch(operation or "") is not None


@dataclass(frozen=True)
class Fault:
    """What one call meets."""

    phase: str
    action: Action


class FaultPlan:
    """The rules in force, how often each has matched, and what they have done."""

    def __init__(self, seconds: Callable[[], float] = lambda: 0.0) -> None:
        self.workers: list[int] = []
        self._seconds = seconds
        self.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more; registered workers stay registered."""
        self._rules: list[Rule] = []
        self._matches: list[Counter[str]] = []
        self._counts: list[int] = []
        self._hits: deque[dict[str, Any]] = deque(maxlen=_KEPT_HITS)
        self._done: list[int] = []
        self._seed = 0
        self._name: str | None = None
        self._loaded_at = self._seconds()
        self.remembered: dict[tuple[str, bytes], Any] = {}

    def load(self, document: object) -> None:
        """Replace the rules by those of a plan document; raises PlanRefused and changes nothing when it is wrong."""
        if not isinstance(document, dict) or not isinstance(document.get("rules"), list):
            raise PlanRefused("rules: a list is needed")
        rules = [_read_rule(item, f"rules[{index}]") for index, item in enumerate(document["rules"])]
        seed = document.get("seed", 0)
        if not isinstance(seed, int):
            raise PlanRefused("seed: a whole number is needed")
        self.clear()
        self._rules = rules
        self._matches = [Counter() for _ in rules]
        self._counts, self._done = [0] * len(rules), [0] * len(rules)
        self._seed = seed
        self._name = document.get("plan")

    def match(self, asked: Asked) -> Fault | None:
        """Count a call against every rule and return what the first one that is due does to it."""
        due: Fault | None = None
        for index, rule in enumerate(self._rules):
            if not rule.counts(asked):
                continue
            self._counts[index] += 1
            counter = rule.counter_of(asked)
            self._matches[index][counter] += 1
            count = self._matches[index][counter]
            if due is None and rule.is_due(count) and self._is_in_time(rule) and self._draws(index, rule):
                due = Fault(rule.phase, self._action(index, rule))
                self._done[index] += 1
                self._hits.append(
                    {
                        "rule": index,
                        "match": count,
                        "method": asked.method,
                        "path": asked.path[:1_000],
                        "operation": asked.operation,
                    }
                )
        return due

    def remembers(self, asked: Asked) -> bool:
        """Whether a stale rule may want this answer later."""
        return (
            asked.method == "GET"
            and len(self.remembered) < _REMEMBERED
            and any(rule.phase == "stale" and rule.counts(asked) for rule in self._rules)
        )

    def report(self) -> dict[str, Any]:
        """The rules with their counts, and every hit in order."""
        return {
            "plan": self._name,
            "seed": self._seed,
            "rules": [
                {
                    "method": rule.method,
                    "path": rule.path,
                    "operation": rule.operation,
                    "nth": rule.nth,
                    "times": rule.times,
                    "each": rule.each,
                    "phase": rule.phase,
                    "probability": rule.probability,
                    "matches": self._counts[index],
                    "hits": self._done[index],
                }
                for index, rule in enumerate(self._rules)
            ],
            "hits": list(self._hits),
            "workers": self.workers,
        }

    def _is_in_time(self, rule: Rule) -> bool:
        return rule.for_s is None or self._seconds() - self._loaded_at <= rule.for_s

    def _draws(self, index: int, rule: Rule) -> bool:
        return rule.probability >= 1 or self._lot(index, "draw").random() < rule.probability

    def _action(self, index: int, rule: Rule) -> Action:
        if rule.drawn:
            return self._lot(index, "action").choice(rule.actions)
        return rule.actions[self._done[index] % len(rule.actions)]

    def _lot(self, index: int, purpose: str) -> random.Random:
        # The n-th call of a rule has the same fate in every run, whatever other rules have drawn meanwhile.
        return random.Random(f"{self._seed}/{index}/{purpose}/{self._counts[index]}")


@lru_cache(maxsize=500)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A path pattern as a regular expression."""
    pieces = re.split(r"(\*\*|\*)", pattern)
    meaning = {"*": "[^/]+", "**": ".+"}
    return re.compile("".join(meaning.get(piece) or re.escape(piece) for piece in pieces), re.DOTALL)


def _read_rule(item: object, where: str) -> Rule:
    if not isinstance(item, dict):
        raise PlanRefused(f"{where}: an object is needed")
    if item.keys() - _MEMBERS:
        raise PlanRefused(f"{where}: unknown members {sorted(item.keys() - _MEMBERS)}")
    path, phase, each = item.get("path", "/**"), item.get("phase", "before"), item.get("each", "rule")
    if not isinstance(path, str) or phase not in PHASES or each not in EACH:
        raise PlanRefused(f"{where}: path is a text, phase one of {', '.join(PHASES)}, each one of {', '.join(EACH)}")
    nth, times = item.get("nth", 1), item.get("times", 1)
    if not isinstance(nth, int) or nth < 1 or not (times is None or (isinstance(times, int) and times > 0)):
        raise PlanRefused(f"{where}: nth and times are whole numbers from 1")
    operation = _text_or_none(item, "operation", where)
    return Rule(
        method=str(item.get("method", "*")).upper(),
        path=path,
        pattern=compile_pattern(path),
        operation=operation,
        operation_pattern=None if operation is None else compile_pattern(operation),
        client=_text_or_none(item, "client", where),
        environment=_text_or_none(item, "environment", where),
        parts=item.get("parts"),
        nth=nth,
        times=times,
        for_s=None if item.get("for_s") is None else _number(item["for_s"], f"{where}.for_s"),
        each=each,
        phase=phase,
        actions=_read_actions(item, where),
        drawn=item.get("pick", "turn") == "random",
        probability=_number(item.get("probability", 1.0), f"{where}.probability"),
    )


def _text_or_none(item: dict[str, Any], name: str, where: str) -> str | None:
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise PlanRefused(f"{where}.{name}: a text is needed")
    return value


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise PlanRefused(f"{where}: a number from 0 is needed")
    return float(value)


def _read_actions(item: dict[str, Any], where: str) -> tuple[Action, ...]:
    several = item.get("actions", [item.get("action", {})])
    if not isinstance(several, list) or not several:
        raise PlanRefused(f"{where}.actions: a list is needed")
    return tuple(_read_action(action, f"{where}.action") for action in several)


def _read_action(item: object, where: str) -> Action:
    if not isinstance(item, dict):
        raise PlanRefused(f"{where}: an object is needed")
    unknown = item.keys() - {one.name for one in fields(Action)}
    if unknown:
        raise PlanRefused(f"{where}: unknown members {sorted(unknown)}")
    action = Action(**item)
    if not isinstance(action.headers, dict) or not (action.status is None or isinstance(action.status, int)):
        raise PlanRefused(f"{where}: headers is an object, status a number")
    _number(action.delay_s, f"{where}.delay_s")
    _number(action.drip_s, f"{where}.drip_s")
    if action.kill not in (None, "worker"):
        raise PlanRefused(f'{where}: kill is "worker"')
    if action.charset is not None and not _is_encoding(action.charset):
        raise PlanRefused(f"{where}: charset is the name of an encoding")
    return action


def _is_encoding(name: object) -> bool:
    try:
        "é".encode(str(name))
    except (LookupError, UnicodeEncodeError):
        return False
    return True

"""The fault plan: which calls shall go wrong, when, and how. `mishaps` carries it out."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any, Final

PHASES: Final = ("before", "after", "mid-body", "delay", "stale", "duplicate")


class PlanRefused(ValueError):
    """The plan is not shaped as documented; the text says where."""


@dataclass(frozen=True)
class Action:
    """What happens instead of the answer; with nothing set, the connection is reset."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    reset: bool = False
    kill: str | None = None
    delay_s: float = 0.0
    html: bool = False
    truncate: bool = False


@dataclass(frozen=True)
class Rule:
    """From the `nth` matching call on, `times` calls meet the action; None means every later one.

    The path pattern matches the decoded path: `*` is one or more characters within a segment, `**` reaches across.
    """

    method: str
    path: str
    pattern: re.Pattern[str]
    nth: int
    times: int | None
    phase: str
    action: Action
    probability: float

    def counts(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and self.pattern.fullmatch(path) is not None

    def is_due(self, count: int) -> bool:
        return count >= self.nth and (self.times is None or count < self.nth + self.times)


class FaultPlan:
    """The rules in force, how often each has matched, and what they have done."""

    def __init__(self) -> None:
        self.workers: list[int] = []
        self.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more; registered workers stay registered."""
        self._rules: list[Rule] = []
        self._matches: list[int] = []
        self._hits: list[dict[str, Any]] = []
        self._random = random.Random(0)
        self.remembered: dict[tuple[str, bytes], Any] = {}

    def load(self, document: object) -> None:
        """Replace the rules by those of a plan document; raises PlanRefused and changes nothing when it is wrong."""
        if not isinstance(document, dict) or not isinstance(document.get("rules"), list):
            raise PlanRefused("rules: a list is needed")
        rules = [_read_rule(item, f"rules[{index}]") for index, item in enumerate(document["rules"])]
        self.clear()
        self._rules = rules
        self._matches = [0] * len(rules)
        self._random = random.Random(int(document.get("seed", 0)))

    def match(self, method: str, path: str) -> Rule | None:
        """Count a call against every rule and return the first that is due."""
        due: Rule | None = None
        for index, rule in enumerate(self._rules):
            if not rule.counts(method, path):
                continue
            self._matches[index] += 1
            if due is None and rule.is_due(self._matches[index]) and self._draws(rule):
                due = rule
                self._hits.append({"rule": index, "match": self._matches[index], "method": method, "path": path})
        return due

    def remembers(self, method: str, path: str) -> bool:
        """Whether a stale rule may want this answer later."""
        return method == "GET" and any(rule.phase == "stale" and rule.counts(method, path) for rule in self._rules)

    def report(self) -> dict[str, Any]:
        """The rules with their counts, and every hit in order."""
        return {
            "rules": [
                {
                    "method": rule.method,
                    "path": rule.path,
                    "nth": rule.nth,
                    "times": rule.times,
                    "phase": rule.phase,
                    "matches": self._matches[index],
                    "hits": sum(hit["rule"] == index for hit in self._hits),
                }
                for index, rule in enumerate(self._rules)
            ],
            "hits": self._hits,
            "workers": self.workers,
        }

    def _draws(self, rule: Rule) -> bool:
        return rule.probability >= 1 or self._random.random() < rule.probability


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A path pattern as a regular expression."""
    pieces = re.split(r"(\*\*|\*)", pattern)
    meaning = {"*": "[^/]+", "**": ".+"}
    return re.compile("".join(meaning.get(piece) or re.escape(piece) for piece in pieces))


def _read_rule(item: object, where: str) -> Rule:
    if not isinstance(item, dict):
        raise PlanRefused(f"{where}: an object is needed")
    unknown = set(item) - {"method", "path", "nth", "times", "phase", "action", "probability"}
    if unknown:
        raise PlanRefused(f"{where}: unknown members {sorted(unknown)}")
    path = item.get("path", "/**")
    phase = item.get("phase", "before")
    if not isinstance(path, str) or phase not in PHASES:
        raise PlanRefused(f"{where}: path is a text, phase one of {', '.join(PHASES)}")
    nth, times = item.get("nth", 1), item.get("times", 1)
    if not isinstance(nth, int) or nth < 1 or not (times is None or (isinstance(times, int) and times > 0)):
        raise PlanRefused(f"{where}: nth and times are whole numbers from 1")
    return Rule(
        method=str(item.get("method", "*")).upper(),
        path=path,
        pattern=compile_pattern(path),
        nth=nth,
        times=times,
        phase=phase,
        action=_read_action(item.get("action", {}), f"{where}.action"),
        probability=float(item.get("probability", 1.0)),
    )


def _read_action(item: object, where: str) -> Action:
    if not isinstance(item, dict):
        raise PlanRefused(f"{where}: an object is needed")
    try:
        action = Action(**item)
    except TypeError as error:
        raise PlanRefused(f"{where}: {error}") from error
    if not isinstance(action.headers, dict) or not (action.status is None or isinstance(action.status, int)):
        raise PlanRefused(f"{where}: headers is an object, status a number")
    if action.kill not in (None, "worker"):
        raise PlanRefused(f'{where}: kill is "worker"')
    return action

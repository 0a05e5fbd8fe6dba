"""Named spans of time, such as `last-x-days` or `this-month`, as the moments between which they lie.

Days begin at midnight UTC, weeks on Sunday; the fiscal year is the calendar year with quarters as periods, which is
what a new environment has. Source: fetchxml/reference/operators.md, "Datetime data".
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta

Span = tuple[datetime | None, datetime | None]
"""From (included) and to (excluded); None is open."""

_FIXED_X = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}


def named_span(name: str, now: datetime, count: int | None) -> Span | None:
    """The span of an operator; None when the name is none. `count` is the x of `last-x-…`."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    plain = _PLAIN.get(name)
    if plain is not None:
        unit, first, last = plain
        start = _unit_start(unit, today)
        return _moved(start, unit, first), _moved(start, unit, last + 1)
    if name in ("last-seven-days", "next-seven-days"):
        return _counted(name.split("-", maxsplit=1)[0], "days", 7, now, today)
    for prefix in ("last-x-", "next-x-", "olderthan-x-"):
        if name.startswith(prefix) and count is not None:
            return _counted(prefix.split("-")[0], name.removeprefix(prefix), count, now, today)
    return None


def fiscal_span(year: int, quarter: int | None) -> Span:
    """A fiscal year, or one quarter of it."""
    if quarter is None:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    start = datetime(year, 3 * quarter - 2, 1, tzinfo=UTC)
    return start, _moved(start, "quarter", 1)


def _counted(direction: str, unit: str, count: int, now: datetime, today: datetime) -> Span | None:
    if unit in _FIXED_X:
        moved = _FIXED_X[unit] * count
        spans: dict[str, Span] = {
            "last": (now - moved, now),
            "next": (now, now + moved),
            "olderthan": (None, now - moved),
        }
        return spans[direction]
    singular = {"days": "day", "weeks": "week", "months": "month", "years": "year"}.get(unit)
    if unit.startswith("fiscal-"):
        singular = {"fiscal-years": "year", "fiscal-periods": "quarter"}.get(unit)
    if singular is None:
        return None
    if direction == "last":
        return _moved(today, singular, -count), now
    if direction == "next":
        return now, _moved(today, singular, count) + timedelta(days=1)
    return None, _moved(today, singular, -count)


_PLAIN: dict[str, tuple[str, int, int]] = {
    "today": ("day", 0, 0),
    "yesterday": ("day", -1, -1),
    "tomorrow": ("day", 1, 1),
    "this-week": ("week", 0, 0),
    "last-week": ("week", -1, -1),
    "next-week": ("week", 1, 1),
    "this-month": ("month", 0, 0),
    "last-month": ("month", -1, -1),
    "next-month": ("month", 1, 1),
    "this-year": ("year", 0, 0),
    "last-year": ("year", -1, -1),
    "next-year": ("year", 1, 1),
    "this-fiscal-year": ("year", 0, 0),
    "last-fiscal-year": ("year", -1, -1),
    "next-fiscal-year": ("year", 1, 1),
    "this-fiscal-period": ("quarter", 0, 0),
    "last-fiscal-period": ("quarter", -1, -1),
    "next-fiscal-period": ("quarter", 1, 1),
}


def _unit_start(unit: str, today: datetime) -> datetime:
    if unit == "week":
        return today - timedelta(days=(today.weekday() + 1) % 7)
    if unit == "month":
        return today.replace(day=1)
    if unit == "quarter":
        return today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    if unit == "year":
        return today.replace(month=1, day=1)
    return today


def _moved(moment: datetime, unit: str, count: int) -> datetime:
    """A moment some units later; the last day of a shorter month stands for a missing one. Far ends are clamped."""
    try:
        if unit == "day":
            return moment + timedelta(days=count)
        if unit == "week":
            return moment + timedelta(weeks=count)
        months = {"month": 1, "quarter": 3, "year": 12}[unit] * count
        year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
        return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return datetime.max.replace(tzinfo=UTC) if count > 0 else datetime.min.replace(tzinfo=UTC)

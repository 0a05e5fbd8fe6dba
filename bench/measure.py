"""Two sides measured in one run: A B B A, the median of the pair ratios with its quartiles."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Side = Callable[[], None]


@dataclass(frozen=True)
class Ratio:
    """How many times longer the baseline takes than ours; medians in milliseconds."""

    ours_ms: float
    baseline_ms: float
    median: float
    lower: float
    upper: float


def compare(ours: Side, baseline: Side, pairs: int = 30) -> Ratio:
    """Alternate both sides and judge by pairs, so that a busy machine slows both alike."""
    times: list[tuple[float, float]] = []
    for number in range(pairs):
        order = (ours, baseline) if number % 2 == 0 else (baseline, ours)
        taken = {side: _time_ms(side) for side in order}
        times.append((taken[ours], taken[baseline]))
    ratios = sorted(base / own for own, base in times)
    lower, median, upper = statistics.quantiles(ratios, n=4)
    return Ratio(
        statistics.median(own for own, _ in times), statistics.median(base for _, base in times), median, lower, upper
    )


def _time_ms(side: Side) -> float:
    started = time.perf_counter()
    side()
    return (time.perf_counter() - started) * 1000


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A plain table, columns as wide as their widest cell."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)

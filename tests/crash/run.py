"""`python -m tests.crash.run`: kill the worker at every point, and print what became of each.

Ends with 1 when any point ended with something doubled, missing, orphaned or unfinished.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path

from tests.crash.points import WORKS, Outcome, Play, Point, all_points
from tests.crash.stage import a_stage


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.run", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="carry out every n-th point only")
    parser.add_argument("--work", choices=tuple(WORKS), action="append", help="these kinds of work only")
    parser.add_argument("--postgres", default="", help="address of an empty PostgreSQL database; SQLite otherwise")
    parser.add_argument("--stages", type=int, default=0, help="how many are played on side by side; two on SQLite")
    parser.add_argument("--keep", type=Path, help="folder to leave databases and logs in")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)  # so that what was started is stopped
    works = tuple(asked.work or WORKS)
    stages = 1 if asked.postgres else asked.stages or 2
    with tempfile.TemporaryDirectory(prefix="liaison-crash-") as temporary:
        folder = asked.keep or Path(temporary)
        shares = [Share(folder / f"stage-{number}", works, asked.every, number, stages) for number in range(stages)]
        return play_all(shares, asked.postgres)


def _stop(*_: object) -> None:
    for stage in active_children():
        stage.terminate()
    sys.exit(143)


@dataclass(frozen=True)
class Share:
    """What one stage plays: of every n-th point of the works, each `stages`-th from `number` on."""

    folder: Path
    works: tuple[str, ...]
    every: int
    number: int
    stages: int


def play_all(shares: Sequence[Share], postgres: str) -> int:
    """The stages side by side, each in a process of its own with its tenant, its product and its store."""
    began = time.monotonic()
    with ProcessPoolExecutor(len(shares), get_context("spawn")) as pool:
        played = list(pool.map(play_share, shares, [postgres] * len(shares)))
    outcomes = [outcome for ended, _ in played for outcome in ended]
    broken = next((chain for _, chain in played if chain is not None), None)
    return _sum_up(outcomes, broken, time.monotonic() - began)


def play_share(share: Share, postgres: str) -> tuple[list[Outcome], int | None]:
    """What became of each point of the share, and where the audit chain is broken; None when it holds.

    A stage that fails says so at once: the others are played to their end.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return asyncio.run(_play(share, postgres))
    except Exception:
        tell(f"stage {share.number + 1} FAILED: {traceback.format_exc()}")
        raise


async def _play(share: Share, postgres: str) -> tuple[list[Outcome], int | None]:
    async with a_stage(share.folder, postgres) as stage:
        play = Play(stage)
        points = await all_points(play, share.works)
        chosen = points[:: share.every][share.number :: share.stages]
        place = "PostgreSQL" if postgres else "SQLite"
        tell(f"{len(points)} points, {len(chosen)} carried out on stage {share.number + 1}, on {place}")
        outcomes = [await _told(play, point) for point in chosen]
        return outcomes, await stage.ports.audit.first_broken()


async def _told(play: Play, point: Point) -> Outcome:
    outcome = await play.carry_out(point)
    state = outcome.state.value if outcome.state else "unfinished"
    fault = "" if outcome.found == outcome.expected and outcome.is_recovered else f"  FOUND {outcome.found}"
    where = outcome.killed_in or "not reached"
    tell(
        f"{point.work:32} {point.call:3} {point.phase:6} {state:13} {outcome.took_s:5.1f} s  "
        f"{where[:90]}{fault} {outcome.trouble}".rstrip()
    )
    return outcome


def _sum_up(outcomes: list[Outcome], chain: int | None, took_s: float) -> int:
    header = ("work", "points", "reached", "recovered", "duplicates", "orphans", "stuck", "slowest s")
    tell("\n" + "  ".join(f"{title:>10}" for title in header[1:]) + "  " + header[0])
    total: Counter[str] = Counter()
    for work in (one for one in WORKS if any(outcome.point.work == one for outcome in outcomes)):
        mine = [outcome for outcome in outcomes if outcome.point.work == work]
        row = {
            "points": len(mine),
            "reached": sum(outcome.was_reached for outcome in mine),
            "recovered": sum(outcome.is_recovered for outcome in mine),
            "duplicates": sum(outcome.duplicates for outcome in mine),
            "orphans": sum(outcome.missing for outcome in mine),
            "stuck": sum(outcome.is_stuck for outcome in mine),
        }
        total.update(row)
        slowest = max(outcome.took_s for outcome in mine)
        tell("  ".join(f"{number:>10}" for number in row.values()) + f"  {slowest:>10.1f}  {work}")
    failed = [outcome for outcome in outcomes if outcome.found != outcome.expected or not outcome.is_recovered]
    tell(f"\n{len(failed)} of {total['points']} points failed; audit chain {'holds' if chain is None else 'BROKEN'}")
    tell(f"{took_s:.0f} s")
    return 1 if failed or chain is not None else 0


if __name__ == "__main__":
    sys.exit(main())

"""The readiness doctor in a small and in a large environment: its time side by side, and its calls upstream."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx2
from tests.contract.demo_process import Demo, running_demo

from bench.measure import compare, table
from bench.run import counted

LOADED_WITHIN_S = 1800.0


def main() -> None:
    """Print one table: each environment of the demo, everything ready in one and three causes in the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1_000, help="document locations of the small one")
    parser.add_argument("--large", type=int, default=1_000_000, help="document locations of the large one")
    parser.add_argument("--pairs", type=int, default=30)
    asked = parser.parse_args()
    rows: list[tuple[str, ...]] = []
    with ExitStack() as stack:
        demos = [_demo(stack, scale) for scale in (asked.small, asked.large)]
        clients = [stack.enter_context(demo.api("Nadia")) for demo in demos]
        for place in demos[0].told["environments"]:
            path = f"/environments/{place['key']}/readiness"
            small, large = (_asking(client, path) for client in clients)
            calls = [counted(demo, ask) for demo, ask in zip(demos, (small, large), strict=True)]
            ratio = compare(small, large, asked.pairs)
            cells = [f"{ms:.1f} ms, {n} calls" for ms, n in zip((ratio.ours_ms, ratio.baseline_ms), calls, strict=True)]
            rows.append((place["name"], *cells, f"{ratio.median:.2f} x ({ratio.lower:.2f} to {ratio.upper:.2f})"))
    print(table(("doctor", f"{asked.small} locations", f"{asked.large} locations", "ratio (quartiles)"), rows))


def _demo(stack: ExitStack, scale: int) -> Demo:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return stack.enter_context(running_demo(folder, "--scale", str(scale), ready_within_s=LOADED_WITHIN_S))


def _asking(client: httpx2.Client, path: str) -> Callable[[], None]:
    def ask() -> None:
        client.get(path).raise_for_status()

    ask()
    return ask


if __name__ == "__main__":
    main()

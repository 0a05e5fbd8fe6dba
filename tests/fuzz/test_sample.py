"""A sample of `make fuzz`: every attack, and some hundreds of generated requests."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.run import run


def test_no_request_brings_the_tenant_down_or_makes_others_wait(tmp_path: Path) -> None:
    report = run(tmp_path, seed=20_261_122, seconds=6.0, most=600)
    assert not report.problems, f"{report}\n{(tmp_path / 'tenant.log').read_text('utf-8')[-6_000:]}"
    assert {face for face, _ in report.totals} == {"dataverse", "entra", "graph", "teams"}
    assert sum(report.totals.values()) > 300

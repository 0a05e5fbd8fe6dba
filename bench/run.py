"""`make bench`: the demo's start, the Collaborate panel and one connect, each beside a baseline, calls counted."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
from tests.contract.demo_process import Demo, running_demo

from bench.measure import Ratio, compare, table

TABLE, RECORD = "opportunity", "Northwind renewal"
TEAM, PERSON = "Ventes Europe", "Claire"
BARE = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("ok"))])
uvicorn.run(app, port={port}, log_level="critical")
"""
STARTS = 5


def main() -> None:
    """Print one table. Raises when an act that is measured does not succeed."""
    rows = [measure_start()]
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo:
        record = prepare(demo)
        rows += [measure_panel(demo, record), *measure_connects(demo, record)]
    print(table(("what", "ours", "baseline", "ratio (quartiles)", "upstream calls"), rows))


def measure_start() -> tuple[str, ...]:
    """From the command to the first good page: an empty folder with its seed, against a bare web server."""
    ours = sorted(_start_s() for _ in range(STARTS))[STARTS // 2]
    bare = sorted(_bare_start_s() for _ in range(STARTS))[STARTS // 2]
    return ("start to first page", f"{ours:.2f} s", f"{bare:.2f} s (bare web server)", f"{ours / bare:.1f} x", "")


def _start_s() -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with running_demo(Path(folder)) as demo:
            httpx2.get(demo.product).raise_for_status()
            return time.perf_counter() - started


def _bare_start_s() -> float:
    port = 8397
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", BARE.format(port=port)]) as server:
        while True:
            try:
                httpx2.get(f"http://127.0.0.1:{port}/").raise_for_status()
                break
            except httpx2.TransportError:
                time.sleep(0.01)
        taken = time.perf_counter() - started
        server.kill()
    return taken


def prepare(demo: Demo) -> str:
    """Linking switched on with consent; the id of the record that is used."""
    demo.grant_consent()
    with demo.api("Nadia") as nadia:
        place = f"/environments/{demo.told['environments'][0]['key']}/collaboration"
        now = nadia.get(place).raise_for_status().json()
        body = {"basic": True, "enhanced": True, "version": now["switches"]["version"]}
        nadia.put(place, json=body).raise_for_status()
    with demo.api(PERSON) as person:
        found = person.get(_records(demo), params={"q": RECORD}).raise_for_status().json()
    return str(found["items"][0]["id"])


def _records(demo: Demo) -> str:
    return f"/environments/{demo.told['environments'][0]['key']}/tables/{TABLE}/records"


def counted(demo: Demo, act: Callable[[], Any]) -> int:
    """How many calls the tenant answered while the act ran, its control endpoint apart."""
    before = demo.control("GET", "/calls")["last"]
    act()
    calls = demo.control("GET", f"/calls?since={before}")["value"]
    return sum(not call["path"].startswith("/_control") for call in calls)


def measure_panel(demo: Demo, record: str) -> tuple[str, ...]:
    """The Collaborate panel's data, against a script that asks the services the same questions one by one."""
    key, address = demo.told["environments"][0]["key"], demo.told["environments"][0]["http"]
    with demo.api(PERSON) as person, _dataverse(demo, address) as dataverse:

        def ours() -> None:
            person.get(f"/environments/{key}/tables/{TABLE}/records/{record}/connections").raise_for_status()

        def script() -> None:
            for question in (
                "organizations?$select=ismsteamsenabled,ismsteamscollaborationenabled,ismsteamsusersyncenabled",
                f"EntityDefinitions(LogicalName='{TABLE}')?$select=ObjectTypeCode,IsMSTeamsIntegrationEnabled",
                f"opportunities({record})?$select=name,statuscode,_ownerid_value",
                f"msdyn_teamscollaborations?$filter=regardingobjectid eq {record}",
            ):
                dataverse.get(f"/api/data/v9.2/{question}").raise_for_status()

        ours()
        calls = counted(demo, ours)
        return _row("Collaborate panel", compare(ours, script), "script, 4 questions", str(calls))


def _dataverse(demo: Demo, address: str) -> httpx2.Client:
    application = demo.told["apps"]["application"]
    form = {**application, "grant_type": "client_credentials", "scope": f"{address}/.default"}
    answer = httpx2.post(f"{demo.tenant}/{demo.told['tenant']['id']}/oauth2/v2.0/token", data=form)
    token = answer.raise_for_status().json()["access_token"]
    return httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"})


def _row(what: str, ratio: Ratio, baseline: str, calls: str) -> tuple[str, ...]:
    spread = f"{ratio.median:.2f} x ({ratio.lower:.2f} to {ratio.upper:.2f})"
    return (what, f"{ratio.ours_ms:.1f} ms", f"{ratio.baseline_ms:.1f} ms ({baseline})", spread, calls)


def measure_connects(demo: Demo, record: str) -> list[tuple[str, ...]]:
    """One connect to an existing channel and one to a new one, from the request to the connected link."""
    with demo.api(PERSON) as person:
        teams = person.get("/teams").raise_for_status().json()["items"]
        team = next(team["id"] for team in teams if team["name"] == TEAM)
        channels = person.get(f"/teams/{team}/channels").raise_for_status().json()["items"]
        existing = next(channel["id"] for channel in channels if channel["name"] == "Renewals")
        rows = []
        for what, channel in (("existing channel", {"id": existing}), ("new channel", {"name": "Bench 2027"})):
            body = {
                "environment": demo.told["environments"][0]["key"],
                "table": TABLE,
                "record": record,
                "team": team,
                "channel": channel,
            }
            started = time.perf_counter()
            calls = counted(demo, lambda body=body: _connect(person, body))
            rows.append((f"connect, {what}", f"{time.perf_counter() - started:.2f} s", "-", "-", str(calls)))
    return rows


def _connect(person: httpx2.Client, body: dict[str, Any]) -> None:
    link = person.post("/links", json=body).raise_for_status().json()
    until = time.monotonic() + 60
    while not link["is_final"]:
        if time.monotonic() > until:
            raise RuntimeError(f"not connected: {link}")
        time.sleep(0.02)
        link = person.get(f"/links/{link['id']}").raise_for_status().json()
    if link["state"] != "connected":
        raise RuntimeError(f"not connected: {link}")


if __name__ == "__main__":
    main()

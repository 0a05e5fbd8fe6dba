"""`python -m bench.actions`: how many requests each thing a person does sends upstream, counted by the tenant.

A `$batch` counts once, its parts are told beside it; requests for tokens are told apart. Goal: G12.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from tests.contract.demo_process import Demo, running_demo

from bench.measure import table

TABLE = "opportunity"
PERSON, TEAM = "Claire", "Ventes Europe"
PATIENCE_S = 90


@dataclass(frozen=True)
class Count:
    """What one act sent upstream."""

    what: str
    requests: tuple[str, ...]
    parts: tuple[str, ...]
    tokens: int

    @property
    def row(self) -> tuple[str, ...]:
        return (self.what, str(len(self.requests)), str(len(self.parts)), str(self.tokens))


def main() -> None:
    """Print one table. Raises when an act does not succeed."""
    parser = argparse.ArgumentParser(prog="python -m bench.actions", description=__doc__)
    parser.add_argument("--show", action="store_true", help="every request, too")
    show = parser.parse_args().show
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo:
        counts = measure_actions(demo)
    for count in counts if show else ():
        lines = [*count.requests, *(f"  part {part}" for part in count.parts)]
        sys.stdout.write("\n".join([f"== {count.what}", *lines, ""]))
    print(table(("action", "requests", "parts", "tokens"), [count.row for count in counts]))


def measure_actions(demo: Demo) -> list[Count]:
    """Each act as somebody does it who uses Liaison every day: signed in, tokens in hand."""
    demo.grant_consent()
    key = demo.told["environments"][0]["key"]
    with demo.api("Nadia") as nadia, demo.api(PERSON) as person:
        turn_on(nadia, key)
        records = f"/environments/{key}/tables/{TABLE}/records"
        found = person.get(records, params={"q": "re"}).raise_for_status().json()["items"]
        first, second = (f"{records}/{item['id']}" for item in found[:2])
        # Tokens and the metadata of the table are there from here on, as on an ordinary day.
        person.get(f"{first}/connections").raise_for_status()
        team = next(one["id"] for one in _items(person, "/teams") if one["name"] == TEAM)
        channels = _items(person, f"/teams/{team}/channels")
        existing = next(one["id"] for one in channels if one["name"] == "Renewals")
        body = {"environment": key, "table": TABLE, "record": found[0]["id"], "team": team}
        counts = [
            counted(demo, "Collaborate panel", lambda: person.get(f"{second}/connections").raise_for_status()),
            counted(demo, "teams", lambda: person.get("/teams").raise_for_status()),
            counted(demo, "channels of a team", lambda: _items(person, f"/teams/{team}/channels")),
            counted(demo, "connect, first of a team", lambda: connect(person, {**body, "channel": {"id": existing}})),
        ]
        other = next(one["id"] for one in channels if one["name"] not in {"Renewals", "General"})
        made: dict[str, Any] = {}
        counts.append(
            counted(
                demo,
                "connect, existing channel",
                lambda: made.update(connect(person, {**body, "channel": {"id": other}})),
            )
        )
        counts.append(
            counted(
                demo, "connect, new channel", lambda: connect(person, {**body, "channel": {"name": "Counted 2027"}})
            )
        )
        views = _items(person, f"/environments/{key}/tables/{TABLE}/views")
        seen = {"environment": key, "table": TABLE, "view": views[0]["id"], "view_kind": views[0]["kind"], "team": team}
        room = {**body, "team": "", "new_team": {"name": "Counted room"}, "channel": {"name": "Counted"}}
        in_team: dict[str, Any] = {}
        counts.append(counted(demo, "connect, view", lambda: connect(person, {**seen, "channel": {"id": other}})))
        counts.append(counted(demo, "connect, new team", lambda: in_team.update(connect(person, room))))
        counts.append(counted(demo, "undo, new team", lambda: undo(person, in_team["id"])))
        counts.append(
            counted(demo, "documents tab, 3 channels", lambda: person.get(f"{first}/files").raise_for_status())
        )
        counts.append(counted(demo, "disconnect", lambda: disconnect(person, made["id"])))
        counts.append(
            counted(demo, "readiness", lambda: nadia.get(f"/environments/{key}/readiness").raise_for_status())
        )
    return counts


def turn_on(nadia: httpx2.Client, key: str) -> None:
    """Linking in full, in one environment."""
    place = f"/environments/{key}/collaboration"
    now = nadia.get(place).raise_for_status().json()
    body = {"basic": True, "enhanced": True, "version": now["switches"]["version"]}
    nadia.put(place, json=body).raise_for_status()


def _items(person: httpx2.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get(path).raise_for_status().json()["items"]
    return found


def counted(demo: Demo, what: str, act: Callable[[], Any]) -> Count:
    """The requests that the tenant answered while the act ran, its control endpoint apart."""
    before = demo.control("GET", "/calls")["last"]
    act()
    time.sleep(0.3)
    calls = demo.control("GET", f"/calls?since={before}")["value"]
    calls = [call for call in calls if not call["path"].startswith("/_control")]
    tokens = [call for call in calls if "/oauth2/" in call["path"] or "/discovery/" in call["path"]]
    others = [call for call in calls if call not in tokens]
    told = [(f"{call['method']} {call['path']} {call['status']}", call["part"]) for call in others]
    return Count(
        what, tuple(line for line, part in told if not part), tuple(line for line, part in told if part), len(tokens)
    )


def connect(person: httpx2.Client, body: dict[str, Any]) -> dict[str, Any]:
    """From the request to the connected link."""
    answer = person.post("/links", json=body)
    if answer.status_code >= 400:
        raise RuntimeError(answer.text)
    return _until_final(person, answer.json(), "connected")


def disconnect(person: httpx2.Client, link: str) -> dict[str, Any]:
    """From the request to the disconnected link."""
    answer = person.delete(f"/links/{link}").raise_for_status()
    return _until_final(person, answer.json(), "disconnected")


def undo(person: httpx2.Client, link: str) -> dict[str, Any]:
    """From the request to the undone link."""
    answer = person.post(f"/links/{link}/undo").raise_for_status()
    return _until_final(person, answer.json(), "undone")


def _until_final(person: httpx2.Client, link: dict[str, Any], state: str) -> dict[str, Any]:
    """Progress is asked of Liaison's own store: it sends nothing upstream for whoever asked for the link."""
    until = time.monotonic() + PATIENCE_S
    while not link["is_final"]:
        if time.monotonic() > until:
            raise RuntimeError(f"not {state}: {link}")
        time.sleep(0.05)
        link = person.get(f"/links/{link['id']}").raise_for_status().json()
    if link["state"] != state:
        raise RuntimeError(f"not {state}: {link}")
    return link


if __name__ == "__main__":
    main()

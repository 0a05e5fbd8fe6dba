"""Showing a link, and following it until no work is under way."""

from __future__ import annotations

import time
from collections.abc import Iterator

from liaison.cli.api import Api, Document, path
from liaison.cli.refusals import OK, tell_problem
from liaison.cli.show import show_json, show_note, show_pairs
from liaison.cli.words import say

AGAIN_AFTER_S = 1.0


def follow(api: Api, link: Document) -> Document:
    """Tell each step on the way; the final document comes back. A stream that ends early is taken up again."""
    told = set()
    for changed in _changes(api, link):
        link = changed
        for line in _news(link):
            if line not in told:
                told.add(line)
                show_note(line)
    return link


def _changes(api: Api, link: Document) -> Iterator[Document]:
    latest = link
    yield latest
    while not latest["is_final"]:
        if latest is not link:
            time.sleep(AGAIN_AFTER_S)
        for changed in api.follow(path("links", link["id"], "events")):
            latest = changed
            yield latest


def _news(link: Document) -> Iterator[str]:
    for step in link["steps"]:
        if step["state"] == "done":
            yield f"✓ {step['text']}"
        elif step["state"] in {"doing", "waiting"}:
            yield f"… {step['text']}{_waiting(step)}"


def _waiting(step: Document) -> str:
    if not step["waiting"]:
        return ""
    return f" ({step['waiting']['service']}: {step['waiting']['problem']['title']})"


def finish(link: Document, *, as_json: bool) -> int:
    """Show where the link stands; the exit code is that of its trouble, if it has one."""
    if as_json:
        show_json(link)
    else:
        show_link(link)
    return tell_problem(link["trouble"]) if link["trouble"] else OK


def show_link(link: Document) -> None:
    show_pairs(
        [
            (say("links.id"), link["id"]),
            (say("links.state_title"), link["state_text"]),
            (say("links.record"), f"{link['record']['title']} ({link['record']['table']})"),
            (say("links.team"), link["team"]["name"] or link["team"]["id"]),
            (say("links.channel"), link["channel"]["name"] or link["channel"]["id"]),
            (say("link.by"), link["by"]["name"]),
            (say("link.address"), link["evidence"]["channel_address"]),
            (say("link.tab"), link["evidence"]["tab_address"]),
            (say("link.archived"), link["archived_at"] or ""),
            (say("link.files"), link["evidence"]["folder_address"]),
        ]
    )
    for step in link["steps"]:
        after = f", {say('link.next_try', time=step['waiting']['next_try'])}" if step["waiting"] else ""
        print(f"  [{say('state.' + step['state'])}] {step['text']}{_waiting(step)}{after}")
    for finding in link["findings"]:
        print(f"  ! {finding['text']}")

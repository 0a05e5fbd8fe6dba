"""File channel messages to the timelines of their records: read what changed, and file what somebody marked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from liaison.domain.filing import ChannelMessage, FilingRule, MessageRef, excerpt, is_marked
from liaison.domain.link import Link
from liaison.domain.listening import Listening, Notice, choose_acting
from liaison.domain.names import Person
from liaison.errors import (
    ConsentMissing,
    ConsentNotGranted,
    LiaisonError,
    NotAllowed,
    Remembered,
    SignInRequired,
    StoreUnavailable,
)
from liaison.operations.listen import LEASE, links_filed, people_of, require_filing
from liaison.ports import Ports

AT_ONCE = 8
MOST_AT_ONCE = 400
SUBJECT_LIMIT = 200


async def file_messages(ports: Ports) -> int:
    """Look at every message that was told to have changed; how many there were."""
    count = 0
    while count < MOST_AT_ONCE:
        batch = await _claim_some(ports)
        await asyncio.gather(*(look_at(notice, ports) for notice in batch))
        count += len(batch)
        if len(batch) < AT_ONCE:
            break
    return count


async def _claim_some(ports: Ports) -> list[Notice]:
    found: list[Notice] = []
    while len(found) < AT_ONCE:
        now = ports.clock.now()
        notice = await ports.notices.claim(now, now + LEASE)
        if notice is None:
            break
        found.append(notice)
    return found


async def look_at(notice: Notice, ports: Ports) -> None:
    """One message: filed on each timeline where it belongs and is not yet. What fails says why and is tried again.

    A message that was filed is not read again: later changes and a reaction taken back leave its note as it is.
    """
    listening = await ports.listenings.find(notice.listening)
    try:
        if listening is not None:
            await _file(notice, listening, ports)
    except StoreUnavailable:
        raise
    except LiaisonError as error:
        failed = notice.failed(Remembered.of(error), ports.clock.now(), error.retry_after_s or 0.0)
        await ports.notices.save(failed)
        return
    await ports.notices.finish(notice)


async def _file(notice: Notice, listening: Listening, ports: Ports) -> None:
    ref = MessageRef(listening.team, listening.channel, notice.message, notice.reply)
    already = await ports.notices.filed(ref)
    still = tuple((link, rule) for link, rule in await links_filed(listening, ports) if link.id not in already)
    reader = choose_acting(people_of(still), listening.acting, notice.tries)
    if reader is None:
        return
    message = await _read(ref, reader, listening, ports)
    if message is None:
        return
    for link, rule in still:
        if is_marked(message, rule.reaction):
            await _write_note(message, link, rule, ports)


async def _read(ref: MessageRef, reader: Person, listening: Listening, ports: Ports) -> ChannelMessage | None:
    """None when there is nothing to file. Who may not read any more makes the whole listening due: it says so, finds
    somebody else or waits, and until then nobody is asked for each message.
    """
    if listening.trouble is not None and listening.trouble.code == ConsentNotGranted.code:
        raise listening.trouble.error()
    try:
        await require_filing(reader, ports)
        return await ports.messages(reader).read_message(ref)
    except (ConsentMissing, NotAllowed, SignInRequired) as error:
        await ports.listenings.save(listening.failed(Remembered.of(error), ports.clock.now()))
        raise


async def _write_note(message: ChannelMessage, link: Link, rule: FilingRule, ports: Ports) -> None:
    """Under an id of its own for link and message, so that it exists once however often this happens."""
    subject, text = filed_words(message, link, rule, ports)
    row = await ports.crm(link.acting, link.environment).ensure_note(link, message.ref.key, subject, text)
    await ports.notices.note_filed(link.id, message.ref, ports.clock.now())
    await ports.audit.write(link.acting, "message.filed", link.id, row)


def filed_words(message: ChannelMessage, link: Link, rule: FilingRule, ports: Ports) -> tuple[str, str]:
    """Subject and text of the timeline entry, in the language of whoever connected."""
    language = link.acting.language
    say = ports.wording.say
    facts = {
        "author": message.author or say(language, "note.filed.somebody", {}),
        "channel": link.channel_name,
        "team": link.team_name,
        "moment": _moment(message.at),
        "reaction": rule.reaction,
        "address": message.address,
        "files": ", ".join(message.attachments),
    }
    lines = [
        say(language, "note.filed.text", facts),
        "",
        excerpt(_words(message)) or say(language, "note.filed.no_text", {}),
    ]
    if message.attachments:
        lines += ["", say(language, "note.filed.attachments", facts)]
    if message.address:
        lines += ["", say(language, "note.filed.open", facts)]
    return excerpt(say(language, "note.filed.subject", facts), SUBJECT_LIMIT), "\n".join(lines)


def _words(message: ChannelMessage) -> str:
    return f"{message.subject}\n\n{message.text}" if message.subject else message.text


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

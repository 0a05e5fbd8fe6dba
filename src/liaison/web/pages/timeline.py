"""The Timeline tab of a record: its notes, newest first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import Note
from liaison.web.pages.record import TIMELINE, RecordHead, head_of, open_record, record_shell, ref_of
from liaison.web.place import crm_of
from liaison.web.shell import Shell
from liaison.web.visit import Visit


@dataclass(frozen=True)
class TimelinePage:
    template: ClassVar[str] = "record_timeline.html"
    shell: Shell
    head: RecordHead
    notes: tuple[Note, ...]


async def show(visit: Visit) -> Response:
    opened, notes = await asyncio.gather(open_record(visit), crm_of(visit).list_notes(ref_of(visit)))
    newest = tuple(sorted(notes, key=lambda note: note.at, reverse=True))
    return visit.answer(TimelinePage(record_shell(opened, visit), head_of(opened, TIMELINE, visit), newest))

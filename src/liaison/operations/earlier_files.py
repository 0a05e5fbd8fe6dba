"""The files that a record had before, copied or moved into its channel: one at a time, each found before it is made.

What is not done stays where it is, and a finding names it; the link is connected all the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from liaison.domain.consent import Rung, missing_for
from liaison.domain.earlier import Copying, EarlierFiles, EarlierItem, EarlierWork, free_names
from liaison.domain.link import Finding, Link, StepName, record_of
from liaison.domain.names import ItemId
from liaison.domain.teams import Folder, StoredFile
from liaison.errors import (
    ConsentNotGranted,
    FileChanged,
    FileExists,
    FilesClosed,
    FileUnknown,
    LiaisonError,
    Retry,
    SignInRequired,
    StillCopying,
)
from liaison.operations.earlier_places import find_earlier_files
from liaison.ports import Files, Ports

NO_CONSENT = Finding("earlier.no_consent")
TOO_MANY = Finding("files.too_many")
UNREAD = Finding("earlier.unread")
COPY_HORIZON = timedelta(minutes=2)
"""How long a copy whose answer was lost may still be on its way under the name that was free for it."""
MOST_NAMED = 20
"""Files that one finding names; it counts the rest."""


class _Differs(Exception):
    """The copy is not the file: the original stays."""


async def bring_earlier_files(link: Link, ports: Ports) -> Link:
    """The link with one more thing found out or done. Never stops the link; raises only what passes with time."""
    try:
        if link.earlier is None:
            return await _begin(link, ports)
        if not link.earlier.left:
            return link.with_evidence(StepName.EARLIER_FILES)
        return await _go_on(link, link.earlier, link.earlier.left[0], ports)
    except LiaisonError as error:
        if error.retry is Retry.LATER or isinstance(error, SignInRequired):
            raise
        if isinstance(error, ConsentNotGranted):
            return _finished(link, NO_CONSENT)
        return _failed(link, _reason(error)) if link.earlier else _finished(link, UNREAD)
    except _Differs:
        return _failed(link, "earlier_differs")


async def leave_the_rest(link: Link) -> Link:
    """What the service has not copied in a day stays where it is."""
    return _failed(link, "earlier_stuck") if link.earlier and link.earlier.left else _finished(link, UNREAD)


async def _begin(link: Link, ports: Ports) -> Link:
    carried = await ports.sign_in.carried_scopes(link.acting)
    if missing_for(Rung.FILES, carried):
        return _finished(link, NO_CONSENT)
    found = await find_earlier_files(record_of(link), link.acting, ports, _target(link))
    if found.shared:
        link = with_finding(link, Finding("files.shared_places", (("places", ", ".join(found.shared)),)))
    if found.closed:
        link = with_finding(link, Finding("earlier.closed_places", (("places", ", ".join(found.closed)),)))
    if found.is_cut:
        return _finished(link, TOO_MANY)
    items = tuple(item for one in found.found for item in one.items)
    work = EarlierWork(sum(not item.is_folder for item in items), items)
    begun = replace(link, earlier=work)
    return begun if items else begun.with_evidence(StepName.EARLIER_FILES)


def _target(link: Link) -> Folder:
    made = link.evidence
    return Folder(made.drive, made.folder, made.channel_name, made.folder_address, made.site_address, made.folder_path)


async def _go_on(link: Link, work: EarlierWork, item: EarlierItem, ports: Ports) -> Link:
    """One step further with the first item that is left."""
    files = ports.files(link.acting)
    source = await files.find_file(item.drive, item.item)
    if source is None:
        return _settled(link)  # it was moved before the crash, or somebody removed it
    if work.going is not None:
        return await _follow(link, work, work.going, source, ports)
    folder = await _folder_of(link, item, files)
    moves = link.earlier_files is EarlierFiles.MOVE
    if item.is_folder:
        await files.reach_folder(link.evidence.drive, folder, item.name)
        if moves and source.children == 0:
            await files.remove(source)
        return _settled(link)
    if moves and item.drive == link.evidence.drive:
        await _move(source, folder, files)
        return _settled(link)
    return await _intend(link, work, source, folder, ports)


async def _follow(link: Link, work: EarlierWork, going: Copying, source: StoredFile, ports: Ports) -> Link:
    """One step further with a copy that was intended."""
    copied = await _copied(link, going, source, ports)
    if isinstance(copied, Copying):
        return replace(link, earlier=replace(work, going=copied))
    if copied is None:
        return replace(link, earlier=replace(work, going=None))  # the name was taken meanwhile: another one
    return await _settle_copy(link, source, copied, ports.files(link.acting))


async def _folder_of(link: Link, item: EarlierItem, files: Files) -> ItemId:
    """The folder in the channel that is to hold the item; made where it is not there. Raises FileExists."""
    folder = link.evidence.folder
    for name in item.path.split("/") if item.path else ():
        folder = await files.reach_folder(link.evidence.drive, folder, name)
    return folder


async def _move(source: StoredFile, folder: ItemId, files: Files) -> None:
    """Within one library. Raises FileExists when a hundred names are taken."""
    for name in () if source.parent == folder else free_names(source.name):
        try:
            await files.move(source, folder, name)
        except FileExists:
            continue
        return
    if source.parent != folder:
        raise FileExists(source.name)


async def _intend(link: Link, work: EarlierWork, source: StoredFile, folder: ItemId, ports: Ports) -> Link:
    """The copy that is there already, or the first free name for one: saved before anything is asked for."""
    files = ports.files(link.acting)
    for name in free_names(source.name):
        there = await files.find_named(link.evidence.drive, folder, name)
        if there is None:
            going = Copying(folder, name, ports.clock.now())
            return replace(link, earlier=replace(work, going=going))
        if there.has_content_of(source):
            return await _settle_copy(link, source, there, files)
    raise FileExists(source.name)


async def _copied(link: Link, going: Copying, source: StoredFile, ports: Ports) -> StoredFile | Copying | None:
    """The copy when it is there, its monitor when the service has just accepted, None when the name is taken.

    Raises StillCopying while the copy goes on.
    """
    drive, files = link.evidence.drive, ports.files(link.acting)
    try:
        has_ended = not going.monitor or await files.is_copied(going.monitor, going.name)
    except FileExists:
        there = await files.find_named(drive, going.folder, going.name)
        return there if there is not None and there.has_content_of(source) else None
    there = await files.find_named(drive, going.folder, going.name) if has_ended else None
    if there is not None:
        return there if going.monitor else _perhaps_ours(there, going, source, ports)
    if going.monitor:
        if has_ended and ports.clock.now() - going.asked_at > COPY_HORIZON:
            raise FileUnknown(going.name)  # it has ended and is not there: somebody took it away, or named it anew
        raise StillCopying("graph", "copy_going", what=going.name)
    try:
        return replace(going, monitor=await files.begin_copy(source, drive, going.folder, going.name))
    except FileExists:
        return None


def _perhaps_ours(there: StoredFile, going: Copying, source: StoredFile, ports: Ports) -> StoredFile:
    """What came under a name that was free: our copy whose answer was lost, whole or still being written.

    Raises StillCopying while that can still be.
    """
    if not there.has_content_of(source) and ports.clock.now() - going.asked_at < COPY_HORIZON:
        raise StillCopying("graph", "copy_going", what=going.name)
    return there


async def _settle_copy(link: Link, source: StoredFile, copied: StoredFile, files: Files) -> Link:
    """A moved file goes from its old place only when its copy surely has the same content. Raises _Differs."""
    if link.earlier_files is EarlierFiles.MOVE:
        if not copied.has_content_of(source):
            raise _Differs
        await files.remove(source)
    return _settled(link)


# --- what is said of it ------------------------------------------------------------------------------------------


def _settled(link: Link) -> Link:
    return _after_first(link) if link.earlier else link


def _failed(link: Link, reason: str) -> Link:
    """The first item left is given up, and a finding names it."""
    if link.earlier is None or not link.earlier.left:
        return link.with_evidence(StepName.EARLIER_FILES)
    item = link.earlier.left[0]
    return _after_first(with_file(link, f"{item.path}/{item.name}".lstrip("/"), reason), failed=not item.is_folder)


def _after_first(link: Link, *, failed: bool = False) -> Link:
    assert link.earlier is not None  # noqa: S101 - both who call this have looked
    work = link.earlier.after_first(failed=failed)
    going = replace(link, earlier=work)
    return going if work.left else going.with_evidence(StepName.EARLIER_FILES)


def _finished(link: Link, finding: Finding) -> Link:
    return with_finding(link, finding).with_evidence(StepName.EARLIER_FILES)


def with_word_of_files(link: Link) -> Link:
    """What becomes of the files that were copied or moved, when the connection is taken away: they stay."""
    done = link.earlier.settled - link.earlier.failed if link.earlier else 0
    if not done:
        return link
    code = "files.moved_stay" if link.earlier_files is EarlierFiles.MOVE else "files.copies_stay"
    facts = {"count": str(done), "channel": link.channel_name, "folder": link.evidence.folder_address}
    return with_finding(link, Finding(code, tuple(facts.items())))


def with_finding(link: Link, finding: Finding) -> Link:
    return link if finding in link.findings else replace(link, findings=(*link.findings, finding))


def with_file(link: Link, name: str, reason: str) -> Link:
    """One finding for each reason names the files that stayed for it."""
    code = f"earlier.not_{'moved' if link.earlier_files is EarlierFiles.MOVE else 'copied'}"
    old = next((one for one in link.findings if one.code == code and dict(one.facts)["reason"] == reason), None)
    facts = dict(old.facts) if old else {"files": "", "count": "0", "reason": reason}
    count = int(facts["count"]) + 1
    if count <= MOST_NAMED:
        facts["files"] = f"{facts['files']}, {name}".removeprefix(", ")
    elif count == MOST_NAMED + 1:
        facts["files"] += ", …"
    new = Finding(code, tuple({**facts, "count": str(count)}.items()))
    return replace(link, findings=(*(one for one in link.findings if one is not old), new))


def _reason(error: LiaisonError) -> str:
    if isinstance(error, FilesClosed):
        return "earlier_refused"
    if isinstance(error, FileChanged):
        return "earlier_changed"
    return "earlier_taken" if isinstance(error, FileExists) else "earlier_failed"

"""The steps of a template: folders, more channels, website tabs and a welcome, each made once; none stops the link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from liaison.domain.consent import Rung, missing_for
from liaison.domain.extras import (
    WELCOME,
    ExtraChannel,
    ExtraKind,
    ExtraMade,
    ExtraState,
    state_of,
    with_made,
)
from liaison.domain.link import Finding, Link, NewChannel, StepName
from liaison.errors import (
    AnswerLost,
    ChannelNameTaken,
    ConsentNotGranted,
    LiaisonError,
    Retry,
    SignInExpired,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from liaison.ports import Ports

CHANNEL_TEXT_LIMIT = 1000
_SETTLED = frozenset(ExtraState) - {ExtraState.INTENDED}

Made = tuple[ExtraState, str]
"""What became of one thing, and its id."""


async def make_folders(link: Link, ports: Ports) -> Link:
    """The link with one more of its folders settled. Raises only what passes with time."""
    name = _next(link, ExtraKind.FOLDER, link.extras.folders)
    if name is None:
        return link.with_evidence(StepName.TEMPLATE_FOLDERS)
    files, made = ports.files(link.acting), link.evidence

    async def make() -> Made:
        if state_of(link.extras_made, ExtraKind.FOLDER, name) is not ExtraState.INTENDED:
            found = await files.find_child(made.drive, made.folder, name)
            return (ExtraState.FOUND, found) if found else (ExtraState.INTENDED, "")
        return ExtraState.MADE, await files.ensure_folder(made.drive, made.folder, name)

    return await _settled(link, StepName.TEMPLATE_FOLDERS, ExtraKind.FOLDER, name, make)


async def make_channels(link: Link, ports: Ports) -> Link:
    """The link with one more of its channels settled: found by our mark, or by its name, or made."""
    wanted = {channel.name: channel for channel in link.extras.channels}
    name = _next(link, ExtraKind.CHANNEL, tuple(wanted))
    if name is None:
        return link.with_evidence(StepName.TEMPLATE_CHANNELS)

    async def make() -> Made:
        return await _make_channel(link, wanted[name], ports)

    return await _settled(link, StepName.TEMPLATE_CHANNELS, ExtraKind.CHANNEL, name, make)


async def _make_channel(link: Link, wanted: ExtraChannel, ports: Ports) -> Made:
    teamwork = ports.teamwork(link.acting)
    marker = channel_mark(link, wanted.name)
    facts = {"record": link.title, "mark": marker}
    text = ports.wording.say(link.by.language, "channel.description", facts)[:CHANNEL_TEXT_LIMIT]
    new = NewChannel(wanted.name, wanted.kind)
    try:
        channel, _ = await teamwork.ensure_channel(link.team, new, marker, text, link.acting.id)
    except ChannelNameTaken:
        name = wanted.name.casefold()
        named = [one for one in await teamwork.list_channels(link.team) if one.name.casefold() == name]
        if not named:
            raise
        return ExtraState.FOUND, named[0].id
    return ExtraState.MADE, channel.id


def channel_mark(link: Link, name: str) -> str:
    """By which a further channel of the link is found again. It holds nothing of the mark of the link's own channel."""
    return f"chn_{link.row_id(f'channel/{name}')}"


async def make_tabs(link: Link, ports: Ports) -> Link:
    """The link with one more of its website tabs settled. A tab of anybody that shows the same address is as good."""
    wanted = {tab.name: tab for tab in link.extras.tabs}
    name = _next(link, ExtraKind.TAB, tuple(wanted))
    if name is None:
        return link.with_evidence(StepName.TEMPLATE_TABS)
    teamwork, channel = ports.teamwork(link.acting), link.evidence.channel
    address = wanted[name].address
    key = f"web_{link.row_id(f'tab/{address}')}"

    async def make() -> Made:
        if state_of(link.extras_made, ExtraKind.TAB, name) is not ExtraState.INTENDED:
            found = await teamwork.find_tab(link.team, channel, key, address)
            return (ExtraState.FOUND, found.id) if found else (ExtraState.INTENDED, "")
        return ExtraState.MADE, (await teamwork.ensure_website_tab(link.team, channel, key, name, address)).id

    return await _settled(link, StepName.TEMPLATE_TABS, ExtraKind.TAB, name, make)


class Welcomer:
    """The step that posts the welcome, at most once.

    A message has no key of its own, and Liaison reads none: whether one was posted when the answer is lost, nobody
    here can tell. So the intent is saved before the call, and an intent that another process left is never posted
    again. One is made for each run, and remembers what it itself has not yet tried.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._untried: set[str] = set()

    async def post(self, link: Link) -> Link:
        """Raises only what passes with time, and only when nothing was posted."""
        state = state_of(link.extras_made, ExtraKind.WELCOME, WELCOME)
        if state in _SETTLED:
            return link.with_evidence(StepName.WELCOME)
        if state is ExtraState.INTENDED and link.id not in self._untried:
            return _over(link, ExtraState.UNKNOWN, Finding("welcome.unknown"))
        carried = await self._ports.sign_in.carried_scopes(link.acting)
        if missing_for(Rung.POSTS, carried):
            return _over(link, ExtraState.REFUSED, Finding("welcome.no_consent"))
        if state is None:
            self._untried.add(link.id)
            return _noted(link, ExtraMade(ExtraKind.WELCOME, WELCOME, ExtraState.INTENDED))
        return await self._post(link)

    async def _post(self, link: Link) -> Link:
        self._untried.discard(link.id)
        teamwork = self._ports.teamwork(link.acting)
        try:
            await teamwork.post_message(link.team, link.evidence.channel, link.extras.welcome)
        except AnswerLost:
            return _over(link, ExtraState.UNKNOWN, Finding("welcome.unknown"))
        except (UpstreamUnavailable, UpstreamThrottled):
            self._untried.add(link.id)  # these say that the service has not acted
            raise
        except ConsentNotGranted:
            return _over(link, ExtraState.REFUSED, Finding("welcome.no_consent"))
        except SignInExpired:
            self._untried.add(link.id)
            raise
        except LiaisonError as error:
            if error.retry is Retry.LATER:
                return _over(link, ExtraState.UNKNOWN, Finding("welcome.unknown"))
            return _over(link, ExtraState.REFUSED, Finding("welcome.not_posted", (("reason", _reason(error)),)))
        return _over(link, ExtraState.MADE)


def _over(link: Link, state: ExtraState, finding: Finding | None = None) -> Link:
    going = _noted(link, ExtraMade(ExtraKind.WELCOME, WELCOME, state))
    if finding is not None:
        going = replace(going, findings=(*going.findings, finding))
    return going.with_evidence(StepName.WELCOME)


def _next(link: Link, kind: ExtraKind, names: tuple[str, ...]) -> str | None:
    """The first that is not settled."""
    return next((name for name in names if state_of(link.extras_made, kind, name) not in _SETTLED), None)


async def _settled(link: Link, step: StepName, kind: ExtraKind, name: str, make: Callable[[], Awaitable[Made]]) -> Link:
    """The link with what became of one thing; a refusal becomes a finding."""
    try:
        state, made = await make()
    except SignInExpired:
        raise
    except LiaisonError as error:
        if error.retry is Retry.LATER:
            raise
        return refused(link, step, kind, name, error)
    going = _noted(link, ExtraMade(kind, name, state, made))
    return going if state is ExtraState.INTENDED or _next_of(going, step) else going.with_evidence(step)


def _next_of(link: Link, step: StepName) -> str | None:
    extras = link.extras
    kind, names = {
        StepName.TEMPLATE_FOLDERS: (ExtraKind.FOLDER, extras.folders),
        StepName.TEMPLATE_CHANNELS: (ExtraKind.CHANNEL, tuple(one.name for one in extras.channels)),
        StepName.TEMPLATE_TABS: (ExtraKind.TAB, tuple(one.name for one in extras.tabs)),
    }[step]
    return _next(link, kind, names)


def refused(link: Link, step: StepName, kind: ExtraKind, name: str, error: LiaisonError) -> Link:
    """The link with one thing that is not there, and a finding that says why."""
    finding = Finding(f"template_{kind.value}.refused", (("name", name), ("reason", _reason(error))))
    going = _noted(replace(link, findings=(*link.findings, finding)), ExtraMade(kind, name, ExtraState.REFUSED))
    return going if _next_of(going, step) else going.with_evidence(step)


def _noted(link: Link, one: ExtraMade) -> Link:
    return replace(link, extras_made=with_made(link.extras_made, one))


def _reason(error: LiaisonError) -> str:
    """A word of ours with a sentence of its own."""
    return _REASONS.get(error.code, "extra_refused")


_REASONS = {
    "channel.name_taken": "extra_name_held",
    "channel.limit_reached": "extra_no_room",
    "consent.not_granted": "extra_no_consent",
    "files.not_allowed": "extra_files_refused",
    "files.not_member": "extra_not_member",
    "files.device_policy": "extra_files_refused",
    "files.closed_to_member": "extra_files_refused",
    "file.exists": "extra_name_held",
    "team.not_member": "extra_not_member",
    "team.not_owner": "extra_not_owner",
    "channel.gone": "extra_channel_gone",
    "upstream.still_preparing": "extra_too_long",
}

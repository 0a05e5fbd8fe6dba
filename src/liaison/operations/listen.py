"""Listen to the channels of which messages are filed: begin, renew and end what the service tells us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from liaison.domain.consent import Rung, missing_for, require_rung
from liaison.domain.filing import FilingRule, files_messages, require_reachable
from liaison.domain.link import Link
from liaison.domain.listening import LIFE, Listening, ListeningState, choose_acting
from liaison.domain.names import EnvironmentKey, Person
from liaison.errors import LiaisonError, ListeningTaken, Remembered, SignInExpired, StoreUnavailable
from liaison.ports import Ports, Subscription

LEASE = timedelta(minutes=1)
"""How long one worker has a listening or a notice to itself. Should its calls take longer, another's are harmless."""
MOST_AT_ONCE = 200
INTAKE = "/notifications/graph"
"""Below our own address: where the service tells us of changes."""


async def settle_listenings(ports: Ports) -> None:
    """Note which channels are to be listened to, and which no more."""
    await ports.listenings.settle(ports.clock.now())


async def keep_listening(ports: Ports) -> int:
    """Attend to every listening that is due; how many there were. One that fails says why and is tried again."""
    for count in range(MOST_AT_ONCE):
        now = ports.clock.now()
        due = await ports.listenings.claim(now, now + LEASE)
        if due is None:
            return count
        await attend(due, ports)
    return MOST_AT_ONCE


async def attend(listening: Listening, ports: Ports) -> None:
    """Do what is due for one listening and remember how it went."""
    try:
        candidates = people_of(await links_filed(listening, ports))
        if listening.state is ListeningState.ENDING or not candidates:
            await _end(listening, ports)
            return
        await _go_on(listening, candidates, ports)
    except StoreUnavailable:
        raise
    except LiaisonError as error:
        failed = listening.failed(Remembered.of(error), ports.clock.now(), error.retry_after_s or 0.0)
        await ports.listenings.save(failed)


async def links_filed(listening: Listening, ports: Ports) -> tuple[tuple[Link, FilingRule], ...]:
    """The records' links of the channel in environments where messages are filed, with the rule that holds there."""
    links = [link for link in await ports.links.in_channel(listening.tenant, listening.channel) if files_messages(link)]
    rules: dict[EnvironmentKey, FilingRule | None] = {
        key: await ports.filing_rules.read(listening.tenant, key) for key in {link.environment for link in links}
    }
    return tuple((link, rule) for link in links if (rule := rules[link.environment]) is not None)


def people_of(filed: tuple[tuple[Link, FilingRule], ...]) -> tuple[Person, ...]:
    """Whoever connected, each once, the oldest link's first."""
    return tuple({link.acting.id: link.acting for link, _ in filed}.values())


async def require_filing(person: Person, ports: Ports) -> None:
    """May messages be read with this person's token? Asked anew before it is denied, for consent may be fresh.

    Raises ConsentNotGranted, SignInExpired.
    """
    carried = await ports.sign_in.carried_scopes(person)
    if missing_for(Rung.FILING, carried):
        carried = await ports.sign_in.probe_scopes(person, (Rung.FILING,))
    require_rung(Rung.FILING, carried)


def address_of(listening: Listening, ports: Ports) -> str:
    """Where the service tells us of this channel's messages."""
    return f"{ports.public_address}{INTAKE}/{listening.id}"


async def _go_on(listening: Listening, candidates: tuple[Person, ...], ports: Ports) -> None:
    now = ports.clock.now()
    acting = choose_acting(candidates, listening.acting, listening.tries)
    if acting is None:
        raise SignInExpired("nobody connects the channel")
    require_reachable(ports.public_address)
    await require_filing(acting, ports)
    promised = None
    if not listening.is_over(now):
        promised = await ports.messages(acting).renew(listening.subscription, now + LIFE)
    is_new = promised is None
    if promised is None:
        promised = await _begin(listening, acting, ports)
    held = listening.began_anew(now) if is_new else listening
    if await ports.listenings.save(held.live(promised.id, promised.ends_at, acting)):
        if listening.trouble is not None:
            await ports.notices.wake(listening.id, now)
    elif is_new:
        # Somebody changed it meanwhile: what was begun for it is taken back, and it begins anew.
        await ports.messages(acting).unsubscribe(promised.id)


async def _begin(listening: Listening, acting: Person, ports: Ports) -> Subscription:
    """Subscribe; when there is one already, take ours over, or end what we have forgotten. Somebody else's is left.

    Asking is not safe to repeat: what a lost answer has made is found by our own address. Source: replay table W1.
    Raises ListeningTaken.
    """
    messages, address = ports.messages(acting), address_of(listening, ports)
    there: tuple[Subscription, ...] = ()
    for _ in range(2):
        until = ports.clock.now() + LIFE
        made = await messages.subscribe(listening.team, listening.channel, address, listening.secret, until)
        if made is not None:
            return made
        there = tuple(one for one in await messages.list_subscriptions() if one.channel == listening.channel)
        ours = next((one for one in there if one.address == address), None)
        renewed = await messages.renew(ours.id, until) if ours is not None else None
        if renewed is not None:
            return renewed
        for one in there:
            if one.address.startswith(f"{ports.public_address}{INTAKE}/"):
                await messages.unsubscribe(one.id)
    theirs = there[0] if there else Subscription("", "", ports.clock.now() + LIFE)
    raise ListeningTaken(theirs.address, theirs.ends_at.isoformat(timespec="minutes"))


async def _end(listening: Listening, ports: Ports) -> None:
    """Nobody files messages of this channel any more: the service is told so, then it is forgotten here."""
    ending = replace(listening, state=ListeningState.ENDING)
    if not listening.is_over(ports.clock.now()) and listening.acting is not None:
        try:
            await ports.messages(listening.acting).unsubscribe(listening.subscription)
        except StoreUnavailable:
            raise
        except LiaisonError as error:
            failed = ending.failed(Remembered.of(error), ports.clock.now(), error.retry_after_s or 0.0)
            await ports.listenings.save(failed)
            return
    await ports.listenings.drop(listening)

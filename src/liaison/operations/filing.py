"""Switch the filing of channel messages on and off, and say how it stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.consent import Rung, require_rung
from liaison.domain.crm import require_system_administrator
from liaison.domain.filing import FilingRule, files_messages, read_reaction, require_reachable
from liaison.domain.link import Link
from liaison.domain.listening import Listening, Notice
from liaison.domain.names import EnvironmentKey, Person
from liaison.errors import CollaborationOff, EnvironmentUnknown, LiaisonError, RoleMissing
from liaison.operations.environments import find_environment
from liaison.ports import Ports


@dataclass(frozen=True)
class Filing:
    """How filing stands in an environment; `barrier` is why the asker cannot switch it on."""

    environment: EnvironmentKey
    rule: FilingRule | None
    barrier: LiaisonError | None
    listenings: tuple[Listening, ...] = ()

    @property
    def troubled(self) -> tuple[Listening, ...]:
        return tuple(one for one in self.listenings if one.trouble is not None)


@dataclass(frozen=True)
class LinkFiling:
    """How filing stands for one link: what listens to its channel, what was filed, what could not be."""

    rule: FilingRule
    listening: Listening | None
    filed: int
    failed: tuple[Notice, ...]


async def read_filing(environment: EnvironmentKey, by: Person, ports: Ports) -> Filing:
    """Channels are listed for System Administrators only. Raises EnvironmentUnknown."""
    rule, barrier, listenings = await asyncio.gather(
        ports.filing_rules.read(by.tenant, environment),
        barrier_to_filing(environment, by, ports),
        ports.listenings.of_environment(by.tenant, environment),
    )
    return Filing(environment, rule, barrier, () if isinstance(barrier, RoleMissing) else listenings)


async def barrier_to_filing(environment: EnvironmentKey, by: Person, ports: Ports) -> LiaisonError | None:
    """Why the asker cannot switch filing on; None when they can."""
    try:
        await _require_filing(environment, by, ports)
    except EnvironmentUnknown:
        raise
    except LiaisonError as error:
        return error
    return None


async def switch_filing_on(environment: EnvironmentKey, reaction: str, by: Person, ports: Ports) -> FilingRule:
    """From now on messages with this reaction are filed; on already, the reaction changes.

    Raises RoleMissing, CollaborationOff, ConsentNotGranted, AddressNotReachable, InputInvalid.
    """
    chosen = read_reaction(reaction)
    await _require_filing(environment, by, ports)
    rule = FilingRule(environment, chosen, by, ports.clock.now())
    await ports.filing_rules.save(rule)
    await ports.audit.write(by, "filing.on", environment, chosen)
    await ports.listenings.settle(ports.clock.now())
    return rule


async def switch_filing_off(environment: EnvironmentKey, by: Person, ports: Ports) -> None:
    """Nothing is read any more; what was filed stays. Raises RoleMissing."""
    require_system_administrator(await ports.crm(by, environment).read_person())
    await end_filing(environment, by, ports)


async def save_filing(now: Filing, wanted: str, by: Person, ports: Ports) -> None:
    """Make filing as wanted: by this reaction, or off when it is empty. As it is already is done.

    Raises what `switch_filing_on` and `switch_filing_off` refuse.
    """
    if wanted and (now.rule is None or now.rule.reaction != read_reaction(wanted)):
        await switch_filing_on(now.environment, wanted, by, ports)
    elif not wanted and now.rule is not None:
        await switch_filing_off(now.environment, by, ports)


async def end_filing(environment: EnvironmentKey, by: Person, ports: Ports) -> None:
    """Off already is done."""
    if await ports.filing_rules.read(by.tenant, environment) is None:
        return
    await ports.filing_rules.drop(by.tenant, environment)
    await ports.audit.write(by, "filing.off", environment, "")
    await ports.listenings.settle(ports.clock.now())


async def read_link_filing(link: Link, ports: Ports) -> LinkFiling | None:
    """None where the link's channel has no messages filed."""
    rule = await ports.filing_rules.read(link.by.tenant, link.environment)
    if rule is None or not files_messages(link):
        return None
    listening, filed = await asyncio.gather(
        ports.listenings.of_channel(link.by.tenant, link.evidence.channel), ports.notices.count_filed(link.id)
    )
    failed = await ports.notices.of(listening.id) if listening is not None else ()
    return LinkFiling(rule, listening, filed, failed)


async def try_filing_again(link: Link, ports: Ports) -> LinkFiling | None:
    """Try at once what failed for the link's channel."""
    now = await read_link_filing(link, ports)
    if now is not None and now.listening is not None:
        await ports.notices.wake(now.listening.id, ports.clock.now())
        await ports.listenings.wake(now.listening.id, ports.clock.now())
    return await read_link_filing(link, ports)


async def _require_filing(environment: EnvironmentKey, by: Person, ports: Ports) -> None:
    place = find_environment(environment, ports)
    crm = ports.crm(by, environment)
    person, switches, carried = await asyncio.gather(
        crm.read_person(), crm.read_switches(), ports.sign_in.carried_scopes(by)
    )
    require_system_administrator(person)
    if not switches.basic:
        raise CollaborationOff(place.name)
    require_rung(Rung.FILING, carried)
    require_reachable(ports.public_address)

"""The audit, for administrators."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from liaison.domain.crm import SYSTEM_ADMINISTRATOR, Environment
from liaison.domain.diagnosis import is_tenant_administrator
from liaison.domain.names import Person
from liaison.errors import LiaisonError, RoleMissing
from liaison.ports import AuditLine, Ports


@dataclass(frozen=True)
class AuditPage:
    """Lines, newest first. `first_broken` is the first line that no longer fits the chain, None when all do."""

    lines: tuple[AuditLine, ...]
    first_broken: int | None


async def read_audit(by: Person, ports: Ports, before: int = 0, size: int = 50) -> AuditPage:
    """Raises RoleMissing unless the person administers an environment or the tenant."""
    await require_administrator(by, ports)
    return AuditPage(*await asyncio.gather(ports.audit.list(before, size), ports.audit.first_broken()))


async def require_administrator(by: Person, ports: Ports) -> None:
    if is_tenant_administrator(await ports.people(by).read_me()):
        return
    for environment in ports.environments:
        if await _administers(environment, by, ports):
            return
    raise RoleMissing(SYSTEM_ADMINISTRATOR)


async def _administers(environment: Environment, by: Person, ports: Ports) -> bool:
    try:
        return (await ports.crm(by, environment.key).read_person()).is_system_administrator
    except LiaisonError as error:
        if error.status == 403:  # somebody unknown to this environment administers nothing there
            return False
        raise

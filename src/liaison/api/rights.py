"""Which of everybody's links the asker may see."""

from __future__ import annotations

import asyncio

from liaison.api.asking import Asking
from liaison.domain.crm import SYSTEM_ADMINISTRATOR
from liaison.domain.names import EnvironmentKey
from liaison.errors import RoleMissing


async def environments_administered(asking: Asking) -> frozenset[EnvironmentKey]:
    """Where the asker is System Administrator. Raises RoleMissing when nowhere."""
    keys = [environment.key for environment in asking.ports.environments]
    people = await asyncio.gather(*(asking.ports.crm(asking.person, key).read_person() for key in keys))
    administered = frozenset(key for key, person in zip(keys, people, strict=True) if person.is_system_administrator)
    if not administered:
        raise RoleMissing(SYSTEM_ADMINISTRATOR)
    return administered

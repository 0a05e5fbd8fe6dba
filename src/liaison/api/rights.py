"""Which of everybody's links the asker may see."""

from __future__ import annotations

import asyncio

from liaison.api.asking import Asking
from liaison.domain.crm import SYSTEM_ADMINISTRATOR
from liaison.domain.names import EnvironmentKey
from liaison.errors import NotAllowed, RoleMissing


async def environments_administered(asking: Asking) -> frozenset[EnvironmentKey]:
    """Where the asker is System Administrator. Raises RoleMissing when nowhere."""
    keys = [environment.key for environment in asking.ports.environments]
    answers = await asyncio.gather(*(_administers(key, asking) for key in keys))
    administered = frozenset(key for key, administers in zip(keys, answers, strict=True) if administers)
    if not administered:
        raise RoleMissing(SYSTEM_ADMINISTRATOR)
    return administered


async def _administers(key: EnvironmentKey, asking: Asking) -> bool:
    try:
        return (await asking.ports.crm(asking.person, key).read_person()).is_system_administrator
    except NotAllowed:  # unknown to this environment, and so without a role in it
        return False

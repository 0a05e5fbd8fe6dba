"""The environments of this installation, by the key that stands in addresses."""

from __future__ import annotations

from liaison.domain.crm import Environment
from liaison.domain.names import EnvironmentKey
from liaison.errors import EnvironmentUnknown
from liaison.ports import Ports


def find_environment(key: EnvironmentKey, ports: Ports) -> Environment:
    """Raises EnvironmentUnknown."""
    for environment in ports.environments:
        if environment.key == key:
            return environment
    raise EnvironmentUnknown(key)

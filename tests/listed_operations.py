"""The operations of the local tenant, without starting it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from liaison.tenant.estate import open_estate
from liaison.tenant.estate.surface import Operation
from liaison.tenant.faces import all_operations


def listed_operations() -> tuple[Operation, ...]:
    """Every operation of every face, built or not."""
    with tempfile.TemporaryDirectory() as folder:
        estate = open_estate(Path(folder), 1)
        try:
            return all_operations(estate)
        finally:
            estate.db.close()

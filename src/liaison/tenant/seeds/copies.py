"""The copy of the seeded tenant that a reset goes back to."""

from __future__ import annotations

from pathlib import Path

from liaison.tenant.estate import Estate


class NoSeedCopy(LookupError):
    """The folder holds no copy of the seed to go back to."""


def keep_seed(estate: Estate) -> None:
    """Copy the tenant's rows beside them, as the state that `restore_seed` brings back."""
    estate.db.copy_to(_copy(estate))
    # The rows hold secrets.
    _copy(estate).chmod(0o600)
    estate.ids.restart("after the seed")


def restore_seed(estate: Estate) -> None:
    """Bring back the rows of the seed and the machine's own time. File contents stay; nothing refers to extra ones."""
    copy = _copy(estate)
    if not copy.exists():
        raise NoSeedCopy(str(copy))
    estate.db.restore_from(copy)
    estate.clock.reset()
    estate.ids.restart("after the seed")


def _copy(estate: Estate) -> Path:
    return estate.folder / "seed.sqlite"

"""Contoso's reporting lines, by given name."""

from __future__ import annotations

from liaison.tenant.estate import Estate
from liaison.tenant.estate.managers import set_manager
from liaison.tenant.seeds.company import person

_REPORTS: dict[str, tuple[str, ...]] = {
    "Nadia": ("Marc", "Ingrid", "Priya", "Daniel", "Anaïs"),
    "Priya": ("Claire", "Oliver", "Hugo", "Emma", "Tom"),
    "Daniel": ("Sofia",),
}


def seed_managers(estate: Estate) -> None:
    """Say whom everybody reports to; repeatable."""
    for manager, reports in _REPORTS.items():
        for given in reports:
            set_manager(estate, person(given).id, person(manager).id)

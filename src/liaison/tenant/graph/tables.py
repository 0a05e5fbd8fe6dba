"""The tables that Graph's answers rest on; each belongs to the estate module that reads and writes it."""

from __future__ import annotations

from liaison.tenant.estate import (
    Estate,
    apps,
    channels,
    directory,
    file_states,
    files,
    groups,
    managers,
    messages,
    partners,
    personal_sites,
    seals,
    sharing,
    site_grants,
    sites,
    subscriptions,
    switches,
    teamwork,
    uploads,
)


def prepare(estate: Estate) -> None:
    """Create every table that Graph's answers rest on; repeatable."""
    switches.create_tables(estate)
    directory.create_tables(estate)
    for part in (subscriptions, seals, sites, files, file_states, sharing, site_grants, personal_sites, uploads):
        part.create_tables(estate)
    for part in (managers, groups, teamwork, channels, partners, apps, messages):
        part.create_tables(estate)

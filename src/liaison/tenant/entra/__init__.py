"""Entra ID: signing in, consent, and tokens. Source: MicrosoftDocs/entra-docs, docs/identity-platform/."""

from __future__ import annotations

from liaison.tenant.estate import Estate, directory, federation, keys, sessions, sign_in_settings, switches


def prepare(estate: Estate) -> None:
    """Create the tables this face needs; repeatable."""
    switches.create_tables(estate)
    keys.create_tables(estate)
    directory.create_tables(estate)
    sign_in_settings.create_tables(estate)
    federation.create_tables(estate)
    sessions.create_tables(estate)

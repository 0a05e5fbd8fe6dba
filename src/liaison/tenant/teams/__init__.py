"""A small Teams client: teams, channels, posts, files, and tabs in frames, for TeamsJS pages without the cloud.

The client runs in the browser. It signs in at the Entra face and speaks with Graph as any client would; this package
serves its pages and its own files, and tells it what the packages of apps say about their tabs.
"""

from __future__ import annotations

from liaison.tenant.estate import Estate, app_definitions


def prepare(estate: Estate) -> None:
    """Create the tables this client needs; repeatable."""
    app_definitions.create_tables(estate)

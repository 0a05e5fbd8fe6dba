"""What the web door must be told about the place it runs in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WebOptions:
    """`secure_cookies` is off only on plain http; `tenant_banner` marks local mode, on every page.

    `teams_origins` may frame the pages under /teams; `teams_address` is where Teams opens in a browser.
    """

    secure_cookies: bool
    tenant_banner: bool
    teams_origins: tuple[str, ...]
    teams_address: str
    version: str
    pane_origins: tuple[str, ...] = ()
    """Who may show the side pane in a frame: the environments of Dynamics 365."""

    @property
    def session_cookie(self) -> str:
        return self.own_cookie("liaison")

    @property
    def pane_cookie(self) -> str:
        """The session of a side pane. Always marked secure, which browsers take from plain http on localhost too."""
        return self.own_cookie("liaison-pane")

    def own_cookie(self, name: str) -> str:
        """The cookie's name; browsers hold the prefix to https, this host and the whole site."""
        return f"__Host-{name}" if self.secure_cookies else name


TEAMS_HOSTS = ("https://teams.microsoft.com", "https://*.teams.microsoft.com", "https://*.cloud.microsoft")
"""Who frames a tab in the real Teams clients. Source: Teams, tab requirements."""

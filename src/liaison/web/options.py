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

    @property
    def session_cookie(self) -> str:
        return self.own_cookie("liaison")

    def own_cookie(self, name: str) -> str:
        """The cookie's name; browsers hold the prefix to https, this host and the whole site."""
        return f"__Host-{name}" if self.secure_cookies else name


TEAMS_HOSTS = ("https://teams.microsoft.com", "https://*.teams.microsoft.com", "https://*.cloud.microsoft")
"""Who frames a tab in the real Teams clients. Source: Teams, tab requirements."""

"""The Chromium that the tests drive: the one without windows if it is here, for half the work of a whole one."""

from __future__ import annotations

import shutil

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_program() -> str | None:
    """Its path; None when only Playwright's own may be here."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)

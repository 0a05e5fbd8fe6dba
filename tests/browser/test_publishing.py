"""An administrator publishes the Teams app from Liaison's own page, giving the one permission it takes on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener

WORDS = {
    "en-GB": (
        "Publish in Teams",
        "Allow and come back",
        "is updated in your organization",
        "Published in this version",
    ),
    "fr-FR": ("Publier dans Teams", "Autoriser et revenir", "Le catalogue contient déjà", "Publiée dans cette version"),
}


@pytest.mark.statement("F75", "F77")
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_the_app_is_published_after_allowing_it(newcomer: Opener, locale: str) -> None:
    """English finds the older app of the seed and is asked for the permission; French finds both done."""
    publish, allow, done, state = WORDS[locale]
    nadia = newcomer("Nadia", locale=locale)
    page = nadia.open_settings()
    with page.expect_download() as downloaded:
        page.locator(".package-facts + a[download]").first.click()
    assert downloaded.value.suggested_filename == "liaison-teams.zip"
    page.goto(f"{nadia.demo.product}/packages")
    page.get_by_role("button", name=publish).click()
    if locale == "en-GB":
        page.get_by_role("link", name=allow).click()
        accept = page.locator("button[name=decision][value=accept]")
        choice = page.locator("button[name=user]", has_text="Nadia")
        back = page.get_by_role("button", name=publish)
        for step in (choice, accept):
            expect(step.or_(accept).or_(back).first).to_be_visible()
            if step.count():
                step.click()
        back.click()
    expect(page.get_by_text(re.compile(done))).to_be_visible()
    expect(page.get_by_text(state)).to_be_visible()

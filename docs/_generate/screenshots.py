"""Take the pictures of docs/images from a running demo: `make screenshots`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.contract.demo_process import Demo, running_demo

IMAGES = Path(__file__).resolve().parent.parent / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
APP = "/e/contoso-sales/a/msdynce_saleshub"
SETTINGS = f"{APP}/settings/chat-and-collaborate"


def main() -> None:
    """Connect a record as a seller would, and keep what the pages look like on the way."""
    IMAGES.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        demo.grant_consent()
        enable(sign_in(browser, demo, "Nadia Benali"), demo)
        connect(sign_in(browser, demo, "Claire Fontaine"), demo)
        browser.close()


def sign_in(browser: Browser, demo: Demo, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1360, "height": 850}, locale="en-GB").new_page()
    page.goto(f"{demo.product}/auth/login")
    page.get_by_text(name).first.click()
    page.get_by_role("button", name="Accept").or_(page.locator("main h1")).first.wait_for()
    if page.get_by_role("button", name="Accept").count():
        page.get_by_role("button", name="Accept").click()
    page.wait_for_url(f"{demo.product}/**")
    return page


def enable(page: Page, demo: Demo) -> None:
    page.goto(demo.product + SETTINGS)
    for number in range(2):
        page.get_by_role("switch").nth(number).check()
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url("**saved=1**")
    page.screenshot(path=IMAGES / "settings.png")


def connect(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.product}{APP}/search?q=Northwind+renewal")
    page.get_by_role("link", name="Northwind renewal").first.click()
    record = page.url
    open_panel(page)
    page.locator(".panel-foot .primary").first.click()
    for choice in ("Ventes Europe", "Renewals"):
        page.get_by_text(choice).first.click()
        page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="Add members").wait_for()
    page.get_by_role("button", name="Next").click()  # nobody is added
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("Back to record").wait_for()
    page.get_by_text("Open channel").wait_for()
    page.screenshot(path=IMAGES / "connected.png")
    page.goto(f"{record}?tab=documents")
    page.screenshot(path=IMAGES / "documents.png")
    page.goto(record)
    open_panel(page)
    page.get_by_text("1 connected channel").wait_for()
    page.wait_for_timeout(500)  # the panel slides in
    page.screenshot(path=IMAGES / "record-collaborate.png")


def open_panel(page: Page) -> None:
    page.get_by_role("link", name="Collaborate").or_(page.get_by_role("button", name="Collaborate")).first.click()


if __name__ == "__main__":
    main()

"""A running demo and a Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.person import ARGUMENTS, SALES, Person, person_at
from tests.chromium import chromium_program
from tests.contract.demo_process import Demo, running_demo

Opener = Callable[..., Person]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium for a module's tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def fresh_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo as it is delivered: everything off, nobody has consented."""
    with running_demo(tmp_path_factory.mktemp("fresh")) as demo:
        yield demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo as an administrator leaves it: consent given, both experiences on in Contoso Sales."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        running.grant_consent()
        with running.api("Nadia") as nadia:
            where = f"/environments/{SALES}/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            nadia.put(where, json={"basic": True, "enhanced": True, "version": version}).raise_for_status()
        yield running


@pytest.fixture
def person(chromium: Browser, demo: Demo) -> Iterator[Opener]:
    """Opens browsers of people by their given names."""
    with ExitStack() as stack:

        def opened(given: str, **options: Any) -> Person:
            return stack.enter_context(person_at(chromium, demo, given, **options))

        yield opened


@pytest.fixture
def newcomer(chromium: Browser, fresh_demo: Demo) -> Iterator[Opener]:
    """The same at the demo as it is delivered."""
    with ExitStack() as stack:

        def opened(given: str, **options: Any) -> Person:
            return stack.enter_context(person_at(chromium, fresh_demo, given, **options))

        yield opened

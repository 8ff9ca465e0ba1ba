"""Fixtures for every test. The cast of people and rows is made in factories.py."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from integration2024.local.processes import Processes
from tests.unreliable import Catcher, OwnRedis

NOW = "2024-10-14T09:00+03:00"  # registration is open; the event is a month away
CHROMIUM_OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> Generator[None]:
    """Addresses without a hash, so that no test needs collectstatic; test_workshop.py tries the hashed ones."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    with override_settings(STORAGES={"default": files, "staticfiles": plain}):
        yield


@pytest.fixture(autouse=True)
def moment() -> Generator[time_machine.Traveller]:
    """Every test begins on 14 October 2024 at 9.00 in Helsinki; `moment.move_to(...)` goes elsewhere."""
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _finnish() -> Generator[None]:
    """Every test begins in the site's own language; a page that an earlier one opened has left another."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def smtp(settings) -> Generator[Catcher]:
    """A mail server that keeps what it is sent, or misbehaves on request; Django's mail goes to it."""
    catcher = Catcher()
    catcher.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = catcher.host, catcher.port
    yield catcher
    catcher.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Generator[OwnRedis]:
    """A Redis of this test alone, to be stopped, frozen and emptied. The run's own Redis is not touched."""
    server = OwnRedis(tmp_path)
    server.start()
    yield server
    server.close()


@pytest.fixture
def processes(tmp_path: Path) -> Generator[Processes]:
    """Starts real processes (web, worker, beat) for a test and stops them after it."""
    started = Processes(tmp_path / "log")
    yield started
    started.stop_all()


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert executable, "No Chromium: install it, or name it in the environment variable CHROMIUM."
    options = [*CHROMIUM_OPTIONS, "--no-sandbox"] if os.geteuid() == 0 else CHROMIUM_OPTIONS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Generator[Page]:
    """A browser page in a fresh context.

    What the browser complains about (script errors, a breach of the content policy, a missing file) is collected in
    `page.problems` and fails the test at its end; a test that expects a complaint takes it out of the list.
    """
    marker = request.node.get_closest_marker("browser")
    context = browser.new_context(**({"locale": "fi-FI"} | (marker.kwargs if marker else {})))
    fresh = context.new_page()
    fresh.problems = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            fresh.problems.append(f"{message.text} ({message.location.get('url')})")

    fresh.on("console", note)
    fresh.on("pageerror", lambda error: fresh.problems.append(str(error)))
    yield fresh
    context.close()
    assert fresh.problems == []

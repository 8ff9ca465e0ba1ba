"""The demo bar and the mailbox in a real browser."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events import clock, outbox
from events.models import Event, Mail
from integration2024.demo import loader
from tests.browser.axe import findings
from tests.integration2024.demo import demo_site  # before a test turns the demo on: addresses are made but once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo(settings, tmp_path: Path, transactional_db: None) -> Event:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    settings.ROOT_URLCONF = demo_site.__name__
    settings.MIDDLEWARE = ["integration2024.demo.middleware.DemoBar", *settings.MIDDLEWARE]
    clock.travel(clock.real_now())
    return loader.load()[0]


@pytest.fixture
def site(demo: Event) -> Generator[str]:
    """A server of this test alone, because it reads the settings when it starts."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


def deliver(folder: Path) -> None:
    """What worker and mail catcher do."""
    (folder / "mail").mkdir(exist_ok=True)
    for number, mail in enumerate(Mail.objects.filter(status=Mail.Status.QUEUED).order_by("pk")):
        name = f"20241014T0600{number:02}.000001-{mail.to_email}.eml"
        (folder / "mail" / name).write_bytes(outbox.build(mail).message().as_bytes(linesep="\r\n"))


def forget_blocked_scripts(page: Page) -> None:
    """The frame of a mail runs no script, axe's neither, and Chromium says so."""
    page.problems[:] = [problem for problem in page.problems if "Blocked script execution" not in problem]


def test_travelling_closes_registration_and_comes_back_to_the_same_page(site: str, page: Page) -> None:
    page.goto(f"{site}/en/register/")
    expect(page.get_by_label("First name")).to_be_visible()
    bar = page.get_by_role("complementary", name="Demo")
    bar.get_by_text("Change the time").click()
    bar.get_by_label("To a moment of the event").select_option("2024-11-29T09:00:00+02:00")
    bar.get_by_role("button", name="Travel there").first.click()
    expect(bar.locator("time")).to_have_text("29 November 2024, 9.00")
    assert page.url == f"{site}/en/register/"
    expect(page.get_by_label("First name")).to_have_count(0)
    bar.get_by_text("Change the time").click()
    bar.get_by_label("To any day and time").fill("2024-10-14T10:30")
    bar.get_by_role("button", name="Travel there").last.click()
    expect(bar.locator("time")).to_have_text("14 October 2024, 10.30")


def test_the_keyboard_still_reaches_the_content_first(site: str, page: Page) -> None:
    page.goto(f"{site}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_one_click_makes_an_organiser_a_participant_and_nobody(site: str, page: Page) -> None:
    page.goto(f"{site}/sv/")
    bar = page.get_by_role("complementary")
    bar.locator("form[action$='/organiser/'] button").click()
    page.wait_for_url(f"{site}/sv/admin/")
    expect(page.locator("#user-tools")).to_be_visible()
    bar.locator("form[action$='/participant/'] button").click()
    page.wait_for_url("**/sv/r/*/")
    bar.locator("form[action$='/visitor/'] button").click()
    page.wait_for_url(f"{site}/sv/")


def test_a_mail_is_read_and_its_link_leads_to_the_personal_page(
    site: str, page: Page, tmp_path: Path, settings
) -> None:
    settings.SITE_URL = site
    page.goto(f"{site}/fi/")
    page.locator("form[action$='/participant/'] button").click()
    page.wait_for_url("**/fi/r/*/")
    deliver(tmp_path)
    for language in ("sv", "en", "fi"):
        page.goto(f"{site}/demo/mail/?language={language}")
        page.locator("summary").first.click()
        assert findings(page) == []
        page.locator(".demo-mails a").first.click()
        assert findings(page) == []
        forget_blocked_scripts(page)
    frame = page.frame_locator("iframe")
    qr = frame.locator("img[src^='data:']").first
    expect(qr).to_be_visible()
    assert qr.evaluate("image => image.naturalWidth") > 0
    frame.locator("a[href*='/fi/2024/r/']").first.click()
    page.wait_for_url("**/fi/2024/r/*/")
    forget_blocked_scripts(page)

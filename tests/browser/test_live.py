"""Following remotely in a real browser: axe finds nothing, a foreign frame comes after a click, and stays meanwhile."""

from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect

from events.models import Event
from programme import live
from programme.models import LivePage, LiveQuestion, Stream
from registration import access, services
from registration.models import Registration
from tests.browser.axe import findings
from tests.factories import at, make_event, register
from tests.sessions import make_release, make_room, make_session

pytestmark = pytest.mark.django_db(transaction=True)


class Film(BaseHTTPRequestHandler):
    """A streaming service of another host: a page that says where it is."""

    def do_GET(self) -> None:
        content = b"<!doctype html><html lang='en'><title>Film</title><h1>Film</h1></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.server.asked.append(self.path)  # type: ignore[attr-defined]

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def film() -> Generator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Film)
    server.asked = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def event(site: str, settings, film: ThreadingHTTPServer, moment: time_machine.Traveller) -> Event:
    settings.DEMO = True  # loopback without https is a place for films there
    event = make_event()
    host = f"127.0.0.1:{film.server_port}"
    LivePage.objects.create(event=event, hosts=[host], support_phone="+358 2 123 456")
    hall = make_room(event)
    Stream.objects.create(event=event, room=hall, url=f"http://{host}/hall")
    Stream.objects.create(event=event, room=hall, url=f"http://{host}/sv", kind="interpretation", language="sv")
    make_session(event, starts="2024-11-14 09:00", room=hall, is_streamed=True)
    make_session(event, starts="2024-11-14 10:00", room=hall, is_streamed=True)
    make_release(event)
    return event


@pytest.fixture
def anna(event: Event, moment: time_machine.Traveller) -> Registration:
    anna = register(event, attendance="remote")
    moment.move_to(at("2024-11-14 09:10"))
    return anna


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nothing_is_wrong_with_any_page(page: Page, site: str, event: Event, anna: Registration, language: str) -> None:
    wrong: dict[str, list[str]] = {}

    def look(what: str, path: str = "") -> None:
        if path:
            page.goto(f"{site}/{language}/live/{path}")
        if found := findings(page):
            wrong[what] = found
        page.problems.clear()

    page.goto(f"{site}/{language}/live/")
    look("nobody")
    look("a room for nobody", "hall/")
    page.goto(f"{site}/{language}/my/{access.personal_token(anna)}/live/")
    look("rooms")
    session = event.sessions.first()
    given = {"event": event, "session": session, "registration": anna, "asked_at": at("2024-11-14 09:05")}
    for status in ("shown", "answered"):
        LiveQuestion.objects.create(text=f"Miksi {status}?", status=status, **given)
    look("before the click", "hall/")
    look("the stream", "hall/?channel=picture")
    page.locator("#ask [type=submit]").press("Enter")  # a click may still land in the frame
    expect(page.locator("#ask [aria-invalid]")).to_be_visible()
    page.problems.clear()  # 422
    look("refused")
    services.cancel(anna.pk, by=None)
    look("cancelled", "")
    assert wrong == {}


def test_a_stream_is_opened_asked_and_counted(
    page: Page, site: str, event: Event, anna: Registration, film: ThreadingHTTPServer
) -> None:
    asked: list[str] = film.asked  # type: ignore[attr-defined]
    page.goto(f"{site}/en/my/{access.personal_token(anna)}/live/")
    page.get_by_role("link", name="Follow: Hall en").click()
    expect(page.get_by_text("The stream comes from another service")).to_be_visible()
    assert asked == [], "nothing is fetched before the click"
    page.get_by_role("link", name="Open: picture and sound").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Film")).to_be_visible()
    assert asked[:1] == ["/hall"]
    page.wait_for_timeout(1000)
    assert live.minutes_of(anna) == 1
    page.get_by_label("Your question to the speaker").fill("<b>Why?</b>")
    page.get_by_role("button", name="Send the question").press("Enter")  # a click may land in the frame still
    told = page.locator(".messages", has_text="An organiser reads your question first.")
    expect(told).to_be_focused(timeout=20_000)  # however busy the machine is
    assert asked.count("/hall") == 1, "the stream was not interrupted"
    assert LiveQuestion.objects.get().text == "<b>Why?</b>"
    assert page.problems == []


def test_everything_works_without_javascript(browser: Browser, site: str, event: Event, anna: Registration) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/my/{access.personal_token(anna)}/live/")
    page.get_by_role("link", name="Follow: Hall en").click()
    page.get_by_role("link", name="Open: interpretation (svenska)").click()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Film")).to_be_visible()
    page.get_by_label("Your question to the speaker").fill("Why?")
    page.get_by_role("button", name="Send the question").press("Enter")  # as above
    expect(page.get_by_text("An organiser reads your question first.")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Film")).to_be_visible()
    assert LiveQuestion.objects.get().text == "Why?"
    context.close()


def test_a_stream_ends_when_something_begins_that_is_not_streamed(
    page: Page, site: str, event: Event, anna: Registration, moment: time_machine.Traveller
) -> None:
    make_session(event, starts="2024-11-14 11:00", room=make_room(event))
    make_release(event)
    page.clock.install()
    page.goto(f"{site}/en/my/{access.personal_token(anna)}/live/")
    page.goto(f"{site}/en/live/hall/?channel=picture")
    question = page.get_by_label("Your question to the speaker")
    question.fill("Why?")
    moment.move_to(at("2024-11-14 11:00"))
    page.clock.run_for(31_000)
    expect(page.locator("iframe")).to_have_count(0)
    expect(question).to_have_value("Why?")
    question.fill("")
    page.clock.run_for(31_000)
    expect(page.get_by_text("Nothing is streamed from here at this moment.")).to_be_visible()
    assert page.problems == []

"""A participant's calendar follows a session: signed up for, moved, cancelled, each with a release of the programme."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from events.models import Event
from programme.models import Session
from tests.browser.post import CalendarProgram, Letter, Post
from tests.factories import make_event, register
from tests.organisers import enter, make_member
from tests.sessions import make_room, make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="sv-FI")]
VENUE = "Logomo, Köydenpunojankatu 14"
TITLES = {"title_fi": "Kielikahvilat", "title_sv": "Språkkaféer", "title_en": "Language cafés"}


@pytest.fixture
def event(site: str) -> Event:
    return make_event()


@pytest.fixture
def session(event: Event) -> Session:
    make_room(event, "studio", order=2, name_sv="Studion")
    return make_session(
        event, room=make_room(event, order=1, name_sv="Salen"), starts="2024-11-14 10:00", places=20, **TITLES
    )


@pytest.fixture
def organiser(browser: Browser, site: str, event: Event, client) -> Generator[Page]:
    """Another person's browser, who may publish."""
    enter(client, make_member(event, "organiser"))
    context = browser.new_context(locale="en-GB", base_url=f"{site}/en/admin/programme/")
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    yield context.new_page()
    context.close()


def publish(organiser: Page, *, told: int) -> None:
    """Publish the programme, and send the notices to as many as the page says."""
    organiser.goto("release/")
    organiser.get_by_role("link", name="Publish the programme").click()
    organiser.get_by_role("button", name="Publish").click()
    expect(organiser.get_by_text("Published. Now look at the notices and send them.")).to_be_visible()
    if told:
        organiser.get_by_role("button", name=f"Send {told} notice").click()
        expect(organiser.get_by_text("The notices are in the outbox.")).to_be_visible()
    else:
        expect(organiser.get_by_text("These changes concern nobody")).to_be_visible()


def cards(organiser: Page, session: Session):
    organiser.goto("session/schedule/")
    return organiser.locator(f"#slot-{session.pk}")


def test_a_calendar_follows_a_session_that_is_moved_and_cancelled(
    page: Page, organiser: Page, site: str, post: Post, event: Event, session: Session
) -> None:
    calendar = CalendarProgram()
    publish(organiser, told=0)

    register(event, language="sv", email="anna.ek@kommun.example")
    page.goto(post.deliver_one().link("/r/"))
    page.goto(f"{site}/sv/programme/")
    page.get_by_role("link", name="Språkkaféer").click()
    page.get_by_role("button", name="Anmäl dig till programpunkten").click()
    expect(page.get_by_text("Du har en plats i programpunkten.").last).to_be_visible()
    calendar.take_in(post.deliver_one())
    assert calendar.sessions == [("14.11. 10.00", "Språkkaféer", f"Salen, {VENUE}")]
    [uid] = calendar.entries

    cards(organiser, session).focus()
    for key in ("Enter", "ArrowRight", "PageDown", "Enter"):
        organiser.keyboard.press(key)
    expect(organiser.locator("[data-schedule-words]")).to_contain_text("Studio en, 10.15–11.00.")
    assert post.deliver() == []  # nobody hears of what is not published
    publish(organiser, told=1)
    moved: Letter = post.deliver_one()
    assert (moved.to, moved.language, moved.kinds) == ("anna.ek@kommun.example", "sv", ["ics"])
    calendar.take_in(moved)
    assert calendar.sessions == [("14.11. 10.15", "Språkkaféer", f"Studion, {VENUE}")]
    assert list(calendar.entries) == [uid]

    organiser.goto(f"session/{session.pk}/cancel/")
    organiser.get_by_role("button", name="Cancel the session").click()
    organiser.get_by_role("link", name="Publish at once").click()
    organiser.get_by_role("button", name="Publish and tell").click()
    expect(organiser.get_by_text("Published. Those concerned are being told.")).to_be_visible()
    calendar.take_in(post.deliver_one())
    assert calendar.sessions == []
    page.goto(f"{site}/sv/programme/")
    expect(page.locator("section.day")).to_contain_text("Inställd")

"""The schedule by hand and by keys in a real browser; nothing inline, nothing that the browser complains about."""

import os

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from events.models import Event
from programme.models import Session
from programme.services.scheduling import NO_SLOT, Slot, slot_of
from tests.factories import at, make_event, make_organiser
from tests.organisers import enter
from tests.sessions import make_room, make_session, make_speaker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def schedule(event: Event, page: Page, live_server, client: Client) -> str:
    """The address of the schedule; the browser is an organiser's."""
    site = live_server.url.replace("127.0.0.1", "localhost")
    enter(client, make_organiser(event))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    return f"{site}/en/admin/programme/session/schedule/"


def fresh(session: Session) -> Slot:
    return slot_of(Session.objects.get(pk=session.pk))


def words(page: Page):
    return page.locator("[data-schedule-words]")


def card(page: Page, session: Session):
    return page.locator(f"#slot-{session.pk}")


def test_a_session_is_moved_by_keys_alone(event: Event, page: Page, schedule: str):
    hall, studio = make_room(event, order=1), make_room(event, "studio", order=2)
    session = make_session(event, room=hall, starts="2024-11-14 09:00", title_en="Languages")
    page.goto(schedule)
    card(page, session).focus()
    page.keyboard.press("Enter")
    expect(words(page)).to_contain_text("Languages is in your hand.")
    expect(card(page, session)).to_have_attribute("aria-pressed", "true")
    for key in ("ArrowDown", "Shift+ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(words(page)).to_have_text("Studio en, 9.20–10.05")
    page.keyboard.press("Enter")
    expect(words(page)).to_have_text("“Languages”: Studio en, 9.20–10.05.")
    assert fresh(session) == Slot(studio.pk, at("2024-11-14 09:20"), at("2024-11-14 10:05"))
    expect(card(page, session)).to_be_focused()
    page.locator("[data-undo]").click()
    expect(words(page)).to_contain_text("Undone:")
    assert fresh(session) == Slot(hall.pk, at("2024-11-14 09:00"), at("2024-11-14 09:45"))


def test_escape_leaves_it_and_delete_takes_it_out(event: Event, page: Page, schedule: str):
    session = make_session(event, room=make_room(event), starts="2024-11-14 09:00", title_en="Languages")
    page.goto(schedule)
    card(page, session).focus()
    for key in ("Enter", "ArrowDown", "Escape"):
        page.keyboard.press(key)
    expect(words(page)).to_have_text("Languages stays where it was.")
    assert fresh(session).starts_at == at("2024-11-14 09:00")
    for key in ("Enter", "Delete"):
        page.keyboard.press(key)
    expect(words(page)).to_have_text("“Languages” has no time now.")
    assert fresh(session) == NO_SLOT


def test_clashes_are_shown_before_and_refused_after_and_s_changes_places(event: Event, page: Page, schedule: str):
    room, speaker = make_room(event), make_speaker(event)
    first = make_session(event, room=room, starts="2024-11-14 09:00", title_en="First", speakers=[speaker])
    second = make_session(event, room=room, starts="2024-11-14 10:00", title_en="Second", speakers=[speaker])
    page.goto(schedule)
    card(page, second).focus()
    for key in ("Enter", "PageUp", "PageUp"):
        page.keyboard.press(key)
    expect(words(page)).to_contain_text("taken by First: S changes places")
    expect(card(page, first)).to_have_class("slot slot-in-the-way")
    page.keyboard.press("Enter")
    expect(words(page)).to_have_text("Hall en is taken: “First” is there 9.00–9.45.")
    assert fresh(second).starts_at == at("2024-11-14 10:00")
    assert "409 (Conflict)" in page.problems.pop()  # the refusal, which the browser notes
    for key in ("Enter", "PageUp", "PageUp", "s"):
        page.keyboard.press(key)
    expect(words(page)).to_contain_text("“Second”: Hall en, 9.00–9.45.")
    assert (fresh(first).starts_at, fresh(second).starts_at) == (at("2024-11-14 10:00"), at("2024-11-14 09:00"))


def test_sessions_are_dragged_to_a_time_onto_each_other_and_out(event: Event, page: Page, schedule: str):
    room = make_room(event)
    placed = make_session(event, room=room, starts="2024-11-14 09:00", minutes=60, title_en="Placed")
    waiting = make_session(event, title_en="Waiting")
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto(schedule)
    shoot(page, "schedule-1280")
    cell = page.locator(f'tr[data-minute="{13 * 60}"] td[data-room="{room.pk}"]')
    card(page, waiting).drag_to(cell, target_position={"x": 20, "y": 3})
    expect(words(page)).to_have_text("“Waiting”: Hall en, 13.00–13.45.")
    card(page, waiting).drag_to(card(page, placed))
    expect(words(page)).to_contain_text("“Waiting”: Hall en, 9.00–9.45.")
    assert fresh(placed).starts_at == at("2024-11-14 13:00")
    card(page, placed).drag_to(page.locator("#waiting-title"))
    expect(words(page)).to_have_text("“Placed” has no time now.")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_a_phone_and_a_desk(event: Event, page: Page, schedule: str, width: int):
    for number in range(6):
        room = make_room(event, f"room-{number}")
        make_session(event, room=room, starts=f"2024-11-14 {9 + number:02}:00", speakers=[make_speaker(event)])
    make_session(event, title_en="Waiting")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(schedule)
    shoot(page, f"schedule-full-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)

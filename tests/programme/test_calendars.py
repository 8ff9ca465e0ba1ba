"""One's own sessions as calendar entries: by mail, and by an address that calendars fetch."""

from typing import Any

import icalendar
import pytest
from django.test import Client

from events.models import Event
from programme import calendars
from programme.models import Session
from programme.services import booking, favourites
from registration import access
from registration.models import Registration
from tests.factories import at, make_event, register
from tests.sessions import make_release, make_room, make_session, move_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def published(event: Event, starts: str = "2024-11-14 10:00", **fields: Any) -> Session:
    session = make_session(event, starts=starts, places=5, room=make_room(event), **fields)
    make_release(event)
    return session


def entries(content: bytes) -> dict[str, Any]:
    return {str(part["UID"]): part for part in icalendar.Calendar.from_ical(content).walk("VEVENT")}


def feed(registration: Registration) -> dict[str, tuple[int, str]]:
    found = entries(calendars.personal(registration))
    return {str(part["SUMMARY"]): (part["SEQUENCE"], str(part["STATUS"])) for part in found.values()}


def test_the_entry_of_a_booked_session(event: Event):
    session = published(event, title_sv="Verkstad")
    registration = register(event, language="sv")
    row = booking.book(registration.pk, session.pk, by=None)
    attachment = calendars.booked_one(row)
    assert attachment
    assert (attachment.filename, "REQUEST" in attachment.media_type) == ("2024-sessions.ics", True)
    (part,) = entries(attachment.content).values()
    assert str(part["UID"]).startswith(f"session-{session.pk}@")
    assert (str(part["SUMMARY"]), part["DTSTART"].dt, part["SEQUENCE"]) == ("Verkstad", at("2024-11-14 10:00"), 0)
    assert str(part["LOCATION"]).startswith("Hall sv, Logomo")
    assert str(part["URL"]).endswith(f"/sv/2024/programme/session/{session.slug}/")
    assert calendars.ended_one(row) is None


def test_who_waits_has_no_entry(event: Event):
    session = published(event)
    booking.set_places(session.pk, 0, by=None)
    registration = register(event)
    row = booking.book(registration.pk, session.pk, by=None)
    assert (calendars.booked_one(row), calendars.booked(registration), calendars.ended(registration)) == (None,) * 3
    booking.cancel_booking(registration.pk, session.pk, by=None)
    assert calendars.ended(registration) is None


def test_given_up_and_booked_again_counts_on(event: Event):
    session = published(event)
    registration = register(event)
    numbers = []
    for _ in range(2):
        row = booking.book(registration.pk, session.pk, by=None)
        (part,) = entries(calendars.booked_one(row).content).values()
        numbers.append(part["SEQUENCE"])
        row = booking.cancel_booking(registration.pk, session.pk, by=None)
        attachment = calendars.ended_one(row)
        (part,) = entries(attachment.content).values()
        assert ("CANCEL" in attachment.media_type, str(part["STATUS"])) == (True, "CANCELLED")
        numbers.append(part["SEQUENCE"])
    assert numbers == [0, 1, 2, 3]
    move_session(session, "2024-11-14 12:00")
    make_release(event)
    booking.book(registration.pk, session.pk, by=None)
    (part,) = entries(calendars.booked(registration).content).values()
    assert part["SEQUENCE"] == 5


def test_a_session_without_a_time_has_no_entry(event: Event):
    session = make_session(event, places=3, is_all_day=True)
    make_release(event)
    registration = register(event)
    booking.book(registration.pk, session.pk, by=None)
    assert calendars.booked(registration) is None


def test_the_feed_holds_what_is_booked_and_marked_with_what_is_over_as_cancelled(event: Event):
    names = ["booked", "marked", "both", "given up", "cancelled", "removed", "other"]
    sessions = {
        name: make_session(event, starts=f"2024-11-14 {hour}:00", places=5, title_fi=name)
        for hour, name in enumerate(names, start=10)
    }
    make_release(event)
    registration = register(event)
    for name in ("booked", "both", "given up", "cancelled"):
        booking.book(registration.pk, sessions[name].pk, by=None)
    for name in ("marked", "both", "removed"):
        favourites.mark(registration, sessions[name].pk)
    booking.cancel_booking(registration.pk, sessions["given up"].pk, by=None)
    Session.objects.filter(pk=sessions["cancelled"].pk).update(cancelled_at=at("2024-10-14 08:00"))
    Session.objects.filter(pk=sessions["removed"].pk).update(is_ready=False)
    make_release(event)
    assert feed(registration) == {
        "booked": (0, "CONFIRMED"),
        "marked": (0, "CONFIRMED"),
        "both": (0, "CONFIRMED"),
        "given up": (1, "CANCELLED"),
        "cancelled": (1, "CANCELLED"),
        "removed": (1, "CANCELLED"),
    }


def test_given_up_but_still_marked_stays_with_a_higher_number(event: Event):
    session = published(event, title_fi="Paja")
    registration = register(event)
    favourites.mark(registration, session.pk)
    booking.book(registration.pk, session.pk, by=None)
    booking.cancel_booking(registration.pk, session.pk, by=None)
    assert feed(registration) == {"Paja": (2, "CONFIRMED")}


def test_the_secret_address_answers_without_login_and_opens_nothing_else(event: Event, client: Client):
    session = published(event)
    registration = register(event)
    favourites.mark(registration, session.pk)
    token = calendars.token_of(registration)
    answer = client.get(f"/fi/my/{token}/sessions.ics")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8; method=PUBLISH")
    assert list(entries(answer.content)) == [next(iter(entries(calendars.personal(registration))))]
    assert [client.get(path).status_code for path in (f"/fi/my/{token}/", f"/fi/r/{token}/")] == [404, 404]
    assert client.get(f"/fi/my/{access.personal_token(registration)}/sessions.ics").status_code == 404
    assert client.get(f"/fi/my/{token}x/sessions.ics").status_code == 404


def test_a_revoked_link_revokes_the_address_too(event: Event, client: Client):
    published(event)
    registration = register(event)
    address = f"/fi/my/{calendars.token_of(registration)}/sessions.ics"
    Registration.objects.update(link_version=registration.link_version + 1)
    assert client.get(address).status_code == 404


def test_before_anything_is_published_the_feed_is_empty(event: Event):
    assert entries(calendars.personal(register(event))) == {}


def test_the_feed_costs_the_same_for_few_and_many(event: Event, django_assert_max_num_queries):
    sessions = [make_session(event, starts=f"2024-11-14 {hour}:00", places=5) for hour in range(10, 18)]
    make_release(event)
    registration = register(event)
    for session in sessions:
        favourites.mark(registration, session.pk)
        booking.book(registration.pk, session.pk, by=None)
    registration = Registration.objects.select_related("event").get(pk=registration.pk)
    with django_assert_max_num_queries(5):
        assert len(entries(calendars.personal(registration))) == 8

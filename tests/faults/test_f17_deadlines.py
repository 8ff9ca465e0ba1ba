"""F17: deadlines to the microsecond, in Helsinki, in the nights when clocks change, for a browser in another zone."""

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import Page, expect

from events import clock, dates
from events.models import Call, Event, Place
from events.models import event as event_module
from programme.access import speaker_token
from programme.models import Booking, Material, Proposal, Session
from programme.services.speaking import takes_materials
from registration.access import personal_token
from registration.models import Registration
from tests.factories import at, form_data, make_call, make_event, make_organiser, register
from tests.faults.conftest import size
from tests.organisers import enter
from tests.sessions import make_release, make_room, make_session, make_speaker

MOMENTS = size(small=2_000, full=100_000)
MICROSECOND, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
NIGHTS = {  # closing at these minutes in Helsinki; in two of them the clock shows them twice, or never
    "an ordinary night": datetime(2024, 10, 31, 21, 59, tzinfo=UTC),
    "3.30 the first time": datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
    "3.30 the second time": datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    "the last minute of summer time": datetime(2024, 10, 27, 0, 59, tzinfo=UTC),
    "the minute before the hour that never comes": datetime(2024, 3, 31, 0, 59, tzinfo=UTC),
    "the minute after it": datetime(2024, 3, 31, 1, 0, tzinfo=UTC),
}
AGES = timedelta(days=400)


class Window(NamedTuple):
    """What is open from one moment to the end of another one's minute, as a page and as the database see it."""

    name: str
    set: Callable[[datetime, datetime], None]
    is_open: Callable[[datetime], bool]
    in_database: Callable[[datetime], bool] | None = None
    has_opening: bool = True


def windows(event: Event) -> list[Window]:
    """All that have an end."""
    call = make_call(event)
    session = make_session(event, places=1)
    booking = Booking(event=event, session=session, registration=register(event), booked_at=clock.now())

    def set_call(opens: datetime, closes: datetime) -> None:
        call.opens_at, call.closes_at = opens, closes
        call.save(update_fields=["opens_at", "closes_at"])

    def set_offer(opens: datetime, closes: datetime) -> None:
        booking.status, booking.offered_at, booking.offer_ends_at = Place.Status.OFFERED, opens, closes
        booking.save()

    def set_event(kind: str) -> Callable[[datetime, datetime], None]:
        def set_both(opens: datetime, closes: datetime) -> None:
            setattr(event, f"{kind}_opens_at", opens)
            setattr(event, f"{kind}_closes_at", closes)

        return set_both

    def until(row: Event | Session, name: str) -> Callable[[datetime, datetime], None]:
        return lambda _opens, closes: setattr(row, name, closes)

    not_lapsed = lambda when: not Booking.objects.lapsed(when).exists()  # noqa: E731
    return [
        Window("call", set_call, call.is_open, lambda when: Call.objects.open_at(when).exists()),
        Window("registration on site", set_event("on_site"), event.on_site_is_open),
        Window("registration for remote participation", set_event("remote"), event.remote_is_open),
        Window("dietary needs", until(event, "needs_until"), event.needs_can_change, has_opening=False),
        Window("materials", until(session, "materials_until"), lambda when: takes_materials(session, when),
               has_opening=False),
        Window("offer of a place", set_offer, booking.is_offered, not_lapsed, has_opening=False),
    ]  # fmt: skip


def edges(chance: random.Random) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Without end: opening, closing, and a moment near one of the two, or in between."""
    while True:
        closes = chance.choice(
            [*NIGHTS.values(), datetime(2024, 1, 1, tzinfo=UTC) + chance.randrange(500_000) * MINUTE]
        )
        opens = closes - chance.choice([MINUTE, timedelta(hours=1), timedelta(days=31)])
        offset = chance.choice(
            [-MICROSECOND, timedelta(), MICROSECOND, chance.random() * MINUTE, -chance.random() * MINUTE]
        )
        edge = chance.choice([opens, closes, closes + MINUTE])
        yield opens, closes, edge + offset


def wrong(found: list[Window], count: int, chance: random.Random) -> list[str]:
    """Where a window is not what is written: open from its first microsecond to the last one of its closing minute."""
    told = []
    for opens, closes, when in islice(edges(chance), count):
        window = chance.choice(found)
        window.set(opens, closes)
        expected = (opens <= when or not window.has_opening) and when < closes + MINUTE
        local = when.astimezone(clock.HELSINKI)
        answers = [window.is_open(when), window.is_open(local)]
        if window.in_database and chance.random() < 0.2:
            answers.append(window.in_database(when))
        if answers != [expected] * len(answers):
            told.append(f"{window.name}, closes {closes}, at {when}: {answers}")
    return told


@pytest.mark.django_db
def test_every_window_is_inclusive_as_written(figure):
    told = wrong(windows(make_event()), MOMENTS, random.Random(17))
    figure("wrong answers near the edges of windows", f"{len(told)} of {MOMENTS}", "0")
    assert told == []


@pytest.mark.django_db
def test_an_end_that_does_not_count_its_minute_is_noticed(monkeypatch):
    """The control."""
    monkeypatch.setattr(event_module, "is_not_past", lambda limit, when: when <= limit)
    assert wrong(windows(make_event()), 500, random.Random(17)) != []


# --- Forms, at the edge -----------------------------------------------------------------------------------------------
@pytest.fixture(params=NIGHTS)
def closes(request: pytest.FixtureRequest) -> datetime:
    """When something closes."""
    found: datetime = NIGHTS[request.param]
    return found


def at_both_ends(moment: time_machine.Traveller, closes: datetime, step: Callable[[], bool]) -> list[bool]:
    """What the step says in the last microsecond of the closing minute, and in the next one."""
    answers = []
    for when in (closes + MINUTE - MICROSECOND, closes + MINUTE):
        moment.move_to(when, tick=False)
        answers.append(step())
    return answers


@pytest.mark.django_db
def test_a_proposal_is_sent_in_to_the_last_microsecond(closes: datetime, moment, client: Client):
    event = make_event()
    make_call(event, opens_at=closes - AGES, closes_at=closes)

    def propose() -> bool:
        before = Proposal.objects.count()
        data = {"step": "draft", "form_key": str(uuid.uuid4()), "email": f"p{before}@x.example", "title_fi": "Ehdotus"}
        response = client.post("/fi/calls/programme/form/", data)
        assert response.status_code in {303, 409}
        assert response.status_code == 303 or "Ehdotus" in response.content.decode()  # nothing typed is lost
        return Proposal.objects.count() > before

    assert at_both_ends(moment, closes, propose) == [True, False]


@pytest.mark.django_db
def test_one_registers_to_the_last_microsecond(closes: datetime, moment, client: Client):
    event = make_event(on_site_opens_at=closes - AGES, on_site_closes_at=closes, remote_opens_at=None)

    def sign_up() -> bool:
        before = Registration.objects.count()
        response = client.post("/fi/register/", form_data(event))
        assert response.status_code < 500
        return Registration.objects.count() > before

    assert at_both_ends(moment, closes, sign_up) == [True, False]


@pytest.mark.django_db
def test_an_offered_place_is_taken_to_the_last_microsecond(closes: datetime, moment, client: Client):
    event = make_event(
        doors_open_at=closes + AGES, ends_on=(closes + AGES).date(), on_site_closes_at=closes + AGES, capacity=5
    )
    registrations = [register(event) for _ in range(2)]

    def accept() -> bool:
        registration = registrations.pop()
        Registration.objects.filter(pk=registration.pk).update(
            status=Place.Status.OFFERED, offered_at=closes - AGES, offer_ends_at=closes, queued_at=closes - AGES
        )
        client.post(f"/fi/2024/r/{personal_token(registration)}/offer/", {"answer": "accept"})
        registration.refresh_from_db()
        return bool(registration.status == Place.Status.CONFIRMED)

    assert at_both_ends(moment, closes, accept) == [True, False]


@pytest.mark.django_db
def test_materials_are_handed_in_to_the_last_microsecond(closes: datetime, moment, client: Client):
    speaker = make_speaker(make_event())
    session = make_session(speaker.event, speakers=[speaker], materials_until=closes)

    def hand_in() -> bool:
        before = Material.objects.count()
        address = f"/fi/2024/s/{speaker_token(speaker)}/session/{session.pk}/material/"
        client.post(address, {"title": "Kalvot", "url": "https://jarjesto.example/"})
        return Material.objects.count() > before

    assert at_both_ends(moment, closes, hand_in) == [True, False]


@pytest.mark.django_db
def test_one_signs_up_for_a_session_until_it_begins(closes: datetime, moment, client: Client):
    """Here it is the beginning that is written, and one is not in time for what has begun."""
    event = make_event()
    session = make_session(event, starts="2024-11-14 10:00", places=5)
    Session.objects.filter(pk=session.pk).update(starts_at=closes, ends_at=closes + timedelta(minutes=30))
    make_release(event)
    registrations = [register(event) for _ in range(2)]
    answers = []
    for when in (closes - MICROSECOND, closes):
        moment.move_to(when, tick=False)
        registration = registrations.pop()
        client.get(f"/fi/2024/r/{personal_token(registration)}/")
        client.post(f"/fi/2024/programme/session/{session.slug}/book/", {"step": "book"})
        answers.append(Booking.objects.filter(registration=registration).exists())
    assert answers == [True, False]


# --- Elsewhere --------------------------------------------------------------------------------------------------------
@pytest.mark.browser(locale="en-GB", timezone_id="Pacific/Auckland")
@pytest.mark.django_db(transaction=True)
def test_a_browser_on_the_other_side_of_the_earth_reads_and_writes_helsinki_time(
    page: Page, live_server, client: Client, settings
):
    site = settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    event = make_event()
    call = make_call(event, closes_at=at("2024-10-27 23:59"))
    session = make_session(event, room=make_room(event), starts="2024-11-14 09:00", title_en="Languages")
    make_release(event)
    assert page.evaluate("new Date('2024-11-14T09:00+02:00').getHours()") == 20  # the control: it is evening there

    page.goto(f"{site}/en/calls/")
    expect(page.locator("main")).to_contain_text(dates.moment(call.closes_at, language="en"))
    page.goto(f"{site}/en/programme/session/{session.slug}/")
    expect(page.locator("main")).to_contain_text("9.00–9.45")
    expect(page.locator("main")).to_contain_text("Helsinki time")

    enter(client, make_organiser(event))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    page.goto(f"{site}/en/admin/programme/session/schedule/")
    page.locator(f"#slot-{session.pk}").focus()
    for key in ("Enter", "PageDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-schedule-words]")).to_contain_text("9.15–10.00.")
    session.refresh_from_db()
    assert session.starts_at == at("2024-11-14 09:15")

"""Places in sessions, favourites and one's own programme: the services and the pages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events import places
from events.models import Event, LogEntry, Mail, Place
from programme import calendars
from programme.models import Booking, Favourite, Session
from programme.services import booking, favourites
from registration import access
from registration import services as registration_services
from registration.models import ListEntry, Registration
from tests.factories import at, form_data, make_event, make_organiser, register
from tests.sessions import make_release, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event(contact_email="info@integration2024.example")


def workshop(event: Event, places: int = 1, starts: str = "2024-11-14 10:00", **fields) -> Session:
    return make_session(event, starts=starts, places=places, **fields)


def published(event: Event, places: int = 1, **fields) -> Session:
    session = workshop(event, places, **fields)
    make_release(event)
    return session


def book(registration: Registration, session: Session) -> Booking:
    return booking.book(registration.pk, session.pk, by=None)


def messages_to(registration: Registration) -> list[str]:
    rows = Mail.objects.filter(to_email=registration.email, message__startswith="programme/").order_by("pk")
    return [mail.message.removeprefix("programme/booking_") for mail in rows]


def on_the_list(session: Session) -> list[int]:
    session.refresh_from_db()
    entries = ListEntry.objects.filter(check_in_list=session.check_in_list_id)
    return list(entries.order_by("pk").values_list("registration", flat=True))


# --- Booking ----------------------------------------------------------------------------------------------------------
def test_a_free_place_is_confirmed_with_a_mail_and_a_name_on_the_doors_list(event: Event):
    session = published(event)
    registration = register(event)
    row = book(registration, session)
    assert (row.status, row.seats, list(row.pools.all())) == (Place.Status.CONFIRMED, 1, [session.pool])
    assert (messages_to(registration), on_the_list(session)) == (["confirmed"], [registration.pk])
    session.pool.refresh_from_db()
    assert session.pool.taken == 1
    assert session.check_in_list.has_names_only
    assert session.check_in_list.name_sv == session.title_sv


def test_booked_twice_is_booked_once(event: Event):
    session = published(event, places=5)
    registration = register(event)
    assert book(registration, session) == book(registration, session)
    assert messages_to(registration) == ["confirmed"]


def test_when_full_one_waits_and_is_not_on_the_doors_list(event: Event):
    session = published(event)
    first, second = register(event), register(event)
    book(first, session)
    assert book(second, session).is_waiting
    assert (messages_to(second), on_the_list(session)) == (["waiting"], [first.pk])


def test_an_assistant_takes_a_second_seat(event: Event):
    session = published(event, places=2)
    assert book(register(event, has_assistant=True), session).seats == 2
    assert book(register(event), session).is_waiting


def test_a_place_given_up_is_offered_to_the_queue_and_taken(event: Event, moment):
    moment.move_to(at("2024-10-14 09:00"), tick=False)
    session = published(event)
    first, second = register(event), register(event)
    book(first, session)
    book(second, session)
    booking.cancel_booking(first.pk, session.pk, by=None)
    row = Booking.objects.get(registration=second)
    assert (row.status, row.offer_ends_at) == (Place.Status.OFFERED, at("2024-10-15 09:00"))
    assert (messages_to(first), messages_to(second)) == (["confirmed", "cancelled"], ["waiting", "offered"])
    assert on_the_list(session) == []
    booking.accept_booking(second.pk, session.pk, by=None)
    booking.accept_booking(second.pk, session.pk, by=None)
    assert (messages_to(second)[2:], on_the_list(session)) == (["confirmed"], [second.pk])


def test_an_offer_declined_goes_to_the_next(event: Event):
    session = published(event)
    first, second, third = (register(event) for _ in range(3))
    for registration in (first, second, third):
        book(registration, session)
    booking.cancel_booking(first.pk, session.pk, by=None)
    booking.decline_booking(second.pk, session.pk, by=None)
    assert Booking.objects.get(registration=third).status == Place.Status.OFFERED
    assert messages_to(second) == ["waiting", "offered", "offer_ended"]


def test_an_offer_not_answered_lapses_and_cannot_be_taken_any_more(event: Event, moment):
    session = published(event)
    first, second, third = (register(event) for _ in range(3))
    for registration in (first, second, third):
        book(registration, session)
    booking.cancel_booking(first.pk, session.pk, by=None)
    moment.move_to(at("2024-10-15 09:01"))
    with pytest.raises(places.OfferEnded):
        booking.accept_booking(second.pk, session.pk, by=None)
    assert booking.settle_sessions() == 1
    statuses = {one.registration_id: one.status for one in Booking.objects.all()}
    assert (statuses[second.pk], statuses[third.pk]) == (Place.Status.LAPSED, Place.Status.OFFERED)
    assert messages_to(second)[-1] == "offer_ended"


def test_nothing_is_offered_once_the_session_has_begun(event: Event, moment):
    session = published(event)
    first, second = register(event), register(event)
    book(first, session)
    book(second, session)
    moment.move_to(at("2024-11-14 10:00"))
    booking.cancel_booking(first.pk, session.pk, by=None)
    assert Booking.objects.get(registration=second).is_waiting


@pytest.mark.parametrize("problem", ["no places", "not published", "cancelled", "begun"])
def test_what_cannot_be_booked_is_refused(event: Event, moment, problem: str):
    session = workshop(event)
    if problem == "no places":
        Session.objects.update(pool=None)
    if problem == "cancelled":
        Session.objects.update(cancelled_at=at("2024-10-13 09:00"))
    if problem != "not published":
        make_release(event)
    registration = register(event)
    if problem == "begun":
        moment.move_to(at("2024-11-14 10:00"))
    with pytest.raises(booking.NotBookable):
        book(registration, session)


def test_a_minute_before_it_begins_one_can_still_sign_up(event: Event, moment):
    session = published(event)
    registration = register(event)
    moment.move_to(at("2024-11-14 09:59"))
    assert book(registration, session).is_confirmed


def test_only_those_who_come_can_book(event: Event):
    session = published(event)
    with pytest.raises(booking.NotComing):
        book(register(event, attendance="remote"), session)
    assert not Booking.objects.exists()


def test_another_events_session_cannot_be_booked(event: Event):
    other = make_event(slug="2020", is_current=False)
    session = published(other)
    with pytest.raises(Registration.DoesNotExist):
        book(register(event), session)


@pytest.mark.parametrize(
    ("starts", "minutes", "clashes"),
    [
        ("2024-11-14 10:30", 45, True),
        ("2024-11-14 09:00", 180, True),
        ("2024-11-14 10:45", 45, False),
        ("2024-11-14 09:15", 45, False),
        ("2024-11-15 10:00", 45, False),
    ],
)
def test_nobody_books_two_sessions_at_the_same_time(event: Event, starts: str, minutes: int, clashes: bool):
    first = workshop(event, places=5, title_fi="Ensimmäinen")
    second = make_session(event, starts=starts, minutes=minutes, places=5)
    make_release(event)
    registration = register(event)
    book(registration, first)
    if not clashes:
        assert book(registration, second).is_confirmed
        return
    with translation.override("fi"), pytest.raises(booking.Overlap) as refused:
        book(registration, second)
    assert "Ensimmäinen" in str(refused.value.message)
    booking.cancel_booking(registration.pk, first.pk, by=None)
    assert book(registration, second).is_confirmed


def test_a_cancelled_session_is_no_overlap_and_a_wait_is_one(event: Event):
    first, second = workshop(event), workshop(event, places=5)
    make_release(event)
    book(register(event), first)
    registration = register(event)
    assert book(registration, first).is_waiting
    with pytest.raises(booking.Overlap):
        book(registration, second)
    Session.objects.filter(pk=first.pk).update(cancelled_at=at("2024-10-13 09:00"))
    make_release(event)
    assert book(registration, second).is_confirmed


def test_the_places_of_those_who_no_longer_come_go_to_the_queue(event: Event):
    session = published(event)
    first, second = register(event), register(event)
    book(first, session)
    book(second, session)
    registration_services.cancel(first.pk, by=None)
    booking.settle_sessions()
    statuses = {one.registration_id: one.status for one in Booking.objects.all()}
    assert statuses == {first.pk: Place.Status.CANCELLED, second.pk: Place.Status.OFFERED}
    assert on_the_list(session) == []


def test_more_places_are_offered_at_once_and_fewer_than_taken_are_refused(event: Event):
    session = published(event)
    user = make_organiser(event)
    first, second = register(event), register(event)
    book(first, session)
    book(second, session)
    booking.set_places(session.pk, 2, by=user)
    assert Booking.objects.get(registration=second).status == Place.Status.OFFERED
    with pytest.raises(places.PlacesTaken):
        booking.set_places(session.pk, 1, by=user)
    bare = make_session(event)
    assert booking.set_places(bare.pk, 30, by=user).capacity == 30


def test_the_history_of_the_person_tells_it(event: Event):
    session = published(event)
    registration = register(event)
    book(registration, session)
    booking.cancel_booking(registration.pk, session.pk, by=None)
    actions = [one.action for one in LogEntry.objects.about(registration)]
    assert actions == [
        "registered",
        "put on a check-in list",
        "signed up for a session",
        "taken off a check-in list",
        "place in a session given up",
    ]


def test_booking_costs_the_same_with_few_and_many_in_the_session(event: Event):
    session = published(event, places=50)
    registrations = [register(event) for _ in range(8)]
    book(registrations[0], session)
    with CaptureQueriesContext(connection) as few:
        book(registrations[1], session)
    for registration in registrations[2:7]:
        book(registration, session)
    with CaptureQueriesContext(connection) as many:
        book(registrations[7], session)
    assert len(few) == len(many)


# --- The pages --------------------------------------------------------------------------------------------------------
def opened(client: Client, registration: Registration) -> Client:
    answer = client.get(f"/en/my/{access.personal_token(registration)}/")
    assert (answer.status_code, answer["Location"]) == (302, "/en/programme/mine/")
    return client


def page(session: Session, name: str = "mine") -> str:
    return f"/en/programme/session/{session.slug}/{name}/"


def test_one_signs_up_and_gives_up_by_form(event: Event, client: Client):
    session = published(event)
    registration = register(event)
    opened(client, registration)
    assert "Sign up for this session" in client.get(page(session)).content.decode()
    answer = client.post(page(session, "book"), {"step": "book"})
    assert (answer.status_code, answer["Location"]) == (303, page(session))
    shown = client.get(page(session)).content.decode()
    assert "You have a place in this session." in shown
    assert "Give up my place" in shown
    assert "you have a place" in client.get("/en/programme/mine/").content.decode()
    client.post(page(session, "book"), {"step": "cancel"})
    assert Booking.objects.get().status == Place.Status.CANCELLED


def test_a_refusal_is_told_on_the_page(event: Event, client: Client):
    first, second = workshop(event, places=3, title_en="First"), workshop(event)
    make_release(event)
    registration = register(event)
    book(registration, first)
    opened(client, registration)
    shown = client.post(page(second, "book"), {"step": "book"}, follow=True).content.decode()
    assert "You have signed up for “First”" in shown.replace("&quot;", '"')


def test_a_stranger_cannot_book_and_is_told_how(event: Event, client: Client):
    session = published(event)
    shown = client.post(page(session, "book"), {"step": "book"}, follow=True).content.decode()
    assert "Open the link in your confirmation first" in shown
    assert not Booking.objects.exists()
    assert "Send me the link again" in shown


@pytest.mark.parametrize("step", ["", "x" * 4000, "__class__"])
def test_an_unknown_step_changes_nothing(event: Event, client: Client, step: str):
    session = published(event)
    opened(client, register(event))
    assert client.post(page(session, "book"), {"step": step}).status_code == 303
    assert not Booking.objects.exists()


def test_forms_are_refused_without_a_token_and_to_get(event: Event):
    session = published(event)
    strict = Client(enforce_csrf_checks=True)
    for name in ("book", "favourite"):
        assert (strict.post(page(session, name)).status_code, strict.get(page(session, name)).status_code) == (403, 405)


def test_the_part_for_the_sessions_page_has_no_frame(event: Event, client: Client):
    session = published(event)
    part = client.get(page(session), headers={"X-Fragment": "1"}).content.decode()
    assert ("<html" in part, "<form" in part, "csrfmiddlewaretoken" in part) == (False, True, True)


@pytest.mark.parametrize("path", ["/en/programme/mine/", "/en/programme/session/session-x/mine/"])
def test_nothing_of_a_person_is_cached_or_indexed(event: Event, client: Client, path: str):
    published(event, slug="session-x")
    answer = client.get(path)
    assert (answer.status_code, answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == (200, "noindex", True)


# --- Favourites -------------------------------------------------------------------------------------------------------
def test_favourites_without_a_registration_live_in_the_browser_and_come_along(event: Event, client: Client):
    session, other = published(event), published(event)
    for one in (session, other):
        answer = client.post(page(one, "favourite"), {"wanted": "yes"})
        assert answer.status_code == 303
    client.post(page(other, "favourite"), {"wanted": "no"})
    assert "Remove from favourites" in client.get(page(session)).content.decode()
    assert "Add to favourites" in client.get(page(other)).content.decode()
    assert not Favourite.objects.exists()
    registration = register(event)
    client.get(f"/en/r/{access.personal_token(registration)}/")
    assert calendars.marked(registration) == {session.pk}
    assert "favourites" not in client.session
    client.post(page(session, "favourite"), {"wanted": "no"})
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("is_known", [False, True])
def test_favourites_are_kept_by_registering_wherever_the_link_is_opened(event: Event, client: Client, is_known: bool):
    session, email = published(event), "anna@kunta.example"
    known = register(event, email=email) if is_known else None
    client.post(page(session, "favourite"), {"wanted": "yes"})
    sent = client.post("/en/register/", form_data(event, email=email))
    assert sent.status_code == 303
    anna = Registration.objects.get(email=email)
    assert calendars.marked(anna) == (set() if known else {session.pk}), "nothing is added to who is known already"
    assert "favourite" in client.get("/en/programme/mine/").content.decode(), "and this browser cannot tell"
    client.get(f"/en/my/{access.personal_token(anna)}/live/")
    assert calendars.marked(anna) == {session.pk}
    assert "favourites" not in client.session


def test_favourites_come_along_when_the_address_is_corrected(event: Event, client: Client):
    session = published(event)
    register(event, email="known@kunta.example")
    client.post(page(session, "favourite"), {"wanted": "yes"})
    client.post("/en/register/", form_data(event, email="known@kunta.example"))
    client.post("/en/register/sent/address/", {"email": "right@kunta.example"})
    assert calendars.marked(Registration.objects.get(email="right@kunta.example")) == {session.pk}


def test_marked_twice_is_marked_once(event: Event, client: Client):
    session = published(event)
    opened(client, register(event))
    for _ in range(2):
        client.post(page(session, "favourite"), {"wanted": "yes"})
    assert Favourite.objects.count() == 1


@pytest.mark.parametrize("is_registered", [True, False])
def test_a_session_that_is_gone_cannot_be_marked_and_can_be_forgotten(event: Event, client: Client, is_registered):
    session, _other = published(event), published(event)
    if is_registered:
        opened(client, register(event))
    client.post(page(session, "favourite"), {"wanted": "yes"})
    Session.objects.filter(pk=session.pk).update(is_ready=False)
    make_release(event)
    shown = client.post(page(session, "favourite"), {"wanted": "yes"}, follow=True).content.decode()
    assert "This session is no longer in the programme." in shown
    assert "no longer in the programme" in client.get("/en/programme/mine/").content.decode()
    client.post(page(session, "favourite"), {"wanted": "no", "back": "mine"})
    assert "You have not marked a session" in client.get("/en/programme/mine/").content.decode()
    nowhere = client.post("/en/programme/session/nowhere/favourite/", {"wanted": "yes"}, follow=True)
    assert "This session is no longer in the programme." in nowhere.content.decode()


def test_favourites_of_two_events_stay_apart(event: Event, client: Client):
    other = make_event(slug="2020", is_current=False)
    here, there = published(event), published(other)
    client.post(page(here, "favourite"), {"wanted": "yes"})
    client.post(page(there, "favourite").replace("/en/", "/en/2020/"), {"wanted": "yes"})
    opened(client, register(event)).get("/en/programme/mine/")
    assert list(Favourite.objects.values_list("session", flat=True)) == [here.pk]
    assert client.session["favourites"] == {str(other.pk): [there.pk]}


def test_ones_own_programme_costs_the_same_for_few_and_many(event: Event, client: Client):
    sessions = [workshop(event, places=5, starts=f"2024-11-14 {hour}:00") for hour in range(10, 17)]
    make_release(event)
    registration = register(event)
    opened(client, registration).get("/en/programme/mine/")

    def queries(some: list[Session]) -> int:
        for session in some:
            favourites.mark(registration, session.pk)
            book(registration, session)
        with CaptureQueriesContext(connection) as found:
            assert client.get("/en/programme/mine/").content.decode().count("you have a place") == len(some)
        return len(found)

    assert queries(sessions[:1]) == queries(sessions)


def test_who_does_not_come_is_told_so_in_place_of_the_button(event: Event, client: Client):
    session = published(event)
    shown = opened(client, register(event, attendance="remote")).get(page(session)).content.decode()
    assert "A place in a session needs a confirmed registration on site." in shown
    assert 'value="book"' not in shown
    assert 'value="book"' in opened(client, register(event)).get(page(session)).content.decode()


def test_ones_own_programme_promises_no_place_in_a_session_that_is_cancelled(event: Event, client: Client):
    session, registration = published(event), register(event)
    book(registration, session)
    mine = opened(client, registration)
    assert "you have a place" in mine.get("/en/programme/mine/").content.decode()
    Session.objects.filter(pk=session.pk).update(cancelled_at=at("2024-10-12 09:00"))
    make_release(event)
    shown = mine.get("/en/programme/mine/").content.decode()
    assert ("you have a place" in shown, '<span class="tag">cancelled</span>' in shown) == (False, True)

"""Following remotely: which channels a room has at a moment, minutes counted once, questions, and places given up."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, LogEntry, Mail
from programme import live
from programme.models import FollowedMinute, LivePage, LiveQuestion, Room, Session, Stream
from programme.services import questions
from registration import services
from registration.models import Admission, Registration
from tests.door import make_gate, make_list
from tests.factories import at, make_event, register
from tests.sessions import make_release, make_room, make_session

pytestmark = pytest.mark.django_db
HOST = "player.example"
MORNING = "2024-11-14 09:10"


@pytest.fixture
def event(moment: time_machine.Traveller) -> Event:
    event = make_event()
    LivePage.objects.create(event=event, hosts=[HOST], support_phone="+358 2 000 000")
    return event


def make_stream(event: Event, path: str = "hall", **fields: Any) -> Stream:
    return Stream.objects.create(event=event, url=f"https://{HOST}/{path}", **fields)


def streamed(event: Event, starts: str = "2024-11-14 09:00", room: Room | None = None, **fields: Any) -> Session:
    return make_session(event, starts=starts, room=room or make_room(event), **{"is_streamed": True, **fields})


def remote(event: Event, **given: Any) -> Registration:
    return register(event, attendance="remote", **given)


# --- Which channels ---------------------------------------------------------------------------------------------------
def channels(event: Event, moment: str, slug: str = "hall") -> list[str]:
    found = live.hall(event, slug, at(moment))
    return [stream.url.rpartition("/")[2] for stream in found.channels] if found else ["no hall"]


def test_a_rooms_streams_are_there_but_while_something_goes_on_that_is_not_streamed(event: Event):
    hall = make_room(event)
    make_stream(event, room=hall)
    make_stream(event, "tolkning", room=hall, kind="interpretation", language="sv")
    streamed(event)
    streamed(event, "2024-11-14 10:00", is_streamed=False)
    streamed(event, "2024-11-14 11:00", kind="break", is_streamed=False)
    make_release(event)
    both = ["tolkning", "hall"]
    assert sorted(channels(event, "2024-11-14 09:10")) == sorted(both)
    assert channels(event, "2024-11-14 10:10") == [], "the speakers have not agreed to be streamed"
    assert sorted(channels(event, "2024-11-14 11:10")) == sorted(both), "a break shows the empty stage"
    assert sorted(channels(event, "2024-11-14 23:00")) == sorted(both)


def test_a_session_with_streams_of_its_own_shows_these(event: Event):
    hall = make_room(event)
    make_stream(event, room=hall)
    make_stream(event, "own", session=streamed(event))
    make_release(event)
    assert channels(event, "2024-11-14 09:10") == ["own"]
    assert channels(event, "2024-11-14 09:50") == ["hall"]


def test_rooms_without_a_stream_are_not_shown(event: Event):
    make_stream(event, room=make_room(event))
    streamed(event, room=make_room(event, "studio"))
    make_release(event)
    assert channels(event, MORNING, "studio") == ["no hall"]
    assert channels(event, MORNING, "nowhere") == ["no hall"]


def test_before_the_programme_is_released_nothing_is_live(event: Event):
    make_stream(event, room=make_room(event))
    streamed(event)
    assert live.halls(event, at(MORNING)) == []


def test_a_host_that_was_struck_out_is_not_framed_any_more(event: Event):
    make_stream(event, room=make_room(event))
    streamed(event)
    make_release(event)
    LivePage.objects.update(hosts=["other.example"])
    assert live.halls(event, at(MORNING)) == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_many_rooms_cost_as_many_queries_as_one(event: Event, count: int):
    for number in range(count):
        room = make_room(event, f"hall-{number}")
        make_stream(event, f"{number}", room=room)
        streamed(event, room=room)
    make_release(event)
    with CaptureQueriesContext(connection) as queries:
        assert len(live.halls(event, at(MORNING))) == count
    assert len(queries) == 5


# --- Where streams may come from --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "http://player.example/hall",
        "https://evil.example/hall",
        "https://player.example.evil.example/",
        "https://player.example@evil.example/",
        "https://evil.example\\@player.example/",
        "https://evil.example#@player.example/",
        "https://player.example:8443/",
        "https://PLAYER.example./",
        "https://sub.player.example/",
        "//player.example/",
        "javascript:alert(1)//player.example",
        "data:text/html,player.example",
        "http://localhost/film",
    ],
)
def test_an_address_outside_the_list_is_refused(event: Event, url: str):
    stream = Stream(event=event, room=make_room(event), url=url)
    with pytest.raises(ValidationError) as refused:
        stream.full_clean()
    assert "url" in refused.value.message_dict
    assert not event.live_page.allows(url)


def test_an_address_on_the_list_is_taken(event: Event):
    Stream(event=event, room=make_room(event), url="https://player.example/embed/1?x=1#t").full_clean()


def test_the_refusal_names_the_hosts(event: Event):
    with pytest.raises(ValidationError) as refused:
        Stream(event=event, room=make_room(event), url="https://evil.example/").full_clean()
    assert refused.value.message_dict["url"] == [
        "Tämän tapahtuman suorat lähetykset tulevat https-yhteydellä palveluista: player.example. "
        "Lisää palvelu ensin etäosallistumisen sivulle."
    ]


@pytest.mark.parametrize(
    "host", ["https://player.example", "player.example/", "*", "*.example", "a b", "ä.example", ""]
)
def test_a_host_is_a_name_alone(event: Event, host: str):
    page = event.live_page
    page.hosts = [host]
    with pytest.raises(ValidationError):
        page.full_clean()


def test_a_stream_belongs_to_a_room_or_a_session_and_has_the_language_of_its_kind(event: Event):
    room, url = make_room(event), f"https://{HOST}/"
    wrong = [
        {}, {"room": room, "session": streamed(event)}, {"room": room, "language": "sv"},
        {"room": room, "kind": "captions"},
    ]  # fmt: skip
    for fields in wrong:
        with pytest.raises(ValidationError):
            Stream(event=event, url=url, **fields).full_clean()
    make_stream(event, room=room)
    with pytest.raises(ValidationError):
        Stream(event=event, url=url, room=room).full_clean()


# --- Minutes ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def hall(event: Event) -> Room:
    """Streamed at nine and at ten, not at eleven."""
    room = make_room(event)
    for starts, is_streamed in (("09:00", True), ("10:00", True), ("11:00", False)):
        streamed(event, f"2024-11-14 {starts}", room=room, is_streamed=is_streamed)
    make_release(event)
    return room


def follow(registration: Registration, room: Room, moment: str, *, version: int | None = None) -> bool:
    known = registration.link_version if version is None else version
    return live.note_minute(registration.pk, known, room.pk, at=at(f"2024-11-14 {moment}"))


def test_a_minute_counts_once_however_often_it_is_told(event: Event, hall: Room):
    anna = remote(event)
    told = [follow(anna, hall, moment) for moment in ("09:10:01", "09:10:30", "09:10:59", "09:11:00", "10:05:00")]
    assert told == [True, False, False, True, True]
    assert live.minutes_of(anna) == 3
    assert [(row.starts_at, *followed) for row, followed in live.figures(event)] == [
        (at("2024-11-14 09:00"), 1, 2), (at("2024-11-14 10:00"), 1, 1),
    ]  # fmt: skip


def test_one_person_in_two_rooms_follows_one_of_them(event: Event, hall: Room):
    other = make_room(event, "studio")
    streamed(event, room=other)
    make_release(event)
    anna, bo = remote(event), remote(event)
    assert [follow(anna, hall, "09:10"), follow(anna, other, "09:10:30"), follow(bo, other, "09:10")] == [
        True, False, True,
    ]  # fmt: skip
    assert (live.minutes_of(anna), live.minutes_of(bo)) == (1, 1)


@pytest.mark.parametrize("when", ["08:59:59", "09:45:00", "11:10:00", "23:00:00"])
def test_nothing_counts_while_nothing_is_streamed(event: Event, hall: Room, when: str):
    assert not follow(remote(event), hall, when)
    assert not FollowedMinute.objects.exists()


def test_who_may_not_follow_counts_nothing(event: Event, hall: Room):
    anna = remote(event)
    assert not follow(anna, hall, "09:10", version=anna.link_version + 1), "an older link"
    services.cancel(anna.pk, by=None)
    assert not follow(anna, hall, "09:11")
    assert not live.note_minute(10**9, 1, hall.pk, at=at("2024-11-14 09:10"))


def test_who_waits_counts_only_when_following_meanwhile(event: Event, hall: Room):
    event.pools.update(capacity=0)
    waiting = register(event)
    assert not live.may_follow(waiting)
    assert not follow(waiting, hall, "09:10")
    waiting = services.follow_remotely(waiting.pk, wanted=True, by=None)
    assert live.may_follow(waiting)
    assert follow(waiting, hall, "09:10")


def test_somebody_on_site_may_follow_another_room(event: Event, hall: Room):
    anna = register(event)
    assert live.may_follow(anna)
    assert follow(anna, hall, "09:10")


def test_a_heartbeat_is_one_statement(event: Event, hall: Room):
    anna = remote(event)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            follow(anna, hall, "09:10")
        assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_in_the_same_moment_count_one_minute():
    event = make_event()
    rooms = [make_room(event), make_room(event, "studio")]
    for room in rooms:
        streamed(event, room=room)
    make_release(event)
    anna, start = remote(event), threading.Barrier(8)

    def tab(number: int) -> bool:
        start.wait()
        try:
            return follow(anna, rooms[number % 2], "09:10")
        finally:
            connection.close()

    for _ in range(10):
        FollowedMinute.objects.all().delete()
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(tab, range(8))) == 1
    assert live.minutes_of(anna) == 1


# --- Questions --------------------------------------------------------------------------------------------------------
def test_a_question_goes_to_the_session_that_is_on_and_waits_for_an_organiser(
    event: Event, hall: Room, moment: time_machine.Traveller
):
    make_stream(event, room=hall)
    moment.move_to(at(MORNING))
    asked = questions.ask(remote(event).pk, hall.slug, "<b>Miksi?</b>")
    assert (asked.session.starts_at, asked.status) == (at("2024-11-14 09:00"), "waiting")
    assert not LiveQuestion.objects.on_screen()
    assert questions.moderate([asked.pk], "shown", by=None) == 1
    assert questions.moderate([asked.pk], "shown", by=None) == 0
    assert [row.text for row in LiveQuestion.objects.on_screen()] == ["<b>Miksi?</b>"]
    questions.moderate([asked.pk], "hidden", by=None)
    assert not LiveQuestion.objects.on_screen()
    assert list(LogEntry.objects.about(asked).order_by("pk").values_list("action", flat=True)) == [
        "question shown", "question hidden",
    ]  # fmt: skip


def test_nobody_is_asked_between_sessions_or_by_who_may_not_follow(
    event: Event, hall: Room, moment: time_machine.Traveller
):
    make_stream(event, room=hall)
    anna, gone = remote(event), remote(event)
    services.cancel(gone.pk, by=None)
    moment.move_to(at(MORNING))
    with pytest.raises(questions.NobodyToAsk):
        questions.ask(gone.pk, hall.slug, "?")
    for when, slug in (("09:50", hall.slug), ("11:10", hall.slug), ("09:10", "nowhere")):
        moment.move_to(at(f"2024-11-14 {when}"))
        with pytest.raises(questions.NobodyToAsk):
            questions.ask(anna.pk, slug, "?")
    assert not LiveQuestion.objects.exists()


def test_three_questions_in_five_minutes_and_no_more(event: Event, hall: Room, moment: time_machine.Traveller):
    make_stream(event, room=hall)
    anna, bo = remote(event), remote(event)
    moment.move_to(at(MORNING))
    for number in range(3):
        questions.ask(anna.pk, hall.slug, f"{number}?")
    with pytest.raises(questions.TooManyQuestions):
        questions.ask(anna.pk, hall.slug, "4?")
    questions.ask(bo.pk, hall.slug, "?")
    moment.move_to(at("2024-11-14 09:16"))
    questions.ask(anna.pk, hall.slug, "4?")


# --- Not coming -------------------------------------------------------------------------------------------------------
def test_who_does_not_come_follows_and_the_next_in_the_queue_has_the_place(moment: time_machine.Traveller):
    event = make_event(capacity=1)
    anna, bo, cilla = register(event), register(event, language="sv"), register(event)
    moment.move_to(at("2024-11-14 09:30"))
    Mail.objects.all().delete()
    services.stay_away(anna.pk, by=None)
    rows = Registration.objects.in_bulk()
    assert (rows[anna.pk].attendance, rows[anna.pk].status) == ("remote", "confirmed")
    assert (rows[bo.pk].status, rows[bo.pk].queued_at) == ("confirmed", None)
    assert rows[cilla.pk].status == "waiting", "one place was freed"
    assert event.pools.get().taken == 1
    assert bo.badges.valid().count() == 1
    told = {mail.to_email: mail.message for mail in Mail.objects.all()}
    assert told == {anna.email: "registration/changed", bo.email: "registration/confirmed_on_site"}


def test_only_somebody_expected_who_has_not_arrived_can_stay_away(moment: time_machine.Traveller):
    event = make_event()
    anna, bo = register(event), remote(event)
    with pytest.raises(services.NotPossible):
        services.stay_away(anna.pk, by=None)  # the doors have not opened: the personal page is there for that
    moment.move_to(at("2024-11-14 09:30"))
    with pytest.raises(services.NotPossible):
        services.stay_away(bo.pk, by=None)
    day, gate = make_list(event), make_gate(event)
    row = {"event": event, "check_in_list": day, "registration": anna, "gate": gate}
    Admission.objects.create(**row, scan_id="0" * 32, admitted_at=at("2024-11-14 08:30"))
    with pytest.raises(services.NotPossible):
        services.stay_away(anna.pk, by=None)
    assert Registration.objects.get(pk=anna.pk).is_on_site

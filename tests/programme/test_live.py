"""Following remotely: which channels a room has at a moment, minutes counted once, questions, and places given up."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import documents, outbox
from events.models import Event, LogEntry, Mail
from programme import live
from programme.models import FollowedMinute, LivePage, LiveQuestion, Room, Session, Stream
from programme.services import following, questions
from registration import access, services
from registration.models import Admission, Registration
from tests.browser.post import words_in
from tests.door import make_gate, make_list
from tests.factories import at, make_event, make_organiser, register
from tests.organisers import enter, posted
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


def test_an_old_form_is_checked_against_what_somebody_else_has_saved(event: Event):
    client = enter(Client(), make_organiser(event))
    hall, other = make_room(event), make_room(event, "other")
    stream = make_stream(event, room=hall)
    address = f"/en/admin/programme/stream/{stream.pk}/change/"
    old = posted(client, address)
    Stream.objects.filter(pk=stream.pk).update(room=None, session=make_session(event))
    page = client.post(address, {**old, "room": str(other.pk)})
    assert (page.status_code, "choose one of them" in page.content.decode()) == (200, True)
    stream.refresh_from_db()
    assert stream.room is None


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


# --- The eve, and the certificate -------------------------------------------------------------------------------------
def streams_mails(event: Event) -> list[str]:
    return sorted(
        Mail.objects.filter(event=event, message="programme/streams_tomorrow").values_list("to_email", flat=True)
    )


def test_on_the_eve_everybody_who_follows_remotely_hears_once_how(event: Event, moment: time_machine.Traveller):
    follower = remote(event)
    register(event)
    event.pools.update(capacity=1)
    meanwhile = register(event, remote_meanwhile=True)
    services.cancel(remote(event).pk, by=None)
    for when, told in (
        ("2024-11-12 12:00", []), ("2024-11-13 08:59", []), ("2024-11-13 18:00", []),
        ("2024-11-13 09:00", [follower, meanwhile]), ("2024-11-13 12:00", [follower, meanwhile]),
    ):  # fmt: skip
        moment.move_to(at(when))
        following.remind_of_streams()
        assert streams_mails(event) == sorted(row.email for row in told), when
    remote(event)
    following.remind_of_streams()
    assert len(streams_mails(event)) == 2, "whoever registers today has the link in the confirmation"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", ["alkaa huomenna (14.–15.11.2024)", "Seuraa suoria lähetyksiä", "+358 2 000 000"]),
        ("sv", ["börjar i morgon (14–15.11.2024)", "Följ direktsändningarna", "+358 2 000 000"]),
        ("en", ["begins tomorrow (14–15 November 2024)", "Follow the streams", "+358 2 000 000"]),
    ],
)
def test_the_mail_of_the_eve_opens_the_streams(
    event: Event, moment: time_machine.Traveller, client: Client, language: str, words: list[str]
):
    remote(event, language=language)
    moment.move_to(at("2024-11-13 09:00"))
    assert following.remind_of_streams() == 1
    message = outbox.build(Mail.objects.get(message="programme/streams_tomorrow"))
    assert [word for word in words if word not in message.body] == []
    (link,) = set(re.findall(r"https?://\S+/my/\S+", message.body))
    assert link in message.alternatives[0][0]
    answer = client.get(urlsplit(link).path)
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/live/")


def test_the_confirmation_of_a_remote_participant_opens_the_streams(event: Event, client: Client):
    anna = remote(event, language="en")
    body = outbox.build(Mail.objects.get(message="registration/confirmed_remote", about_id=anna.pk)).body
    (link,) = set(re.findall(r"https?://\S+/my/\S+", body))
    assert client.get(urlsplit(link).path)["Location"] == "/en/live/"


def followed(event: Event, row: Registration, minutes: int) -> None:
    session = streamed(event)
    make_release(event)
    begins = at("2024-11-14 09:00")
    FollowedMinute.objects.bulk_create(
        FollowedMinute(registration=row, session=session, minute_at=begins + timedelta(minutes=number))
        for number in range(minutes)
    )


@pytest.mark.parametrize(
    ("language", "minutes", "words"),
    [
        ("fi", 1, ["Osallistumistodistus", "osallistui etänä tapahtumaan", "14.–15.11.2024", "1 minuutti"]),
        ("sv", 119, ["Deltagarintyg", "deltog på distans i evenemanget", "14–15.11.2024", "119 minuter"]),
        ("en", 321, ["Certificate of attendance", "took part remotely in the event", "5 h 21 min", "Co-funded by"]),
    ],
)
def test_the_certificate_tells_how_long_somebody_has_followed(
    event: Event, moment: time_machine.Traveller, client: Client, language: str, minutes: int, words: list[str]
):
    anna = remote(event, language=language, first_name="Anna", last_name="Ek")
    followed(event, anna, minutes)
    address = f"/{language}/my/{access.personal_token(anna)}/certificate.pdf"
    moment.move_to(at("2024-11-14 09:44"))
    assert client.get(address).status_code == 404, "the last session is still going on"
    moment.move_to(at("2024-11-14 09:45"))
    assert client.get(address).status_code == 202
    assert documents.make_next()
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    filename = {"fi": "osallistumistodistus", "sv": "deltagarintyg", "en": "certificate"}[language]
    assert answer["Content-Disposition"] == f'attachment; filename="{filename}-2024.pdf"'
    found = " ".join(words_in(answer.content).split())
    assert [word for word in ["Anna Ek", *words] if word not in found] == []
    FollowedMinute.objects.filter(registration=anna).first().delete()
    assert client.get(address).status_code == (202 if minutes > 1 else 404), "other minutes, another certificate"


def test_who_has_followed_nothing_gets_no_certificate(event: Event, moment: time_machine.Traveller, client: Client):
    anna, bo = remote(event), remote(event)
    followed(event, anna, 5)
    moment.move_to(at("2024-11-16 09:00"))
    assert client.get(f"/fi/my/{access.personal_token(bo)}/certificate.pdf").status_code == 404
    assert client.get("/fi/my/nonsense/certificate.pdf").status_code == 404


def cards(client: Client, row: Registration) -> list[str]:
    answer = client.get(f"/en/r/{access.personal_token(row)}/")
    return [card["title"] for card in answer.context["also"]]


def test_the_personal_page_leads_to_streams_programme_and_certificate_in_their_time(
    event: Event, moment: time_machine.Traveller, client: Client
):
    anna, olli = remote(event), register(event)
    event.pools.update(capacity=1)
    waiting = register(event)
    assert cards(client, anna) == []
    make_stream(event, room=make_room(event))
    followed(event, anna, 5)
    assert [cards(client, row) for row in (anna, olli)] == [["Live", "My programme"], ["My programme"]]
    moment.move_to(at("2024-11-13 00:00"))
    assert [cards(client, row) for row in (anna, olli, waiting)] == [["Live", "My programme"]] * 2 + [["My programme"]]
    moment.move_to(at("2024-11-16 00:00"))
    expected = [["Certificate of attendance", "My programme"], ["My programme"]]
    assert [cards(client, row) for row in (anna, olli)] == expected

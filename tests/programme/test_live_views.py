"""The pages of those who follow remotely, and the heartbeat of their tabs."""

import json
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import tokens
from events.models import Event
from programme import live
from programme.models import FollowedMinute, LivePage, LiveQuestion, Room, Stream
from registration import access, services
from registration.models import Registration
from tests.factories import at, make_event, register
from tests.organisers import enter, make_member
from tests.sessions import make_release, make_room, make_session

pytestmark = pytest.mark.django_db
MORNING = at("2024-11-14 09:10")
FRAME = re.compile(r"frame-src ([^;]*)")


@pytest.fixture
def event() -> Event:
    event = make_event()
    LivePage.objects.create(event=event, hosts=["player.example"], support_phone="+358 2 123 456")
    return event


@pytest.fixture
def hall(event: Event) -> Room:
    """The great hall with picture and interpretation, on the morning of the event."""
    hall = make_room(event)
    given: dict[str, Any] = {"event": event, "room": hall}
    Stream.objects.create(**given, url="https://player.example/embed/hall")
    Stream.objects.create(**given, url="https://player.example/embed/sv", kind="interpretation", language="sv")
    make_session(event, starts="2024-11-14 09:00", room=hall, is_streamed=True, title_fi="Avaus <i>nyt</i>")
    make_session(event, starts="2024-11-14 10:00", room=hall, is_streamed=True, title_fi="Toinen")
    make_release(event)
    return hall


@pytest.fixture
def anna(event: Event, hall: Room, client: Client, moment: time_machine.Traveller) -> Registration:
    """She follows remotely and has opened her link in this browser."""
    anna = register(event, attendance="remote")
    moment.move_to(MORNING)
    response = client.get(f"/fi/my/{access.personal_token(anna)}/live/")
    assert (response.status_code, response["Location"]) == (302, "/fi/live/")
    return anna


def text(response: Any) -> str:
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_the_rooms_with_now_and_next(client: Client, anna: Registration):
    response = client.get("/fi/live/")
    assert "Hall fi Nyt klo 9.00–9.45 Avaus &lt;i&gt;nyt&lt;/i&gt; Seuraavaksi klo 10.00–10.45 Toinen" in text(response)
    assert "/fi/live/hall/" in response.content.decode()
    assert "+358 2 123 456" in text(response)
    assert response["X-Robots-Tag"] == "noindex"


def test_a_stranger_learns_how_to_follow_and_gets_no_stream(client: Client, hall: Room, moment: Any):
    moment.move_to(MORNING)
    response = client.get("/fi/live/")
    assert "Ilmoittaudu" in text(response)
    for path in ("/fi/live/hall/", "/fi/live/hall/?channel=picture", "/fi/live/hall/now/"):
        response = client.get(path)
        assert response.status_code == 200
        assert "player.example" not in response.content.decode()
        assert not FRAME.search(response["Content-Security-Policy"])


def test_the_foreign_host_is_asked_after_a_click_and_framed_by_that_page_alone(client: Client, anna: Registration):
    before = client.get("/fi/live/hall/")
    assert "<iframe" not in before.content.decode()
    assert "player.example" in text(before), "the notice names the host"
    assert not FRAME.search(before["Content-Security-Policy"])
    opened = client.get("/fi/live/hall/?channel=interpretation-sv")
    assert '<iframe src="https://player.example/embed/sv"' in opened.content.decode()
    assert FRAME.findall(opened["Content-Security-Policy"]) == ["https://player.example"]
    after = client.get("/fi/live/")
    assert not FRAME.search(after["Content-Security-Policy"])


@pytest.mark.parametrize("channel", ["captions-fi", "nothing", "https://evil.example/", '"><script>', ""])
def test_a_channel_that_there_is_not_opens_nothing(client: Client, anna: Registration, channel: str):
    response = client.get("/fi/live/hall/", {"channel": channel})
    assert response.status_code == 200
    assert "<iframe" not in response.content.decode()


def test_who_waits_without_following_gets_no_stream(event: Event, hall: Room, client: Client, moment: Any):
    event.pools.update(capacity=0)
    waiting = register(event)
    moment.move_to(MORNING)
    client.get(f"/fi/my/{access.personal_token(waiting)}/live/")
    assert "jonotuslistalla" in text(client.get("/fi/live/"))
    assert "<iframe" not in client.get("/fi/live/hall/?channel=picture").content.decode()


def test_the_menu_leads_there_from_the_eve_while_something_is_streamed(
    event: Event, hall: Room, client: Client, moment
):
    def is_in_menu() -> bool:
        return "/fi/live/" in [entry["url"] for entry in client.get("/fi/live/").context["menu"]]

    seen = []
    for day in ("2024-11-12", "2024-11-13", "2024-11-15", "2024-11-16"):
        moment.move_to(at(f"{day} 12:00"))
        seen.append(is_in_menu())
    moment.move_to(at("2024-11-14 12:00"))
    Stream.objects.all().delete()
    assert [*seen, is_in_menu()] == [False, True, True, False, False]


def test_the_part_that_is_fetched_is_small_and_kept_by_nobody(client: Client, anna: Registration):
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/fi/live/hall/now/")
    assert "Avaus" in response.content.decode()
    assert "<html" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert len(response.content) < 2000
    assert len(queries) == 10


# --- Questions --------------------------------------------------------------------------------------------------------
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \"'><img src=x onerror=alert(1)>"


def test_a_hostile_question_is_inert(client: Client, anna: Registration, event: Event):
    response = client.post("/fi/live/hall/ask/", {"text": HOSTILE, "channel": "picture"})
    assert (response.status_code, response["Location"]) == (303, "/fi/live/hall/?channel=picture")
    asked = LiveQuestion.objects.get()
    assert asked.text == HOSTILE
    assert "alert" not in client.get("/fi/live/hall/now/").content.decode(), "nobody has looked at it yet"
    LiveQuestion.objects.update(status="shown")
    for path in ("/fi/live/hall/", "/fi/live/hall/now/"):
        html = client.get(path).content.decode()
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "{{ 7*7 }}" in html


@pytest.mark.parametrize("text_given", ["", "x" * 501, "a\x00b", "a\u202eb"])
def test_what_cannot_be_asked_is_said_and_stays(client: Client, anna: Registration, text_given: str):
    response = client.post("/fi/live/hall/ask/", {"text": text_given, "channel": "picture"})
    assert response.status_code in {400, 422}
    assert not LiveQuestion.objects.exists()
    if response.status_code == 422:
        assert "<iframe" in response.content.decode(), "the stream goes on"
        assert text_given[:100] in response.content.decode()


def test_too_many_questions_keep_what_was_typed(client: Client, anna: Registration):
    for number in range(3):
        client.post("/fi/live/hall/ask/", {"text": f"{number}?"})
    response = client.post("/fi/live/hall/ask/", {"text": "Neljäs kysymys?"})
    assert response.status_code == 422
    assert "Neljäs kysymys?" in text(response)
    assert LiveQuestion.objects.count() == 3


def test_a_stranger_asks_nothing(client: Client, hall: Room, moment: Any):
    moment.move_to(MORNING)
    assert client.post("/fi/live/hall/ask/", {"text": "?", "channel": "//evil.example"})["Location"] == "/fi/live/hall/"
    assert not LiveQuestion.objects.exists()


# --- Not coming -------------------------------------------------------------------------------------------------------
def test_on_one_click_a_no_show_follows(event: Event, hall: Room, client: Client, moment: Any):
    bo = register(event)
    moment.move_to(MORNING)
    client.get(f"/fi/my/{access.personal_token(bo)}/live/")
    assert "En tule paikan päälle" in text(client.get("/fi/live/"))
    assert client.get("/fi/live/stay-away/").status_code == 405
    assert Registration.objects.get(pk=bo.pk).is_on_site
    response = client.post("/fi/live/stay-away/", follow=True)
    assert "Osallistut nyt etänä" in text(response)
    assert "En tule paikan päälle" not in text(response)
    assert not Registration.objects.get(pk=bo.pk).is_on_site


# --- The heartbeat ----------------------------------------------------------------------------------------------------
def beat(token: str, body: Any, **given: Any) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"HTTP_AUTHORIZATION": f"Live {token}"} if token else {}
    return Client().post("/live/api/beat", content, content_type="application/json", **headers, **given)


def token_on(response: Any) -> str:
    found = re.search(r'data-token="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def test_the_page_that_plays_holds_what_the_heartbeat_needs(client: Client, anna: Registration, hall: Room):
    assert "data-token" not in client.get("/fi/live/hall/").content.decode()
    token = token_on(client.get("/fi/live/hall/?channel=picture"))
    with CaptureQueriesContext(connection) as queries:
        response = beat(token, {"room": hall.pk})
    assert (response.status_code, response.json()) == (200, {"counted": True})
    assert len(queries) == 1
    assert (response["Cache-Control"], response.cookies) == ("no-store", {})
    assert response["Content-Length"] == str(len(response.content))
    assert live.minutes_of(anna) == 1
    assert "1 minuutin" in text(client.get("/fi/live/"))


def test_a_flood_changes_nothing(client: Client, anna: Registration, hall: Room):
    token = token_on(client.get("/fi/live/hall/?channel=picture"))
    told = [beat(token, {"room": hall.pk}).json()["counted"] for _ in range(200)]
    assert told == [True] + [False] * 199
    assert FollowedMinute.objects.count() == 1


def test_a_heartbeat_needs_a_token_of_ours(client: Client, anna: Registration, hall: Room):
    personal = access.personal_token(anna)
    for token in ("", "x", personal, personal[:-1], tokens.make("door", anna.pk, anna.link_version), "ä"):
        assert beat(token, {"room": hall.pk}).status_code == 401
    token = token_on(client.get("/fi/live/hall/?channel=picture"))
    services.send_link(anna, by=None)
    Registration.objects.filter(pk=anna.pk).update(link_version=anna.link_version + 1)
    assert beat(token, {"room": hall.pk}).json() == {"counted": False}, "her links were revoked"
    assert Client().get("/live/api/beat").status_code == 405
    assert Client().get("/live/api/other").status_code == 404
    assert not FollowedMinute.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"room": "1"}', b'{"room": true}', b'{"room": 1.5}', b'{"room": -1}',
        b'{"room": 9223372036854775808}', b'{"room": null}', b"[" * 4000, b'{"room": 1, "x": "' + b"x" * 5000 + b'"}',
    ],
)  # fmt: skip
def test_a_broken_heartbeat_is_refused(client: Client, anna: Registration, body: bytes):
    token = token_on(client.get("/fi/live/hall/?channel=picture"))
    assert beat(token, body).status_code == 400
    assert not FollowedMinute.objects.exists()


# --- Organisers -------------------------------------------------------------------------------------------------------
@pytest.fixture
def office(event: Event, moment: time_machine.Traveller) -> Client:
    moment.move_to(MORNING)
    return enter(Client(), make_member(event, "organiser"))


def test_a_stream_from_elsewhere_is_refused_in_the_admin(office: Client, event: Event, hall: Room):
    data = {"event": event.pk, "room": hall.pk, "kind": "captions", "language": "fi", "url": "https://evil.example/x"}
    response = office.post("/fi/admin/programme/stream/add/", data)
    assert response.status_code == 200
    assert "player.example" in text(response)
    assert Stream.objects.count() == 2
    data["url"] = "https://player.example/captions"
    assert office.post("/fi/admin/programme/stream/add/", data).status_code == 302
    assert Stream.objects.count() == 3


def test_questions_are_shown_and_hidden_from_the_list(office: Client, client: Client, anna: Registration):
    client.post("/fi/live/hall/ask/", {"text": HOSTILE})
    url = "/fi/admin/programme/livequestion/"
    page = office.get(url).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    asked = LiveQuestion.objects.get()
    for action, status in (("show", "shown"), ("mark_answered", "answered"), ("hide", "hidden")):
        office.post(url, {"action": action, "_selected_action": [asked.pk]})
        asked.refresh_from_db()
        assert asked.status == status


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_of_questions_costs_the_same_for_many(office: Client, anna: Registration, event: Event, count: int):
    session = event.sessions.first()
    given = {"event": event, "session": session, "registration": anna, "asked_at": MORNING}
    LiveQuestion.objects.bulk_create(LiveQuestion(text=f"{number}?", **given) for number in range(count))
    office.get("/fi/admin/programme/livequestion/")
    with CaptureQueriesContext(connection) as queries:
        office.get("/fi/admin/programme/livequestion/")
    assert len(queries) == 8


def test_organisers_see_how_much_was_followed(
    office: Client, client: Client, anna: Registration, event: Event, hall: Room
):
    page = event.live_page
    assert "Mitään ei ole" in text(office.get(f"/fi/admin/programme/livepage/{page.pk}/figures/"))
    token = token_on(client.get("/fi/live/hall/?channel=picture"))
    beat(token, {"room": hall.pk})
    assert "9.00 1 1" in text(office.get(f"/fi/admin/programme/livepage/{page.pk}/figures/"))
    followed = event.sessions.get(starts_at=at("2024-11-14 09:00"))
    assert "1 henkilö" in office.get(f"/fi/admin/programme/session/{followed.pk}/change/").content.decode()
    for kind in ("csv", "xlsx"):
        response = office.get(f"/fi/admin/programme/livepage/{page.pk}/export.{kind}")
        assert response["Content-Disposition"] == f'attachment; filename="followed-2024.{kind}"'
    lines = office.get(f"/fi/admin/programme/livepage/{page.pk}/export.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].endswith(";1;1")
    assert office.get(f"/fi/admin/programme/livepage/{page.pk}/export.exe").status_code == 404


def test_when_the_event_is_over_nothing_can_be_opened_and_the_certificate_waits(client: Client, anna: Registration):
    client.get("/fi/live/hall/?channel=picture")
    assert live.note_minute(anna.pk, anna.link_version, Room.objects.get().pk, at=MORNING)
    assert "certificate" not in client.get("/fi/live/").content.decode()
    with time_machine.travel(at("2024-11-16 08:00")):
        rooms = client.get(f"/en/my/{access.personal_token(anna)}/live/", follow=True)
        assert "The event is over" in text(rooms)
        assert "/live/hall/" not in rooms.content.decode()
        (link,) = re.findall(r'href="(/en/my/[^"]+/certificate.pdf)"', rooms.content.decode())
        assert client.get(link).status_code == 202
        assert "<iframe" not in client.get("/fi/live/hall/?channel=picture").content.decode()

"""What people thought of sessions: for organisers at once, for speakers when the event is over and enough have told."""

import io
import re
import uuid
import zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import clock
from events.models import Event
from programme import access, feedback
from programme.models import Session, SessionFeedback
from tests.factories import at, make_event, make_organiser
from tests.organisers import enter
from tests.sessions import make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
LIST = "/en/admin/programme/session/feedback/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def organiser(event: Event, client: Client) -> Client:
    return enter(client, make_organiser(event))


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def give(session: Session, *grades: int, to_speaker: str = "", to_organisers: str = "") -> None:
    texts = {"to_speaker": to_speaker, "to_organisers": to_organisers}
    for grade in grades:
        given = {"usefulness": grade, "form_key": uuid.uuid4(), "given_at": clock.now()}
        SessionFeedback.objects.create(session=session, **given, **texts)


# --- For organisers ---------------------------------------------------------------------------------------------------
def test_mean_number_and_spread_of_each_session_in_the_order_of_the_programme(event: Event):
    late, early = make_session(event, starts="2024-11-14 12:00"), make_session(event, starts="2024-11-14 10:00")
    make_session(event)
    give(early, 5, 5, 4)
    give(early, 1, to_organisers="Too cold.")
    give(late, 3)
    give(make_session(make_event(slug="2020", is_current=False)), 1)
    first, second = feedback.opinions(event)
    assert (first.session, first.answers, first.comments, second.session) == (early, 4, 1, late)
    assert [(one.grade, one.answers, one.share, one.before) for one in first.grades] == [
        (5, 2, 50.0, 0.0), (4, 1, 25.0, 50.0), (3, 0, 0.0, 75.0), (2, 0, 0.0, 75.0), (1, 1, 25.0, 75.0),
    ]  # fmt: skip


def test_the_page_tells_it_and_leads_to_the_comments(event: Event, organiser: Client):
    assert "Nobody has given feedback yet." in words(organiser.get(LIST))
    session = make_session(event, starts="2024-11-14 10:00", title_en="Mentoring", room=make_room(event))
    give(session, 5, 4)
    give(session, 3, to_organisers="Too <b>cold</b>.", to_speaker="Thank you!")
    shown = words(organiser.get(LIST))
    assert "Mentoring 14 November 2024, 10.00–10.45 Hall en 3 4.0 1 1 1 0 0 1" in shown
    one = words(organiser.get(f"/en/admin/programme/session/{session.pk}/feedback/"))
    assert "Too &lt;b&gt;cold&lt;/b&gt;. (3)" in one
    assert "Thank you! (3)" in one
    empty = make_session(event)
    shown = words(organiser.get(f"/en/admin/programme/session/{empty.pk}/feedback/"))
    assert "Nobody has given feedback on this session yet." in shown


@pytest.mark.parametrize("address", [LIST, f"{LIST}export.csv"])
def test_the_pages_ask_the_same_for_3_and_30_sessions(event: Event, organiser: Client, address: str):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert organiser.get(address).status_code == 200
        return len(found)

    def fill(count: int) -> None:
        for _ in range(count):
            give(make_session(event, room=make_room(event)), 5, 3, to_organisers="Good.")

    fill(3)
    asked()
    few = asked()
    fill(27)
    assert asked() == few


def test_the_file_holds_every_answer_and_no_formula(event: Event, organiser: Client):
    session = make_session(event, starts="2024-11-14 10:00", title_en="Mentoring", room=make_room(event))
    give(session, 4, to_organisers="=1+1", to_speaker="Thank you!")
    lines = organiser.get(f"{LIST}export.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1] == "Mentoring;Thu 14 Nov 2024;Hall en;4;Thank you!;'=1+1"
    packed = zipfile.ZipFile(io.BytesIO(organiser.get(f"{LIST}export.xlsx").content))
    sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert ("=1+1" in sheet, "<f>" in sheet) == (True, False)
    assert organiser.get(f"{LIST}export.pdf").status_code == 404


# --- For speakers -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "answers", "is_told"),
    [
        ("2024-11-15 23:59", 3, False),  # the event is not over
        ("2024-11-16 00:00", 3, True),
        ("2024-11-16 00:00", 2, False),  # too few
    ],
)
def test_a_speaker_reads_what_was_written_to_them_when_the_event_is_over_and_enough_have_told(
    event: Event, client: Client, moment, today: str, answers: int, is_told: bool
):
    speaker = make_speaker(event)
    session = make_session(event, starts="2024-11-14 10:00", speakers=[speaker])
    give(session, 4, to_speaker="Clear & useful", to_organisers="Too cold.")
    give(session, *[5] * (answers - 1))
    give(make_session(event, starts="2024-11-14 10:00"), 1, 1, 1, to_speaker="Of another session")
    moment.move_to(at(today))
    shown = words(client.get(f"/en/s/{access.speaker_token(speaker)}/"))
    assert ("Usefulness 4.7 of 5; 3 answers. Clear &amp; useful" in shown) is is_told
    assert "Too cold." not in shown
    assert "Of another session" not in shown

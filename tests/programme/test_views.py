"""The public programme: pages, filters in the address, search, a session, a speaker, changes, feedback."""

import io
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from events import uploads
from events.models import Document, Event
from programme.models import Material, Session, SessionFeedback
from tests.factories import at, make_event, make_theme
from tests.programme.helpers import make_programme, publish, words
from tests.sessions import make_room, make_session, make_speaker, move_session

pytestmark = pytest.mark.django_db
DAY = "2024-11-14"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def text(response: Any) -> str:
    """The words of a page as they are read."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def titles(response: Any) -> list[str]:
    return re.findall(r"<h4[^>]*>(?:<a[^>]*>)?([^<]+)", response.content.decode())


def make(event: Event, title: str, starts: str = f"{DAY} 10:00", **fields: Any) -> Session:
    return make_session(event, starts=starts, **words("title", (title,) * 3), **fields)


# --- The programme ----------------------------------------------------------------------------------------------------
def test_before_the_first_release_the_page_says_so_and_stands_in_no_menu(event: Event, client: Client):
    make(event, "Not published")
    response = client.get("/en/programme/")
    assert "The programme will be published here." in text(response)
    assert "Not published" not in text(response)
    assert "/en/programme/" not in [entry["url"] for entry in response.context["menu"]]
    assert "published here" in text(client.get("/en/programme/search/?q=x"))
    assert "published here" in text(client.get("/en/programme/changes/"))


def test_the_programme_shows_the_release_and_not_what_came_after(event: Event, client: Client):
    session = make(event, "Mentoring", speakers=[make_speaker(event, name="Åsa Öst")], is_streamed=True)
    make(event, "Called off", cancelled_at=at("2024-10-10 09:00"))
    publish(event)
    Session.objects.filter(pk=session.pk).update(title_en="Changed later")
    response = client.get("/en/programme/")
    assert titles(response) == ["Mentoring", "Called off"]
    assert "Thursday 14 November" in text(response)
    assert "10.00–10.45 Lecture FI Streamed Åsa Öst Inclusion" in text(response)
    assert "Called off Cancelled" in text(response)
    assert "/en/programme/" in [entry["url"] for entry in response.context["menu"]]


def test_words_in_another_language_are_marked(event: Event, client: Client):
    make_session(event, starts=f"{DAY} 10:00", title_fi="Vain suomeksi", title_sv="", title_en="")
    publish(event)
    content = client.get("/sv/programme/").content.decode()
    assert '<h4 lang="fi"><a href="/sv/programme/session/' in content
    assert "Only in Finnish" in client.get("/en/programme/").content.decode()
    assert "<h4><a" in client.get("/fi/programme/").content.decode()


def test_hostile_words_stay_words(event: Event, client: Client):
    room = make_room(event, name_fi="<i>Sali</i>")
    evil = '"><script>alert(1)</script>'
    session = make(event, evil, room=room, speakers=[make_speaker(event, name=evil, organisation=evil)])
    publish(event)
    for path in ("", f"session/{session.slug}/", f"speaker/{session.speakers.get().pk}/", "search/?q=<script>"):
        content = client.get(f"/fi/programme/{path}").content.decode()
        assert "<script>" not in content
        assert "<i>" not in content
    assert evil in client.get("/fi/programme/programme.json").json()["sessions"][0]["title"]


def test_filters_are_in_the_address_and_the_languages_keep_them(event: Event, client: Client):
    make(event, "In Swedish", languages=["sv"])
    make(event, "In Finnish", f"{DAY} 12:00")
    publish(event)
    response = client.get(f"/en/programme/?utm=x&language=sv&day={DAY}&theme=")
    assert titles(response) == ["In Swedish"]
    assert "1 session matches." in text(response)
    assert '<option value="sv" selected>' in response.content.decode()
    assert f'href="/sv/programme/?day={DAY}&amp;language=sv"' in response.content.decode()


def test_each_filter_is_kept_as_a_page_of_its_own(event: Event, client: Client):
    make(event, "In Swedish", languages=["sv"])
    make(event, "In Finnish", f"{DAY} 12:00")
    publish(event)
    first = client.get(f"/en/programme/?language=sv&day={DAY}")
    assert titles(client.get("/en/programme/?language=fi")) == ["In Finnish"]
    assert titles(client.get("/en/programme/")) == ["In Swedish", "In Finnish"]
    with CaptureQueriesContext(connection) as queries:
        again = client.get(f"/en/programme/?day={DAY}&nothing=1&language=sv")
    assert (again.content, len(queries)) == (first.content, 1)  # in another order, with a word that means nothing
    known = client.get(f"/en/programme/?language=sv&day={DAY}", headers={"if-none-match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("wrong", ["language=xx", "theme=%27", "day=2024-02-31", "streamed=maybe", "format=9"])
def test_what_cannot_be_chosen_leads_to_an_address_without_it(event: Event, client: Client, wrong: str):
    make(event, "One", is_streamed=True)
    publish(event)
    response = client.get(f"/en/programme/?{wrong}")
    assert (response.status_code, response["Location"]) == (303, "/en/programme/")
    response = client.get(
        f"/en/programme/?day={DAY}&{wrong}" if "day" not in wrong else f"/en/programme/?theme=inclusion&{wrong}"
    )
    assert response["Location"] == ("/en/programme/?theme=inclusion" if "day" in wrong else f"/en/programme/?day={DAY}")


def test_a_release_is_seen_at_once(event: Event, client: Client):
    session = make(event, "Talk")
    publish(event)
    assert "10.00–10.45" in text(client.get("/en/programme/"))
    move_session(session, f"{DAY} 13:00")
    assert "10.00–10.45" in text(client.get("/en/programme/"))
    publish(event)
    assert "13.00–13.45" in text(client.get("/en/programme/"))


def test_now_and_next_are_told_during_the_event_alone(event: Event, client: Client, moment):
    make(event, "Morning talk")
    make(event, "Noon talk", f"{DAY} 11:00")
    publish(event)
    assert "Now and next" not in text(client.get("/en/programme/"))
    moment.move_to(at(f"{DAY} 10:20"))
    assert "Now and next Now 10.00–10.45 Morning talk Next 11.00–11.45 Noon talk" in text(client.get("/en/programme/"))
    moment.move_to(at(f"{DAY} 12:20"))
    assert "Now and next" not in text(client.get("/en/programme/"))


def test_what_goes_on_now_is_marked_in_its_place(event: Event, client: Client, moment):
    make(event, "Morning talk")
    make(event, "Noon talk", f"{DAY} 11:00")
    publish(event)
    moment.move_to(at(f"{DAY} 10:20"))
    html = client.get("/en/programme/").content.decode()
    assert re.findall(r'mark-now">Now</p><h4><a [^>]+>([^<]+)', html) == ["Morning talk"]


def test_a_theme_has_the_same_mark_in_every_language_and_on_every_page(event: Event, client: Client):
    speaker = make_speaker(event)
    make(event, "Talk", speakers=[speaker]).themes.set([make_theme(event, "work", name_fi="Ö", name_en="A")])
    make(event, "Other", f"{DAY} 12:00").themes.set([make_theme(event, "arts", name_fi="A", name_en="Z")])
    publish(event)
    for code, name in (("fi", "Ö"), ("en", "A")):
        for path in ("", f"speaker/{speaker.pk}/", "search/?q=Talk"):
            html = client.get(f"/{code}/programme/{path}").content.decode()
            assert f'<span class="theme t2">{name}</span>' in html


def test_interpretation_and_captions_are_told_in_the_list(event: Event, client: Client):
    make(event, "Talk", interpreted_into=["sv", "fse"], has_captions=True)
    publish(event)
    assert "FI Interpreted into SV Finnish sign language Captions" in text(client.get("/en/programme/"))


@pytest.mark.parametrize("count", [3, 60])
def test_the_programme_costs_the_same_however_long_it_is(event: Event, client: Client, count: int):
    make_programme(event, count=count, rooms=8)
    client.get("/fi/programme/")
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        client.get("/fi/programme/")
    assert len(queries) == 6


# --- A session, a speaker ---------------------------------------------------------------------------------------------
def test_a_session_tells_everything_that_one_must_know(event: Event, client: Client):
    people = [make_speaker(event, name="Pia", job_title_en="researcher", organisation="Uni")]
    session = make(
        event, "Mentoring", room=make_room(event, access_en="Lift"), speakers=people, is_streamed=True,
        interpreted_into=["sv", "fse"], has_captions=True, access_en="Induction loop", abstract_en="First.\n\nSecond.",
    )  # fmt: skip
    publish(event)
    response = client.get(f"/en/programme/session/{session.slug}/")
    shown = text(response)
    for part in (
        "Mentoring", "First. Second.", "Pia researcher, Uni", "Time Thursday 14 November 10.00–10.45 Helsinki time",
        "Room Hall en Lift", "Themes Inclusion", "Languages Finnish", "Interpreted into Swedish, Finnish sign language",
        "Captions Yes", "Accessibility Induction loop", "How to follow On site and streamed", "Add to my calendar",
    ):  # fmt: skip
        assert part in shown
    assert "What did you think of it?" not in shown
    assert response["ETag"]


@pytest.mark.parametrize(
    "path", ["session/no-such/", "session/lunch/", "speaker/999/", "picture/999/", "room/x/feedback/"]
)
def test_what_is_not_in_the_release_is_not_there(event: Event, client: Client, path: str):
    make(event, "Lunch", kind="break", slug="lunch")
    make(event, "Hidden", slug="no-such", is_ready=False)
    publish(event)
    assert client.get(f"/en/programme/{path}").status_code == 404


def test_a_cancelled_session_says_so_and_offers_nothing(event: Event, client: Client):
    session = make(event, "Gone", cancelled_at=at("2024-10-10 09:00"))
    publish(event)
    response = client.get(f"/en/programme/session/{session.slug}/")
    assert "This session has been cancelled." in text(response)
    assert response.context["actions_url"] == ""


def test_materials_and_the_recording_stand_on_the_page_when_they_are_there(event: Event, client: Client):
    session = make(event, "Talk", recording_url="https://video.example/1", has_recording_captions=True)
    other = make(event, "Other", f"{DAY} 12:00")
    publish(event)
    upload = kept_picture(event)
    slides = Material.objects.create(session=session, title="Slides", upload=upload, added_at=at("2024-10-10 09:00"))
    Material.objects.create(session=session, title="Site", url="https://x.example/", added_at=at("2024-10-10 09:00"))
    shown = text(client.get(f"/en/programme/session/{session.slug}/"))
    assert "Materials and recording Recording With captions Slides (picture," in shown
    assert "Site" in shown
    address = f"/en/programme/session/{{}}/material/{slides.pk}/"
    assert client.get(address.format(session.slug))["Content-Type"] == "image/jpeg"
    assert client.get(address.format(other.slug)).status_code == 404


@pytest.mark.parametrize(
    ("today", "has_captions", "told"),
    [
        ("2024-11-28 23:00", False, "Recording Captions follow on 28 November 2024 at the latest."),
        ("2024-11-29 00:00", False, ""),
        ("2024-12-20 12:00", True, "Recording With captions"),
        ("2024-11-13 23:00", True, ""),
    ],
)
def test_a_recording_is_shown_from_its_day_and_without_captions_for_fourteen(
    event: Event, client: Client, moment, today: str, has_captions: bool, told: str
):
    session = make(
        event, "Talk", recording_url="https://video.example/1", recorded_on=at("2024-11-14 12:00").date(),
        has_recording_captions=has_captions,
    )  # fmt: skip
    publish(event)
    moment.move_to(at(today))
    shown = text(client.get(f"/en/programme/session/{session.slug}/"))
    assert (told in shown, "Materials and recording" in shown) == (True, bool(told))


def kept_picture(event: Event) -> Any:
    """A picture as somebody sends it."""
    file = io.BytesIO()
    Image.new("RGB", (60, 60), "teal").save(file, "PNG")
    return uploads.keep(event, SimpleUploadedFile("me.png", file.getvalue()), "picture")


def test_the_picture_of_a_speaker_is_served_and_nobody_elses(event: Event, client: Client):
    shown, hidden = kept_picture(event), kept_picture(event)
    make(event, "Talk", speakers=[make_speaker(event, picture=shown)])
    make(event, "Draft", f"{DAY} 12:00", is_ready=False, speakers=[make_speaker(event, picture=hidden)])
    publish(event)
    response = client.get(f"/fi/programme/picture/{shown.pk}/")
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "public, max-age=3600")
    assert client.get(f"/fi/programme/picture/{hidden.pk}/").status_code == 404


def test_a_speaker_has_a_page_with_all_their_sessions(event: Event, client: Client):
    pia = make_speaker(event, name="Pia", biography_fi="Tutkija.", job_title_en="researcher")
    make(event, "First", speakers=[pia])
    make(event, "Second", "2024-11-15 10:00", speakers=[pia, make_speaker(event)])
    make(event, "Not hers", "2024-11-15 12:00", speakers=[make_speaker(event)])
    publish(event)
    response = client.get(f"/en/programme/speaker/{pia.pk}/")
    assert titles(response) == ["First", "Second"]
    assert 'lang="fi"><p>Tutkija.' in response.content.decode()


# --- Search -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("perheille", ["Integration of families"]),  # Finnish, bent
        ("kotoutu", ["Integration of families"]),  # a beginning
        ("handledningen", ["Mentoring"]),  # Swedish, bent
        ("family", ["Integration of families"]),
        ("öst", ["Mentoring"]),
        ("mentoring -asylum", ["Mentoring"]),
        ('"at the"', []),
        ("!!! & | ( :*", []),
        ("nothing at all like it", []),
    ],
)
def test_search_in_three_languages(event: Event, client: Client, asked: str, found: list[str]):
    make_session(event, title_fi="Perheiden kotoutuminen", title_sv="Familjers integration",
                 title_en="Integration of families", starts=f"{DAY} 10:00")  # fmt: skip
    make_session(event, title_fi="Ohjaus", title_sv="Handledning", title_en="Mentoring", starts=f"{DAY} 12:00",
                 speakers=[make_speaker(event, name="Åsa Öst")])  # fmt: skip
    publish(event)
    response = client.get("/en/programme/search/", {"q": asked})
    assert titles(response) == found
    assert found or "Nothing was found." in text(response)


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("kielitaito", True), ("KIELITAITO", True), ("kielitaito työpaikka", True), ("kilpailu", False),
        ("kielitaito kissa", False), ("kielitaito:*", False), ("kie", None),
    ],
)  # fmt: skip
def test_a_stem_that_changes_is_found_by_its_beginning(event: Event, client: Client, asked: str, is_found: bool | None):
    make_session(event, title_fi="Kielitaidosta työpaikoilla", title_en="Talk", starts=f"{DAY} 10:00")
    publish(event)
    response = client.get("/en/programme/search/", {"q": asked})
    assert titles(response) == ([] if is_found is False else ["Talk"])
    assert ("words that begin alike" in text(response)) == bool(is_found)
    assert "words that begin alike" not in text(client.get("/en/programme/search/?q=kielitaidosta"))


def test_the_best_hit_stands_first(event: Event, client: Client):
    make(event, "Other", abstract_fi="Mentorointi mainitaan.")
    make(event, "Mentorointi", f"{DAY} 12:00")
    publish(event)
    assert titles(client.get("/fi/programme/search/?q=mentorointi")) == ["Mentorointi", "Other"]


# --- Changes ----------------------------------------------------------------------------------------------------------
def test_each_release_tells_what_it_changed(event: Event, client: Client):
    moved, gone = make(event, "Moved talk"), make(event, "Cancelled talk")
    publish(event)
    assert "The programme was published for the first time." in text(client.get("/en/programme/changes/"))
    move_session(moved, "2024-11-15 10:00")
    Session.objects.filter(pk=gone.pk).update(cancelled_at=at("2024-10-10 09:00"))
    make(event, "New talk", "2024-11-15 12:00")
    publish(event)
    shown = text(client.get("/en/programme/changes/"))
    assert "New New talk Fri 15 Nov 2024 12.00–12.45" in shown
    assert "Cancelled Cancelled talk Thu 14 Nov 2024 10.00–10.45" in shown
    assert "Moved Moved talk Thu 14 Nov 2024 10.00–10.45 → Fri 15 Nov 2024 10.00–10.45" in shown


# --- For printing -----------------------------------------------------------------------------------------------------
def test_the_programme_for_printing_is_made_once_for_each_release_and_language(event: Event, client: Client):
    make(event, "Talk")
    assert client.get("/fi/programme/programme.pdf").status_code == 404
    publish(event)
    for _again in range(2):
        response = client.get("/fi/programme/programme.pdf")
        assert (response.status_code, response["Refresh"]) == (202, "3")
    assert list(Document.objects.values_list("kind", "language")) == [("programme", "fi")]


# --- Feedback ---------------------------------------------------------------------------------------------------------
def answers(**given: Any) -> dict[str, Any]:
    return {"usefulness": "4", "to_speaker": "Kiitos!", "form_key": str(uuid.uuid4()), **given}


def test_feedback_is_given_once_without_a_name(event: Event, client: Client, moment):
    session = make(event, "Talk")
    publish(event)
    address = f"/en/programme/session/{session.slug}/feedback/"
    assert "Feedback is open from the beginning" in text(client.get(address))
    moment.move_to(at(f"{DAY} 10:30"))
    assert "How useful was the session" in text(client.get(address))
    assert "Give feedback on this session" in text(client.get(f"/en/programme/session/{session.slug}/"))
    sent = answers()
    for _again in range(2):
        response = client.post(address, sent)
        assert (response.status_code, response["Location"]) == (303, f"{address}thanks/")
    given = SessionFeedback.objects.get()
    assert (given.session, given.usefulness, given.to_speaker, given.to_organisers) == (session, 4, "Kiitos!", "")
    assert "Thank you" in text(client.get(f"{address}thanks/"))
    client.post(address, answers())
    assert SessionFeedback.objects.count() == 2


@pytest.mark.parametrize(
    "wrong", [{"usefulness": "6"}, {"usefulness": ""}, {"to_speaker": "x" * 1001}, {"form_key": "1"}]
)
def test_wrong_feedback_is_shown_again(event: Event, client: Client, moment, wrong: dict[str, str]):
    session = make(event, "Talk")
    publish(event)
    moment.move_to(at(f"{DAY} 10:30"))
    assert client.post(f"/en/programme/session/{session.slug}/feedback/", answers(**wrong)).status_code == 422
    assert not SessionFeedback.objects.exists()


@pytest.mark.parametrize("late", ["2024-11-14 09:59", "2024-11-28 10:46"])
def test_feedback_at_another_time_is_not_taken(event: Event, client: Client, moment, late: str):
    session = make(event, "Talk")
    publish(event)
    moment.move_to(at(late))
    assert client.post(f"/en/programme/session/{session.slug}/feedback/", answers()).status_code == 403
    assert not SessionFeedback.objects.exists()


def test_the_code_at_the_room_leads_to_what_has_begun_there(event: Event, client: Client, moment):
    room = make_room(event)
    make(event, "First", room=room)
    make(event, "Second", f"{DAY} 12:00", room=room)
    make(event, "Elsewhere", room=make_room(event, "other"))
    publish(event)
    address = f"/en/programme/room/{room.slug}/feedback/"
    assert "No session has begun in this room yet." in text(client.get(address))
    moment.move_to(at(f"{DAY} 12:30"))
    shown = text(client.get(address))
    assert shown.index("Second") < shown.index("First")
    assert "Elsewhere" not in shown

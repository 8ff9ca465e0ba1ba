"""Sessions, rooms and speakers in the admin: texts with their states, why something is not public, who may do what."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Event, LogEntry, Mail, Membership, Theme, Upload, User
from programme.models import Format, Material, Session, SpeakerSlot
from tests.factories import at, make_event, make_organiser
from tests.organisers import enter, make_member
from tests.organisers import posted as posted_by_anybody
from tests.organisers import save as save_by_anybody
from tests.sessions import make_release, make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
LIST = "/en/admin/programme/session/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def organiser(event: Event, client: Client) -> Client:
    return enter(client, make_organiser(event))


def page(session: Session) -> str:
    return f"/en/admin/programme/session/{session.pk}/change/"


def posted(client: Client, address: str) -> dict[str, str]:
    """A form with one theme chosen, as it is."""
    data = posted_by_anybody(client, address)
    return {**data, "themes": str(Theme.objects.get().pk)} if "themes" in data else data


def save(client: Client, address: str, **edited: str | None):
    theme = {"themes": str(Theme.objects.get().pk)} if Theme.objects.exists() else {}
    return save_by_anybody(client, address, **theme, **edited)


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_list_says_why_each_session_is_not_public(event: Event, organiser: Client):
    make_session(event, title_en="Shown")
    make_release(event)
    make_session(event, title_en="Unready", is_ready=False, title_sv="")
    told = words(organiser.get(LIST))
    assert "not ready, no Swedish title, not released yet" in told
    assert re.search(r"Shown .{0,400} yes", told)


def test_the_list_begins_with_the_current_event(event: Event, organiser: Client):
    old = make_event(slug="2020", is_current=False, starts_on="2020-11-12", ends_on="2020-11-13")
    Membership.objects.create(user=User.objects.get(), event=old, role=Membership.Role.ORGANISER)
    own, former = make_session(event), make_session(old)
    Format.objects.create(event=old, slug="film", name_fi="Vanha muoto", name_sv="Gammal form", name_en="Old format")
    response = organiser.get(LIST)
    assert list(response.context["cl"].result_list) == [own]
    assert "Old format" not in words(response)
    assert list(organiser.get(LIST, {"event": old.pk}).context["cl"].result_list) == [former]


def test_the_list_asks_the_same_number_of_queries_for_3_and_30_sessions(event: Event, organiser: Client):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert organiser.get(LIST).status_code == 200
        return len(found)

    for _number in range(3):
        make_session(event, speakers=[make_speaker(event)])
    queries()
    few = queries()
    for _number in range(27):
        make_session(event, speakers=[make_speaker(event), make_speaker(event)])
    assert queries() == few


@pytest.mark.parametrize(
    ("lack", "wanted"),
    [("sv", {"No Swedish"}), ("slot", {"No Swedish", "Whole", "Stale"}), ("ready", {"Unready"}),
     ("outdated", {"Stale"}), ("speakers", {"No Swedish", "Whole", "Stale", "Unready"})],
)  # fmt: skip
def test_the_list_is_narrowed_to_what_is_missing(event: Event, organiser: Client, lack: str, wanted: set[str]):
    make_session(event, title_en="No Swedish", title_sv="")
    make_session(event, title_en="Whole")
    make_session(event, title_en="Unready", is_ready=False, starts="2024-11-14 09:00")
    stale = make_session(event, title_en="Stale")
    stale.texts.create(language="fi", changed_at=at("2024-10-02 09:00"))
    stale.texts.create(language="sv", changed_at=at("2024-10-01 09:00"))
    stale.texts.create(language="en", changed_at=at("2024-10-01 09:00"), reviewed_at=at("2024-10-03 09:00"))
    response = organiser.get(f"{LIST}?lack={lack}")
    assert {row.title_en for row in response.context["cl"].result_list} == wanted


def test_who_has_not_agreed_to_streaming_or_recording_is_told(event: Event, organiser: Client):
    asked, told_no = make_speaker(event, name="Asked Only"), make_speaker(event, name="Told No")
    told_no.may_be_streamed, told_no.may_be_recorded = True, False
    told_no.save()
    streamed = make_session(event, title_en="Streamed", is_streamed=True, speakers=[asked, told_no])
    recorded = make_session(event, title_en="Recorded", recording_url="https://video.example/1", speakers=[told_no])
    plain = make_session(event, title_en="Plain", speakers=[asked])
    assert "streamed, and these speakers have not agreed to that: Asked Only." in words(organiser.get(page(streamed)))
    assert "recording, and these speakers have not agreed to that: Told No." in words(organiser.get(page(recorded)))
    assert "have not agreed" not in words(organiser.get(page(plain)))
    assert set(organiser.get(LIST, {"lack": "consent"}).context["cl"].result_list) == {streamed, recorded}


def test_a_break_is_made_in_the_admin(event: Event, organiser: Client):
    response = save(
        organiser, f"{LIST}add/", event=str(event.pk), kind="break", title_fi="Kahvitauko", title_sv="Kaffepaus",
        slug="kahvitauko", is_ready="on",
    )  # fmt: skip
    assert response.status_code == 302, response.context["errors"]
    session = Session.objects.get()
    assert (session.kind, session.title_sv) == ("break", "Kaffepaus")
    assert set(session.texts.values_list("language", flat=True)) == {"fi", "sv"}


def test_an_edited_text_makes_the_other_languages_out_of_date_in_the_same_step(event: Event, organiser: Client, moment):
    session = make_session(event)
    for code in ("fi", "sv", "en"):
        session.texts.create(language=code, changed_at=at("2024-10-01 09:00"))
    save(organiser, page(session), title_fi="Toinen otsikko")
    told = words(organiser.get(page(session)))
    assert "Suomi : written" in told
    assert "Svenska : out of date" in told
    assert "English : out of date" in told
    organiser.post(f"/en/admin/programme/session/{session.pk}/reviewed/", {"language": "sv"})
    assert "Svenska : reviewed" in words(organiser.get(page(session)))
    assert organiser.post(f"/en/admin/programme/session/{session.pk}/reviewed/", {"language": "xx"}).status_code == 404


def test_an_old_form_does_not_bring_back_what_somebody_else_has_changed(event: Event, organiser: Client):
    session = make_session(event)
    old = posted(organiser, page(session))
    Session.objects.filter(pk=session.pk).update(title_sv="Ändrad")
    data = {name: value for name, value in {**old, "title_fi": "Uusi"}.items() if value != ""}
    assert organiser.post(page(session), data).status_code == 302
    session.refresh_from_db()
    assert (session.title_fi, session.title_sv) == ("Uusi", "Ändrad")
    assert list(session.texts.values_list("language", flat=True)) == ["fi"]


def test_languages_are_ticked_and_kept(event: Event, organiser: Client):
    session = make_session(event)
    data = {name: value for name, value in posted(organiser, page(session)).items() if value != ""}
    data = {name: value for name, value in data.items() if not name.startswith(("languages", "interpreted_into"))}
    response = organiser.post(page(session), {**data, "languages": ["fi", "sv"], "interpreted_into": ["fse"]})
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.languages, session.interpreted_into) == (["fi", "sv"], ["fse"])


def add_speaker(client: Client, session: Session, speaker) -> object:
    line = {"speaker_slots-0-speaker": str(speaker.pk), "speaker_slots-0-part": "chair",
            "speaker_slots-0-order": "2", "speaker_slots-TOTAL_FORMS": "1"}  # fmt: skip
    return save(client, page(session), **line)


def test_a_speaker_who_is_added_is_held_by_the_slot_and_cannot_be_elsewhere(event: Event, organiser: Client):
    speaker = make_speaker(event, name="Pia Puhuja")
    first = make_session(event, starts="2024-11-14 09:00")
    second = make_session(event, starts="2024-11-14 09:30")
    assert add_speaker(organiser, first, speaker).status_code == 302
    slot = SpeakerSlot.objects.get()
    assert (slot.starts_at, slot.part, slot.order) == (first.starts_at, "chair", 2)
    response = add_speaker(organiser, second, speaker)
    assert response.status_code == 200
    assert "Pia Puhuja is in another session then" in words(response)
    assert not second.speaker_slots.exists()


def test_what_lasts_all_day_no_more_is_refused_when_a_speaker_is_elsewhere(event: Event, organiser: Client):
    speaker = make_speaker(event)
    films = make_session(event, is_all_day=True, starts="2024-11-14 09:00", minutes=300)
    SpeakerSlot.objects.create(session=films, speaker=speaker)
    make_session(event, starts="2024-11-14 10:00", speakers=[speaker])
    response = save(organiser, page(films), is_all_day=None)
    films.refresh_from_db()
    assert films.is_all_day
    assert "is in another session then" in words(
        organiser.get(page(films)) if response.status_code == 302 else response
    )


def test_a_session_is_cancelled_and_taken_up_again_after_a_question(event: Event, organiser: Client):
    session = make_session(event, starts="2024-11-14 09:00")
    address = f"/en/admin/programme/session/{session.pk}/cancel/"
    assert "Cancel this session?" in words(organiser.get(address))
    session.refresh_from_db()
    assert session.cancelled_at is None
    organiser.post(address)
    session.refresh_from_db()
    assert session.cancelled_at
    assert "This session is cancelled" in words(organiser.get(page(session)))
    organiser.post(address)
    session.refresh_from_db()
    assert session.cancelled_at is None


def test_sessions_are_marked_as_ready_together(event: Event, organiser: Client):
    rows = [make_session(event, is_ready=False) for _number in range(3)]
    chosen = [row.pk for row in rows[:2]]
    organiser.post(LIST, {"action": "make_ready", "_selected_action": chosen})
    assert set(Session.objects.filter(is_ready=True).values_list("pk", flat=True)) == set(chosen)
    assert LogEntry.objects.filter(action="edited").count() == 2


def test_who_translates_changes_texts_and_nothing_else(event: Event, client: Client):
    session = make_session(event, speakers=[make_speaker(event)])
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    assert save(client, page(session), title_sv="Ny", slug="stolen").status_code == 302
    session.refresh_from_db()
    assert session.title_sv == "Ny"
    assert session.slug != "stolen"
    assert client.get(f"/en/admin/programme/session/{session.pk}/cancel/").status_code == 403
    assert client.get(f"{LIST}schedule/").status_code == 403
    client.post(LIST, {"action": "make_unready", "_selected_action": [session.pk]})
    session.refresh_from_db()
    assert session.is_ready


def test_files_of_speakers_open_for_organisers_of_the_event_alone(event: Event, organiser: Client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "one").write_bytes(b"%PDF-1.7")
    upload = Upload.objects.create(
        event=event,
        kind="pdf",
        random_name="one",
        file="one",
        name="slides.pdf",
        size=8,
        added_at=at("2024-10-01 09:00"),
    )
    material = Material.objects.create(
        session=make_session(event), title="Slides", upload=upload, added_at=at("2024-10-01 09:00")
    )
    address = reverse("admin:programme_session_material", args=[material.pk])
    assert organiser.get(address).status_code == 200
    other = enter(Client(), make_organiser(make_event(slug="2020", is_current=False), "other@ely.example"))
    assert other.get(address).status_code == 404


def test_speakers_get_their_link_again(event: Event, organiser: Client):
    speaker = make_speaker(event)
    address = "/en/admin/programme/speaker/"
    data = {"action": "send_link", "_selected_action": [speaker.pk]}
    assert "Send these speakers the link" in words(organiser.post(address, data))
    assert not Mail.objects.exists()
    organiser.post(address, {**data, "confirmed": "1"})
    assert Mail.objects.get().message == "programme/speaker_welcome"


def test_a_room_has_seats_and_names_and_goes_only_while_it_is_empty(event: Event, organiser: Client):
    room = make_room(event)
    make_session(event, room=room, starts="2024-11-14 09:00")
    assert "Hall en" in words(organiser.get("/en/admin/programme/room/"))
    save(organiser, f"/en/admin/programme/room/{room.pk}/change/", seats="250")
    room.refresh_from_db()
    assert room.seats == 250
    organiser.post(f"/en/admin/programme/room/{room.pk}/delete/", {"post": "yes"})
    assert event.rooms.exists()


def test_the_places_of_a_session_are_shown_and_set_by_a_step_of_their_own(event: Event, organiser: Client):
    limited, free = make_session(event, places=40), make_session(event)
    for session, told in ((limited, "0 of 40 places are taken."), (free, "Everybody may come.")):
        address = page(session)
        assert "pool" not in posted(organiser, address)
        assert told in words(organiser.get(address))


def test_a_recording_is_published_on_the_day_its_address_is_given_and_hidden_when_captions_are_overdue(
    event: Event, organiser: Client
):
    session = make_session(event)
    save(organiser, page(session), recording_url="https://video.example/1")
    session.refresh_from_db()
    assert session.recorded_on == at("2024-10-14 12:00").date()
    assert "it is hidden after 28 October 2024" in words(organiser.get(page(session)))
    assert f"{page(session)}" in organiser.get(f"{LIST}?lack=captions").content.decode()
    Session.objects.update(recorded_on=at("2024-09-29 12:00").date())
    assert "its captions were due on 13 October 2024" in words(organiser.get(page(session)))

"""Publishing and telling in the admin."""

import pytest
from django.test import Client

from events.models import Event, Mail, Membership
from programme.models import Release, Session
from programme.services import booking, favourites
from registration import services as registration_services
from tests.factories import at, make_event, make_organiser, register
from tests.organisers import enter, make_member
from tests.sessions import make_release, make_session, make_speaker, move_session

pytestmark = pytest.mark.django_db
BASE = "/en/admin/programme/release/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def organiser(client: Client, event: Event) -> Client:
    return enter(client, make_organiser(event))


def content(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_way_from_the_list_over_the_preview_to_the_notices(event: Event, organiser: Client):
    session = make_session(event, starts="2024-11-14 10:00", title_en="Workshop")
    make_release(event)
    registration = register(event, language="sv")
    favourites.mark(registration, session.pk)
    move_session(session, "2024-11-14 13:00")
    assert "Publish the programme" in content(organiser.get(BASE))
    shown = content(organiser.get(f"{BASE}publish/"))
    assert ("Workshop" in shown, "Moved" in shown, "people concerned" in shown) == (True, True, True)
    assert Release.objects.count() == 1
    answer = organiser.post(f"{BASE}publish/", {"note_fi": "Uutta", "note_sv": "Nytt", "note_en": "News"})
    release = Release.objects.get(number=2)
    assert answer["Location"] == f"{BASE}{release.pk}/notices/"
    shown = content(organiser.get(answer["Location"]))
    assert ("Send 1 notice" in shown, "[my programme]" in shown, "Nytt" in shown) == (True, True, True)
    assert not Mail.objects.filter(message="programme/changes").exists()
    organiser.post(answer["Location"])
    assert Mail.objects.get(message="programme/changes").to_email == registration.email
    shown = content(organiser.get(f"{BASE}{release.pk}/change/"))
    assert ("Workshop" in shown, "Uutta" in shown) == (True, True)
    assert "The notices were sent" in content(organiser.get(answer["Location"]))


@pytest.mark.parametrize(("now", "told"), [("19:59", "They leave at once."), ("20:00", "15 October 2024, 8.00")])
def test_the_preview_says_when_the_notices_leave(event: Event, organiser: Client, moment, now: str, told: str):
    session = make_session(event, starts="2024-11-14 10:00")
    make_release(event)
    favourites.mark(register(event), session.pk)
    move_session(session, "2024-11-14 13:00")
    release = make_release(event)
    moment.move_to(at(f"2024-10-14 {now}"))
    assert told in content(organiser.get(f"{BASE}{release.pk}/notices/"))


@pytest.mark.parametrize(("notes", "is_published"), [({"fi"}, False), ({"sv", "en"}, False), ({"fi", "sv"}, True)])
def test_a_note_is_written_in_both_national_languages(event: Event, organiser: Client, notes: set, is_published: bool):
    make_session(event)
    answer = organiser.post(f"{BASE}publish/", {f"note_{code}": "Words" for code in notes})
    assert Release.objects.exists() == is_published
    if not is_published:
        assert "Write the note in Finnish and in Swedish" in content(answer)
        assert "Words</textarea>" in content(answer)


def test_a_missing_language_is_told_and_needs_a_reason(event: Event, organiser: Client):
    make_session(event, title_sv="", title_en="Untranslated")
    assert "Reason for missing languages" in content(organiser.get(f"{BASE}publish/"))
    shown = content(organiser.post(f"{BASE}publish/", {"missing_reason": " "}))
    assert "Finnish or Swedish is missing" in shown
    assert not Release.objects.exists()
    organiser.post(f"{BASE}publish/", {"missing_reason": "The translator is ill"})
    assert Release.objects.get().missing_reason == "The translator is ill"


def test_a_complete_programme_is_not_asked_for_a_reason(event: Event, organiser: Client):
    make_session(event)
    assert "Reason for missing languages" not in content(organiser.get(f"{BASE}publish/"))


def test_one_session_is_published_in_two_clicks(event: Event, organiser: Client):
    session = make_session(event, speakers=[make_speaker(event)])
    make_release(event)
    Session.objects.update(cancelled_at=at("2024-10-14 08:00"))
    link = f"{BASE}session/{session.pk}/"
    assert link in content(organiser.get(f"/en/admin/programme/session/{session.pk}/change/"))
    assert "Publish and tell" in content(organiser.get(link))
    organiser.post(link)
    assert Release.objects.get(number=2).is_urgent
    assert Mail.objects.filter(message="programme/changes").count() == 1


@pytest.mark.parametrize("role", [Membership.Role.REVIEWER, Membership.Role.TRANSLATOR, Membership.Role.DOOR_LEAD])
def test_only_organisers_publish(event: Event, role: str):
    session = make_session(event)
    release = make_release(event)
    client = enter(Client(), make_member(event, role))
    for path in ("publish/", f"{release.pk}/notices/", f"session/{session.pk}/"):
        assert client.post(BASE + path).status_code in {403, 404}
    assert Release.objects.count() == 1


def test_an_organiser_of_another_event_neither_sees_nor_publishes(event: Event, client: Client):
    session = make_session(event)
    release = make_release(event)
    stranger = enter(client, make_organiser(make_event(slug="2020", is_current=False), "other@ely.example"))
    for path in (f"{release.pk}/notices/", f"session/{session.pk}/"):
        assert stranger.post(BASE + path).status_code == 404
    stranger.post(f"{BASE}publish/?event={event.pk}")
    assert Release.objects.filter(event=event).count() == 1


def test_organisers_give_a_session_places_and_change_them(event: Event, organiser: Client):
    session = make_session(event)
    make_release(event)
    link = f"{BASE}session/{session.pk}/places/"
    assert link in content(organiser.get(f"/en/admin/programme/session/{session.pk}/change/"))
    organiser.post(link, {"capacity": "2"})
    session.refresh_from_db()
    assert session.pool.capacity == 2
    for _ in range(2):
        booking.book(register(event).pk, session.pk, by=None)
    assert "2 of 2 places are taken." in content(organiser.get(link))
    assert "the capacity cannot be lower" in content(organiser.post(link, {"capacity": "1"}, follow=True))
    assert organiser.post(link, {"capacity": "-1"}).status_code == 422


def test_the_form_of_the_events_places_leaves_those_of_a_session_alone(event: Event):
    session = make_session(event, places=3)
    make_release(event)
    with pytest.raises(registration_services.NotPossible):
        registration_services.set_capacity(session.pool_id, 5, by=None)
    booking.book(register(event).pk, session.pk, by=None)
    with pytest.raises(registration_services.NotPossible):
        registration_services.set_capacity(session.pool_id, 5, by=None)
    session.pool.refresh_from_db()
    assert (session.pool.taken, session.pool.capacity) == (1, 3)

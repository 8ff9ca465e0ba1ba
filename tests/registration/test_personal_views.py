"""The personal page: what it shows and what can be done there."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from events import documents, places
from events.models import Document, LogEntry, Mail
from registration import access, services
from registration.models import Handover, Needs, Registration
from tests.factories import at, form_data, make_details, make_event, register

pytestmark = pytest.mark.django_db


def address(registration: Registration, step: str = "") -> str:
    return f"/fi/2024/r/{access.personal_token(registration)}/{step}"


@pytest.fixture
def event():
    return make_event(capacity=1)


def test_it_shows_how_the_registration_stands(client, event):
    confirmed, waiting, remote = register(event), register(event), register(event, attendance="remote")
    kinds = [
        client.get(address(row)).content.decode().split("status status-")[1].split('"')[0]
        for row in (confirmed, waiting, remote)
    ]
    assert kinds == ["confirmed", "waiting", "confirmed"]
    assert (
        f'src="{address(confirmed, "qr.png").replace("/2024", "")}"' in client.get(address(confirmed)).content.decode()
    )
    assert [client.get(address(row, "qr.png")).status_code for row in (waiting, remote)] == [404, 404]


def test_wrong_revoked_and_foreign_links_are_not_found(client, event):
    registration = register(event)
    token = access.personal_token(registration)
    make_event(slug="2020", is_current=False)
    Registration.objects.filter(pk=registration.pk).update(link_version=2)
    revoked = client.get(f"/fi/2024/r/{token}/")
    registration.refresh_from_db()
    foreign = client.get(address(registration).replace("/2024/", "/2020/"))
    wrong = client.get("/fi/2024/r/nonsense/")
    handover = client.get(f"/fi/2024/colleague/{access.personal_token(registration)}/")
    assert [page.status_code for page in (revoked, foreign, wrong, handover)] == [404, 404, 404, 404]


def test_get_changes_nothing(client, event):
    registration = register(event)
    before = (Registration.objects.values().get(), LogEntry.objects.count(), Mail.objects.count())
    for step in ("", "change/", "remote/", "on-site/", "colleague/", "cancel/", "badge.pdf", "calendar.ics", "qr.png"):
        client.get(address(registration, step))
    for step in ("meanwhile/", "colleague/keep/", "offer/", "needs/forget/"):
        assert client.get(address(registration, step)).status_code == 405
    assert (Registration.objects.values().get(), LogEntry.objects.count(), Mail.objects.count()) == before


def test_opening_the_link_is_remembered_until_links_are_revoked(client, event, rf):
    registration = register(event)
    client.get(address(registration))
    request = rf.get("/")
    request.session = client.session
    assert access.current(request, event) == registration
    services.correct_address(registration.pk, "uusi@kunta.example", by=None)
    assert access.current(request, event) is None


def test_answers_are_changed(client, event):
    registration = register(event, dietary="Vegaani")
    day = event.days.last()
    data = form_data(event, first_name="Uusi", days=[day.pk], dietary="Pähkinätön", needs_consent="on")
    assert client.post(address(registration, "change/"), data).status_code == 303
    registration.refresh_from_db()
    assert (registration.first_name, list(registration.days.all()), registration.version) == ("Uusi", [day], 1)
    assert Needs.objects.get().dietary == "Pähkinätön"
    assert Mail.objects.filter(message="registration/changed").count() == 1


def test_the_address_is_not_changed_by_the_answers(client, event):
    registration = register(event)
    client.post(address(registration, "change/"), form_data(event, email="other@kunta.example"))
    assert Registration.objects.get().email == registration.email
    assert set(Mail.objects.values_list("to_email", flat=True)) == {registration.email}


def test_after_the_catering_date_needs_stay_as_they_were(client, event, moment):
    registration = register(event, dietary="Vegaani")
    moment.move_to(at("2024-11-05 00:00"))
    assert client.get(address(registration, "change/")).context["form"].fields["dietary"].disabled
    client.post(address(registration, "change/"), form_data(event, dietary="Liha", first_name="Uusi"))
    assert (Needs.objects.get().dietary, Registration.objects.get().first_name) == ("Vegaani", "Uusi")


def test_consent_withdrawn_deletes_the_answers_at_once(client, event):
    registration = register(event, dietary="Vegaani")
    client.post(address(registration, "needs/forget/"))
    assert Needs.objects.count() == 0


def test_to_remote_and_back(client, event):
    registration, waiting = register(event), register(event)
    assert client.post(address(registration, "remote/")).status_code == 303
    registration.refresh_from_db()
    waiting.refresh_from_db()
    assert (registration.attendance, registration.status, waiting.status) == ("remote", "confirmed", "offered")
    assert client.post(address(registration, "on-site/"), form_data(event)).status_code == 303
    registration.refresh_from_db()
    assert (registration.attendance, registration.status, registration.remote_meanwhile) == ("on_site", "waiting", True)
    services.decline_offer(waiting.pk, by=None)
    registration.refresh_from_db()
    assert registration.status == "offered"
    client.post(address(registration, "offer/"), {"answer": "accept"})
    registration.refresh_from_db()
    assert (registration.status, registration.has_badge) == ("confirmed", True)


def test_an_offer_is_accepted_or_declined(client, event):
    holder, first, second = register(event), register(event), register(event)
    services.cancel(holder.pk, by=None)
    assert "status-offered" in client.get(address(first)).content.decode()
    client.post(address(first, "offer/"), {"answer": "decline"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("declined", "offered")
    client.post(address(second, "offer/"), {"answer": "accept"})
    second.refresh_from_db()
    assert second.status == "confirmed"


def test_an_offer_answered_too_late_says_so(client, event, moment):
    holder, first = register(event), register(event)
    services.cancel(holder.pk, by=None)
    first.refresh_from_db()
    moment.move_to(first.offer_ends_at + timedelta(minutes=1))
    with translation.override("fi"):
        response = client.post(address(first, "offer/"), {"answer": "accept"}, follow=True)
        assert str(places.OfferEnded.message) in response.content.decode()
    first.refresh_from_db()
    assert first.status in {"offered", "lapsed"}


def test_who_declines_but_follows_remotely_goes_on_remotely(client, event):
    holder, first = register(event), register(event, remote_meanwhile=True)
    services.cancel(holder.pk, by=None)
    client.post(address(first, "offer/"), {"answer": "decline"})
    first.refresh_from_db()
    assert (first.attendance, first.status, first.ended_at) == ("remote", "confirmed", None)


def test_a_place_is_offered_to_a_colleague_and_kept_after_all(client, event):
    registration = register(event)
    client.post(address(registration, "colleague/"), {"email": "kalle@kunta.example", "language": "sv"})
    handover = Handover.objects.get()
    assert (handover.to_email, handover.language, handover.ended_at) == ("kalle@kunta.example", "sv", None)
    assert "kalle@kunta.example" in client.get(address(registration)).content.decode()
    client.post(address(registration, "colleague/keep/"))
    handover.refresh_from_db()
    assert handover.ended_at is not None


def test_cancelling_twice_is_cancelling_once(client, event):
    registration, waiting = register(event), register(event)
    for _ in range(2):
        assert client.post(address(registration, "cancel/")).status_code == 303
    waiting.refresh_from_db()
    assert (waiting.status, Mail.objects.filter(message="registration/cancelled").count()) == ("offered", 1)
    assert "status-cancelled" in client.get(address(registration)).content.decode()


def test_nothing_is_changed_after_the_event(client, event, moment):
    registration = register(event)
    moment.move_to(at("2024-11-16 00:00"))
    for step in ("cancel/", "remote/"):
        client.post(address(registration, step))
    registration.refresh_from_db()
    assert registration.status == "confirmed"


def test_the_badge_page_waits_until_the_worker_has_made_it(client, event):
    registration = register(event)
    waiting = client.get(address(registration, "badge.pdf"))
    assert (waiting.status_code, waiting["Refresh"]) == (202, "3")
    documents.content(Document.objects.get())
    ready = client.get(address(registration, "badge.pdf"))
    assert (ready.status_code, ready["Content-Type"], ready.content[:5]) == (200, "application/pdf", b"%PDF-")


def test_personal_pages_are_not_kept_by_caches_or_search_engines(client, event):
    response = client.get(address(register(event)))
    assert "no-store" in response["Cache-Control"]
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "same-origin")


def test_posts_need_the_form_token(event):
    registration = register(event)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(registration, "cancel/")).status_code == 403
    registration.refresh_from_db()
    assert registration.is_live


def test_a_virtual_event_has_no_venue_to_come_to(client):
    event = make_event(slug="2030", is_current=False, is_virtual=True, capacity=None)
    registration = register(event, attendance="remote")
    url = f"/fi/2030/r/{access.personal_token(registration)}/on-site/"
    assert [client.get(url).status_code, client.post(url, {}).status_code] == [303, 303]


def test_consent_keeps_its_moment_while_the_words_stay_the_same(client, event, moment):
    registration = register(event, dietary="Vegaani")
    given = Needs.objects.get().consented_at
    moment.shift(3600)
    data = form_data(event, dietary="Vegaani", needs_consent="on", first_name="Uusi")
    client.post(address(registration, "change/"), data)
    assert (Needs.objects.get().consented_at, Registration.objects.get().first_name) == (given, "Uusi")


def test_who_is_offered_a_place_by_their_own_change_is_told_so(client):
    event = make_event(capacity=2)
    register(event)
    waiting = register(event, has_assistant=True)
    client.post(address(waiting, "change/"), form_data(event))
    waiting.refresh_from_db()
    assert waiting.status == "offered"
    assert "status-offered" in client.get(address(waiting)).content.decode()


def test_a_place_is_not_taken_over_after_the_event(client, event, moment):
    handover = services.give_to_colleague(register(event).pk, to_email="k@kunta.example", language="fi", by=None)
    moment.move_to(at("2024-12-24 09:00"))
    with pytest.raises(services.LinkUsed):
        services.take_over(handover.pk, make_details(event), form_key=uuid.uuid4())


def test_an_offer_to_a_colleague_ends_when_one_takes_part_remotely(client, event):
    registration = register(event)
    services.give_to_colleague(registration.pk, to_email="k@kunta.example", language="fi", by=None)
    client.post(address(registration, "remote/"))
    assert Handover.objects.get().ended_at is not None


def test_a_badge_that_could_not_be_made_says_what_to_do(client, event):
    registration = register(event)
    Document.objects.update(attempts=3, last_error="OSError()", failed_at=at("2024-10-14 09:00"))
    failed = client.get(address(registration, "badge.pdf"))
    assert (failed.status_code, failed["Refresh"], event.contact_email in failed.content.decode()) == (202, "60", True)


@pytest.mark.parametrize("attendance", ["on_site", "remote"])
def test_when_the_event_is_over_the_page_does_not_speak_of_its_beginning(client: Client, moment, attendance: str):
    registration = register(make_event(), attendance=attendance)
    moment.move_to(at("2024-11-16 00:00"))
    assert "Tapahtuma on päättynyt." in client.get(address(registration)).content.decode()

"""Webinars in the admin: who sees the meeting, what is asked before people are told, lists, numbers, files, exports."""

import io
from datetime import date

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import LogEntry, Mail, Membership
from tests.factories import at, make_event
from tests.organisers import enter, make_member, save
from tests.webinars.helpers import MEETING, make_series, make_webinar, sign_up, sign_up_one
from webinars import services
from webinars.models import Material, SignUp, Webinar

pytestmark = pytest.mark.django_db
WEBINARS = "/en/admin/webinars/webinar/"
SIGN_UPS = "/en/admin/webinars/signup/"


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def organiser(client, event, settings):
    settings.SESSION_COOKIE_AGE = 10**8  # these tests travel further than a session lasts
    return enter(client, make_member(event, Membership.Role.ORGANISER))


def step(webinar: Webinar, name: str) -> str:
    return f"{WEBINARS}{webinar.pk}/{name}/"


# --- Who sees what ----------------------------------------------------------------------------------------------------
def test_organisers_see_and_change_the_address_of_the_meeting(organiser, event):
    webinar = make_webinar(event)
    address = f"{WEBINARS}{webinar.pk}/change/"
    assert MEETING.replace("&", "&amp;") in organiser.get(address).content.decode()
    save(organiser, address, join_url="https://other.example/1")
    webinar.refresh_from_db()
    assert webinar.join_url == "https://other.example/1"
    assert LogEntry.objects.about(webinar).latest("pk").details == {"fields": ["Address of the meeting"]}


def test_who_only_translates_neither_sees_nor_changes_it(client, event):
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    webinar = make_webinar(event)
    address = f"{WEBINARS}{webinar.pk}/change/"
    for path in (address, WEBINARS):
        assert "meeting.example" not in client.get(path).content.decode()
    save(client, address, title_en="A new title", join_url="https://evil.example/")
    webinar.refresh_from_db()
    assert (webinar.title_en, webinar.join_url) == ("A new title", MEETING)
    for name in ("move", "cancel", "thank", "copy", "places", "file"):
        assert client.get(step(webinar, name)).status_code == 403
    assert client.get(SIGN_UPS).status_code == 403


def test_who_only_translates_cannot_guess_it_letter_by_letter(client, event):
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    make_webinar(event)
    for guess in (MEETING[:10], "https://x"):
        assert client.get(WEBINARS, {"join_url__startswith": guess}).status_code == 400
    assert client.get(WEBINARS, {"is_public__exact": "1"}).status_code == 200


def test_only_https_leads_to_a_meeting(organiser, event):
    webinar = make_webinar(event)
    for address in ("http://meeting.example/", "javascript:alert(1)", "meeting"):
        assert save(organiser, f"{WEBINARS}{webinar.pk}/change/", join_url=address).status_code == 200
    webinar.refresh_from_db()
    assert webinar.join_url == MEETING


# --- Publishing -------------------------------------------------------------------------------------------------------
def test_what_is_public_has_finnish_and_swedish(organiser, event):
    webinar = make_webinar(event, is_public=False, abstract_sv="")
    address = f"{WEBINARS}{webinar.pk}/change/"
    response = save(organiser, address, is_public="on")
    assert "It cannot be public: the Swedish text is missing." in response.content.decode()
    save(organiser, address, is_public="on", abstract_sv="Beskrivning")
    webinar.refresh_from_db()
    assert webinar.is_public


def test_the_list_says_why_one_is_not_public_and_what_is_missing(organiser, event, moment):
    make_webinar(event, is_public=False, title_sv="")
    make_webinar(event, join_url="")
    moment.move_to(at("2024-11-06 09:00"))
    page = organiser.get(WEBINARS).content.decode()
    assert ("the Swedish text is missing" in page, "the address of the meeting is missing" in page) == (True, True)


@pytest.mark.parametrize(
    ("moment_text", "words"),
    [
        ("2024-11-13 12:00", "captions within 14 days"),
        ("2024-11-26 12:00", "captions within 1 day"),
        ("2024-11-28 00:00", "hidden: captions are overdue"),
    ],
)
def test_the_list_counts_down_to_the_captions(organiser, event, moment, moment_text, words):
    make_webinar(event, recording_url="https://film.example/1", recorded_on=date(2024, 11, 13))
    moment.move_to(at(moment_text))
    assert words in organiser.get(WEBINARS).content.decode()
    assert words in organiser.get(f"{WEBINARS}?time=captions").content.decode()


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_lists_cost_the_same_whatever_there_is(organiser, event, rows, django_assert_max_num_queries):
    series = make_series(event)
    for _ in range(rows):
        sign_up_one(make_webinar(event, series=series, places=5))
    for path, most in ((WEBINARS, 14), (SIGN_UPS, 20), ("/en/admin/webinars/series/", 12)):
        with django_assert_max_num_queries(most):
            assert organiser.get(path).status_code == 200


# --- Steps ------------------------------------------------------------------------------------------------------------
def test_moving_says_how_many_are_told_and_tells_them(organiser, event):
    webinar = make_webinar(event)
    row = sign_up_one(webinar)
    address = step(webinar, "move")
    page = organiser.get(address).content.decode()
    assert ("1 person is told by mail." in page, 'value="2024-11-12T09:00"' in page) == (True, True)
    organiser.post(address, {"starts_at": "2024-11-19T13:00", "ends_at": "2024-11-19T14:00"})
    webinar.refresh_from_db()
    assert webinar.starts_at == at("2024-11-19 13:00")
    assert Mail.objects.get(message="webinars/moved").to_email == row.email


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("2024-10-01T09:00", "2024-10-01T10:00", "Choose a time that lies ahead."),
        ("2024-11-19T13:00", "2024-11-19T13:00", "A webinar ends after it begins."),
        ("", "2024-11-19T13:00", "This field is required."),
    ],
)
def test_a_time_that_cannot_be_is_refused_before_anybody_is_told(organiser, event, starts, ends, words):
    webinar = make_webinar(event)
    response = organiser.post(step(webinar, "move"), {"starts_at": starts, "ends_at": ends})
    assert (response.status_code, words in response.content.decode()) == (422, True)


def test_the_time_cannot_be_edited_past_those_who_have_signed_up(organiser, event):
    webinar = make_webinar(event)
    save(organiser, f"{WEBINARS}{webinar.pk}/change/", starts_at_0="2025-01-01", starts_at_1="09:00:00")
    webinar.refresh_from_db()
    assert webinar.starts_at == at("2024-11-12 09:00")


def test_cancelling_asks_first(organiser, event):
    webinar = make_webinar(event)
    row = sign_up_one(webinar)
    assert "1 person is told by mail." in organiser.get(step(webinar, "cancel")).content.decode()
    organiser.post(step(webinar, "cancel"))
    assert (Webinar.objects.get().is_cancelled, SignUp.objects.get(pk=row.pk).status) == (True, "cancelled")


def test_thanks_say_to_how_many_they_go(organiser, event, moment):
    webinar = make_webinar(event)
    sign_up_one(webinar)
    sign_up_one(webinar)
    organiser.post(step(webinar, "thank"))
    assert Mail.objects.filter(message="webinars/thanks").count() == 0
    moment.move_to(at("2024-11-12 10:00"))
    assert "2 people get a mail" in organiser.get(step(webinar, "thank")).content.decode()
    organiser.post(step(webinar, "thank"))
    assert Mail.objects.filter(message="webinars/thanks").count() == 2


def test_a_copy_is_opened_to_be_written_on(organiser, event):
    webinar = make_webinar(event)
    response = organiser.post(step(webinar, "copy"))
    fresh = Webinar.objects.exclude(pk=webinar.pk).get()
    assert response["Location"] == f"{WEBINARS}{fresh.pk}/change/"


def test_places_are_a_number_and_not_below_what_is_taken(organiser, event):
    webinar = make_webinar(event)
    sign_up_one(webinar)
    assert "There is no limit now." in organiser.get(step(webinar, "places")).content.decode()
    organiser.post(step(webinar, "places"), {"capacity": "0"})
    webinar.refresh_from_db()
    assert webinar.pool is None
    organiser.post(step(webinar, "places"), {"capacity": "1"})
    webinar.refresh_from_db()
    assert (webinar.pool.capacity, webinar.pool.taken) == (1, 1)


def test_the_places_of_a_webinar_are_not_among_those_of_the_event(organiser, event):
    pool = make_webinar(event, places=5).pool
    assert pool.name not in organiser.get("/en/admin/events/pool/").content.decode()
    assert organiser.get(f"/en/admin/events/pool/{pool.pk}/change/").status_code == 302
    days = organiser.get(f"/en/admin/events/event/{event.pk}/change/").content.decode()
    assert (f">{event.pools.first().name}</option>" in days, f">{pool.name}</option>" in days) == (True, False)


def test_slides_are_handed_out_as_pdf_and_nothing_else(organiser, event, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    webinar = make_webinar(event)
    written = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(written)
    bad = SimpleUploadedFile("x.pdf", b"<script>", "application/pdf")
    response = organiser.post(step(webinar, "file"), {"title": "Slides", "file": bad})
    assert (response.status_code, Material.objects.count()) == (422, 0)
    good = SimpleUploadedFile("Slides.pdf", written.getvalue(), "application/pdf")
    organiser.post(step(webinar, "file"), {"title": "Slides", "file": good})
    material = Material.objects.select_related("upload").get()
    assert (material.title, material.upload.name, material.upload.kind) == ("Slides", "Slides.pdf", "pdf")


def test_the_page_of_a_webinar_tells_its_numbers(organiser, event, moment):
    webinar = make_webinar(event, places=2)
    rows = [sign_up_one(webinar) for _ in range(3)]
    moment.move_to(at("2024-11-12 09:00"))
    for network in ("a", "b"):
        services.join(rows[0].pk, network=network)
    numbers = organiser.get(f"{WEBINARS}{webinar.pk}/change/").context["numbers"]
    counted = {name: numbers[name] for name in ("confirmed", "waiting", "attended", "several", "types")}
    assert counted == {
        "confirmed": 2, "waiting": 1, "attended": 1, "several": 1, "types": [("Municipality", 2, 1)],
    }  # fmt: skip


# --- Sign-ups ---------------------------------------------------------------------------------------------------------
def names(client, query: str) -> list[str]:
    return sorted(row.name for row in client.get(f"{SIGN_UPS}{query}").context["cl"].result_list)


def test_sign_ups_are_filtered_by_webinar_presence_and_networks(organiser, event, moment):
    first, second = make_webinar(event), make_webinar(event)
    anna, berit = sign_up_one(first, name="Anna"), sign_up_one(first, name="Berit")
    sign_up_one(second, name="Cecilia")
    moment.move_to(at("2024-11-12 09:00"))
    services.join(anna.pk, network="a")
    for network in ("a", "b"):
        services.join(berit.pk, network=network)
    found = {query: names(organiser, query) for query in (
        f"?webinar__id__exact={second.pk}", "?presence=came", "?presence=missed", "?presence=several", "?q=anna",
    )}  # fmt: skip
    assert list(found.values()) == [["Cecilia"], ["Anna", "Berit"], ["Cecilia"], ["Berit"], ["Anna"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_filtered_list_is_exported_and_logged(organiser, event, kind):
    first, second = make_webinar(event), make_webinar(event)
    sign_up_one(first, name="=Anna")
    sign_up_one(second, name="Berit")
    response = organiser.get(f"{SIGN_UPS}export.{kind}?webinar__id__exact={first.pk}")
    assert response.status_code == 200
    if kind == "csv":
        text = response.content.decode("utf-8-sig")
        assert ("'=Anna" in text, "Berit" in text, MEETING in text) == (True, False, False)
    assert LogEntry.objects.get(action="list exported").details == {"count": 1, "format": kind}


def test_another_events_people_are_neither_listed_nor_exported(organiser, event):
    other = make_event(slug="2020", is_current=False)
    row = sign_up_one(make_webinar(other), name="Berit")
    assert names(organiser, "") == []
    assert "Berit" not in organiser.get(f"{SIGN_UPS}export.csv").content.decode()
    assert organiser.get(f"{WEBINARS}{row.webinar_id}/move/").status_code == 404


def test_several_sign_ups_are_cancelled_after_asking(organiser, event):
    rows = [sign_up_one(make_webinar(event)) for _ in range(2)]
    data = {"action": "cancel_all", "_selected_action": [row.pk for row in rows]}
    assert "told by mail" in organiser.post(SIGN_UPS, data).content.decode()
    assert SignUp.objects.confirmed().count() == 2
    organiser.post(SIGN_UPS, {**data, "confirmed": "yes"})
    assert Mail.objects.filter(message="webinars/cancelled").count() == 2


def test_links_are_sent_again_to_several(organiser, event):
    row = sign_up_one(make_webinar(event))
    organiser.post(SIGN_UPS, {"action": "send_links_to_all", "_selected_action": [row.pk], "confirmed": "yes"})
    assert Mail.objects.filter(message="webinars/links_again").count() == 1


def test_an_organiser_corrects_the_address_of_all_that_came_on_one_form(organiser, event):
    first, second = sign_up(make_webinar(event), make_webinar(event), email="maija@kunat.example")
    other = sign_up_one(make_webinar(event), email="maija@kunat.example")
    address = f"{SIGN_UPS}{first.pk}/address/"
    assert address in organiser.get(f"{SIGN_UPS}{first.pk}/change/").content.decode()
    assert organiser.post(address, {"email": "maija@kunta.example"}).status_code == 302
    emails = dict(SignUp.objects.values_list("pk", "email"))
    assert emails == {
        first.pk: "maija@kunta.example",
        second.pk: "maija@kunta.example",
        other.pk: "maija@kunat.example",
    }
    assert Mail.objects.about(first).get().to_email == "maija@kunta.example"
    assert LogEntry.objects.about(second).latest("pk").action == "address corrected"


def test_an_address_that_has_signed_up_is_refused_with_a_word(organiser, event):
    webinar = make_webinar(event)
    sign_up_one(webinar, email="maija@kunta.example")
    row = sign_up_one(webinar, email="maija@kunat.example")
    response = organiser.post(f"{SIGN_UPS}{row.pk}/address/", {"email": "Maija@kunta.example"})
    assert "has already signed up with this address" in response.content.decode()
    row.refresh_from_db()
    assert row.email == "maija@kunat.example"


def test_the_address_of_what_has_ended_and_of_another_event_is_not_corrected(organiser, event):
    row = sign_up_one(make_webinar(event))
    services.cancel(row.pk, by=None)
    address = f"{SIGN_UPS}{row.pk}/address/"
    assert address not in organiser.get(f"{SIGN_UPS}{row.pk}/change/").content.decode()
    assert "no longer possible" in organiser.post(address, {"email": "maija@kunta.example"}).content.decode()
    other = sign_up_one(make_webinar(make_event(slug="2030", is_current=False)))
    assert organiser.get(f"{SIGN_UPS}{other.pk}/address/").status_code == 404


def test_a_webinar_with_people_is_not_deleted(organiser, event):
    webinar = make_webinar(event)
    assert organiser.get(f"{WEBINARS}{webinar.pk}/delete/").status_code == 200
    sign_up_one(webinar)
    assert organiser.get(f"{WEBINARS}{webinar.pk}/delete/").status_code == 403

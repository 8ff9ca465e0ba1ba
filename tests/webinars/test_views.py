"""The public pages of webinars: lists, one webinar, the form, and what a visitor without JavaScript gets."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client

from events import clock, places
from events.models import Mail, Pool, Upload
from tests.factories import at, make_call, make_event
from tests.webinars.helpers import form_data, make_series, make_webinar, sign_up, sign_up_one
from webinars.access import personal_token
from webinars.models import Material, SignUp, Webinar

pytestmark = pytest.mark.django_db


def titles(client: Client, path: str = "/en/webinars/") -> tuple[list[str], list[str]]:
    """(coming, past) as the page lists them."""
    context = client.get(path).context
    coming = [webinar.title for group in context["groups"] for webinar in group.webinars]
    return coming, [webinar.title for webinar, _ in context["past"]]


# --- Lists ------------------------------------------------------------------------------------------------------------
def test_the_next_ones_come_first_by_series_and_the_last_past_one_first(client):
    event = make_event()
    series = make_series(event)
    single = make_webinar(event, "2024-10-20 09:00")
    second, first = make_webinar(event, "2024-12-10 09:00", series=series), make_webinar(event, series=series)
    old, older = make_webinar(event, "2024-09-10 09:00", series=series), make_webinar(event, "2024-08-13 09:00")
    make_webinar(event, is_public=False)
    coming, past = titles(client)
    assert coming == [first.title_en, second.title_en, single.title_en]
    assert past == [old.title_en, older.title_en]


def test_an_empty_list_says_what_to_do(client):
    make_event()
    assert "No webinar is planned at the moment" in client.get("/en/webinars/").content.decode()
    assert "No webinar is planned at the moment" in client.get("/en/webinars/sign-up/").content.decode()


def test_a_cancelled_webinar_stays_visible_and_takes_nobody(client):
    event = make_event()
    webinar = make_webinar(event, cancelled_at=at("2024-10-10 09:00"))
    page = client.get("/en/webinars/").content.decode()
    assert ("Cancelled" in page, "?webinar=" in page) == (True, False)
    assert "This webinar has been cancelled." in client.get(f"/en/webinars/{webinar.slug}/").content.decode()


def test_other_events_have_their_own(client):
    event, other = make_event(), make_event(slug="2020", is_current=False)
    make_webinar(event)
    assert (len(titles(client)[0]), len(titles(client, "/en/2020/webinars/")[0])) == (1, 0)
    webinar = make_webinar(other)
    assert client.get(f"/en/webinars/{webinar.slug}/").status_code == 404
    assert client.get(f"/en/2020/webinars/{webinar.slug}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_pages_cost_at_most_six_queries_whatever_there_is(client, rows, django_assert_max_num_queries):
    event = make_event()
    series = make_series(event)
    for number in range(rows):
        webinar = make_webinar(event, series=series, slug=f"w-{number}", call=make_call(event, slug=f"c-{number}"))
        make_webinar(event, "2024-09-10 09:00")
        Material.objects.create(webinar=webinar, title="Link", url="https://x.example/")
    for path in ("/fi/webinars/", "/fi/webinars/w-0/", "/fi/webinars/calendar.ics", "/fi/webinars/w-0/calendar.ics"):
        with django_assert_max_num_queries(6):
            assert client.get(path).status_code == 200


def test_a_page_comes_from_the_cache_until_something_changes(client, django_assert_num_queries):
    event = make_event()
    webinar = make_webinar(event)
    path = f"/fi/webinars/{webinar.slug}/"
    client.get(path)
    with django_assert_num_queries(1):
        client.get(path)


def test_signing_up_changes_no_public_page(client, django_assert_num_queries):
    webinar = make_webinar(make_event(), places=1)
    client.get("/fi/webinars/")
    sign_up(webinar)
    with django_assert_num_queries(1):
        client.get("/fi/webinars/")


# --- One webinar ------------------------------------------------------------------------------------------------------
def test_a_webinar_tells_when_in_which_languages_and_who_speaks(client):
    event = make_event()
    call = make_call(event)
    webinar = make_webinar(
        event, languages=["fi", "sv"], interpreted_into=["en", "fse"], has_captions=True, call=call,
        speakers_fi="Pia Puhuja, johtaja\nOlli Opettaja, opettaja",
    )  # fmt: skip
    page = client.get(f"/sv/webinars/{webinar.slug}/").content.decode()
    for words in ("kl. 9.00–10.00", "finsk tid", "suomi, svenska", "Olli Opettaja, opettaja", 'lang="fi"',
                  webinar.title_sv, f"/sv/calls/{call.slug}/"):  # fmt: skip
        assert words in page


def test_afterwards_there_are_recording_and_materials(client, moment, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    event = make_event()
    recording = {"recording_url": "https://film.example/1", "recorded_on": date(2024, 11, 13)}
    webinar = make_webinar(event, **recording)
    upload = Upload(event=event, kind="pdf", random_name="1.pdf", name="Slides.pdf", size=1, added_at=clock.now())
    upload.file.save("1.pdf", ContentFile(b"%PDF-"), save=False)
    upload.save(force_insert=True)
    slides = Material.objects.create(webinar=webinar, title="Diat", upload=upload)
    moment.move_to(at("2024-11-13 12:00"))
    path = f"/en/webinars/{webinar.slug}/"
    page = client.get(path).content.decode()
    assert ("https://film.example/1" in page, "Captions follow within 14 days" in page) == (True, True)
    assert client.get(f"{path}material/{slides.pk}/").content == b"%PDF-"
    webinar.is_public = False
    webinar.save()
    assert client.get(f"{path}material/{slides.pk}/").status_code == 404


# --- Signing up -------------------------------------------------------------------------------------------------------
def test_signing_up_is_one_page_and_one_post(client):
    event = make_event()
    first, second = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    response = client.post("/sv/webinars/sign-up/", form_data(event, first, second, email="anna@kommun.example"))
    assert (response.status_code, response["Location"]) == (303, "/sv/webinars/sign-up/sent/")
    sent = client.get("/sv/webinars/sign-up/sent/").content.decode()
    assert ("anna@kommun.example" in sent, first.title_sv in sent, second.title_sv in sent) == (True, True, True)
    assert list(SignUp.objects.values_list("language", "status")) == [("sv", "confirmed")] * 2
    assert Mail.objects.get().language == "sv"


def test_the_address_of_the_form_ticks_what_one_comes_for(client):
    event = make_event()
    series = make_series(event)
    first, second = make_webinar(event, series=series), make_webinar(event, "2024-12-10 09:00", series=series)
    make_webinar(event, "2024-12-11 09:00")
    ticked = {path: client.get(f"/fi/webinars/sign-up/{path}").context["form"].initial["webinars"]
              for path in ("", f"?webinar={second.slug}", "?series=tutuksi", "?webinar=x", "?series=%20")}  # fmt: skip
    assert ticked.pop("") == []
    assert ticked[f"?webinar={second.slug}"] == [second.pk]
    assert sorted(ticked["?series=tutuksi"]) == [first.pk, second.pk]
    assert ticked["?webinar=x"] == []


def test_a_known_and_a_new_address_read_the_same(client):
    event = make_event()
    webinar = make_webinar(event)
    sign_up(webinar, email="anna@kunta.example")
    pages = []
    for email in ("anna@kunta.example", "new@kunta.example"):
        visitor = Client()
        response = visitor.post("/fi/webinars/sign-up/", form_data(event, webinar, email=email))
        page = re.sub('name="csrf.*?>', "", visitor.get("/fi/webinars/sign-up/sent/").content.decode())
        pages.append((response.status_code, response["Location"], page.replace(email, "…")))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": None}, "name"),
        ({"email": "anna@"}, "email"),
        ({"organisation": ""}, "organisation"),
        ({"organisation_type": "999"}, "organisation_type"),
        ({"webinars": []}, "webinars"),
        ({"webinars": ["x"]}, "webinars"),
        ({"privacy": None}, "privacy"),
        ({"name": "A\u202eb"}, "name"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(client, given, field):
    event = make_event()
    webinar = make_webinar(event)
    response = client.post("/en/webinars/sign-up/", form_data(event, webinar, organisation="Kunta", **given)
                           if "organisation" not in given else form_data(event, webinar, **given))  # fmt: skip
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert ("maija." in response.content.decode() or field == "email", SignUp.objects.count()) == (True, 0)


def test_one_that_has_closed_meanwhile_is_told_in_the_form(client, moment):
    event = make_event()
    webinar = make_webinar(event)
    moment.move_to(at("2024-11-12 10:00"))
    response = client.post("/en/webinars/sign-up/", form_data(event, webinar, name="Anna Ek"))
    page = response.content.decode()
    assert (response.status_code, "Anna Ek" in page, "Choose again" in page) == (422, True, True)


def test_a_full_webinar_says_so_before_one_sends_the_form(client):
    webinar = make_webinar(make_event(), places=1)
    sign_up(webinar)
    assert "full, waiting list" in client.get("/en/webinars/sign-up/").content.decode()
    assert "fullt, väntelista" in client.get("/sv/webinars/sign-up/").content.decode()


def test_hostile_words_are_inert_on_every_page_and_in_the_mail(client):
    event = make_event()
    webinar = make_webinar(event)
    words = '<script>alert(1)</script>"{{ 7*7 }}'
    client.post("/en/webinars/sign-up/", form_data(event, webinar, name=words, organisation=words))
    assert SignUp.objects.get().name == words
    mail = Mail.objects.get()
    assert "<script>" not in mail.html + client.get("/en/webinars/sign-up/sent/").content.decode()


def test_the_links_again_tell_nobody_who_has_signed_up(client):
    event = make_event()
    sign_up(make_webinar(event), email="anna@kunta.example")
    pages = []
    for email in ("anna@kunta.example", "nobody@kunta.example"):
        response = client.post("/en/webinars/sign-up/links/", {"email": email})
        pages.append((response.status_code, response.content.decode().replace(email, "…")))
    assert pages[0] == pages[1]
    assert Mail.objects.filter(message="webinars/links_again").count() == 1


def test_what_was_sent_is_shown_in_the_same_browser_alone(client):
    make_event()
    response = client.get("/en/webinars/sign-up/sent/")
    assert (response.status_code, response["Location"]) == (303, "/en/webinars/sign-up/")


def test_the_list_and_the_page_say_that_a_webinar_is_full(client):
    webinar = make_webinar(make_event(), places=1)
    pages = ("/en/webinars/", f"/en/webinars/{webinar.slug}/")
    told = "Full: you can sign up for the waiting list."
    assert [told in client.get(page).content.decode() for page in pages] == [False, False]
    sign_up_one(webinar)
    cache.clear()  # pages are kept until the next minute
    assert [told in client.get(page).content.decode() for page in pages] == [True, True]


# --- A mistyped address -----------------------------------------------------------------------------------------------
CORRECT = "/en/webinars/sign-up/sent/address/"


def send(client: Client, *webinars: Webinar, **given: Any) -> None:
    """Fill in the form."""
    assert client.post("/en/webinars/sign-up/", form_data(webinars[0].event, *webinars, **given)).status_code == 303


def test_a_mistyped_address_is_corrected_in_the_same_browser(client):
    event = make_event()
    first, second = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    send(client, first, second, email="maija@kunat.example")
    old = [personal_token(row) for row in SignUp.objects.all()]
    response = client.post(CORRECT, {"email": "maija@kunta.example"})
    assert (response.status_code, response["Location"]) == (303, "/en/webinars/sign-up/sent/")
    assert "maija@kunta.example" in client.get(response["Location"]).content.decode()
    assert list(SignUp.objects.values_list("email", "status")) == [("maija@kunta.example", "confirmed")] * 2
    assert [mail.to_email for mail in Mail.objects.all()] == ["maija@kunta.example"]  # nothing leaves for the old one
    assert [client.get(f"/en/w/{token}/").status_code for token in old] == [404, 404]


def test_a_correction_keeps_the_place_in_the_queue(client):
    webinar = make_webinar(make_event(), places=1)
    sign_up_one(webinar)
    send(client, webinar, email="maija@kunat.example")
    sign_up_one(webinar)
    client.post(CORRECT, {"email": "maija@kunta.example"})
    assert places.position(SignUp.objects.get(email="maija@kunta.example")) == 1


@pytest.mark.parametrize("known", ["maija@kunat.example", "maija@kunta.example"])
def test_correcting_reads_the_same_whether_an_address_is_known_or_not(client, known):
    webinar = make_webinar(make_event(), places=2)
    sign_up_one(webinar, email=known)
    send(client, webinar, email="maija@kunat.example")
    assert client.post(CORRECT, {"email": "maija@kunta.example"})["Location"] == "/en/webinars/sign-up/sent/"
    live = SignUp.objects.live().order_by("email").values_list("email", flat=True)
    assert list(live) == sorted({known, "maija@kunta.example"})
    assert Pool.objects.get(webinar=webinar).taken == len(live)


def test_a_second_slip_is_corrected_too_but_not_without_end(client):
    webinar = make_webinar(make_event())
    send(client, webinar, email="maija@0.example")
    for number in range(1, 8):
        client.post(CORRECT, {"email": f"maija@{number}.example"})
    assert list(SignUp.objects.values_list("email", flat=True)) == ["maija@5.example"]


def test_what_is_no_address_is_refused_with_a_word(client):
    send(client, make_webinar(make_event()), email="maija@kunat.example")
    response = client.post(CORRECT, {"email": "maija"})
    assert (response.status_code, "maija@kunat.example" in response.content.decode()) == (422, True)


def test_a_slip_is_noticed_and_corrected_with_one_click(client):
    send(client, make_webinar(make_event()), email="maija@gmial.com")
    assert 'value="maija@gmail.com"' in client.get("/en/webinars/sign-up/sent/").content.decode()


def test_after_half_an_hour_the_address_is_no_longer_corrected(client, monkeypatch):
    send(client, make_webinar(make_event()), email="maija@kunat.example")
    later = clock.real_now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert client.post(CORRECT, {"email": "maija@kunta.example"})["Location"] == "/en/webinars/sign-up/"
    assert SignUp.objects.get().email == "maija@kunat.example"

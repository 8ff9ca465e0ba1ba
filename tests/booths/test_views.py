"""The public list with the plan, a booth, its logo: what is shown, filtered, kept, and in how many questions."""

import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booths.models import Booth
from events import clock
from events.models import Event, Upload
from tests.exhibition import make_booth, make_exhibition, make_hall, make_place
from tests.factories import make_event, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def fill(event: Event, count: int) -> list[Booth]:
    hall = make_hall(event, width=100, depth=100)
    return [make_booth(event, make_place(hall, f"A{number + 1}")) for number in range(count)]


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def shown(page: str) -> list[str]:
    return re.findall(r"<h3><a href=\"[^\"]*\">([^<]*)</a></h3>", page)


def test_without_booths_the_page_says_when_they_come_and_the_menu_does_not_name_it(client: Client, event: Event):
    page = text(client, "/sv/booths/")
    assert "Utställarna publiceras här" in page
    assert ">Montrar</a>" not in page.split("<main")[0]


def test_the_list_is_the_plans_text_and_each_place_is_a_link_with_a_name(client: Client, event: Event):
    one, two = fill(event, 2)
    page = text(client, "/fi/booths/")
    assert shown(page) == [one.organisation, two.organisation]
    assert f'<a class="spot spot-taken" href="/fi/booths/{one.slug}/"><title>A1: {one.organisation}</title>' in page
    assert '<a href="/fi/booths/" aria-current="page">Esittelypisteet</a>' in page


@pytest.mark.parametrize("lack", [
    {"published_at": None}, {"confirmed_at": None, "published_at": None}, {"title_sv": ""}, {"title_fi": None},
    {"place": None}, {"place": None, "cancelled_at": "2024-10-01T09:00+03:00"},
])  # fmt: skip
def test_what_is_not_public_is_neither_listed_nor_answers_and_says_why(client: Client, event: Event, lack):
    [booth] = fill(event, 1)
    Booth.objects.filter(pk=booth.pk).update(**lack)
    assert booth.organisation not in text(client, "/fi/booths/")
    assert client.get(f"/fi/booths/{booth.slug}/").status_code == 404
    assert Booth.objects.get(pk=booth.pk).why_not_public != []
    assert not Booth.objects.filter(pk=booth.pk).public().exists()


def test_a_public_booth_lacks_nothing(event: Event):
    [booth] = fill(event, 1)
    assert (booth.why_not_public, Booth.objects.public().get()) == ([], booth)


def test_filters_by_theme_and_language_leave_the_others_on_the_plan_without_a_link(client: Client, event: Event):
    one, two = fill(event, 2)
    one.themes.set([make_theme(event, "work", name_fi="Työ", name_sv="Arbete")])
    Booth.objects.filter(pk=two.pk).update(languages=["sv"])
    page = text(client, "/fi/booths/?theme=work")
    assert shown(page) == [one.organisation]
    assert page.count("spot-other") == 1
    assert "1 esittelypiste vastaa" in page
    assert shown(text(client, "/fi/booths/?language=sv")) == [two.organisation]


def test_a_filter_that_means_nothing_leads_to_an_address_without_it(client: Client, event: Event):
    fill(event, 1)
    response = client.get("/fi/booths/?theme=nothing&language=fi&more=1")
    assert (response.status_code, response["Location"]) == (303, "/fi/booths/?language=fi")


def test_a_booth_page_tells_of_its_place_and_marks_what_is_in_another_language(client: Client, event: Event):
    [booth] = fill(event, 1)
    Booth.objects.filter(pk=booth.pk).update(description_sv="", description_en="", website="https://silta.example/")
    page = text(client, f"/sv/booths/{booth.slug}/")
    assert '<div class="prose" lang="fi">' in page
    assert "Den här texten finns bara på finska." in page
    assert 'rel="noopener noreferrer nofollow"' in page
    assert "spot-marked" in page
    assert "Logomosalen" in page


def test_hostile_words_are_only_read(client: Client, event: Event):
    [booth] = fill(event, 1)
    words = '<script>alert(1)</script>" onload="x'
    Booth.objects.filter(pk=booth.pk).update(organisation=words, title_fi=words, description_fi=words)
    for path in ("/fi/booths/", f"/fi/booths/{booth.slug}/"):
        page = text(client, path)
        assert "<script>alert" not in page
        assert '" onload="x' not in page.replace("&quot; onload=&quot;x", "")


@pytest.mark.parametrize("path", ["/fi/booths/", "/fi/booths/{slug}/"])
def test_a_miss_asks_six_questions_and_a_hit_one_whatever_there_is(client: Client, event: Event, path: str):
    make_exhibition(event)
    counts = set()
    for count in (1, 3, 30):
        Booth.objects.all().delete()
        event.halls.all().delete()
        booths = fill(event, count)
        address = path.format(slug=booths[0].slug)
        Event.objects.update(public_version=count * 10)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        with CaptureQueriesContext(connection) as again:
            client.get(address)
        counts.add((len(asked), len(again)))
    assert counts == {(6, 1)}


def test_the_logo_is_served_while_the_booth_is_public(client: Client, event: Event, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    [booth] = fill(event, 1)
    upload = Upload(event=event, kind="picture", random_name="1.jpg", name="1.jpg", size=1, width=9, height=9,
                    added_at=clock.now())  # fmt: skip
    upload.file.save("1.jpg", ContentFile(b"picture"), save=False)
    upload.save(force_insert=True)
    assert client.get(f"/fi/booths/{booth.slug}/logo/{upload.pk}/").status_code == 404
    Booth.objects.filter(pk=booth.pk).update(logo=upload)
    assert client.get(f"/fi/booths/{booth.slug}/logo/{upload.pk}/").content == b"picture"
    Booth.objects.filter(pk=booth.pk).update(published_at=None)
    assert client.get(f"/fi/booths/{booth.slug}/logo/{upload.pk}/").status_code == 404

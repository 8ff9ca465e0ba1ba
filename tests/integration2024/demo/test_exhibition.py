"""The exhibition of the demo: thirty places, booths in three languages, what does not fit, and the exhibitor's role."""

import pytest
from django.test import Client

from booths import plan, texts
from booths.models import Booth, BoothPlace
from events.models import Event
from integration2024.demo import exhibition, loader

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    event = loader.load()[0]
    exhibition.load(event)
    return event


def test_there_are_thirty_places_in_two_halls_and_a_second_run_adds_nothing(event: Event):
    assert BoothPlace.objects.for_event(event).count() == 30
    assert [hall.slug for hall in event.halls.all()] == ["exhibition-hall", "lobby"]
    assert exhibition.load(event) == 0


def test_everything_lies_within_its_hall_and_leads_to_sessions_of_the_programme(event: Event):
    for hall in event.halls.all():
        for row in [*hall.places.all(), *hall.landmarks.all()]:
            row.full_clean(exclude=["label_en"])
    pages = {landmark.page for hall in event.halls.all() for landmark in hall.landmarks.exclude(page="")}
    sessions = {f"programme/session/{table['slug']}/" for table in loader.read("programme_2024")["session"]}
    assert len(pages) == 2
    assert pages <= sessions


def test_public_booths_are_whole_in_three_languages_and_the_others_say_why_not(event: Event):
    public = Booth.objects.for_event(event).public()
    assert public.count() >= 24
    assert {tuple(texts.written(booth)) for booth in public} == {("fi", "sv", "en")}
    hidden = Booth.objects.for_event(event).exclude(pk__in=public)
    assert hidden.count() >= 3
    assert [booth for booth in hidden if not booth.why_not_public] == []


def test_organisers_find_something_that_does_not_fit(event: Event):
    booths = list(Booth.objects.for_event(event).with_themes())
    drawings = plan.drawings(plan.floors_of(event), booths, with_clashes=True)
    found = {clash.kind for drawing in drawings for spot in drawing.spots for clash in spot.clashes}
    assert {"power", "size"} <= found


def test_the_list_and_the_plan_are_read_in_every_language(client: Client, event: Event):
    for language, hall in (("fi", "Näyttelyhalli"), ("sv", "Utställningshallen"), ("en", "Exhibition hall")):
        page = client.get(f"/{language}/booths/").content.decode()
        assert hall in page
        assert "lang=" not in page.split("<main")[1].split("</main")[0]

"""Organisers and reviewers of booth applications: the shared pages, with the columns of booths."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Call, Event
from tests.exhibition import make_booth_application
from tests.factories import make_call, make_event, make_theme
from tests.organisers import enter, make_member

pytestmark = pytest.mark.django_db
BASE = "/en/admin/booths/boothapplication/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def call(event: Event) -> Call:
    return make_call(event, kind="booths", title_en="Call for booths")


@pytest.fixture
def organiser(client: Client, event: Event) -> Client:
    return enter(client, make_member(event, "organiser"))


def fill(call: Call, count: int) -> None:
    for number in range(count):
        row = make_booth_application(call, organisation=f"Association {number}", title_en=f"Booth {number}")
        row.themes.set([make_theme(call.event)])


@pytest.mark.parametrize("page", ["", "export.csv"])
def test_the_list_costs_the_same_for_1_3_and_30(organiser: Client, call: Call, page: str):
    fill(call, 1)
    counts = set()
    organiser.get(f"{BASE}{page}")
    for more in (0, 2, 27):
        fill(call, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert organiser.get(f"{BASE}{page}").status_code == 200
        counts.add(len(queries))
    assert len(counts) == 1


def test_an_organiser_reads_decides_and_releases_the_letter(organiser: Client, call: Call):
    row = make_booth_application(call, language="en", organisation="Association", title_en="Language cafés",
                                 needs_power=True, motivation="Because.", staff_expected=2)  # fmt: skip
    page = organiser.get(f"{BASE}{row.pk}/change/").content.decode()
    for text in ("Language cafés", "Association", "Because.", "2 × 2 m", "power"):
        assert text in page
    chosen = {"decision-decision": "accept", "decision-version": row.version, "decision-reason": ""}
    organiser.post(f"{BASE}{row.pk}/decide/", chosen)
    row.refresh_from_db()
    organiser.post(f"{BASE}{row.pk}/letter/", {"version": row.version})
    row.refresh_from_db()
    assert (row.status, row.booth.organisation) == ("accepted", "Association")


@pytest.mark.parametrize("page", ["preview", "letters", "reserve", "reviewers", "figures"])
def test_the_pages_of_a_call_open_for_booths_too(organiser: Client, call: Call, page: str):
    fill(call, 2)
    assert organiser.get(f"/en/admin/events/call/{call.pk}/{page}/").status_code == 200


def test_a_blind_reviewer_meets_no_name(client: Client, event: Event, call: Call):
    Call.objects.filter(pk=call.pk).update(is_blind=True)
    row = make_booth_application(
        call, organisation="Secret association", name="Salla Salainen", website="https://salainen.example/",
        title_fi="Kielikahvilat",
    )  # fmt: skip
    enter(client, make_member(event, "reviewer"))
    for address in (BASE, f"{BASE}{row.pk}/change/", f"{BASE}export.csv"):
        page = client.get(address).content.decode()
        assert "Kielikahvilat" in page
        assert not [word for word in ("Secret", "Salla", "salainen.example") if word in page]

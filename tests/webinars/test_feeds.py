"""Calendars that anybody may follow: all webinars, a series, one of them."""

import pytest
from icalendar import Calendar

from tests.factories import at, make_event
from tests.webinars.helpers import make_series, make_webinar
from webinars import services

pytestmark = pytest.mark.django_db


def entries(client, path: str) -> list:
    return Calendar.from_ical(client.get(path).content).walk("VEVENT")


def test_each_feed_holds_its_webinars_in_the_language_of_the_address(client):
    event = make_event()
    series = make_series(event)
    first, single = make_webinar(event, series=series), make_webinar(event, "2024-12-10 09:00")
    make_webinar(event, is_public=False)
    found = {path: [str(entry["SUMMARY"]) for entry in entries(client, f"/sv/webinars/{path}calendar.ics")]
             for path in ("", "series/tutuksi/", f"{single.slug}/")}  # fmt: skip
    assert found == {
        "": [first.title_sv, single.title_sv],
        "series/tutuksi/": [first.title_sv],
        f"{single.slug}/": [single.title_sv],
    }


def test_a_move_and_a_cancellation_reach_those_who_follow(client):
    webinar = make_webinar(make_event())
    before = entries(client, "/fi/webinars/calendar.ics")[0]
    services.move(webinar.pk, starts_at=at("2024-11-19 13:00"), ends_at=at("2024-11-19 14:00"), by=None)
    moved = entries(client, "/fi/webinars/calendar.ics")[0]
    services.call_off(webinar.pk, by=None)
    off = entries(client, "/fi/webinars/calendar.ics")[0]
    assert before["UID"] == moved["UID"] == off["UID"]
    assert [int(entry["SEQUENCE"]) for entry in (before, moved, off)] == [0, 1, 2]
    assert moved.decoded("DTSTART") == at("2024-11-19 13:00")
    assert [entry["STATUS"] for entry in (before, moved, off)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_the_entry_leads_to_the_public_page(client, settings):
    webinar = make_webinar(make_event())
    assert str(entries(client, "/fi/webinars/calendar.ics")[0]["URL"]) == (
        f"{settings.SITE_URL}/fi/2024/webinars/{webinar.slug}/"
    )

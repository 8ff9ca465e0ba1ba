"""The programme for other programmes, read back as they read it."""

import re
import uuid
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pytest
from django.test import Client

from events.models import Event
from programme.models import Session
from tests.factories import at, make_event
from tests.programme.helpers import make_break, make_programme, publish, words
from tests.sessions import make_room, make_session, make_speaker, move_session

pytestmark = pytest.mark.django_db
DAY = "2024-11-14"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def event() -> Event:
    return make_event()


def make(event: Event, title: str, starts: str = f"{DAY} 10:00", **fields: Any) -> Session:
    return make_session(event, starts=starts, **words("title", (title,) * 3), **fields)


def calendar(client: Client, path: str) -> list[Any]:
    response = client.get(f"/fi/programme/{path}")
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    return list(icalendar.Calendar.from_ical(response.content).walk("VEVENT"))


# --- iCalendar --------------------------------------------------------------------------------------------------------
def test_a_calendar_that_follows_the_programme_hears_of_every_release(event: Event, client: Client):
    session = make(event, "Ohjaus; \\ ja\u2028muuta", room=make_room(event))
    make_session(event, is_all_day=True)
    make_break(event, DAY)
    publish(event)
    (first,) = calendar(client, "calendar.ics")
    assert (first["UID"], first["SEQUENCE"], first["STATUS"]) == (f"session-{session.pk}@localhost", 0, "CONFIRMED")
    assert first["SUMMARY"].startswith("Ohjaus; \\ ja")
    assert (first.decoded("DTSTART"), first["LOCATION"][:7]) == (at(f"{DAY} 10:00"), "Hall fi")
    assert "ATTENDEE" not in first
    move_session(session, f"{DAY} 13:00")
    publish(event)
    (second,) = calendar(client, "calendar.ics")
    assert (second["UID"], second["SEQUENCE"], second.decoded("DTSTART")) == (first["UID"], 1, at(f"{DAY} 13:00"))
    Session.objects.filter(pk=session.pk).update(cancelled_at=at("2024-10-12 09:00"))
    publish(event)
    (third,) = calendar(client, f"session/{session.slug}/calendar.ics")
    assert (third["UID"], third["SEQUENCE"], third["STATUS"]) == (first["UID"], 2, "CANCELLED")


def test_what_has_no_time_has_no_calendar_entry(event: Event, client: Client):
    session = make_session(event, is_all_day=True)
    publish(event)
    assert client.get(f"/fi/programme/session/{session.slug}/calendar.ics").status_code == 404


# --- JSON -------------------------------------------------------------------------------------------------------------
def test_json_holds_what_the_pages_show(event: Event, client: Client):
    session = make(event, "Ohjaus", room=make_room(event), speakers=[make_speaker(event, name="Pia")])
    make(event, "Luonnos", is_ready=False)
    assert client.get("/sv/programme/programme.json").json()["release"] is None
    publish(event)
    content = client.get("/sv/programme/programme.json").json()
    (only,) = content["sessions"]
    assert (content["event"], content["language"], content["release"]["number"]) == ("2024", "sv", 1)
    assert only["url"].endswith(f"/sv/2024/programme/session/{session.slug}/")
    assert (only["starts_at"], only["room"], only["title"]) == (f"{DAY}T10:00:00+02:00", "Hall sv", "Ohjaus")
    assert [speaker["name"] for speaker in only["speakers"]] == ["Pia"]
    assert "email" not in str(content)


# --- Atom -------------------------------------------------------------------------------------------------------------
def test_the_feed_has_an_entry_for_each_release(event: Event, client: Client, moment):
    session = make(event, "A <b>bold</b> talk")
    publish(event)
    moment.shift(3600)
    move_session(session, f"{DAY} 13:00")
    publish(event)
    response = client.get("/en/programme/changes/feed/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    entries = ET.fromstring(response.content).findall(f"{ATOM}entry")
    newest, first = [entry.findtext(f"{ATOM}summary") or "" for entry in entries]
    assert "Moved" in newest
    assert "A &lt;b&gt;bold&lt;/b&gt; talk" in newest
    assert f"/en/2024/programme/session/{session.slug}/" in newest
    assert "published for the first time" in first
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2


# --- schedule.xml -----------------------------------------------------------------------------------------------------
# The rules of the published schema (c3voc's schedule.xml): what must be there, what may, and how values look.
MUST = {"room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "track"}
MAY = {"logo", "persons", "language", "description", "recording", "links", "attachments", "video_download_url", "url"}
CONFERENCE = {"title", "acronym", "start", "end", "days", "timeslot_duration", "base_url", "time_zone_name"}
PATTERNS = {
    "date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)",
    "start": r"[0-2]\d:[0-5]\d",
    "duration": r"\d{1,2}:\d\d",
    "slug": r"[a-z0-9_]+-\d+-[a-z0-9_-]+",
    "url": r"https?://.+",
}


def wrong_with(root: ET.Element) -> list[str]:
    """What the schema would refuse."""
    found = [] if [child.tag for child in root][:2] == ["version", "conference"] else ["order"]
    found += [f"<{child.tag}>" for child in root[2:] if child.tag != "day"]
    conference = root.find("conference")
    assert conference is not None
    found += [f"conference/{child.tag}" for child in conference if child.tag not in CONFERENCE]
    events = list(root.iterfind("day/room/event"))
    for name in ("id", "guid"):
        values = [event.get(name) for event in events]
        found += [f"{name} twice"] if len(set(values)) < len(values) else []
    slugs = [event.findtext("slug") for event in events]
    found += ["slug twice"] if len(set(slugs)) < len(slugs) else []
    days = [day.get("index") for day in root.iterfind("day")]
    found += ["day index"] if days != [str(number + 1) for number in range(len(days))] else []
    for event in events:
        tags = [child.tag for child in event]
        found += [f"missing {tag}" for tag in MUST - set(tags)] + [f"unknown {tag}" for tag in set(tags) - MUST - MAY]
        found += ["element twice"] if len(set(tags)) < len(tags) else []
        texts = {name: event.findtext(name) or "" for name in PATTERNS}
        found += [f"{name}: {text}" for name, text in texts.items() if not re.fullmatch(PATTERNS[name], text)]
        found += [] if int(event.get("id") or 0) > 0 else ["id"]
        uuid.UUID(event.get("guid"))
    return found


def test_the_schedule_keeps_the_rules_of_its_schema(event: Event, client: Client):
    assert client.get("/fi/programme/schedule.xml").status_code == 404
    make_programme(event)
    response = client.get("/fi/programme/schedule.xml")
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(response.content)
    assert wrong_with(root) == []
    facts = {child.tag: child.text for child in root.find("conference") or []}
    assert (facts["acronym"], facts["start"], facts["end"], facts["days"]) == (
        "integration2024",
        DAY,
        "2024-11-15",
        "2",
    )
    assert len(list(root.iterfind("day/room/event"))) == 57  # 60 less three cancelled; no breaks, nothing all day


def test_the_check_of_the_schema_can_fail():
    root = ET.fromstring("<schedule><version>1</version><conference><x/></conference><day index='2'/></schedule>")
    assert wrong_with(root) == ["conference/x", "day index"]


def test_an_event_of_the_schedule_says_what_the_page_says(event: Event, client: Client):
    pia = make_speaker(event, name="Pia & Co")
    session = make(event, "<Ohjaus>", room=make_room(event), speakers=[pia], languages=["sv", "fi"])
    publish(event)
    root = ET.fromstring(client.get("/sv/programme/schedule.xml").content)
    (day, _second) = root.findall("day")
    (found,) = day.findall("room/event")
    told = {child.tag: child.text for child in found}
    assert (told["title"], told["start"], told["duration"], told["room"]) == ("<Ohjaus>", "10:00", "00:45", "Hall sv")
    assert (told["language"], told["track"], told["type"]) == ("sv", "Delaktighet", "Föreläsning")
    assert datetime.fromisoformat(told["date"] or "") == session.starts_at
    assert [(person.get("id"), person.text) for person in found.iterfind("persons/person")] == [
        (str(pia.pk), "Pia & Co")
    ]
    guid = found.get("guid")
    publish(event)
    again = ET.fromstring(client.get("/sv/programme/schedule.xml").content)
    assert [one.get("guid") for one in again.iterfind("day/room/event")] == [guid]

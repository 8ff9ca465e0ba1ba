"""The organisers' pages for the letters of the queues and for the papers of the door."""

import pytest
from django.test import Client

from events import documents
from events.models import Document, Event, Membership
from registration import door_papers, letters
from registration.models import CheckInList
from registration.services.letters import fix_letters
from tests.factories import make_event, register
from tests.organisers import enter, make_member

pytestmark = pytest.mark.django_db
LETTERS, PAPERS = "/en/admin/registration/letterrange/", "/en/admin/registration/letterrange/papers/"


@pytest.fixture
def event() -> Event:
    made = make_event()
    for name in ("Aalto", "Berg", "Korhonen", "Virtanen", "Åberg", "Öberg"):
        register(made, last_name=name)
    return made


@pytest.fixture
def organiser(event: Event) -> Client:
    return enter(Client(), make_member(event, Membership.Role.ORGANISER))


@pytest.fixture
def door_lead(event: Event) -> Client:
    return enter(Client(), make_member(event, Membership.Role.DOOR_LEAD))


def rows(response) -> list[tuple[str, int]]:
    return [(row["label"], row["people"]) for row in response.context["rows"]]


def fixed(event: Event) -> list[str]:
    return [str(row) for row in letters.fixed(event)]


def test_letters_are_proposed_for_as_many_queues_as_asked(organiser):
    assert len(rows(organiser.get(LETTERS))) == 4
    found = rows(organiser.get(LETTERS, {"queues": 3}))
    assert [people for _, people in found] == [2, 2, 2]
    assert (found[0][0][0], found[-1][0][-1]) == ("A", "Ö")


@pytest.mark.parametrize("queues", ["0", "13", "x", "-1", "9" * 30])
def test_a_number_of_queues_that_makes_no_sense_proposes_four(organiser, queues):
    assert len(rows(organiser.get(LETTERS, {"queues": queues}))) == 4


def test_borders_are_adjusted_counted_and_fixed(organiser, event):
    chosen = {"event": event.pk, "first": ["A", "L", "Å"]}
    counted = organiser.post(f"{LETTERS}fix/", {**chosen, "count": "1"}, follow=True)
    assert rows(counted) == [("A–K", 3), ("L–Z", 1), ("Å–Ö", 2)]
    assert fixed(event) == []
    done = organiser.post(f"{LETTERS}fix/", chosen, follow=True)
    assert fixed(event) == ["A–K", "L–Z", "Å–Ö"]
    assert "The letters are fixed" in done.content.decode()
    assert rows(done) == [("A–K", 3), ("L–Z", 1), ("Å–Ö", 2)]


@pytest.mark.parametrize("firsts", [["A", "S", "K"], ["A", "K", "K"], ["B", "K"], ["A", "7"], ["A", "<b>"]])
def test_borders_out_of_order_are_refused_and_told(organiser, event, firsts):
    response = organiser.post(f"{LETTERS}fix/", {"event": event.pk, "first": firsts}, follow=True)
    assert response.context["problem"]
    assert fixed(event) == []


def test_borders_that_are_missing_change_nothing(organiser, event):
    organiser.post(f"{LETTERS}fix/", {"event": event.pk})
    assert fixed(event) == []


def test_letters_are_taken_away_again(organiser, event):
    fix_letters(event.pk, ["A", "K"], by=None)
    organiser.post(f"{LETTERS}fix/", {"event": event.pk, "first": ["A", "K"], "take_away": "1"})
    assert fixed(event) == []


def test_the_page_says_how_many_badges_are_older_than_the_letters(organiser, event, moment):
    while documents.make_next():
        pass
    moment.shift(60)
    fix_letters(event.pk, ["A", "K"], by=None)
    assert "6 badges were made before that" in organiser.get(LETTERS).content.decode()


def test_the_door_lead_sees_the_letters_and_fixes_none(door_lead, event):
    page = door_lead.get(LETTERS)
    assert page.status_code == 200
    assert "<select" not in page.content.decode().split("<form", 2)[2]
    assert door_lead.post(f"{LETTERS}fix/", {"event": event.pk, "first": ["A"]}).status_code == 403


def test_another_events_letters_are_not_touched(organiser, event):
    other = make_event(slug="2020", is_current=False)
    organiser.post(f"{LETTERS}fix/", {"event": other.pk, "first": ["A", "K"]})
    assert fixed(other) == []


# --- Papers -----------------------------------------------------------------------------------------------------------
def ask(client: Client, event: Event, kind: str, **chosen: object):
    return client.post(PAPERS, {"event": event.pk, "kind": kind, **chosen}, follow=True)


def test_every_paper_is_asked_for_waited_for_and_downloaded(door_lead, event):
    CheckInList.objects.create(event=event, name_fi="Illallinen", name_sv="Middag", name_en="Dinner")
    chosen = event.check_in_lists.get()
    wanted = [
        (door_papers.LIST, {}), (door_papers.LIST, {"list": chosen.pk}), (door_papers.SHEET, {}),
        (door_papers.GUIDE, {"language": "sv"}),
    ]  # fmt: skip
    for kind, given in wanted:
        page = ask(door_lead, event, kind, **given)
        assert 'http-equiv="refresh"' in page.content.decode()
    while documents.make_next():
        pass
    page = door_lead.get(PAPERS)
    assert 'http-equiv="refresh"' not in page.content.decode()
    assert [(paper["document"].kind, paper["about"]) for paper in page.context["papers"]] == [
        (door_papers.GUIDE, ""), (door_papers.SHEET, ""), (door_papers.LIST, "Dinner"),
        (door_papers.LIST, "Everybody on site"),
    ]  # fmt: skip
    for paper in page.context["papers"]:
        response = door_lead.get(f"{PAPERS}{paper['document'].pk}/")
        assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_paper_that_is_not_made_yet_leads_back(organiser, event):
    ask(organiser, event, door_papers.SHEET)
    document = Document.objects.get(kind=door_papers.SHEET)
    assert organiser.get(f"{PAPERS}{document.pk}/").status_code == 302


@pytest.mark.parametrize("given", [{"kind": "badges"}, {"kind": ""}, {"kind": "door_list", "list": "99999"}])
def test_what_is_no_paper_is_refused(organiser, event, given):
    assert organiser.post(PAPERS, {"event": event.pk, **given}).status_code == 422
    assert not Document.objects.filter(kind__startswith="door").exists()


def test_the_list_of_another_event_cannot_be_chosen(organiser, event):
    other = make_event(slug="2020", is_current=False)
    foreign = CheckInList.objects.create(event=other, name_fi="Päivä", name_sv="Dag")
    given = {"event": event.pk, "kind": door_papers.LIST, "list": foreign.pk}
    assert organiser.post(PAPERS, given).status_code == 422


def test_papers_of_another_event_and_other_documents_are_not_handed_out(organiser, event):
    other = make_event(slug="2020", is_current=False)
    foreign = Document.objects.create(
        kind=door_papers.GUIDE, event=other, language="fi", about_type="events.event", about_id=other.pk,
        asked_at=event.registrations.first().registered_at, next_attempt_at=event.registrations.first().registered_at,
    )  # fmt: skip
    badge = Document.objects.filter(kind="badge").first()
    assert [organiser.get(f"{PAPERS}{row.pk}/").status_code for row in (foreign, badge)] == [404, 404]

"""The papers of the door: the list to be ticked, made every night and on demand; test badges; the guide."""

import io
import re
from datetime import date

import pypdf
import pypdfium2
import pytest
import zxingcpp
from django.conf import settings

from events import documents
from events.models import Document, LogEntry
from registration import door_papers, rehearsal, services, tasks
from registration.models import Admission, CheckInList, Gate, ListEntry
from registration.services.letters import fix_letters
from registration.services.papers import ask_for_paper
from tests.factories import at, make_event, make_organiser, register

pytestmark = pytest.mark.django_db
LANGUAGES = ["fi", "sv", "en"]


def make_list(event, name="Day 1", **fields) -> CheckInList:
    return CheckInList.objects.create(event=event, name_fi=name, name_sv=name, **fields)


def made(event, kind, language="en", **options) -> bytes:
    return documents.content(ask_for_paper(event, kind, language=language, options=options, by=None))


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]


def names(event, chosen=None) -> list[str]:
    return [line.family_name for line in door_papers.lines(event, chosen, list(event.days.all()))]


def is_pdf_ua(pdf: bytes) -> bool:
    catalogue = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    return catalogue["/MarkInfo"]["/Marked"] and b"pdfuaid" in catalogue["/Metadata"].get_object().get_data()


# --- The list ---------------------------------------------------------------------------------------------------------
def test_names_stand_in_the_finnish_and_swedish_alphabet_with_other_scripts_last():
    event = make_event()
    in_order = ["Aalto", "Šarić", "'t Hooft", "Wrede", "Zorn", "Åberg", "Ärlig", "Öberg", "Иванова"]
    for name in sorted(in_order, key=hash):
        register(event, last_name=name)
    assert names(event) == in_order


def test_the_list_says_who_comes_when_with_what_marks():
    event = make_event(capacity=3)
    day = event.days.first()
    register(event, last_name="Aalto", days=[day], photo="no_photo", badge_name="Aino A.", organisation="Aurala")
    register(event, last_name="Berg", has_assistant=True)
    register(event, last_name="Caven")
    register(event, last_name="Dahl", attendance="remote")
    services.cancel(register(event, last_name="Ek").pk, by=None)
    (page,) = pages(made(event, door_papers.LIST))
    assert re.search(r"Aalto Maija \(Aino A\.\) Aurala Participant no photographs", page)
    assert "assistant of Maija Berg" in page
    assert re.search(r"Caven Maija \S+ \S+ Participant waiting list", page)
    assert "3 people" in page
    assert "as of 14 October 2024, 9.00" in page
    assert not {"Dahl", "Ek"} & set(page.split())
    ticks = {
        line.family_name: [tick.is_open for tick in line.ticks]
        for line in door_papers.lines(event, None, [*event.days.all()])
    }
    assert ticks == {"Aalto": [True, False], "Berg": [True, True], "Caven": [False, False]}


def test_a_check_in_list_names_those_whom_the_door_lets_in():
    event = make_event()
    first, second = event.days.all()
    speaker, press = event.roles.get(slug="speaker"), event.roles.get(slug="press")
    register(event, last_name="Aalto", days=[first])
    register(event, last_name="Berg", days=[second])
    guest = register(event, last_name="Caven", days=[second])
    register(event, last_name="Dahl", role=speaker, by=make_organiser(event))
    register(event, last_name="Ek", attendance="remote")
    day, dinner, open_to_all = make_list(event), make_list(event, has_names_only=True), make_list(event, attendance="")
    talk, nobody = make_list(event), make_list(event)
    day.days.add(first)
    talk.roles.add(speaker)
    nobody.roles.add(press)
    for chosen in (day, dinner):
        ListEntry.objects.create(check_in_list=chosen, registration=guest)
    assert names(event, day) == ["Aalto", "Caven", "Dahl"]
    assert names(event, dinner) == ["Caven"]
    assert names(event, talk) == ["Dahl"]
    assert names(event, nobody) == []
    assert names(event, open_to_all) == ["Aalto", "Berg", "Caven", "Dahl", "Ek"]


def test_who_has_arrived_already_is_ticked_with_the_time():
    event = make_event()
    chosen, gate = make_list(event), Gate.objects.create(event=event, name_fi="Ovi", name_sv="Dörr")
    here = register(event, last_name="Aalto")
    register(event, last_name="Berg")
    Admission.objects.create(
        event=event, check_in_list=chosen, registration=here, gate=gate, scan_id="0" * 31 + "1",
        admitted_at=at("2024-11-14 08:42"),
    )  # fmt: skip
    found = door_papers.lines(event, chosen, list(event.days.all()))
    assert [line.ticks[0] for line in found] == [(False, "8.42"), (True, "")]


def test_with_fixed_letters_each_queue_begins_a_page():
    event = make_event()
    for name in ("Aalto", "Berg", "Korhonen", "Åberg"):
        register(event, last_name=name)
    assert len(pages(made(event, door_papers.LIST))) == 1
    fix_letters(event.pk, ["A", "K", "S"], by=None)
    found = pages(made(event, door_papers.LIST))
    assert [re.search(r"Box (\S+)", page)[1] for page in found] == ["A–J", "K–R", "S–Ö"]
    assert [page[-5:] for page in found] == ["1 / 3", "2 / 3", "3 / 3"]
    assert "Korhonen" in found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_a_document_that_can_be_read_aloud(language):
    event = make_event()
    register(event, last_name="Aalto 🦊", first_name="الفارسي", organisation="")
    pdf = made(event, door_papers.LIST, language)
    assert is_pdf_ua(pdf)
    assert pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == language


def test_the_list_costs_the_same_number_of_queries_for_three_and_nine(django_assert_num_queries):
    event = make_event()
    chosen, days = make_list(event), list(event.days.all())
    for people in (3, 6):
        for _ in range(people):
            register(event)
        with django_assert_num_queries(4):
            door_papers.lines(event, chosen, days)


def test_a_new_list_throws_the_old_one_away_but_not_that_of_another_list():
    event = make_event()
    chosen = make_list(event)
    register(event)
    for name in ("Day 1", "Thursday"):
        made(event, door_papers.LIST)
        made(event, door_papers.LIST, list=chosen.pk, name=name)
    rows = Document.objects.filter(kind=door_papers.LIST).order_by("pk")
    assert [row.options for row in rows] == [{}, {"list": chosen.pk, "name": "Thursday"}]
    assert LogEntry.objects.filter(action="paper of the door asked for").count() == 4


def test_a_list_that_is_no_more_is_not_needed():
    event = make_event()
    chosen = make_list(event)
    ask_for_paper(event, door_papers.LIST, language="fi", options={"list": chosen.pk}, by=None)
    chosen.delete()
    while documents.make_next():
        pass
    assert not Document.objects.filter(kind=door_papers.LIST).exists()


# --- Every night ------------------------------------------------------------------------------------------------------
def nightly(moment, *moments: str) -> list[int]:
    for text in moments:
        moment.move_to(at(text))
        tasks.make_paper_lists()
        tasks.make_paper_lists()
    return list(Document.objects.filter(kind=door_papers.NIGHTLY_LIST).order_by("pk").values_list("version", flat=True))


def make_all() -> None:
    while documents.make_next():
        pass


def test_a_list_is_made_every_night_from_a_week_before_until_the_end(moment):
    register(make_event())
    assert nightly(moment, "2024-11-06 03:05", "2024-11-07 02:59") == []
    assert nightly(moment, "2024-11-07 03:00", "2024-11-07 12:00") == [20241107]
    make_all()
    assert nightly(moment, "2024-11-15 02:00", "2024-11-15 03:01") == [20241107, 20241115]
    make_all()
    row = Document.objects.get(kind=door_papers.NIGHTLY_LIST)
    assert (row.version, documents.filename(row)) == (20241115, "paper-list-2024-20241115.pdf")
    assert nightly(moment, "2024-11-16 03:00") == []


def test_last_nights_list_stays_when_tonights_cannot_be_made(moment, monkeypatch):
    make_event()
    nightly(moment, "2024-11-13 03:00")
    make_all()
    monkeypatch.setattr(door_papers, "list_pdf", lambda *args, **kwargs: 1 / 0)
    nightly(moment, "2024-11-14 03:00")
    make_all()
    rows = Document.objects.filter(kind=door_papers.NIGHTLY_LIST).order_by("version")
    assert [(row.version, row.made_at is not None) for row in rows] == [(20241113, True), (20241114, False)]


def test_virtual_events_have_no_door(moment):
    make_event(is_virtual=True)
    assert nightly(moment, "2024-11-14 03:00") == []


def test_beat_asks_for_the_lists():
    entry = settings.CELERY_BEAT_SCHEDULE["make paper lists"]
    assert (entry["task"], entry["schedule"]) == (tasks.make_paper_lists.name, 300.0)


def test_a_nights_number_is_its_date():
    assert door_papers.version_of(date(2024, 11, 4)) == 20241104


# --- The sheet of test badges -----------------------------------------------------------------------------------------
def test_the_sheet_is_one_a4_whose_six_codes_can_be_read_and_typed():
    event = make_event()
    pdf = made(event, door_papers.SHEET, "sv")
    (page,) = pypdfium2.PdfDocument(io.BytesIO(pdf))
    codes = {badge.code for badge in rehearsal.badges(event)}
    assert {found.text for found in zxingcpp.read_barcodes(page.render(scale=3).to_pil())} == codes
    assert codes <= set(pages(pdf)[0].split())
    assert [round(side * 25.4 / 72) for side in page.get_size()] == [210, 297]
    assert is_pdf_ua(pdf)


# --- The guide --------------------------------------------------------------------------------------------------------
def test_the_newest_sheet_and_the_newest_guide_of_each_language_are_kept():
    event = make_event()
    for _ in range(2):
        made(event, door_papers.SHEET)
        for language in ("fi", "sv"):
            made(event, door_papers.GUIDE, language)
    rows = Document.objects.filter(kind__in=door_papers.MAKERS).order_by("pk")
    assert [(row.kind, row.language) for row in rows] == [
        (door_papers.SHEET, "en"),
        (door_papers.GUIDE, "fi"),
        (door_papers.GUIDE, "sv"),
    ]


def source(language: str) -> str:
    return (settings.BASE_DIR / "docs" / f"door-staff.{language}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_is_one_a4_with_the_words_of_the_documentation(language):
    pdf = made(make_event(), door_papers.GUIDE, language)
    (page,) = pages(pdf)
    for heading in re.findall(r"^#+ (.+)$", source(language), re.MULTILINE):
        assert heading in page
    assert "+358 29 000 0000" in page
    assert is_pdf_ua(pdf)


def test_the_guides_say_the_same_in_three_languages():
    shapes = [
        [re.match(r"#+ |\d+\. |\||", line)[0] for line in source(language).splitlines()] for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1] == shapes[2]


def test_the_guides_go_into_the_image():
    ignored = (settings.BASE_DIR / ".dockerignore").read_text().splitlines()
    assert ignored.index("!docs/door-staff.*.md") == ignored.index("docs/*") + 1


def test_whats_made_is_of_this_moment(moment):
    event = make_event()
    document = ask_for_paper(event, door_papers.LIST, language="en", options={}, by=None)
    moment.move_to(at("2024-10-20 10:30"))
    assert "as of 20 October 2024, 10.30" in pages(documents.content(document))[0]

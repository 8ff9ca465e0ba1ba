"""From registrations to badges: whose card says what, and all of them for the printer."""

import io

import pypdfium2
import pytest
import zxingcpp

from events import documents
from events.models import Document
from registration import printing, services
from registration.models import Badge
from tests.factories import make_details, make_event, register

pytestmark = pytest.mark.django_db


def codes_on(pdf: bytes) -> list[list[str]]:
    """The QR codes read back from each page."""
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]
    return [sorted(found.text for found in zxingcpp.read_barcodes(page)) for page in pages]


def words_on(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]


def badge_of(registration) -> bytes:
    return printing.badge_attachment(registration).content


def test_the_card_is_in_the_persons_language_and_its_code_can_be_read():
    event = make_event()
    day = event.days.first()
    registration = register(event, language="sv", first_name="Åsa", last_name="Öst", days=[day], photo="no_photo")
    pdf = badge_of(registration)
    words = words_on(pdf)[0]
    assert codes_on(pdf) == [[registration.badges.get().code]]
    shown = (
        "Öst",
        "Auranlaakson kunta",
        "torsdag den 14 november",
        "no photos",
        "Medfinansieras av Europeiska unionen",
    )
    assert [text for text in shown if text not in " ".join(words.split())] == []
    assert "fredag" not in words


def test_an_assistant_has_a_card_and_a_code_of_their_own():
    registration = register(make_event(), has_assistant=True)
    pdf = badge_of(registration)
    codes = list(registration.badges.order_by("is_assistant").values_list("code", flat=True))
    assert codes_on(pdf) == [[code] for code in codes]


def test_the_code_stays_the_same_through_changes_and_dies_when_passed_on():
    event = make_event()
    registration = register(event)
    code = registration.badges.get().code
    services.change(registration.pk, make_details(event, has_assistant=True), by=None)
    services.switch_to_remote(registration.pk, by=None)
    services.switch_to_on_site(registration.pk, make_details(event), by=None)
    assert list(registration.badges.valid().values_list("code", flat=True)) == [code]


def test_only_who_is_confirmed_on_site_has_a_card():
    event = make_event(capacity=1)
    rows = [register(event), register(event), register(event, attendance="remote")]
    assert [bool(printing.badge_attachment(row)) for row in rows] == [True, False, False]
    assert [bool(printing.qr_attachment(row)) for row in rows] == [True, False, False]


@pytest.mark.parametrize(("layout", "pages"), [("one", 5), ("four", 2)])
def test_all_cards_for_the_printer_in_the_alphabet(layout, pages):
    event = make_event()
    for name in ("Öberg", "Zorn", "Åberg", "Ärlig"):
        register(event, last_name=name, has_assistant=name == "Zorn")
    register(event, last_name="Waiting", attendance="remote")
    documents.ask("badges", event, language="fi", version=1, options={"layout": layout})
    pdf = documents.content(Document.objects.get(kind="badges"))
    words = " ".join(words_on(pdf))
    places = [words.find(name) for name in ("Zorn", "Åberg", "Ärlig", "Öberg")]
    assert (len(pypdfium2.PdfDocument(io.BytesIO(pdf))), places == sorted(places), "Waiting" in words) == (
        pages,
        True,
        False,
    )
    assert sorted(sum(codes_on(pdf), [])) == sorted(
        Badge.objects.filter(registration__attendance="on_site").values_list("code", flat=True)
    )


def test_a_selection_is_printed_alone():
    event = make_event()
    chosen, _ = register(event, last_name="Yksi"), register(event, last_name="Kaksi")
    documents.ask("badges", event, language="fi", version=1, options={"registrations": [chosen.pk]})
    assert codes_on(documents.content(Document.objects.get(kind="badges"))) == [[chosen.badges.get().code]]


def test_bulk_printing_costs_the_same_number_of_queries_for_three_and_nine(django_assert_num_queries):
    event = make_event()
    counts = []
    for _ in range(2):
        for number in range(3 if not counts else 6):
            register(event, last_name=f"Nimi {number}")
        document = Document(event=event, kind="badges", language="fi", options={})
        with django_assert_num_queries(4):
            printing.make_badges(document)
        counts.append(Badge.objects.count())
    assert counts == [3, 9]

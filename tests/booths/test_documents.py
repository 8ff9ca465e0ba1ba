"""Signs and codes: tagged PDFs in the booth's languages, made once for what is printed; the codes can be read."""

import io

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from pypdf import PdfReader

from booths import documents
from booths.models import Booth
from events import documents as event_documents
from events.models import Document, Event
from tests.exhibition import make_booth, make_hall, make_place
from tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def made(document: Document | None) -> bytes:
    assert document is not None
    return event_documents.content(document)


def text(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def codes(pdf: bytes) -> list[str]:
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def test_a_sign_has_number_name_titles_in_three_languages_and_a_code(event: Event):
    booth = make_booth(event, make_place(make_hall(event), "A12"), organisation="Silta ry", slug="silta", language="sv")
    pdf = made(documents.ask(documents.SIGN, booth))
    page = text(pdf)[0]
    titles = [booth.title_sv, booth.title_fi, booth.title_en]
    assert [words in page for words in ("A12", "Silta ry", *titles)] == [True] * 5
    assert page.index(titles[0]) < page.index(titles[1])
    assert codes(pdf) == [f"{settings.SITE_URL}/sv/2024/booths/silta/"]
    catalog = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("sv", True)


def test_a_sheet_of_codes_leads_to_the_page_in_each_language(event: Event):
    booth = make_booth(event, slug="silta")
    found = codes(made(documents.ask(documents.CODES, booth)))
    assert len(found) == documents.CODES_ON_A_SHEET
    assert {address.split("/")[3] for address in found} == {"fi", "sv", "en"}


def test_what_is_printed_makes_another_version_and_what_is_not_makes_none(event: Event):
    hall = make_hall(event)
    booth = make_booth(event, make_place(hall))
    first = documents.ask(documents.SIGN, booth)
    Booth.objects.filter(pk=booth.pk).update(needs_power=True)
    assert documents.ask(documents.SIGN, Booth.objects.get(pk=booth.pk)) == first
    Booth.objects.filter(pk=booth.pk).update(place=make_place(hall))
    assert documents.ask(documents.SIGN, Booth.objects.get(pk=booth.pk)) != first


def test_organisers_print_the_signs_of_all_placed_booths_in_the_order_of_their_numbers(event: Event):
    hall = make_hall(event)
    for number in ("A10", "A2"):
        make_booth(event, make_place(hall, number))
    make_booth(event)
    pages = text(made(documents.ask_all(event)))
    assert [page.split()[0] for page in pages] == ["A2", "A10"]


def test_a_booth_that_is_gone_needs_no_sign(event: Event):
    booth = make_booth(event)
    document = documents.ask(documents.SIGN, booth)
    booth.texts.all().delete()
    booth.delete()
    assert event_documents.make_next() is True
    assert not Document.objects.filter(pk=document.pk if document else 0).exists()

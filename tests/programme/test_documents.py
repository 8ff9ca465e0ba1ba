"""The programme on paper: who is where, in which language, for whom a screen reader reads; codes that can be read."""

import io

import pypdf
import pypdfium2
import pytest
import zxingcpp
from django.utils import translation

from events import documents
from events.models import Document, Event
from programme import documents as paper
from programme.models import Release, Session
from tests.factories import at, make_event
from tests.programme.helpers import make_break, words
from tests.sessions import make_release, make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
DAY = "2024-11-14"


@pytest.fixture
def event() -> Event:
    return make_event()


def made(kind: str, release: Release, language: str = "fi") -> bytes:
    documents.ask(kind, release, language=language, version=1)
    document = documents.find(kind, release, language=language, version=1)
    assert document
    return documents.content(document)


def pages(pdf: bytes) -> list[str]:
    found = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]
    return [" ".join(text.split()) for text in found]


def fill(event: Event) -> Release:
    room = make_room(event)
    make_session(event, starts=f"{DAY} 10:00", room=room, speakers=[make_speaker(event, name="Åsa Öst 🎤")],
                 **words("title", ("Ohjaus", "Handledning", "Mentoring")))  # fmt: skip
    make_session(event, starts=f"{DAY} 11:00", room=room, title_fi="Vain suomeksi", title_sv="", title_en="",
                 cancelled_at=at("2024-10-10 09:00"))  # fmt: skip
    make_session(event, starts="2024-11-15 10:00", room=make_room(event, "other", order=1),
                 **words("title", ("Toinen päivä", "Andra dagen", "Second day")))  # fmt: skip
    make_session(event, is_all_day=True, **words("title", ("Näyttely", "Utställning", "Exhibition")))
    make_break(event, DAY)
    return make_release(event)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_programme_in_a_language_has_a_page_a_day_and_can_be_read_aloud(event: Event, language: str):
    pdf = made("programme", fill(event), language)
    first, second = pages(pdf)
    shown = {"fi": "klo 10.00–10.45 · Hall fi", "sv": "kl. 10.00–10.45 · Hall sv", "en": "10.00–10.45 · Hall en"}
    talk = {"fi": "Ohjaus", "sv": "Handledning", "en": "Mentoring"}
    exhibition = {"fi": "Näyttely", "sv": "Utställning", "en": "Exhibition"}
    other = {"fi": "Toinen päivä", "sv": "Andra dagen", "en": "Second day"}
    for part in (shown, talk, exhibition):
        assert part[language] in first
    assert "Vain suomeksi" in first
    assert "Åsa Öst" in first
    assert other[language] in second
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)


def test_no_letter_of_a_document_is_missing_in_the_fonts(event: Event):
    release = fill(event)
    Session.objects.update(title_fi="Żółć Ђ Ωμέγα مرحبا 🙂")
    release = make_release(event)
    for kind in ("programme", "door_signs"):
        text = "".join(pages(made(kind, release)))
        assert "\ufffd" not in text
        assert "Żółć" in text


def test_a_door_sign_for_each_room_and_day_in_three_languages(event: Event):
    first, second = pages(made("door_signs", fill(event)))
    for part in (
        "Hall fi · Hall sv · Hall en", "torstai 14. marraskuuta · torsdag den 14 november · Thursday 14 November",
        "10.00–10.45", "Ohjaus", "Handledning", "Mentoring", "Peruttu · Inställd · Cancelled",
    ):  # fmt: skip
        assert part in first
    assert first.count("Vain suomeksi") == 1
    assert "Other fi" in second
    assert "Second day" in second
    assert "Lounas" not in first + second  # a break without a room hangs at no door


def test_a_long_day_in_one_room_stays_on_one_sign(event: Event):
    room = make_room(event)
    title = "Seuranta: mitä kotoutumisesta tiedetään?"
    for hour in range(9, 16):
        make_session(event, starts=f"{DAY} {hour:02}:00", room=room, speakers=[make_speaker(event)],
                     **words("title", (title, f"{title} (sv)", f"{title} (en)")))  # fmt: skip
    [sign] = pages(made("door_signs", make_release(event)))
    assert ("9.00" in sign, "15.00" in sign) == (True, True)


def test_every_sign_names_the_funder_in_three_languages_and_the_programme_in_its_own(event: Event):
    for name, words_of in (("fi", "Rahoittaja"), ("sv", "Finansiär"), ("en", "Funder")):
        setattr(event, f"funding_statement_{name}", words_of)
    event.save()
    release = fill(event)
    for kind in paper.BY_ROOM:
        assert all("Rahoittaja · Finansiär · Funder" in page for page in pages(made(kind, release)))
    last = pages(made("programme", release, "sv"))[-1]
    assert ("Finansiär" in last, "Rahoittaja" in last) == (True, False)


def test_the_programme_names_the_funder_in_another_language_where_its_own_is_missing(event: Event):
    event.funding_statement_fi, event.funding_statement_sv, event.funding_statement_en = "Rahoittaja", "", ""
    event.save()
    assert "Rahoittaja" in pages(made("programme", fill(event), "en"))[-1]


def test_the_programme_on_paper_says_into_which_languages_is_interpreted(event: Event):
    make_session(event, starts=f"{DAY} 10:00", interpreted_into=["sv", "fse"], has_captions=True)
    (page,) = pages(made("programme", make_release(event), "en"))
    assert "Interpreted into Swedish, Finnish sign language · Captions" in page


def test_the_codes_at_a_room_lead_to_its_feedback_in_three_languages(event: Event, settings):
    settings.SITE_URL = "https://integration.example"
    found = pypdfium2.PdfDocument(io.BytesIO(made("feedback_signs", fill(event))))
    codes = [sorted(code.text for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())) for page in found]
    assert codes == [
        [f"https://integration.example/{code}/2024/programme/room/{room}/feedback/" for code in ("en", "fi", "sv")]
        for room in ("hall", "other")
    ]


def test_everything_printable_is_asked_for_once(event: Event):
    release = fill(event)
    for _again in range(2):
        paper.ask_all(release)
    asked = sorted(Document.objects.values_list("kind", "language"))
    assert asked == [
        ("door_signs", "fi"), ("feedback_signs", "fi"), ("programme", "en"), ("programme", "fi"), ("programme", "sv"),
    ]  # fmt: skip


def test_signs_without_a_room_are_not_needed(event: Event):
    release = make_release(event)
    for kind in paper.BY_ROOM:
        with pytest.raises(documents.NotNeeded):
            made(kind, release)


def test_files_are_called_in_their_language(event: Event):
    release = make_release(event)
    paper.ask_all(release)
    with translation.override("en"):
        names = {documents.filename(document) for document in Document.objects.filter(language="en")}
    assert names == {"programme-2024-1.pdf"}

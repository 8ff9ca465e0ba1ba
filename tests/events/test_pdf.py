import io
from collections.abc import Generator
from pathlib import Path

import pypdf
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.safestring import mark_safe

from events import pdf
from tests.canary import Canary, watched


@pytest.fixture
def canary() -> Generator[Canary]:
    with watched() as server:
        yield server


def read(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


def hostile(canary: Canary, folder: Path) -> str:
    """Every way in which HTML can ask for something."""
    secret = folder / "secret.css"
    secret.write_text("p::after { content: 'SECRET' }")
    (folder / "secret.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>SECRET</text></svg>")
    here = canary.address
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{here}/svg'/></svg>"
    return f"""
        <link rel="stylesheet" href="{here}/link.css"><link rel="stylesheet" href="{secret.as_uri()}">
        <link rel="attachment" href="file:///etc/passwd"><link rel="attachment" href="{here}/attachment">
        <style>@import url({here}/import.css); @import url({secret.as_uri()});
        @font-face {{ font-family: Far; src: url({here}/font) }} li {{ list-style-image: url({here}/list) }}
        p {{ background: url({here}/background); font-family: Far }}</style>
        <img src="{here}/img"><img src="{folder.as_uri()}/secret.svg"><img src="file:///etc/passwd">
        <object data="{here}/object"></object><embed src="{here}/embed"><iframe src="{here}/frame"></iframe>
        <img src="{here.replace("http", "ftp")}/ftp"><img src="//127.0.0.1:{canary.server_port}/relative">
        <img src="data:image/svg+xml,{svg.replace("#", "%23")}"><img src="asset:../../../../../../etc/passwd">
        <img src="asset:/etc/passwd"><ul><li>x</ul><p>text</p>
    """


def test_nothing_is_fetched(canary: Canary, tmp_path: Path):
    document = pdf.render(mark_safe(hostile(canary, tmp_path)), title="x", lang="en", tagged=False)
    assert canary.asked == []
    text = read(document).pages[0].extract_text()
    assert "text" in text
    assert "SECRET" not in text
    assert "root:" not in text
    assert read(document).attachments == {}


def test_the_canary_would_notice(canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The control: with WeasyPrint's own fetcher the same page asks for many things."""
    pdf.render(mark_safe("<p>fonts are loaded</p>"), title="x", lang="en")
    fetcher = pdf._weasyprint().urls.URLFetcher(timeout=2)
    monkeypatch.setattr(pdf, "_fetcher", lambda: fetcher)
    document = pdf.render(mark_safe(hostile(canary, tmp_path)), title="x", lang="en", tagged=False)
    assert {"/link.css", "/import.css", "/img", "/background", "/svg"} <= set(canary.asked)
    assert "SECRET" in read(document).pages[0].extract_text()


def test_text_that_is_not_marked_safe_is_printed_as_text():
    document = pdf.render("<b>bold?</b>", title="</title><h1>x", lang="en")  # type: ignore[arg-type]
    assert "<b>bold?</b>" in read(document).pages[0].extract_text()
    assert read(document).metadata.title == "</title><h1>x"


def test_a_tagged_document_says_that_it_is_pdf_ua_1():
    reader = read(pdf.render(mark_safe("<h1>Hyvää päivää</h1>"), title="Otsikko", lang="fi"))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "fi"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalogue["/StructTreeRoot"]["/K"]
    assert reader.metadata.title == "Otsikko"
    xmp = catalogue["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid" in xmp
    assert 'part="1"' in xmp or "part>1<" in xmp


def test_fonts_are_ours_even_for_a_letter_that_they_lack():
    page = read(pdf.render(mark_safe("<p>Åä <b>Їм</b> 漢</p>"), title="x", lang="fi")).pages[0]
    used = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert {font["/BaseFont"].split("+")[1][:13] for font in used} == {"source-sans-3"}
    assert [bool(font["/DescendantFonts"][0]["/FontDescriptor"]) for font in used] == [True] * len(used)


def test_parts_become_one_document_in_order():
    parts = (mark_safe(f"<p style='break-after: page'>a{n}</p><p>b{n}</p>") for n in range(3))
    stamps = {"stamp:0": mark_safe("<p>frame</p>")}
    document = pdf.render_parts(parts, pages=6, title="x", lang="en", stylesheets=(), stamps=stamps)
    texts = [page.extract_text().strip() for page in read(document).pages]
    assert texts == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_a_stamp_is_stored_once_and_shown_on_every_page():
    part = mark_safe("<img src='stamp:0'>" + "<p style='break-before: page'><img src='stamp:0'></p>" * 3)
    stamps = {"stamp:0": mark_safe("<style>@page { size: 9cm; margin: 0 }</style><p>frame</p>")}
    document = pdf.render_parts([part], pages=4, title="x", lang="en", stylesheets=(), stamps=stamps)
    reader = read(document)
    forms = {name for page in reader.pages for name in page["/Resources"]["/XObject"]}
    assert len(forms) == 1
    assert [page.get_contents().get_data().count(b" Do") for page in reader.pages] == [1] * 4


def test_the_check_names_the_packages(monkeypatch: pytest.MonkeyPatch):
    assert pdf.check_libraries() == []
    monkeypatch.setattr(pdf, "find_library", lambda name: None if "pango" in name else name)
    (warning,) = pdf.check_libraries()
    assert warning.id == "events.W001"
    assert "libpango-1.0-0" in str(warning.hint)


def test_a_missing_font_is_said_before_it_can_crash_pango(monkeypatch: pytest.MonkeyPatch):
    assert pdf.check_fonts() == []
    monkeypatch.setattr(pdf.fonts, "FONTS", (pdf.fonts.Font("no-such-font", "latin"),))
    (warning,) = pdf.check_fonts()
    assert "no-such-font-latin-400" in warning.msg
    with pytest.raises(ImproperlyConfigured, match="no-such-font"):
        pdf._font_faces.__wrapped__()

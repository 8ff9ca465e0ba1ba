import io
from dataclasses import replace
from functools import cache

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from events import fonts, qr
from registration.badges import CARDS_PER_PART, Face, badge_pdf, bulk_pdf

NAMES = {
    "Finnish": "Aino Mäkeläinen",
    "Swedish": "Åsa Öström-Wickström",
    "Yoruba": "Adébáyọ̀ Ẹ́kúndayọ̀",
    "Vietnamese": "Nguyễn Thị Hồng Ngữ",
    "Greek": "Γεώργιος Παπαδόπουλος",
    "Cyrillic": "Гарик Ростовцев-Щербаков",
    "Arabic": "محمد بن عبد الله الخطيب",
    "Persian": "پرویز احمدی‌نژاد گل‌محمدی",
    "Sorani": "ڕۆژان کوردستانی ڵاوێ",
    "Hebrew": "שָׁרוֹן לֵוִי",
    "Ethiopic": "ሰላም ተስፋዬ ገብረመድኅን",
    "Thai": "สมชาย ใจดีวัฒนากุล ฤทธิ์",
    "Devanagari": "नरेंद्र क्षत्रिय श्रीवास्तव",
    "Bengali": "রহিমা বেগম চৌধুরী",
}
LETTERS = {
    "widest": "W", "wide": "Ŵ", "narrow": "i", "Greek": "Ω", "Cyrillic": "Щ", "Vietnamese": "Ễ", "Arabic": "ض",
    "Beh": "ب", "Hebrew": "ש", "Ethiopic": "ጬ", "Thai": "ฌ", "Devanagari": "झ", "Bengali": "ঝ",
}  # fmt: skip
LENGTHS = [1, 2, 5, 9, 14, 20, 30, 45, 60, 80, 100, 119, 120]
MM = 4  # pixels of the pictures that the tests look at
CODE = "I24-ABCDEFGHIJKLMNOPQRSTUVWXYZ"

FACE = Face(
    lang="fi",
    event_name="Integration 2024",
    event_dates="14.–15.11.2024",
    venue="Logomo, Turku",
    name="Aino Mäkeläinen",
    organisation="Varsinais-Suomen ELY-keskus",
    role="Osallistuja",
    days=["to 14.11.", "pe 15.11."],
    qr=qr.matrix(CODE),
    funding_statement="Euroopan unionin osarahoittama",
)


def pictures(document: bytes, pixels_per_mm: int = MM) -> list[Image.Image]:
    with pypdfium2.PdfDocument(document) as opened:
        return [page.render(scale=pixels_per_mm * 25.4 / 72).to_pil().convert("L") for page in opened]


def texts(document: bytes) -> list[str]:
    with pypdfium2.PdfDocument(document) as opened:
        return [page.get_textpage().get_text_bounded() for page in opened]


def codes(picture: Image.Image) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def ink(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int] | None:
    """The box around everything that is printed in a part of the card given in millimetres; None when it is white."""
    part = picture.crop((round(left * MM), round(top * MM), round(right * MM), round(bottom * MM)))
    return ImageChops.invert(part).point(lambda grey: 255 if grey > 40 else 0).getbbox()


def has_missing_glyphs(document: bytes) -> bool:
    """WeasyPrint gives a font an encoding of its own as soon as it printed a .notdef with it."""
    resources = (page["/Resources"]["/Font"] for page in pypdf.PdfReader(io.BytesIO(document)).pages)
    return any(font.get_object()["/Encoding"] != "/Identity-H" for fonts_ in resources for font in fonts_.values())


def assert_inside(picture: Image.Image) -> None:
    """Nothing in the margins, nor between the person and what stands above and below."""
    strips = {
        "left": (0, 0, 6, 148),
        "right": (99, 0, 105, 101),
        "top": (0, 0, 105, 7),
        "above the name": (0, 28, 105, 30),
        "above the role": (0, 89.5, 105, 90.8),
        "below the role": (0, 103, 65, 105),
        "bottom": (0, 142, 105, 148),
    }
    assert {name: ink(picture, *strip) for name, strip in strips.items()} == dict.fromkeys(strips)


# --- One card -------------------------------------------------------------------------------------------------------
@cache
def card() -> bytes:
    return badge_pdf(FACE)


def test_the_card_is_a6_and_says_who_where_when():
    (page,) = pypdf.PdfReader(io.BytesIO(card())).pages
    assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [105, 148]
    assert texts(card())[0].split("\r\n") == [
        "Integration 2024",
        "14.–15.11.2024",
        "Logomo, Turku",
        "Euroopan unionin",
        "osarahoittama",
        "Aino",
        "Mäkeläinen",
        "Varsinais-Suomen ELY-keskus",
        "Osallistuja",
        "to 14.11.",
        "pe 15.11.",
    ]


def test_the_card_is_pdf_ua_1():
    reader = pypdf.PdfReader(io.BytesIO(card()))
    catalogue = reader.trailer["/Root"]
    assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("fi", True)
    assert "Aino Mäkeläinen" in reader.metadata.title
    assert b"pdfuaid" in catalogue["/Metadata"].get_object().get_data()


def elements(node: pypdf.generic.PdfObject) -> list[pypdf.generic.DictionaryObject]:
    node = node.get_object()
    if isinstance(node, list):
        return [found for child in node for found in elements(child)]
    if not isinstance(node, dict):
        return []
    return [node, *elements(node.get("/K", []))]


def test_a_screen_reader_finds_a_heading_and_two_described_images():
    tree = elements(pypdf.PdfReader(io.BytesIO(card())).trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert [node["/S"] for node in tree].count("/H1") == 1
    figures = [node for node in tree if node.get("/S") == "/Figure"]
    assert len(figures) == 2
    assert all(figure["/Alt"] for figure in figures)


def test_the_qr_code_reads_back_at_150_dpi_and_is_large():
    (picture,) = pictures(card(), 6)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == CODE
    assert (found.position.top_right.x - found.position.top_left.x) / 6 > 26
    assert codes(picture.resize((picture.width // 2, picture.height // 2))) == [CODE]


def test_the_quiet_zone_is_white():
    (picture,) = pictures(card())
    assert ink(picture, 66.5, 103, 70.5, 137) is None
    assert ink(picture, 66.5, 103, 102, 107) is None


def test_emblem_in_its_colours_and_proportion():
    with pypdfium2.PdfDocument(card()) as opened:
        picture = opened[0].render(scale=20 * 25.4 / 72).to_pil().convert("RGB")
    emblem = picture.crop((7 * 20, round(131.5 * 20), 22 * 20, round(141.5 * 20)))
    blue, gold = (0, 0x33, 0x99), (0xFF, 0xCC, 0)
    assert emblem.getpixel((5, 5)) == emblem.getpixel((295, 195)) == emblem.getpixel((150, 100)) == blue
    # The topmost star stands at a third of the height above the middle.
    assert emblem.getpixel((150, 100 - 200 // 3)) == gold


def test_without_funding_there_is_no_emblem():
    document = badge_pdf(replace(FACE, funding_statement=""))
    assert ink(pictures(document)[0], 0, 130, 65, 148) is None


def test_photo_mark_box_and_assistant_are_shown():
    face = replace(FACE, lang="en", photo_mark="ei kuvia / inga bilder / no photos", box="K–M", assistant_of="Li Ek")
    (text,) = texts(badge_pdf(face))
    assert "ei kuvia / inga bilder /\r\nno photos" in text.replace("\u00a0", " ")
    assert "K–M" in text
    assert "assistant of Li Ek" in text.replace("\r\n", " ")


def test_an_assistant_has_a_page_of_their_own():
    document = badge_pdf(FACE, replace(FACE, name="Avustaja", assistant_of=FACE.name))
    assert [("Avustaja" in text) for text in texts(document)] == [False, True]


@pytest.mark.parametrize(("colour", "text_is_dark"), [("#e08a12", True), ("#0b4f8a", False), ("#FFFFFF", True)])
def test_the_band_has_the_roles_colour_and_a_text_that_stands_out(colour: str, text_is_dark: bool):
    with pypdfium2.PdfDocument(badge_pdf(replace(FACE, role_colour=colour))) as opened:
        picture = opened[0].render(scale=4 * 25.4 / 72).to_pil().convert("RGB")
    band = picture.crop((13 * 4, 93 * 4, 90 * 4, 101 * 4))
    assert band.getpixel((300, 2)) == tuple(bytes.fromhex(colour[1:]))
    darkest, lightest = band.convert("L").getextrema()
    assert darkest < 60 if text_is_dark else lightest > 240


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#000000;background:url(http://127.0.0.1/)", "</style>"])
def test_a_colour_that_is_none_is_not_used(colour: str):
    assert texts(badge_pdf(replace(FACE, role_colour=colour))) == texts(card())


def test_more_days_share_lines():
    days = ["ke 13.11.", "to 14.11.", "pe 15.11.", "la 16.11."]
    lines = texts(badge_pdf(replace(FACE, days=days)))[0].split("\r\n")
    assert lines[-2:] == ["ke 13.11. · to 14.11.", "pe 15.11. · la 16.11."]


def test_long_days_stay_beside_the_code():
    days = ["torsdag den 14 november 2024", "fredag den 15 november 2024"]
    (picture,) = pictures(badge_pdf(replace(FACE, days=days)))
    assert ink(picture, 66.5, 103, 70.5, 137) is None
    assert codes(picture) == [CODE]


# --- Names ----------------------------------------------------------------------------------------------------------
@cache
def in_all_scripts() -> bytes:
    return bulk_pdf([replace(FACE, name=name, organisation=name) for name in NAMES.values()])


def test_no_script_lacks_a_glyph():
    assert not has_missing_glyphs(in_all_scripts())


def test_the_search_for_missing_glyphs_finds_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fonts, "printable", lambda text: text)
    assert has_missing_glyphs(bulk_pdf([replace(FACE, name="漢字")]))


def test_every_script_stays_inside():
    for picture in pictures(in_all_scripts()):
        assert_inside(picture)
        assert ink(picture, 7, 32, 98, 60) is not None


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_name_of_1_to_120_letters_is_never_cut(letter: str):
    names = [letter * length for length in LENGTHS]
    document = bulk_pdf([replace(FACE, name=name) for name in names])
    for picture in pictures(document):
        assert_inside(picture)
    for name, text in zip(names, texts(document), strict=True):
        assert text.count(letter) - FACE_LETTERS.count(letter) == len(name)


FACE_LETTERS = "".join(map(str, [FACE.event_name, FACE.venue, FACE.organisation, FACE.role, FACE.funding_statement]))


def test_many_words_with_a_long_organisation_stay_inside():
    name = "Maria-Magdalena Wickström-Lindqvist de la Fuente y Hernández von Österreich-Ungarn Södergårdsström Nieminen"
    organisation = "Elinkeino-, liikenne- ja ympäristökeskusten sekä työ- ja elinkeinotoimistojen keskus, " * 2
    faces = [replace(FACE, name=name, organisation=organisation), replace(FACE, name="W" * 120, organisation="W" * 120)]
    for picture in pictures(bulk_pdf(faces)):
        assert_inside(picture)


def test_the_search_for_ink_would_notice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("registration.badges.NAME_SIZES", (42,))
    (picture,) = pictures(bulk_pdf([replace(FACE, name="W" * 120)]))
    with pytest.raises(AssertionError):
        assert_inside(picture)


@pytest.mark.parametrize(
    "name",
    [
        "<b>Aino</b><script>alert(1)</script>",
        "</h1></section><style>* { display: none }</style>",
        '<img src="http://127.0.0.1:9/x"> {{ 7|add:7 }} {% now "Y" %}',
        "a) url(file:///etc/passwd); } * { color: red",
    ],
)
def test_hostile_names_are_printed_as_they_are(name: str):
    (text,) = texts(badge_pdf(replace(FACE, name=name, organisation=name, role=name, box=name[:9])))
    printed = "".join(text.split())
    assert printed.count("".join(name.split())) == 3
    assert "Integration2024" in printed


# --- Printing all ---------------------------------------------------------------------------------------------------
def many(count: int) -> list[Face]:
    return [replace(FACE, name=f"Nimi {n}", qr=qr.matrix(f"I24-{n:026}")) for n in range(count)]


def test_bulk_is_one_card_to_a_page_in_the_given_order():
    document = bulk_pdf(many(103))
    assert [text.split("\r\n")[5] for text in texts(document)] == [f"Nimi {n}" for n in range(103)]
    last = pictures(document, 6)[-1]
    assert codes(last) == [f"I24-{102:026}"]


def test_bulk_looks_like_the_single_card():
    (one,) = pictures(card())
    (printed,) = pictures(bulk_pdf([FACE]))
    assert ImageChops.difference(one, printed).getextrema()[1] < 64  # edges may fall between pixels differently


def test_four_on_a4_with_cut_marks():
    document = bulk_pdf(many(6), layout="four")
    first, last = pictures(document, 6)
    assert [round(side / 6) for side in first.size] == [210, 297]
    assert codes(first) == [f"I24-{n:026}" for n in range(4)]
    assert codes(last) == [f"I24-{n:026}" for n in (4, 5)]
    marks = [(105, 3), (105, 294), (3, 148.5), (207, 148.5), (105, 148.5)]
    for x, y in marks:
        assert first.crop((int(x * 6) - 3, int(y * 6) - 3, int(x * 6) + 3, int(y * 6) + 3)).getextrema()[0] < 200


def test_bulk_mixes_languages():
    swedish = replace(FACE, lang="sv", funding_statement="Medfinansieras av Europeiska unionen")
    document = bulk_pdf([FACE, swedish, FACE])
    finnish, other, again = pictures(document)
    assert ImageChops.difference(finnish, again).getbbox() is None
    assert ImageChops.difference(finnish, other).getbbox() is not None


def test_bulk_is_not_tagged_and_tells_how_far_it_is():
    heard: list[int] = []
    document = bulk_pdf(many(201), on_progress=heard.append)
    assert heard == [*range(0, 201, CARDS_PER_PART), 201]
    assert "/StructTreeRoot" not in pypdf.PdfReader(io.BytesIO(document)).trailer["/Root"]

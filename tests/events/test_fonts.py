import json

import pytest

from events import fonts

NAMES = {
    "Latin": "Äijälä Åsa Łódź Škoda Đorđe Ŋalla œuvre Þór Ħal Ğül İnci",
    "Latin with two accents": "Adébáyọ̀ Ẹ́kúndayọ̀",
    "Greek": "Γεώργιος Παπαδόπουλος ΐ",
    "Cyrillic": "Гарик Їжак Ґалаґан Ёлкин Қазақ Ўзбек",
    "Vietnamese": "Nguyễn Thị Hồng Ngữ Ằ",
    "Arabic": "محمد رضا",
    "Persian": "احمدی‌نژاد پرویز گلی چ",
    "Sorani": "ڕۆژان کوردستانی ڵ ێ",
    "Hebrew": "שָׁרוֹן לֵוִי",
    "Ethiopic": "ሰላም ተስፋዬ ገብረ",
    "Thai": "สมชาย ใจดีวัฒนากุล ฤทธิ์",
    "Devanagari": "नरेंद्र क्षत्रिय श्री",
    "Bengali": "রহিমা বেগম চৌধুরী",
    "Signs": "“O’Neill”, & (d'Arc) – 1/2 @ + №",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_in_these_scripts_can_be_printed(name: str):
    assert fonts.unsupported_letters(name) == set()


@pytest.mark.parametrize(("text", "missing"), [("漢字 Li", {"漢", "字"}), ("Aino 😀", {"😀"}), ("b\u0489", {"\u0489"})])
def test_letters_that_no_font_has_are_named(text: str, missing: set[str]):
    assert fonts.unsupported_letters(text) == missing


def test_an_accent_that_the_font_of_its_letter_lacks_is_missing():
    assert fonts.unsupported_letters("გ") == {"გ"}
    assert fonts.unsupported_letters("س\u0323") == {"\u0323"}


def test_what_cannot_be_printed_is_left_out():
    assert fonts.printable("University 😀 of Turku") == "University of Turku"
    assert fonts.printable("no\u00a0photos") == "no\u00a0photos"
    assert fonts.printable("می‌خواهم") == "می‌خواهم"


def test_two_accents_are_set_on_the_plain_letter():
    assert fonts.printable("Ẹ́va Ålö") == "E\u0323\u0301va Ålö"


def test_the_table_says_what_the_installed_fonts_have():
    """When this fails after an update of a font: manage.py shell -c "from events import fonts; fonts.write_table()"."""
    assert json.loads(fonts.TABLE.read_text()) == fonts.measure()


def test_width_is_the_sum_of_the_advances():
    assert fonts.width("Wi") == pytest.approx(fonts.width("W") + fonts.width("i"))
    assert 0.8 < fonts.width("W") < 1


def test_fit_prefers_whole_words_to_large_letters():
    size, lines, is_broken = fonts.fit("Hämäläinen", width_mm=60, height_mm=40, sizes=range(42, 11, -1), leading=1.1)
    assert (size, lines, is_broken) == (30, 1, False)
    assert 56 < fonts.width("Hämäläinen") * size * fonts.MM_PER_POINT < 60


def test_fit_breaks_a_word_that_is_too_long_for_any_line():
    fit = fonts.fit("W" * 120, width_mm=91, height_mm=43, sizes=range(42, 11, -1), leading=1.1)
    assert fit == (15, 7, True)


def test_fit_ends_at_the_last_size():
    assert fonts.fit("W" * 999, width_mm=10, height_mm=5, sizes=range(9, 7, -1), leading=1.1).size == 8

"""The municipalities of 2024: how many, under which numbers, in which order."""

from collections import Counter

import pytest

from events.alphabet import sort_key
from events.municipalities import REGIONS, SPECIAL, choices, label, municipalities, region_of


def test_there_are_309_municipalities_in_19_regions() -> None:
    assert len(municipalities()) == 309
    assert len(REGIONS) == 19
    assert {municipality.region for municipality in municipalities().values()} == set(REGIONS)
    assert Counter(municipality.region for municipality in municipalities().values())["21"] == 16


@pytest.mark.parametrize(
    ("code", "fi", "sv", "region"),
    [
        ("091", "Helsinki (Helsingfors)", "Helsingfors (Helsinki)", "Uusimaa"),
        ("853", "Turku (Åbo)", "Åbo (Turku)", "Varsinais-Suomi"),
        ("837", "Tampere (Tammerfors)", "Tammerfors (Tampere)", "Pirkanmaa"),
        ("499", "Mustasaari (Korsholm)", "Korsholm (Mustasaari)", "Pohjanmaa"),
        ("890", "Utsjoki", "Utsjoki", "Lappi"),
        ("478", "Maarianhamina (Mariehamn)", "Mariehamn (Maarianhamina)", "Ahvenanmaa"),
    ],
)
def test_a_municipality_is_named_in_both_languages_and_lies_in_its_region(
    code: str, fi: str, sv: str, region: str
) -> None:
    found = region_of(code)

    assert (label(code, "fi"), label(code, "sv"), label(code, "en")) == (fi, sv, fi)
    assert found is not None
    assert found.fi == region


def test_codes_have_three_digits_and_names_no_blanks_around_them() -> None:
    assert [m for m in municipalities().values() if len(m.code) != 3 or not m.code.isdigit()] == []
    assert [m for m in municipalities().values() if any(field != field.strip() or not field for field in m)] == []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_choices_start_with_the_whole_country_and_abroad_and_follow_the_alphabet(language: str) -> None:
    codes = [code for code, _ in choices(language)]
    names = [name for _, name in choices(language)]

    assert codes[:2] == list(SPECIAL)
    assert len(codes) == len(set(codes)) == 311
    assert names[2:] == sorted(names[2:], key=sort_key)


def test_the_finnish_and_swedish_letters_come_last() -> None:
    assert [name for _, name in choices("fi")][-1] == "Äänekoski"
    assert [name for _, name in choices("sv")][-1] == "Övertorneå (Ylitornio)"
    assert [name for _, name in choices("sv")][2] == "Ackas (Akaa)"


def test_the_special_choices_have_names_and_no_region() -> None:
    assert [label("all", language) for language in ("fi", "sv", "en")] == [
        "Koko maa",
        "Hela landet",
        "The whole country",
    ]
    assert [label("abroad", language) for language in ("fi", "sv", "en")] == ["Ulkomaat", "Utomlands", "Abroad"]
    assert [region_of(code) for code in ("all", "abroad", "")] == [None, None, None]
    assert label("", "fi") == ""


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        label("000", "fi")


def test_a_region_is_named_in_three_languages() -> None:
    assert [REGIONS["02"].label(language) for language in ("fi", "sv", "en")] == [
        "Varsinais-Suomi",
        "Egentliga Finland",
        "Southwest Finland",
    ]

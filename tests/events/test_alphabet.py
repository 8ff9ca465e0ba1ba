import pytest

from events.alphabet import sort_key


def test_names_come_in_the_finnish_and_swedish_order():
    names = ["Öst", "Zorn", "Ärlig", "Åberg", "Äijälä", "Virtanen", "abc", "Wrede", "Šved", "Łódź", "Lodi", "Øst"]
    assert sorted(names, key=sort_key) == [
        "abc", "Lodi", "Łódź", "Šved", "Virtanen", "Wrede", "Zorn", "Åberg", "Äijälä", "Ärlig", "Öst", "Øst",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("ÅSA", "åsa"), ("Müller", "muller"), ("Strauß", "Strauss"), ("A\u030asa", "Åsa"), ("Nguyễn", "nguyen")],
)
def test_case_accents_and_composition_do_not_matter(one: str, other: str):
    assert sort_key(one) == sort_key(other)


def test_other_scripts_follow_the_latin_letters():
    assert sorted(["مریم", "Гарик", "Öst", "Άννα"], key=sort_key) == ["Öst", "Άννα", "Гарик", "مریم"]

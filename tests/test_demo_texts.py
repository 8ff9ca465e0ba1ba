"""The hand-written texts of the demo: three languages everywhere, in the words of the house, and nobody real."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from events.municipalities import municipalities

FOLDER = Path(__file__).parents[1] / "integration2024" / "demo"
FILES = sorted(FOLDER.glob("*.toml"))
LANGUAGES = ("fi", "sv", "en")
DEFAULT_MOMENT = datetime.fromisoformat("2024-10-14T09:00+03:00")
LONGEST = {"title": 160, "lead": 500, "summary": 1000, "funding_note": 600, "tagline": 200, "body": 20_000, "help": 300,
           "abstract": 3000, "note": 2000, "biography": 1500}  # fmt: skip
FOREIGN_WORDS = {
    "fi": {"och", "är", "det", "att", "kl", "för", "som", "inte", "the", "and", "of", "with"},
    "sv": {"ja", "tai", "että", "myös", "klo", "ei", "sekä", "kun", "joka", "the", "and", "of", "with"},
    "en": {"ja", "tai", "että", "klo", "och", "är", "att", "kl", "för"},
}
WORDS_NOT_USED = {
    "fi": {"rekisteröidy", "rekisteröityminen", "varasijalista", "check-in", "badge", "striimi", "läsnä", "fyysisesti"},
    "sv": {"event", "eventet", "feedback", "registrering", "webbinar", "check-in", "kö", "bås", "hemsida", "port"},
    "en": {"email", "color", "organizer", "program", "sign-in"},
}


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def tables(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a file with the path to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from tables(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from tables(inner, f"{path}[{number}]")


def texts() -> list[tuple[str, dict[str, str]]]:
    """Every text of every file: (where, {language: text})."""
    return [
        (f"{file.name}{path}", table)
        for file in FILES
        for path, table in tables(read(file.name))
        if any(isinstance(table.get(language), str) for language in LANGUAGES)
    ]


def words(text: str) -> set[str]:
    """The words of a text in small letters, without web and mail addresses."""
    return set(re.findall(r"[\w-]+", re.sub(r"\S*[@/]\S*|\S+\.(fi|example)\S*", " ", text.casefold())))


def shape(markdown: str) -> list[str]:
    """What kind of line follows what: a translation has the same headings, lists and paragraphs as its original."""
    marks = [re.match(r"(#+ |- |\d+\. |)", line) for line in markdown.strip().splitlines() if line.strip()]
    return [mark.group(1) for mark in marks if mark]


def test_the_files_are_few_and_small() -> None:
    assert [file.name for file in FILES] == [
        "applications.toml",
        "booth_applications_2024.toml",
        "calls_2024.toml",
        "door_2024.toml",
        "event_2020.toml",
        "event_2022.toml",
        "event_2024.toml",
        "exhibition_2024.toml",
        "news_2024.toml",
        "pages_2024.toml",
        "people.toml",
        "programme_2020.toml",
        "programme_2024.toml",
        "proposals_2024.toml",
        "reviews_2024.toml",
        "speakers_2024.toml",
        "webinars_2022.toml",
        "webinars_2024.toml",
    ]
    assert sum(file.stat().st_size for file in FILES) <= 400_000


def test_every_text_is_in_three_languages() -> None:
    assert [where for where, text in texts() if set(text) != set(LANGUAGES)] == []
    assert [where for where, text in texts() if not all(value.strip() for value in text.values())] == []


def test_no_text_is_empty_and_letters_are_composed() -> None:
    for file in FILES:
        raw = file.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", raw), file.name
        assert re.findall(r'= ""(?!")|""",? *$^"""', raw) == [], file.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_keeps_to_its_own_words(language: str) -> None:
    strange = FOREIGN_WORDS[language] | WORDS_NOT_USED[language]

    assert {where: found for where, text in texts() if (found := words(text[language]) & strange)} == {}


def in_one_language() -> list[tuple[str, str, str]]:
    """Every text that is in the language of whoever has written it: (where, language, text)."""
    tables_of = {
        "proposals_2024.toml": ("title", "description"),
        "applications.toml": ("motivation", "experience"),
    }
    return [
        (f"{name}{path}.{key}", table["language"], table[key])
        for name, keys in tables_of.items()
        for path, table in tables(read(name))
        if "language" in table
        for key in keys
        if key in table
    ]


def test_what_people_have_sent_in_is_in_their_language() -> None:
    for where, language, text in in_one_language():
        assert not words(text) & (FOREIGN_WORDS[language] | WORDS_NOT_USED[language]), where
    comments = read("reviews_2024.toml")["comments"]
    for language, tones in comments.items():
        for text in (text for tone in tones.values() for text in tone):
            assert not words(text) & (FOREIGN_WORDS[language] | WORDS_NOT_USED[language]), text


def test_nobody_has_written_the_same_twice() -> None:
    """Neither a title nor a sentence of a description comes again, in any language."""
    sessions = [*read("programme_2024.toml")["session"], *read("programme_2020.toml")["session"]]
    titles = [title for table in sessions for title in table["title"].values()]
    titles += [table["title"] for table in read("proposals_2024.toml")["proposal"]]
    bodies = [text for table in sessions for text in table["abstract"].values()]
    bodies += [table["description"] for table in read("proposals_2024.toml")["proposal"]]
    sentences = [sentence for body in bodies for sentence in re.split(r"(?<=[.?!])\s+", body)]

    assert [text for text, count in Counter(titles).items() if count > 1] == []
    assert [text for text, count in Counter(sentences).items() if count > 1 and len(text) > 40] == []
    for table in read("programme_2024.toml")["session"]:
        for language in LANGUAGES:
            assert 2 <= len(re.findall(r"[.?!](?=\s|$|”)", table["abstract"][language])) <= 7, table["slug"]


def test_who_speaks_is_known_and_nobody_real() -> None:
    people = read("people.toml")
    organisations = {place["domain"] for kind in people["organisations"] for place in kind["at"]}
    speakers = read("speakers_2024.toml")["speaker"]
    sessions = read("programme_2024.toml")["session"]
    named = {key for table in sessions for key in [*table["speakers"], *([table["chair"]] if "chair" in table else [])]}

    assert {speaker["key"] for speaker in speakers} == named
    assert len({speaker["name"] for speaker in speakers}) == len(speakers)
    assert not {speaker["name"] for speaker in speakers} & set(people["avoid"])
    assert {speaker["at"] for speaker in speakers} <= organisations
    assert {table["at"] for table in read("applications.toml")["municipalities"]} <= organisations


def test_translations_have_the_same_headings_lists_and_links() -> None:
    for where, text in texts():
        assert shape(text["fi"]) == shape(text["sv"]) == shape(text["en"]), where
        assert len({text[language].count("](") for language in LANGUAGES}) == 1, where


def test_texts_fit_their_fields() -> None:
    for where, text in texts():
        limit = LONGEST.get(where.rsplit(".", 1)[-1], 300)
        assert [value for value in text.values() if len(value) > limit] == [], where


def test_mail_goes_nowhere_and_telephones_are_fictional() -> None:
    raw = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    people = read("people.toml")
    domains = [place["domain"] for kind in people["organisations"] for place in kind["at"]]

    assert [address for address in re.findall(r"[\w.+-]+@[\w.-]+", raw) if not address.endswith(".example")] == []
    assert [domain for domain in domains + people["mail"]["private_domains"] if not domain.endswith(".example")] == []
    assert [phone for phone in re.findall(r"\+358[\d ]+\d", raw) if not phone.startswith("+358 29 000 00")] == []


@pytest.mark.parametrize("name", ["event_2020.toml", "event_2024.toml"])
def test_the_funding_statement_is_the_official_one(name: str) -> None:
    assert read(name)["event"]["funding_statement"] == {
        "fi": "Euroopan unionin osarahoittama",
        "sv": "Medfinansieras av Europeiska unionen",
        "en": "Co-funded by the European Union",
    }


def test_the_2024_event_is_open_when_the_demo_begins() -> None:
    event = read("event_2024.toml")["event"]

    assert event["on_site_opens_at"] < DEFAULT_MOMENT < event["on_site_closes_at"]
    assert event["remote_opens_at"] < DEFAULT_MOMENT < event["remote_closes_at"]
    assert DEFAULT_MOMENT < event["needs_until"] < event["doors_open_at"]


def test_the_2024_event_has_every_page_that_is_linked_in_the_footer() -> None:
    pages = read("pages_2024.toml")["page"]
    kinds = Counter(page["kind"] for page in pages if page["kind"] != "page")

    assert kinds == Counter(
        ["practical", "safer_space", "privacy", "accessibility", "cookies", "about", "contact"],
    )
    assert [page["slug"] for page in pages if not re.fullmatch(r"[a-z][a-z0-9-]*", page["slug"])] == []
    assert [page["order"] for page in pages] == list(range(1, len(pages) + 1))
    assert len({page["slug"] for page in pages}) == len(pages)


def test_the_accessibility_statements_have_five_parts() -> None:
    for name in ("pages_2024.toml", "event_2022.toml", "event_2020.toml"):
        (body,) = [page["body"] for page in read(name)["page"] if page["kind"] == "accessibility"]
        for language in LANGUAGES:
            assert re.findall(r"^# (\d)\. ", body[language], re.MULTILINE) == list("12345"), (name, language)


def test_news_is_in_order_and_one_item_is_still_ahead() -> None:
    moments = [item["published_at"] for item in read("news_2024.toml")["news"]]

    assert moments == sorted(moments)
    assert len([moment for moment in moments if moment > DEFAULT_MOMENT]) == 1


def test_the_event_of_2020_was_virtual_and_is_over() -> None:
    data = read("event_2020.toml")

    assert (data["event"]["is_virtual"], data["event"]["is_current"]) == (True, False)
    assert data["event"]["remote_closes_at"] == datetime.fromisoformat("2020-11-16T23:59+02:00")
    assert [key for key in data if key == "pool"] == []


def test_a_thousand_people_can_be_invented() -> None:
    people = read("people.toml")
    kinds = [kind["slug"] for kind in read("event_2024.toml")["organisation_type"]]

    assert sum(background["weight"] for background in people["background"]) == 1000
    assert sum(kind["weight"] for kind in people["organisations"]) == 1000
    assert [kind["type"] for kind in people["organisations"]] == kinds
    assert {place["municipality"] for kind in people["organisations"] for place in kind["at"]} <= set(municipalities())


def test_names_fit_together() -> None:
    for background in read("people.toml")["background"]:
        assert sum(background["languages"].values()) == 100, background["key"]
        assert sum(group["share"] for group in background["group"]) == pytest.approx(1), background["key"]
        for group in background["group"]:
            for part in ("given", "family"):
                assert len(set(group[part])) == len(group[part]), background["key"]
                assert len(group.get(f"{part}_latin", group[part])) == len(group[part]), background["key"]
            assert ("latin_badge" in background) == ("given_latin" in group), background["key"]
            longest = max(group["given"], key=len), max(group["family"], key=len)
            assert len(" ".join(longest)) <= 120, background["key"]

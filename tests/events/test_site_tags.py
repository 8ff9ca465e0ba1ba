"""Which language a text is really in, and numbers with the spaces of the language."""

import pytest
from django.template import Context, Template
from django.utils import translation

ONLY_FINNISH = {"title_fi": "Otsikko", "title_sv": "", "title_en": None, "title": "Otsikko"}


def draw(source: str, language: str, **context: object) -> str:
    with translation.override(language):
        return Template("{% load site %}" + source).render(Context(context))


@pytest.mark.parametrize(("language", "expected"), [("fi", "<h1>"), ("sv", '<h1 lang="fi">'), ("en", '<h1 lang="fi">')])
def test_a_text_in_another_language_says_so(language, expected):
    assert draw('<h1{% fallback_lang item "title" %}>', language, item=ONLY_FINNISH) == expected


def test_a_text_that_is_nowhere_has_no_language():
    assert draw('<h1{% fallback_lang item "title" %}>', "sv", item={}) == "<h1>"


def test_the_note_is_a_sentence_or_nothing():
    note = '{% fallback_note item "title" %}'
    assert draw(note, "en", item=ONLY_FINNISH) == "This text is only in Finnish."
    assert draw(note, "fi", item=ONLY_FINNISH) == ""


@pytest.mark.parametrize(("language", "expected"), [("fi", "1\xa0000"), ("sv", "1\xa0000"), ("en", "1,000")])
def test_numbers(language, expected):
    assert draw("{{ count|number }}", language, count=1000) == expected


def test_what_is_not_known_is_left_out():
    assert draw("{{ at|moment }}{{ at|day }}{{ at|number }}{% day_range at at %}", "fi", at=None) == ""

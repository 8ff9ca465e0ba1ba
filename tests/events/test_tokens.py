"""Personal links: signed, for one purpose, of one version."""

import pytest
from django.core import signing

from events import tokens


def test_a_link_says_which_row_and_which_version():
    assert tokens.read("registration", tokens.make("registration", 4711, 3)) == tokens.Token(4711, 3)


def test_links_differ_by_row_version_and_purpose():
    links = {
        tokens.make("registration", 1, 1),
        tokens.make("registration", 2, 1),
        tokens.make("registration", 1, 2),
        tokens.make("claim", 1, 1),
    }
    assert len(links) == 4


def test_a_link_for_one_purpose_is_nothing_for_another():
    assert tokens.read("claim", tokens.make("registration", 1, 1)) is None


BROKEN = ["", ".", "1-1", "1-1.", ".wrong", "1-1.wrong", "ä-1.wrong", "1-1-1.wrong", "x" * 4000, "\x00", "🎟-1.wrong"]


@pytest.mark.parametrize("value", BROKEN)
def test_what_we_have_not_signed_is_nothing(value):
    assert tokens.read("registration", value) is None


@pytest.mark.parametrize("value", ["1", "1-1-1"])
def test_something_else_that_we_have_signed_is_nothing(value):
    signed = signing.Signer(sep=".", salt="link:registration").sign(value)
    assert tokens.read("registration", signed) is None


def test_every_changed_letter_breaks_the_link():
    link = tokens.make("registration", 4711, 3)
    for position, letter in enumerate(link):
        changed = link[:position] + ("A" if letter != "A" else "B") + link[position + 1 :]
        assert tokens.read("registration", changed) is None


def test_links_survive_a_new_key_while_the_old_one_is_a_fallback(settings):
    link = tokens.make("registration", 1, 1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"
    assert tokens.read("registration", link) == tokens.Token(1, 1)
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.read("registration", link) is None

"""Text that people type: one form in the database, and nothing in it that acts instead of being read.

A line is a name, a subject, an organisation: it goes into mail headers, badges, file names and exports. A text may
have paragraphs. Joiners stay, because Persian and Indic names need them; other invisible marks are dropped; controls,
bidi overrides and private-use characters are refused (mails use the latter for their own placeholders).
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
JOINERS = {"\u200c", "\u200d"}
MOST_DIGITS = 19  # fewer fit into a key of the database
REFUSED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def clean_line(value: str) -> str:
    """One line: composed letters, single spaces, no invisible marks."""
    composed = unicodedata.normalize("NFC", value.translate(DROPPED))
    return re.sub(r"[\t\n\r\f\v \u00a0\u2000-\u200a\u202f\u205f\u3000]+", " ", composed).strip()


def clean_text(value: str) -> str:
    """Paragraphs: composed letters, plain line ends, no trailing blanks."""
    composed = unicodedata.normalize("NFC", value.translate(DROPPED))
    lines = [line.rstrip().replace("\t", " ") for line in re.split(r"\r\n|\r|\n", composed)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def refuse_strange_characters(value: str) -> None:
    """Validator: controls, bidi overrides and private-use characters cannot be stored."""
    if any(_is_refused(character) for character in value):
        raise ValidationError(
            _("The text contains an invisible control character. Please type it again instead of pasting it."),
            code="control_character",
        )


def _is_refused(character: str) -> bool:
    if character in JOINERS or character == "\n":
        return False
    return unicodedata.category(character) in REFUSED_CATEGORIES


class LineInput(forms.CharField):
    """A form field for one line."""

    default_validators = [refuse_strange_characters]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # NUL is a control character like any other: one error says enough.
        self.validators = [check for check in self.validators if not isinstance(check, ProhibitNullCharactersValidator)]

    def to_python(self, value: Any) -> Any:
        """Normalise before length and content are checked."""
        value = super().to_python(value)
        return clean_line(value) if isinstance(value, str) else value


class TextInput(LineInput):
    """A form field for paragraphs."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Normalise before length and content are checked."""
        value = forms.CharField.to_python(self, value)
        return clean_text(value) if isinstance(value, str) else value


class LineField(models.CharField):
    """A column for one line."""

    default_validators = [refuse_strange_characters]

    def to_python(self, value: Any) -> Any:
        """Normalise, so that `full_clean` sees what is stored."""
        value = super().to_python(value)
        return clean_line(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        """The form field that does the same."""
        return super().formfield(**{"form_class": LineInput, **kwargs})


class TextField(models.TextField):
    """A column for paragraphs."""

    default_validators = [refuse_strange_characters]

    def to_python(self, value: Any) -> Any:
        """Normalise, so that `full_clean` sees what is stored."""
        value = super().to_python(value)
        return clean_text(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        """The form field that does the same."""
        return super().formfield(**{"form_class": TextInput, **kwargs})


def key_in(value: str | None) -> int | None:
    """The key or number that a parameter holds; None for what is none, because by hand anything can be sent."""
    is_number = value and value.isascii() and value.isdecimal() and len(value) < MOST_DIGITS
    return int(value) if value and is_number else None

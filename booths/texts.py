"""The texts of a booth in three languages: which are written, and which another has left behind."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from booths.models import Booth, BoothText
from events import text_states
from events.text_states import LANGUAGES, State

FIELDS = ("title", "description")
COLUMNS = tuple(f"{name}_{code}" for code in LANGUAGES for name in FIELDS)
NAMES = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}


def is_written(row: Any, language: str) -> bool:
    """Whether every text that is written in some language is written in this one, and there is a title."""
    has_more = any(getattr(row, f"description_{code}") for code in LANGUAGES)
    return bool(getattr(row, f"title_{language}")) and (not has_more or bool(getattr(row, f"description_{language}")))


def written(row: Any) -> list[str]:
    """The languages that are whole."""
    return [code for code in LANGUAGES if is_written(row, code)]


def states(booth: Booth) -> dict[str, State]:
    """How far each language is."""
    return text_states.states(booth.texts.all(), written(booth))


def edited_languages(row: Any, given: dict[str, str]) -> list[str]:
    """In which languages these texts are other than the booth's."""
    return [code for code in LANGUAGES if any(_differs(row, f"{name}_{code}", given) for name in FIELDS)]


def _differs(row: Any, column: str, given: dict[str, str]) -> bool:
    return column in given and given[column] != (getattr(row, column) or "")


def left_behind(booth: Booth, given: dict[str, str]) -> list[str]:
    """Which translations go out of date when these texts are taken over: those that are written and not edited."""
    edited = edited_languages(booth, given)
    before = states(booth)
    if all(before[code] != State.WRITTEN for code in edited):  # they only catch up, or there is nothing
        return []
    return [code for code in LANGUAGES if code not in edited and before[code] == State.WRITTEN]


def note(booth: Booth, languages: Iterable[str], *, at: datetime) -> None:
    """Within the transaction of an edit: from when these languages hold."""
    BoothText.objects.bulk_create(
        [BoothText(booth=booth, language=code, changed_at=at) for code in languages],
        update_conflicts=True, unique_fields=["booth", "language"], update_fields=["changed_at"],
    )  # fmt: skip


def holds_as_of(booth: Booth, edited: Iterable[str], at: datetime) -> datetime:
    """As of when edited texts hold."""
    return text_states.holds_as_of(states(booth), booth.texts.all(), edited, at)

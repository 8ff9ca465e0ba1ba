"""The texts of a booth in three languages: which are written, and which another has left behind."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from booths.models import Booth, BoothText

LANGUAGES = ("fi", "sv", "en")
FIELDS = ("title", "description")
COLUMNS = tuple(f"{name}_{code}" for code in LANGUAGES for name in FIELDS)
NAMES = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}


class State(models.TextChoices):
    """How far the texts are in one language."""

    MISSING = "missing", _("missing")
    WRITTEN = "written", pgettext_lazy("text", "written")
    OUTDATED = "outdated", _("out of date")


def is_written(row: Any, language: str) -> bool:
    """Whether every text that is written in some language is written in this one, and there is a title."""
    has_more = any(getattr(row, f"description_{code}") for code in LANGUAGES)
    return bool(getattr(row, f"title_{language}")) and (not has_more or bool(getattr(row, f"description_{language}")))


def written(row: Any) -> list[str]:
    """The languages that are whole."""
    return [code for code in LANGUAGES if is_written(row, code)]


def states(booth: Booth, rows: Iterable[BoothText] | None = None) -> dict[str, State]:
    """{"fi": State.WRITTEN, "sv": State.OUTDATED, "en": State.MISSING}."""
    known = {row.language: row.changed_at for row in (booth.texts.all() if rows is None else rows)}
    whole = written(booth)
    newest = max((known[code] for code in whole if code in known), default=None)
    return {code: _state(code, known, whole, newest) for code in LANGUAGES}


def _state(language: str, known: dict[str, datetime], whole: Sequence[str], newest: datetime | None) -> State:
    if language not in whole:
        return State.MISSING
    is_old = newest is not None and known.get(language, newest) < newest
    return State.OUTDATED if is_old else State.WRITTEN


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
    """As of when edited texts hold: now, unless all of them only catch up with what another language says already."""
    before, known = states(booth), {row.language: row.changed_at for row in booth.texts.all()}
    leading = [moment for code, moment in known.items() if before[code] == State.WRITTEN]
    catches_up = all(before[code] != State.WRITTEN for code in edited)
    return max(leading) if catches_up and leading else at

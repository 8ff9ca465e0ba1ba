"""How far texts in three languages are: what is written, and what another language has left behind.

A row tells of one language as of when its texts hold (`changed_at`), so a translation that catches up holds as of the
text that it follows; and where translations are read beside the others, when it was found right (`reviewed_at`).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LANGUAGES = ("fi", "sv", "en")


class State(models.TextChoices):
    """How far the texts are in one language."""

    MISSING = "missing", _("missing")
    WRITTEN = "written", pgettext_lazy("text", "written")
    REVIEWED = "reviewed", pgettext_lazy("text", "reviewed")
    OUTDATED = "outdated", _("out of date")


def states(rows: Iterable[Any], whole: Collection[str]) -> dict[str, State]:
    """{"fi": State.REVIEWED, "sv": State.OUTDATED, "en": State.MISSING}; `whole` are the languages with every text."""
    known = {row.language: row for row in rows}
    return {code: _state(code, known, whole) if code in whole else State.MISSING for code in LANGUAGES}


def _state(language: str, known: dict[str, Any], whole: Collection[str]) -> State:
    own = known.get(language)
    if own is None:
        return State.WRITTEN
    reviewed_at = getattr(own, "reviewed_at", None)
    seen_at = max(own.changed_at, reviewed_at or own.changed_at)
    if any(known[code].changed_at > seen_at for code in whole if code in known):
        return State.OUTDATED
    return State.REVIEWED if reviewed_at and reviewed_at >= own.changed_at else State.WRITTEN


def holds_as_of(before: dict[str, State], rows: Iterable[Any], edited: Iterable[str], at: datetime) -> datetime:
    """As of when edited texts hold: now, unless all of them only catch up with what another language says already."""
    leading = [row.changed_at for row in rows if before[row.language] in {State.WRITTEN, State.REVIEWED}]
    catches_up = all(before[code] in {State.MISSING, State.OUTDATED} for code in edited)
    return max(leading) if catches_up and leading else at

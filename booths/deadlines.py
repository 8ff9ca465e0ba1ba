"""What an exhibitor still has to tell, and until when."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from booths import texts
from booths.models import Booth, Exhibition
from booths.texts import NAMES
from events.models.event import is_not_past

WHATS = ("texts", "needs", "staff")
LABELS = {"texts": _("Texts"), "needs": _("What the booth needs"), "staff": _("Badges for those who work there")}


class Task(NamedTuple):
    """Something to tell by a date; `lacks` is empty when it is done. Its words are told in each reader's language."""

    what: str
    label: Any
    until: datetime | None
    is_over: bool
    lacks: list[Any]


def tasks(booth: Booth, exhibition: Exhibition | None, at: datetime, *, has_badges: bool) -> list[Task]:
    """In the order of the page."""
    lacks = {"texts": _texts(booth), "needs": _needs(booth), "staff": _staff(booth, has_badges=has_badges)}
    return [_task(what, exhibition, at, lacks[what]) for what in WHATS]


def _task(what: str, exhibition: Exhibition | None, at: datetime, lacks: list[Any]) -> Task:
    until = getattr(exhibition, f"{what}_until") if exhibition else None
    return Task(what, LABELS[what], until, until is not None and not is_not_past(until, at), lacks)


def _texts(booth: Booth) -> list[Any]:
    """A text in Finnish or Swedish at least; organisers have the other translated."""
    found = [] if texts.written(booth) else [_("title and description")]
    return [*found, *([] if booth.logo_id else [_("logo")])]


def _needs(booth: Booth) -> list[Any]:
    told = {
        _("how many people work at the booth"): booth.staff_expected,
        _("when you set up"): booth.set_up,
        _("when you take down"): booth.take_down,
    }
    return [words for words, value in told.items() if not value]


def _staff(booth: Booth, *, has_badges: bool) -> list[Any]:
    return [] if has_badges or booth.most_badges == 0 else [_("nobody has a badge yet")]


def languages_words(codes: list[str]) -> str:
    """suomi, ruotsi"""
    return ", ".join(str(NAMES[code]) for code in codes)

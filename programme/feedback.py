"""What people thought of sessions: counted for organisers, and told to speakers when the event is over."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _

from events import clock, dates
from events.models import Event
from events.reports import figure
from programme.models import Session, SessionFeedback

GRADES = (5, 4, 3, 2, 1)
ENOUGH = 3  # with fewer answers a speaker could guess who has written


class Grade(NamedTuple):
    """How many chose one of the five; the shares are per cent of all, and stand beside each other in a bar."""

    grade: int
    answers: int
    share: float
    before: float


class Opinion(NamedTuple):
    """What came in about one session."""

    session: Session
    answers: int
    mean: str
    grades: list[Grade]
    comments: int  # to the organisers


def opinions(event: Event, session: Session | None = None) -> list[Opinion]:
    """Of every session of which somebody has told, or of one, in the order of the programme; one query."""
    counts: dict[str, Any] = {
        f"grade_{grade}": Count("feedback", filter=Q(feedback__usefulness=grade)) for grade in GRADES
    }
    rows = Session.objects.for_event(event).annotate(
        answers=Count("feedback"), mean=Avg("feedback__usefulness"),
        comments=Count("feedback", filter=~Q(feedback__to_organisers="")), **counts,
    )  # fmt: skip
    if session is not None:
        rows = rows.filter(pk=session.pk)
    return [
        Opinion(row, row.answers, figure(row.mean), _grades(row), row.comments)
        for row in rows.filter(answers__gt=0).select_related("room").order_by("starts_at", "room__order", "pk")
    ]


def _grades(row: Any) -> list[Grade]:
    found, before = [], 0.0
    for grade in GRADES:
        answers = getattr(row, f"grade_{grade}")
        share = 100 * answers / row.answers
        found.append(Grade(grade, answers, round(share, 2), round(before, 2)))
        before += share
    return found


def header() -> list[str]:
    """Of the table that leaves the house."""
    return [
        _("session"), _("day"), _("room"), _("usefulness"), _("to the speaker"), _("to the organisers"),
    ]  # fmt: skip


def export_rows(event: Event) -> Iterable[list[str]]:
    """Each answer with what it is about; not when it came, which could tell who has written."""
    rows = SessionFeedback.objects.filter(session__event=event).select_related("session__room")
    for row in rows.order_by("session__starts_at", "session__room__order", "session", "usefulness", "to_speaker"):
        session = row.session
        on = dates.short_day(session.starts_at) if session.starts_at else ""
        yield [str(session), on, str(session.room or ""), str(row.usefulness), row.to_speaker, row.to_organisers]


class Told(NamedTuple):
    """What a speaker reads about a session."""

    answers: int
    mean: str
    comments: list[str]


def told_to_speakers(event: Event, sessions: Iterable[Session]) -> dict[int, Told]:
    """By session, when the event is over and enough people have answered; one query."""
    if clock.day_of(clock.now()) <= event.ends_on:
        return {}
    rows = SessionFeedback.objects.filter(session__in=[row.pk for row in sessions]).order_by("session", "to_speaker")
    given = {pk: list(answers) for pk, answers in groupby(rows, key=lambda row: row.session_id)}
    return {pk: _told(answers) for pk, answers in given.items() if len(answers) >= ENOUGH}


def _told(answers: list[SessionFeedback]) -> Told:
    mean = sum(one.usefulness for one in answers) / len(answers)
    return Told(len(answers), figure(mean), [one.to_speaker for one in answers if one.to_speaker])

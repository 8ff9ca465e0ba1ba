"""Questions of those who follow remotely: asked while a session goes on, read by an organiser before anybody else."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import LogEntry, User
from events.transitions import Refusal, move
from programme import live
from programme.models import LiveQuestion
from registration.models import Registration


class NobodyToAsk(Refusal):
    """Between sessions, or to a room that is not streamed."""

    message = _("No session that takes questions is going on here now. Your question was not sent.")


class TooManyQuestions(Refusal):
    """Others want to be heard, too."""

    message = _("You have asked several questions within a few minutes. Wait a little, then send this one.")


@transaction.atomic
def ask(registration_id: int, room_slug: str, text: str) -> LiveQuestion:
    """To whoever speaks in a room now."""
    rows = Registration.objects.select_related("event").select_for_update(of=("self",), no_key=True)
    registration, at = rows.get(pk=registration_id), clock.now()
    hall = live.hall(registration.event, room_slug, at)
    if not live.may_follow(registration) or not hall or not hall.now or not hall.channels or hall.now.is_break:
        raise NobodyToAsk
    recent = LiveQuestion.objects.filter(registration=registration, asked_at__gt=at - LiveQuestion.WITHIN)
    if recent.count() >= LiveQuestion.MOST:
        raise TooManyQuestions
    question = LiveQuestion(event=registration.event, session_id=hall.now.session, registration=registration)
    question.text, question.asked_at = text, at
    question.save(force_insert=True)
    return question


@transaction.atomic
def moderate(question_ids: Collection[int], status: str, *, by: User | None) -> int:
    """Show, hide, or mark as answered; how many changed."""
    rows = LiveQuestion.objects.filter(pk__in=question_ids).exclude(status=status).order_by("pk")
    questions = list(rows.select_for_update(no_key=True))
    for question in questions:
        move(question, status)
        question.save(update_fields=["status"])
        LogEntry.objects.record(question, f"question {status}", by=by)
    return len(questions)

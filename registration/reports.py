"""Numbers and lists of registrations, for organisers."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import municipalities
from events.dates import moment, short_day
from events.models import Day, Event, Place, Pool, Question
from registration.models import Needs, Registration

Status = Place.Status
ON_SITE = Registration.Attendance.ON_SITE


class DayNumbers(NamedTuple):
    """A day on site: how many come, how many wait for it, how many places there are (None: no limit)."""

    day: Day
    coming: int
    waiting: int
    capacity: int | None


class Numbers(NamedTuple):
    """Where an event stands."""

    confirmed: int
    offered: int
    waiting: int
    reserved: int
    remote: int
    ended: int
    taken: int
    capacity: int
    days: list[DayNumbers]


def numbers(event: Event) -> Numbers:
    """Counted in five queries, however many people there are."""
    rows = Registration.objects.for_event(event)
    on_site, remote = Q(attendance=ON_SITE), Q(attendance=Registration.Attendance.REMOTE)
    counts = rows.aggregate(
        confirmed=Count("pk", filter=on_site & Q(status=Status.CONFIRMED)),
        offered=Count("pk", filter=Q(status=Status.OFFERED)),
        waiting=Count("pk", filter=Q(status=Status.WAITING)),
        remote=Count("pk", filter=remote & Q(status=Status.CONFIRMED)),
        ended=Count("pk", filter=~Q(status__in=Place.LIVE)),
    )
    reserved = event.claims.filter(status=Status.RESERVED).count()
    pools = Pool.objects.of_days(event.pk).aggregate(taken=Sum("taken", default=0), capacity=Sum("capacity", default=0))
    return Numbers(**counts, reserved=reserved, **pools, days=_days(event))


def _days(event: Event) -> list[DayNumbers]:
    """Per day, from the days that people have chosen."""
    chosen = Registration.days.through.objects.filter(registration__event=event)
    totals = chosen.order_by().values("day").annotate(
        coming=Count("pk", filter=Q(registration__status=Status.CONFIRMED)),
        waiting=Count("pk", filter=Q(registration__status=Status.WAITING)),
    )  # fmt: skip
    by_day: dict[int, Any] = {row["day"]: row for row in totals}
    days = event.days.select_related("pool")
    return [
        DayNumbers(
            day,
            by_day.get(day.pk, {}).get("coming", 0),
            by_day.get(day.pk, {}).get("waiting", 0),
            day.pool.capacity if day.pool else None,
        )
        for day in days
    ]


class NeedsNumbers(NamedTuple):
    """What the kitchen and the venue must know, without a name; of live registrations on site."""

    dietary: int
    accessibility: int
    assistants: int
    days: list[dict[str, Any]]


def needs_of(event: Event) -> QuerySet[Needs]:
    """The answers of those who come or may still come."""
    rows = Needs.objects.filter(registration__event=event, registration__status__in=Place.TAKING)
    return rows.select_related("registration").order_by("registration__sort_key", "pk")


def needs_numbers(event: Event) -> NeedsNumbers:
    """Counts only."""
    told = needs_of(event).order_by()
    totals = told.aggregate(
        dietary=Count("pk", filter=~Q(dietary="")), accessibility=Count("pk", filter=~Q(accessibility=""))
    )
    assistants = Registration.objects.for_event(event).with_badge().filter(has_assistant=True).count()
    per_day = (
        told.filter(registration__days__isnull=False)
        .values("registration__days__date")
        .annotate(
            dietary=Count("pk", filter=~Q(dietary="")),
            accessibility=Count("pk", filter=~Q(accessibility="")),
        )
        .order_by("registration__days__date")
    )
    days = [{**row, "date": row["registration__days__date"]} for row in per_day]
    return NeedsNumbers(totals["dietary"], totals["accessibility"], assistants, days)


def export_header(event: Event) -> list[str]:
    """The titles of the columns; the extra questions come last. Needs are never exported here."""
    fixed = [
        _("Last name"), _("First name"), _("E-mail"), _("Organisation"), _("Type of organisation"), _("Job title"),
        _("Municipality"), _("Attendance"), _("Status"), _("Days"), _("Role"), _("Language of mail"),
        _("Languages you understand"), _("Photographs"), _("Assistant"), _("Registered"),
    ]  # fmt: skip
    return [*fixed, *(question.label for question in event.questions.all())]


def export_rows(registrations: QuerySet[Registration], event: Event) -> Iterator[list[str]]:
    """A line a registration."""
    questions = list(event.questions.prefetch_related("choices"))
    rows = registrations.select_related("organisation_type", "role").prefetch_related("days")
    for row in rows:
        yield [
            row.last_name, row.first_name, row.email, row.organisation, row.organisation_type.name, row.job_title,
            municipality(row),
            str(row.get_attendance_display()), str(row.get_status_display()),
            ", ".join(short_day(day.date) for day in row.days.all()), row.role.name, row.language,
            ", ".join(row.languages), str(row.get_photo_display()), _("yes") if row.has_assistant else "",
            moment(row.registered_at), *(answer(row, question) for question in questions),
        ]  # fmt: skip


def municipality(registration: Registration) -> str:
    """Its name in the language of the page; empty when none was given."""
    code = registration.municipality
    return municipalities.label(code, get_language() or "fi") if code else ""


def answer(registration: Registration, question: Question) -> str:
    """What somebody answered to an extra question, with the names of choices."""
    given = registration.answers.get(str(question.pk), "")
    if question.kind == Question.Kind.TEXT:
        return str(given)
    names = {str(choice.pk): choice.name for choice in question.choices.all()}
    return ", ".join(names.get(str(key), "") for key in (given if isinstance(given, list) else [given]) if key)


def answers(registration: Registration) -> Iterator[tuple[Question, str]]:
    """Every extra question of the event with what the person answered; two queries."""
    for question in registration.event.questions.prefetch_related("choices"):
        yield question, answer(registration, question)

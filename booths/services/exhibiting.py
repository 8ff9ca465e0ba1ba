"""What exhibitors do on their page: texts, needs, badges for those who work at the booth; what organisers answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from booths import deadlines, emails, texts
from booths.models import Booth, BoothBadge, BoothChange, Exhibition
from booths.models.needs import NEEDS
from booths.services.keeping import IsCancelled, locked
from events import clock
from events.models import Event, LogEntry, Mail, Place, Role, Upload, User
from events.pagecache import raise_public_version
from events.transitions import Refusal
from registration import services as registration

EXHIBITOR = "exhibitor"
USUAL_BADGES = 4
TAKEN_BACK_A_DAY = 20  # and ordered anew: strangers cannot be mailed without end
REMINDER_DAYS = (7, 1)
ABOUT = ("organisation", "website", "shown", "languages", "themes", "logo")


class TooLate(Refusal):
    """The date has passed."""

    message = _("The date for this has passed. Write to the organisers.")


class NoBadgesLeft(Refusal):
    """As many as the booth may order."""

    message = _("You have ordered all badges of your booth. Write to the organisers if you need more.")


class NoExhibitors(Refusal):
    """The event has no such role."""

    message = _("Badges cannot be ordered yet. Write to the organisers.")


class NotYours(Refusal):
    """Taken back already, or somebody has registered on it."""

    message = _("This link has been used or taken back already.")


class AnsweredAlready(Refusal):
    """Another organiser was quicker, or the exhibitor has asked for something else."""

    message = _("This change has been answered already, or a newer one has come.")


def exhibition_of(event: Event) -> Exhibition | None:
    """The dates and numbers of the event's exhibition, where there are any."""
    return Exhibition.objects.filter(event=event).first()


def _open(booth_id: int, what: str) -> Booth:
    """The booth, locked; refused when it is cancelled or too late."""
    booth = locked(booth_id)
    exhibition = exhibition_of(booth.event)
    if booth.is_cancelled:
        raise IsCancelled
    if exhibition and not exhibition.is_open(what, clock.now()):
        raise TooLate
    return booth


# --- Texts ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def write_texts(booth_id: int, given: dict[str, str]) -> BoothChange | None:
    """Take texts over, or, when the public reads the booth already, ask an organiser to; that request is returned."""
    booth = _open(booth_id, "texts")
    wanted = {name: text for name, text in given.items() if text != (getattr(booth, name) or "")}
    if booth.published_at is None:
        _take_over(booth, wanted, by=None)
        return None
    at = clock.now()
    booth.changes.filter(status=BoothChange.Status.ASKED).update(status=BoothChange.Status.REPLACED, decided_at=at)
    if not wanted:  # it reads again as the public page does
        return None
    change = BoothChange.objects.create(booth=booth, texts=wanted, asked_at=at)
    LogEntry.objects.record(booth, "change asked for", by=None, languages=texts.edited_languages(booth, wanted))
    return change


def _take_over(booth: Booth, wanted: Mapping[str, str], *, by: User | None) -> None:
    edited = texts.edited_languages(booth, dict(wanted))
    if not edited:
        return
    at = texts.holds_as_of(booth, edited, clock.now())
    raise_public_version([booth.event_id])
    for name, text in wanted.items():
        setattr(booth, name, text)
    booth.save(update_fields=list(wanted))
    texts.note(booth, edited, at=at)
    LogEntry.objects.record(booth, "texts changed", by=by, languages=edited)


@transaction.atomic
def note_edit(booth: Booth, before: Booth | None, *, at: datetime) -> None:
    """Organisers have edited texts in the admin: the others follow or are out of date."""
    given = {name: getattr(booth, name) or "" for name in texts.COLUMNS}
    edited = texts.edited_languages(before, given) if before else texts.written(booth)
    if edited:
        texts.note(booth, edited, at=texts.holds_as_of(before, edited, at) if before else at)


@transaction.atomic
def accept_change(change_id: int, *, by: User | None) -> BoothChange:
    """The public reads the new texts; the exhibitor is told."""
    change = _asked(change_id)
    _take_over(change.booth, change.texts, by=by)
    return _decided(change, BoothChange.Status.ACCEPTED, "", by=by)


@transaction.atomic
def decline_change(change_id: int, *, reason: str, by: User | None) -> BoothChange:
    """The texts stay as they are; the exhibitor is told why."""
    return _decided(_asked(change_id), BoothChange.Status.DECLINED, reason, by=by)


def _asked(change_id: int) -> BoothChange:
    """The request with its booth, locked in that order."""
    booth = locked(BoothChange.objects.values_list("booth_id", flat=True).get(pk=change_id))
    change = BoothChange.objects.select_for_update().get(pk=change_id)
    if change.status != BoothChange.Status.ASKED:
        raise AnsweredAlready
    change.booth = booth
    return change


def _decided(change: BoothChange, status: str, reason: str, *, by: User | None) -> BoothChange:
    change.status, change.reason, change.decided_at, change.decided_by = status, reason, clock.now(), by
    change.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    action = "change taken over" if status == BoothChange.Status.ACCEPTED else "change not taken over"
    LogEntry.objects.record(change.booth, action, by=by)
    emails.change_decided(change)
    return change


# --- Facts and needs --------------------------------------------------------------------------------------------------
@transaction.atomic
def tell(booth_id: int, given: Mapping[str, Any], *, logo: Upload | None) -> Booth:
    """What the public is told besides texts: the web address, themes, languages, the logo. At once, also later."""
    booth = _open(booth_id, "texts")
    fields = [name for name in ("website", "shown", "languages") if getattr(booth, name) != given[name]]
    for name in fields:
        setattr(booth, name, given[name])
    if booth.logo != logo:
        booth.logo = logo
        fields.append("logo")
    raise_public_version([booth.event_id])
    if fields:
        booth.save(update_fields=fields)
    booth.themes.set(given["themes"])
    LogEntry.objects.record(booth, "edited by the exhibitor", by=None, fields=sorted(fields))
    return booth


@transaction.atomic
def tell_needs(booth_id: int, given: Mapping[str, Any]) -> Booth:
    """What the booth needs, until the date for it."""
    booth = _open(booth_id, "needs")
    fields = [name for name in NEEDS if getattr(booth, name) != given[name]]
    for name in fields:
        setattr(booth, name, given[name])
    if fields:
        booth.save(update_fields=fields)
        LogEntry.objects.record(booth, "edited by the exhibitor", by=None, fields=sorted(fields))
    return booth


# --- Badges -----------------------------------------------------------------------------------------------------------
def badges_of(booth: Booth) -> list[BoothBadge]:
    """Those that count: open links, and people who have registered on one and still come."""
    rows = booth.badges.select_related("claim__role", "claim__registration", "claim__event").order_by("pk")
    return [row for row in rows if _counts(row)]


def _counts(row: BoothBadge) -> bool:
    if row.claim.status == Place.Status.RESERVED:
        return True
    return row.claim.registration is not None and row.claim.registration.is_live


def most_badges(booth: Booth, exhibition: Exhibition | None) -> int:
    """How many a booth may order."""
    if booth.most_badges is not None:
        return booth.most_badges
    return exhibition.badges if exhibition else USUAL_BADGES


@transaction.atomic
def order_badges(booth_id: int, *, number: int = 1, email: str = "") -> list[BoothBadge]:
    """Reserve places for people who work at the booth; each registers by a link, which may be mailed to one."""
    booth = _open(booth_id, "staff")
    role = Role.objects.filter(event=booth.event, slug=EXHIBITOR).first()
    if role is None:
        raise NoExhibitors
    most, yesterday = most_badges(booth, exhibition_of(booth.event)), clock.now() - timedelta(days=1)
    today = booth.badges.filter(claim__given_at__gt=yesterday).count()
    if len(badges_of(booth)) + number > most:
        raise NoBadgesLeft
    if today + number > most + TAKEN_BACK_A_DAY:
        raise registration.TooOften
    days = list(booth.event.days.all())
    words = {"note": booth.organisation, "email": email, "language": booth.language}
    claims = registration.reserve_several(booth.event, role, days, number, by=None, **words)
    LogEntry.objects.record(booth, "badges ordered", by=None, count=number)
    return BoothBadge.objects.bulk_create(BoothBadge(booth=booth, claim=claim) for claim in claims)


@transaction.atomic
def take_badge_back(booth_id: int, badge_id: int) -> None:
    """A link that nobody has used ends; the badge can be ordered for somebody else."""
    booth = locked(booth_id)
    badge = booth.badges.select_related("claim").filter(pk=badge_id, claim__status=Place.Status.RESERVED).first()
    if badge is None:
        raise NotYours
    registration.revoke_claim(badge.claim_id, by=None)
    LogEntry.objects.record(booth, "badge taken back", by=None)


# --- Reminders --------------------------------------------------------------------------------------------------------
def remind() -> int:
    """A week and a day before each date, those who still lack something; the number of mails."""
    exhibitions = Exhibition.objects.select_related("event").order_by("pk")
    return sum(_remind(exhibition, days) for exhibition in exhibitions for days in REMINDER_DAYS)


def _remind(exhibition: Exhibition, days: int) -> int:
    at = clock.now()
    fewer = max((other for other in REMINDER_DAYS if other < days), default=0)
    due = {
        what for what in deadlines.WHATS
        if (until := getattr(exhibition, f"{what}_until")) and at + timedelta(days=fewer) < until
        <= at + timedelta(days=days)
    }  # fmt: skip
    if not due:
        return 0
    booths = Booth.objects.for_event(exhibition.event).live().exclude(confirmed_at=None).order_by("pk")
    return sum(_remind_one(pk, exhibition, due, days) for pk in list(booths.values_list("pk", flat=True)))


@transaction.atomic
def _remind_one(booth_id: int, exhibition: Exhibition, due: set[str], days: int) -> int:
    """The post's key sees to it that two beats at once remind once."""
    booth = locked(booth_id)
    found = deadlines.tasks(booth, exhibition, clock.now(), has_badges=bool(badges_of(booth)))
    told = [task for task in found if task.what in due and task.lacks]
    before = Mail.objects.filter(event=booth.event, message="booths/reminder").count()
    for task in told:
        emails.reminder(booth, task, days)
    return Mail.objects.filter(event=booth.event, message="booths/reminder").count() - before

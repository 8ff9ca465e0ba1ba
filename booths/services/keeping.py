"""The life of a booth: made of an application, confirmed, published, cancelled; the exhibitor's link."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from booths import emails, texts
from booths.models import Booth, BoothApplication
from events import clock, text_states
from events.models import Event, LogEntry, Place, Submission, User
from events.pagecache import raise_public_version
from events.transitions import Refusal
from registration import services as registration

TAKEN_OVER = (
    "organisation", "website", "logo", "shown", "name", "email", "phone", "language", "size", "needs_power",
    "needs_network", "needs_table", "needs_wall", "more_needs", "staff_expected", "set_up", "take_down",
)  # fmt: skip
CHOSEN = (Submission.Status.ACCEPTED, Submission.Status.CONFIRMED)


class NotReady(Refusal):
    """Something that the public must find is missing."""

    def __init__(self, booth: Booth, lacks: list[str]) -> None:
        super().__init__(booth, lacks)
        self.message = _("%(booth)s cannot be published yet: %(lacks)s.") % {"booth": booth, "lacks": ", ".join(lacks)}


class IsCancelled(Refusal):
    """Nothing can be done with it until it is taken up again."""

    message = _("The booth is cancelled.")


@transaction.atomic
def follow(application_id: int, *, by: User | None) -> Booth | None:
    """Bring the booth of an application in line with it, after any step of the application; None without a booth.

    Who is told that they are in gets a booth, so that it can be placed; who confirms gets the link to their page; who
    ends is taken off the plan. May be called as often as one likes.
    """
    application = BoothApplication.objects.select_for_update(no_key=True).get(pk=application_id)
    rows = Booth.objects.select_for_update(no_key=True).select_related("event")
    booth = rows.filter(application=application).first()
    if application.status in CHOSEN:
        booth = booth or _made(application, by=by)
        if booth.is_cancelled:
            _take_up_again(booth, by=by)
        if application.status == Submission.Status.CONFIRMED and booth.confirmed_at is None:
            _confirm(booth, by=by)
    elif booth and not booth.is_cancelled:
        _cancel(booth, by=by)
    return booth


def _made(application: BoothApplication, *, by: User | None) -> Booth:
    """Everything that the application says and the booth has a place for."""
    given = {name: getattr(application, name) for name in TAKEN_OVER}
    words = {f"{name}_{code}": getattr(application, f"{name}_{code}") or "" for name in texts.FIELDS
             for code in text_states.LANGUAGES}  # fmt: skip
    booth = Booth.objects.create(
        event=application.event, application=application, slug=free_slug(application.event, application.organisation),
        languages=application.booth_languages, added_at=clock.now(), **given, **words,
    )  # fmt: skip
    booth.themes.set(application.themes.all())
    texts.note(booth, texts.written(booth), at=clock.now())
    LogEntry.objects.record(booth, "booth made", by=by)
    return booth


def free_slug(event: Event, name: str) -> str:
    """An address that no other booth of the event has."""
    stem = slugify(name)[:50].strip("-") or "booth"
    taken = set(Booth.objects.for_event(event).filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for number in range(len(taken) + 1) if (slug := f"{stem}-{number + 1}" if number else stem)
                not in taken)  # fmt: skip


@transaction.atomic
def confirm(booth_id: int, *, by: User | None) -> Booth:
    """The exhibitor has said yes, to an organiser or by the page of the application: the link goes out."""
    booth = locked(booth_id)
    if booth.is_cancelled:
        raise IsCancelled
    if booth.confirmed_at is None:
        _confirm(booth, by=by)
    return booth


def _confirm(booth: Booth, *, by: User | None) -> None:
    raise_public_version([booth.event_id])
    booth.confirmed_at = clock.now()
    booth.save(update_fields=["confirmed_at"])
    LogEntry.objects.record(booth, "booth confirmed", by=by)
    emails.welcome(booth)


@transaction.atomic
def send_link(booth_id: int, *, by: User | None) -> Booth:
    """The link to the exhibitor's page again; at most once a minute."""
    booth = locked(booth_id)
    emails.welcome(booth, is_again=True)
    LogEntry.objects.record(booth, "link sent again", by=by)
    return booth


@transaction.atomic
def new_link(booth_id: int, *, by: User | None) -> Booth:
    """The old link ends, for instance because it fell into wrong hands; the new one is mailed."""
    booth = locked(booth_id)
    booth.link_version += 1
    booth.save(update_fields=["link_version"])
    LogEntry.objects.record(booth, "link sent again", by=by)
    emails.welcome(booth)
    return booth


@transaction.atomic
def publish(booth_id: int, *, by: User | None) -> Booth:
    """The public sees it from now on, or as soon as it has a place."""
    booth = locked(booth_id)
    if lacks := booth.why_not_publishable:
        raise NotReady(booth, lacks)
    if booth.published_at is None:
        raise_public_version([booth.event_id])
        booth.published_at = clock.now()
        booth.save(update_fields=["published_at"])
        LogEntry.objects.record(booth, "booth published", by=by)
    return booth


@transaction.atomic
def unpublish(booth_id: int, *, by: User | None) -> Booth:
    """The public no longer sees it."""
    booth = locked(booth_id)
    if booth.published_at is not None:
        raise_public_version([booth.event_id])
        booth.published_at = None
        booth.save(update_fields=["published_at"])
        LogEntry.objects.record(booth, "booth unpublished", by=by)
    return booth


@transaction.atomic
def cancel(booth_id: int, *, by: User | None) -> Booth:
    """Nothing will come of it: its place is free, the public no longer sees it."""
    booth = locked(booth_id)
    if not booth.is_cancelled:
        _cancel(booth, by=by)
    return booth


@transaction.atomic
def take_up_again(booth_id: int, *, by: User | None) -> Booth:
    """It takes place after all, without a place for now."""
    booth = locked(booth_id)
    if booth.is_cancelled:
        _take_up_again(booth, by=by)
    return booth


def _cancel(booth: Booth, *, by: User | None) -> None:
    for claim_id in list(booth.badges.filter(claim__status=Place.Status.RESERVED).values_list("claim_id", flat=True)):
        registration.revoke_claim(claim_id, by=by)  # links that nobody has used
    raise_public_version([booth.event_id])
    booth.cancelled_at, booth.place, booth.told_place = clock.now(), None, None
    booth.save(update_fields=["cancelled_at", "place", "told_place"])
    LogEntry.objects.record(booth, "booth cancelled", by=by)


def _take_up_again(booth: Booth, *, by: User | None) -> None:
    raise_public_version([booth.event_id])
    booth.cancelled_at = None
    booth.save(update_fields=["cancelled_at"])
    LogEntry.objects.record(booth, "taken up again", by=by)


def locked(booth_id: int) -> Booth:
    """The fresh row with its event."""
    rows: Any = Booth.objects.select_related("event").select_for_update(no_key=True, of=("self",))
    return rows.get(pk=booth_id)

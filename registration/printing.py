"""Badges from registrations: the person's own card, and all of them for the printer."""

from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from events import documents, outbox, qr
from events.dates import day_range, long_day
from events.models import Document, Event, Role
from registration import letters
from registration.badges import Face, badge_pdf, bulk_pdf
from registration.models import Badge, LetterRange, Registration

ASSISTANT_ROLE = "assistant"
NO_PHOTOGRAPHS = "ei kuvia / inga bilder / no photos"  # read by photographers, not by the person


def face(badge: Badge, roles: dict[str, Role], ranges: Sequence[LetterRange] = ()) -> Face:
    """What a badge shows, in its person's language; `roles` are the event's, by short name, `ranges` its queues."""
    registration = badge.registration
    event = registration.event
    with translation.override(registration.language):
        assistant = roles.get(ASSISTANT_ROLE) if badge.is_assistant else None
        return Face(
            lang=registration.language,
            event_name=event.name,
            event_dates=day_range(event.starts_on, event.ends_on),
            venue=event.venue_name,
            name=_("Assistant") if badge.is_assistant else registration.name_on_badge,
            organisation=registration.organisation,
            role=(assistant or registration.role).name,
            days=[long_day(day.date) for day in registration.days.all()],
            qr=bytes(badge.matrix),
            photo_mark=NO_PHOTOGRAPHS if registration.photo == Registration.Photo.NO_PHOTO else None,
            box=letters.box_of(registration.sort_key, ranges),
            assistant_of=registration.name_on_badge if badge.is_assistant else None,
            funding_statement=event.funding_statement if event.has_eu_emblem else "",
        )


def faces(badges: Iterable[Badge], event: Event) -> list[Face]:
    """All faces with one query for the roles and one for the letters of the queues."""
    roles = {role.slug: role for role in event.roles.all()}
    ranges = list(event.letter_ranges.all())
    return [face(badge, roles, ranges) for badge in badges]


def make_badge(document: Document) -> bytes:
    """The person's card; with an assistant there are two pages."""
    badges = Badge.objects.valid().filter(registration=document.about_id)
    shown = faces(badges.select_related("registration__event", "registration__role"), document.event)
    if not shown:  # passed on or cancelled before the worker came to it
        raise documents.NotNeeded
    return badge_pdf(*shown)


def make_badges(document: Document) -> bytes:
    """The cards of a selection, in the Finnish and Swedish alphabet."""
    event = document.event
    badges = Badge.objects.valid().filter(registration__in=Registration.objects.for_event(event).with_badge())
    if chosen := document.options.get("registrations"):
        badges = badges.filter(registration__in=chosen)
    rows = badges.select_related("registration__role", "registration__event").prefetch_related("registration__days")
    shown = faces(rows.order_by("registration__sort_key", "registration", "is_assistant"), event)
    return bulk_pdf(
        shown,
        layout=document.options.get("layout", "one"),
        on_progress=lambda done: documents.report_progress(document, done, len(shown)),
    )


def badge_attachment(registration: Registration) -> outbox.Attachment | None:
    """The card for a mail."""
    if not registration.has_badge:
        return None
    language, version = registration.language, registration.version
    documents.ask("badge", registration, language=language, version=version)
    document = documents.find("badge", registration, language=language, version=version)
    assert document is not None
    return outbox.Attachment(documents.filename(document), documents.content(document), "application/pdf")


def qr_attachment(registration: Registration) -> outbox.Attachment | None:
    """The code as an image in the mail's text."""
    badge = registration.badges.valid().first() if registration.has_badge else None
    return outbox.Attachment("qr.png", qr.png(bytes(badge.matrix), scale=8), "image/png", "qr") if badge else None

"""Webinars as calendar entries: of one person, with the way to their own page, and for everybody.

A person's entry keeps its UID, and its number grows with each move of the webinar and each step of the sign-up. It
holds the personal page, never the address of the meeting.
"""

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _

from events import clock, ics, outbox
from events.addresses import event_url
from events.models import Place
from webinars.access import personal_token
from webinars.models import SignUp, Webinar


def of_sign_up(sign_up: SignUp) -> outbox.Attachment | None:
    """The webinar of one who has a place; nothing for others."""
    return _file([sign_up] if sign_up.is_confirmed else [], is_cancelled=False)


def removed(sign_up: SignUp) -> outbox.Attachment | None:
    """What is to vanish from the calendar of one whose sign-up has ended."""
    return _file([] if sign_up.is_live else [sign_up], is_cancelled=True)


def of_person(sign_up: SignUp) -> outbox.Attachment | None:
    """Every coming webinar in which the person has a place."""
    rows = SignUp.objects.filter(event=sign_up.event_id, status=Place.Status.CONFIRMED).by_email(sign_up.email)
    coming = rows.filter(webinar__ends_at__gt=clock.now()).order_by("webinar__starts_at", "pk")
    return _file(coming.select_related("event", "webinar"), is_cancelled=False)


def _file(found: Iterable[SignUp], *, is_cancelled: bool) -> outbox.Attachment | None:
    rows = list(found)
    if not rows:
        return None
    first = rows[0]
    with translation.override(first.language):
        content = ics.calendar(
            [_entry(row) for row in rows],
            organiser=(first.event.contact_name, first.event.contact_email),
            attendee=(first.name, first.email),
            is_cancelled=is_cancelled,
        )
    name = "webinars-removed.ics" if is_cancelled else "webinars.ics"
    return outbox.Attachment(name, content, ics.MEDIA_TYPE.format(method="CANCEL" if is_cancelled else "REQUEST"))


def _entry(row: SignUp) -> ics.Entry:
    url = personal_url(row, row.language)
    return ics.Entry(
        key=f"webinar-sign-up-{row.pk}",
        sequence=row.webinar.sequence + row.version,
        starts=row.webinar.starts_at,
        ends=row.webinar.ends_at,
        summary=row.webinar.title,
        location=_("Online"),
        description=_("Join here, from 15 minutes before the beginning: %(url)s") % {"url": url},
        url=url,
    )


def personal_url(row: SignUp, language: str) -> str:
    """The person's own page of a webinar, by an address that lasts."""
    return event_url(row.event, "webinar-personal", language=language, is_lasting=True, token=personal_token(row))


def entry(webinar: Webinar) -> ics.Entry:
    """A webinar as everybody's calendar shows it, in the active language."""
    return ics.Entry(
        key=f"webinar-{webinar.pk}",
        sequence=webinar.sequence,
        starts=webinar.starts_at,
        ends=webinar.ends_at,
        summary=webinar.title,
        location=_("Online"),
        description=webinar.abstract,
        url=event_url(webinar.event, "webinar", is_lasting=True, webinar_slug=webinar.slug),
        is_cancelled=webinar.is_cancelled,
    )

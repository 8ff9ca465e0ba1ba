"""Sessions as entries of one person's calendar: what is booked, what has ended, and everything one wants to see.

The entry of a session stays the same one (its UID) and its number grows: with each release that changed the slot, the
room, the title or the cancellation, and with each booking given up and made again.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import translation

from events import ics, outbox, tokens
from events.addresses import event_url
from events.models import Event, Place
from programme import releases
from programme.models import Booking, Favourite, Release, ReleasedSession
from registration.models import Registration

PURPOSE = "calendar"
Row = ReleasedSession


class Held(NamedTuple):
    """A session of a person: as it was last published, whether it still is, and whether the place is held."""

    row: ReleasedSession
    sequence: int
    is_on: bool


def token_of(registration: Registration) -> str:
    """What makes the address of a calendar secret; it opens the calendar and nothing else."""
    return tokens.make(PURPOSE, registration.pk, registration.link_version)


def owner(event: Event, value: str) -> Registration | None:
    """Whose calendar it is; nobody's when the address is wrong or revoked."""
    token = tokens.read(PURPOSE, value)
    rows = Registration.objects.select_related("event").filter(event=event)
    return rows.filter(pk=token.pk, link_version=token.version).first() if token else None


def key(session_id: int) -> str:
    """The name of a session's entry, in mails and feeds alike."""
    return f"session-{session_id}"


def entry(event: Event, row: Row, *, sequence: int | None = None, is_cancelled: bool | None = None) -> ics.Entry:
    """A session with a slot as an entry, in the active language."""
    document = row.documents[translation.get_language() or "fi"]
    assert row.starts_at
    assert row.ends_at
    place = (document["room"], event.venue_name, event.venue_address)
    return ics.Entry(
        key=key(row.session_id),
        sequence=row.sequence if sequence is None else sequence,
        starts=row.starts_at,
        ends=row.ends_at,
        summary=document["title"],
        location=", ".join(part for part in place if part),
        description=document["abstract"],
        url=event_url(event, "session", is_lasting=True, session_slug=row.slug),
        is_cancelled=row.is_cancelled if is_cancelled is None else is_cancelled,
    )


# --- What goes with mails ---------------------------------------------------------------------------------------------
def booked(registration: Registration) -> outbox.Attachment | None:
    """All sessions in which the person has a place, as they are now: entries are added or replaced."""
    return _file(registration, [one for one in held(registration) if one.is_on], is_cancelled=False)


def ended(registration: Registration) -> outbox.Attachment | None:
    """What is to vanish from the person's calendar: sessions cancelled or removed, and places given up."""
    return _file(registration, [one for one in held(registration) if not one.is_on], is_cancelled=True)


def booked_one(booking: Booking) -> outbox.Attachment | None:
    """The session of one booking."""
    found = [one for one in held(booking.registration) if one.is_on and one.row.session_id == booking.session_id]
    return _file(booking.registration, found, is_cancelled=False)


def ended_one(booking: Booking) -> outbox.Attachment | None:
    """The session of one booking that has ended."""
    found = [one for one in held(booking.registration) if not one.is_on and one.row.session_id == booking.session_id]
    return _file(booking.registration, found, is_cancelled=True)


def held(registration: Registration) -> list[Held]:
    """The sessions with a slot in which a person has, or once had, a place; three queries."""
    release = releases.current(registration.event)
    if release is None:
        return []
    times: dict[int, int] = {}  # how often a confirmed place in the session has ended
    has_place: dict[int, bool] = {}
    for booking in Booking.objects.of_registration(registration).order_by("pk"):
        if not (booking.is_confirmed or _was_confirmed(booking)):
            continue
        has_place[booking.session_id] = booking.is_confirmed
        times[booking.session_id] = times.get(booking.session_id, 0) + (not booking.is_confirmed)
    rows = last_published(release, has_place)
    return [_held(row, release, has_place[row.session_id], times[row.session_id]) for row in rows if row.starts_at]


def _was_confirmed(booking: Booking) -> bool:
    """Whether a place that has ended may have been sent to a calendar; to remove too much harms nobody."""
    return booking.status == Place.Status.CANCELLED and (booking.queued_at is None or booking.offered_at is not None)


def _held(row: Row, release: Release, has_place: bool, times: int) -> Held:
    """A place given up counts two on once it is taken again: the first is the entry that took it away."""
    is_shown = row.release_id == release.pk
    bumps = 2 * times - (0 if has_place or not times else 1) + (0 if is_shown else 1)
    return Held(row, row.sequence + bumps, is_on=has_place and is_shown and not row.is_cancelled)


def last_published(release: Release, session_ids: Iterable[int]) -> list[Row]:
    """Each session as the newest release that has it shows it."""
    newest = Row.objects.filter(session=OuterRef("session"), release__event=release.event_id)
    key_of_newest = Subquery(newest.order_by("-release__number").values("pk")[:1])
    rows = Row.objects.filter(session__in=list(session_ids), pk=key_of_newest).select_related("room")
    return list(rows.defer("words_fi", "words_sv", "words_en").order_by("starts_at", "pk"))


def _file(registration: Registration, found: list[Held], *, is_cancelled: bool) -> outbox.Attachment | None:
    if not found:
        return None
    event = registration.event
    with translation.override(registration.language):
        content = ics.calendar(
            [entry(event, one.row, sequence=one.sequence) for one in found],
            organiser=(event.contact_name, event.contact_email),
            attendee=(registration.full_name, registration.email),
            is_cancelled=is_cancelled,
        )
    name = f"{event.slug}-sessions{'-removed' if is_cancelled else ''}.ics"
    method = "CANCEL" if is_cancelled else "REQUEST"
    return outbox.Attachment(name, content, ics.MEDIA_TYPE.format(method=method))


# --- What calendars fetch ---------------------------------------------------------------------------------------------
def personal(registration: Registration) -> bytes:
    """Everything that the person has booked or marked, in their language; what is over or cancelled says so."""
    event = registration.event
    release = releases.current(event)
    favourites = marked(registration)
    places = {one.row.session_id: one for one in held(registration)}
    others = [pk for pk in favourites if pk not in places or not places[pk].is_on]
    shown = {one.session_id: one for one in (last_published(release, others) if release else []) if one.starts_at}
    with translation.override(registration.language):
        entries = [
            entry(event, one.row, sequence=one.sequence, is_cancelled=not one.is_on)
            for pk, one in places.items()
            if pk not in shown
        ]
        for pk, row in shown.items():
            is_gone = release is not None and row.release_id != release.pk
            sequence = places[pk].sequence + 1 if pk in places else row.sequence + is_gone
            entries.append(entry(event, row, sequence=sequence, is_cancelled=is_gone or row.is_cancelled))
        return ics.feed(entries, name=event.name)


def marked(registration: Registration) -> set[int]:
    """The person's favourites."""
    return set(Favourite.objects.filter(registration=registration).values_list("session", flat=True))

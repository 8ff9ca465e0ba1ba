"""Publishing the programme, one session of it at once, and telling those whom the changes concern."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import clock, outbox
from events.models import Event, LogEntry, Place, User
from events.pagecache import raise_public_version
from events.transitions import Refusal
from programme import documents, releases
from programme.emails_notices import Digests, Person, count_languages, quiet_until
from programme.models import Booking, Favourite, Release, Session, Speaker
from programme.releases import Change
from registration.models import Registration

NEEDED = ("fi", "sv")  # equal by law; English may fall back
NAMED = 5  # so many sessions are named in a refusal
NOT_TOLD = {"text"}  # to those who listen: nobody gets a mail about a comma


class LanguageMissing(Refusal):
    """Sessions without Finnish or Swedish words, and nobody wrote down why."""

    def __init__(self, sessions: list[Session]) -> None:
        super().__init__()
        self.sessions = sessions
        names = ", ".join(f"“{session}”" for session in sessions[:NAMED])
        more = len(sessions) - NAMED
        if more > 0:
            names += " " + ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
        text = _("Finnish or Swedish is missing: %(sessions)s. Write the texts, or the reason why you publish without.")
        self.message = text % {"sessions": names}


class NothingReady(Refusal):
    """A release without a session would empty the public pages."""

    message = gettext_lazy("No session is ready to be published.")


class NothingPublished(Refusal):
    """One session alone follows a release of the whole."""

    message = gettext_lazy("Publish the whole programme first: a single session can be published only after that.")


class NotTheNewest(Refusal):
    """What an older release changed may no longer hold."""

    message = gettext_lazy("There is a newer release: send the notices of that one, which cover these changes too.")


# --- Publishing -------------------------------------------------------------------------------------------------------
def incomplete(event: Event) -> list[Session]:
    """Sessions to be published whose title or text is missing in Finnish or Swedish."""
    return list(_incomplete(Session.objects.for_event(event).ready()))


def _incomplete(sessions: Any) -> Any:
    """A break needs no text, and a session that is cancelled none that is new."""
    title, abstract = Q(), Q()
    for code in NEEDED:
        title |= Q(**{f"title_{code}": None}) | Q(**{f"title_{code}": ""})
        abstract |= Q(**{f"abstract_{code}": None}) | Q(**{f"abstract_{code}": ""})
    return sessions.filter(title | (abstract & Q(kind=Session.Kind.SESSION)), cancelled_at=None)


@transaction.atomic
def publish(event: Event, *, notes: Mapping[str, str], missing_reason: str = "", by: User | None) -> Release:
    """Freeze everything that is ready as the next release; nobody is told by this."""
    _lock(event)
    ready = Session.objects.for_event(event).ready()
    if not ready.exists():
        raise NothingReady
    missing = list(_incomplete(ready))
    if missing and not missing_reason.strip():
        raise LanguageMissing(missing)
    release = _next(event, notes, missing_reason, by=by)
    count = releases.freeze(release)
    _show(event)
    documents.ask_all(release, by=by)
    LogEntry.objects.record(release, "programme published", by=by, number=release.number, count=count)
    return release


@transaction.atomic
def publish_one(
    session_id: int, *, notes: Mapping[str, str] | None = None, missing_reason: str = "", by: User | None
) -> Release:
    """Publish one session as it is now, and leave all others as they are public; those concerned are told at once."""
    session = Session.objects.select_related("event").get(pk=session_id)
    event = session.event
    _lock(event)
    previous = releases.current(event)
    if previous is None:
        raise NothingPublished
    if not Session.objects.ready().filter(pk=session_id).exists():
        raise NothingReady
    missing = list(_incomplete(Session.objects.filter(pk=session_id)))
    if missing and not missing_reason.strip():
        raise LanguageMissing(missing)
    release = _next(event, notes or {}, missing_reason, by=by, is_urgent=True)
    releases.freeze_one(release, previous, session)
    _show(event)
    documents.ask_all(release, by=by)
    LogEntry.objects.record(session, "session published at once", by=by, number=release.number)
    _send(release, by=by)
    return release


def _lock(event: Event) -> None:
    """Two who publish wait for each other: numbers have no gap, and each release follows the one before."""
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)


def _next(event: Event, notes: Mapping[str, str], reason: str, *, by: User | None, is_urgent: bool = False) -> Release:
    last = Release.objects.filter(event=event).order_by("-number").first()  # whenever it is: the demo travels in time
    words = {f"note_{code}": notes.get(code, "").strip() for code in ("fi", "sv", "en")}
    return Release.objects.create(
        event=event, number=last.number + 1 if last else 1, missing_reason=reason.strip(), is_urgent=is_urgent,
        released_at=clock.now(), released_by=by, **words,
    )  # fmt: skip


def _show(event: Event) -> None:
    """Pages kept for everyone are made anew."""
    raise_public_version([event.pk])


# --- Whom it concerns -------------------------------------------------------------------------------------------------
class Notices(NamedTuple):
    """The drafts of a release's notices."""

    release: Release
    people: list[Person]
    digests: Digests

    @property
    def counts(self) -> dict[str, int]:
        """How many in each language."""
        return count_languages(self.people)


def notices(release: Release) -> Notices:
    """Everybody whom the changes since the last notices concern; the same number of queries for ten and a thousand."""
    changes = [one for one in _untold(release) if one.shown.kind == Session.Kind.SESSION]
    known = set(release.sessions.values_list("session", flat=True))
    people = _people(release, changes) if changes else []
    return Notices(release, people, Digests(release, known))


def _untold(release: Release) -> list[Change]:
    """What changed since people were last told; of the first release of all, nothing. An urgent one tells its own."""
    earlier = list(Release.objects.filter(event=release.event_id, number__lt=release.number).order_by("number"))
    if not earlier:
        return []
    told = earlier[:1] if not release.is_urgent else earlier
    for one in earlier[len(told) :]:
        if one.notices_at is None:
            break
        told = [*told, one]
    return releases.differences(told[-1], release)


def _people(release: Release, changes: list[Change]) -> list[Person]:
    """One entry for each address; who speaks and has booked hears of both in one mail."""
    by_session: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_session[change.session].append(change)
    wanted: dict[tuple[str, int], set[int]] = defaultdict(set)  # who, and of which sessions
    booked: set[int] = set()
    for registration, session in _holders(by_session):
        if any(one.kind not in NOT_TOLD for one in by_session[session]):
            wanted["registration", registration].add(session)
    for registration, session in _bookers(by_session):
        if ("registration", registration) in wanted and session in wanted["registration", registration]:
            booked.add(registration)
    spoken: dict[tuple[str, int], set[int]] = defaultdict(set)
    for change in changes:
        for speaker in _speaker_ids(change):
            spoken["speaker", speaker].add(change.session)
    return _merged(release, changes, wanted, spoken, booked)


def _holders(session_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Who has a place in these sessions, waits for one, or has marked them, with a live registration."""
    live = {"registration__status__in": Place.LIVE, "session__in": list(session_ids)}
    pairs = Booking.objects.live().filter(**live).order_by().values_list("registration", "session")
    marks = Favourite.objects.filter(**live).values_list("registration", "session")
    return sorted({*pairs, *marks})


def _bookers(session_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Who has a place, and so an entry in a calendar."""
    held = Booking.objects.filter(status=Place.Status.CONFIRMED, session__in=list(session_ids))
    return list(held.order_by().values_list("registration", "session"))


def _speaker_ids(change: Change) -> set[int]:
    """Who speaks there now, and who did."""
    rows = [row for row in (change.before, change.after) if row]
    return {one["id"] for row in rows for one in row.documents["fi"]["speakers"]}


def _merged(release: Release, changes: list[Change], wanted: Any, spoken: Any, booked: set[int]) -> list[Person]:
    registrations = Registration.objects.filter(event=release.event_id, pk__in=[pk for _table, pk in wanted])
    speakers = Speaker.objects.filter(event=release.event_id, pk__in=[pk for _table, pk in spoken])
    found: dict[str, Person] = {}
    told: dict[str, set[tuple[int, bool]]] = defaultdict(set)  # the sessions, and whether as a speaker
    for row in registrations.order_by("pk"):
        email = row.email.lower()
        found[email] = Person(row, row.email, row.full_name, row.language, (), row.pk in booked)
        told[email] |= {(session, False) for session in wanted["registration", row.pk]}
    for speaker in speakers.select_related("registration", "claim__registration").order_by("pk"):
        row_of: Registration | Speaker = speaker.own_registration or speaker
        email = row_of.email.lower()
        found.setdefault(email, Person(row_of, row_of.email, speaker.name, row_of.language, (), False))
        told[email] |= {(session, True) for session in spoken["speaker", speaker.pk]}
    return [person._replace(changes=_of(changes, told[email])) for email, person in sorted(found.items())]


def _of(changes: list[Change], told: set[tuple[int, bool]]) -> tuple[Change, ...]:
    return tuple(
        one
        for one in changes
        if (one.session, True) in told or ((one.session, False) in told and one.kind not in NOT_TOLD)
    )


# --- Telling ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_notices(release_id: int, *, by: User | None) -> int:
    """Queue one digest for each person whom the newest release concerns; sent twice is sent once. How many."""
    release = Release.objects.select_related("event").select_for_update(of=("self",), no_key=True).get(pk=release_id)
    if release.notices_at:
        return 0
    newest = releases.current(release.event)
    if newest is None or newest.pk != release.pk:
        raise NotTheNewest
    return _send(release, by=by)


def leave_at(release: Release, at: datetime) -> datetime | None:
    """When notices that are sent now leave; None is at once. During the event what is urgent does not wait."""
    is_on = release.event.starts_on <= clock.day_of(at) <= release.event.ends_on
    return None if release.is_urgent and is_on else quiet_until(at)


def _send(release: Release, *, by: User | None) -> int:
    drafts, at = notices(release), clock.now()
    leaves_at = leave_at(release, at)
    outbox.put_all(drafts.digests.mail(person, leaves_at=leaves_at) for person in drafts.people)
    told = Release.objects.filter(event=release.event_id, number__lte=release.number, notices_at=None)
    (told.filter(pk=release.pk) if release.is_urgent else told).update(notices_at=at)
    release.notices_at = at
    LogEntry.objects.record(release, "notices sent", by=by, count=len(drafts.people))
    return len(drafts.people)


# --- Trying it out ----------------------------------------------------------------------------------------------------
class Rehearsal(NamedTuple):
    """What publishing now would change, and how many it would concern."""

    changes: list[Change]
    counts: dict[str, int]
    missing: list[Session]
    total: int  # of sessions


def rehearse(event: Event) -> Rehearsal:
    """Publish, look, and take it all back: what is shown is exactly what would happen."""
    with transaction.atomic():
        _lock(event)
        previous = releases.current(event)
        release = _next(event, {}, "", by=None)
        count = releases.freeze(release)
        changes, counts = releases.differences(previous, release), notices(release).counts
        transaction.set_rollback(True)
    return Rehearsal(changes, counts, incomplete(event), count)

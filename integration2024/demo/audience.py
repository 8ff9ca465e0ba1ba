"""What people do with the programme in the demo: speakers register, participants mark and book sessions."""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Max

from events import clock
from events.models import Event, Mail, Page, User
from events.transitions import Refusal
from integration2024.demo import cast, loader, moments
from programme.models import Booking, Favourite, Release, Session, SessionFeedback, Speaker
from programme.services import booking, releasing
from registration import services
from registration.models import Registration
from registration.services import Details

SPEAKER = "mattila"  # whom one can be by one click, by the key of the file; she has proposed what she speaks about
FULL, RUSH = "difficult-conversations-workshop", 16  # so many want one of its twelve places
KEPT_MAILS = 8  # the newest ones wait for the worker; what was written before counts as sent
EVERY = 4  # so many speakers, the first has registered; the others have a link
KEYS = uuid.UUID("1d9f3a52-2024-4a11-8c14-000000000001")


def load(event: Event) -> int:
    """Everything until now, once; how many places in sessions. Nothing before the programme is published."""
    release = Release.objects.filter(event=event).visible().order_by("number").first()
    if release is None or Booking.objects.filter(event=event).exists():
        return 0
    at, organiser = clock.now(), User.objects.get(email=loader.ORGANISER)
    last = Mail.objects.aggregate(last=Max("pk"))["last"] or 0
    with moments.own_clock():
        clock.travel(release.released_at + timedelta(hours=3))
        _register_speakers(event, organiser)
        _mark(event, release.released_at, at)
        for when, registration, session in _wishes(event, release.released_at, at):
            clock.travel(when)
            try:
                booking.book(registration, session, by=None)
            except Refusal:  # it overlaps with another one
                continue
    _tell(event, organiser)
    _call_sent(last)
    return Booking.objects.filter(event=event).count()


# --- Speakers ---------------------------------------------------------------------------------------------------------
def _register_speakers(event: Event, organiser: User) -> None:
    """Some have registered on their link, the others have it still."""
    role, days = event.roles.filter(slug="speaker").first(), list(event.days.all())
    keys = list(cast.speakers())
    speakers = {row.email: row for row in Speaker.objects.filter(event=event)}
    for number, key in enumerate(keys):
        speaker = speakers.get(cast.speakers()[key].email)
        if speaker is None or role is None:
            continue
        if number % EVERY and key != SPEAKER:
            services.reserve(event, role, days, by=organiser, note=speaker.name)
            continue
        outcome = services.register(
            event, _details(event, key), form_key=uuid.uuid5(KEYS, key), by=organiser, role=role
        )  # fmt: skip
        speaker.registration = outcome.registration
        speaker.save(update_fields=["registration"])


def _details(event: Event, key: str) -> Details:
    person = cast.speakers()[key]
    given, _, family = person.name.rpartition(" ")
    privacy = event.pages.filter(kind=Page.Kind.PRIVACY).first()
    return Details(
        language=person.language, first_name=given, last_name=family, email=person.email,
        organisation=person.organisation, organisation_type=event.organisation_types.get(slug=person.kind),
        municipality=person.municipality, attendance=Registration.Attendance.ON_SITE, days=list(event.days.all()),
        privacy_version=privacy.version if privacy else 1,
    )  # fmt: skip


# --- Participants -----------------------------------------------------------------------------------------------------
def _mark(event: Event, begins: datetime, ends: datetime) -> None:
    """Everybody keeps some sessions in mind."""
    sessions = list(Session.objects.for_event(event).ready().filter(kind=Session.Kind.SESSION).order_by("pk"))
    rows = []
    for registration in Registration.objects.for_event(event).live().order_by("pk"):
        dice = random.Random(f"marks:{registration.email}")
        from_then = max(begins, registration.registered_at)
        for session in dice.sample(sessions, dice.randint(0, min(7, len(sessions)))):
            added_at = from_then + (ends - from_then) * dice.random()
            rows.append(Favourite(session=session, registration=registration, added_at=added_at))
    Favourite.objects.bulk_create(rows)


def _wishes(event: Event, begins: datetime, ends: datetime) -> list[tuple[datetime, int, int]]:
    """When, who, which session: in the order of time. One workshop is wanted by more than it has places for."""
    sessions = list(Session.objects.for_event(event).exclude(pool=None).order_by("pk"))
    full = [session for session in sessions if session.slug == FULL]
    others = [session for session in sessions if session.slug != FULL]
    wishes = []
    for number, registration in enumerate(Registration.objects.for_event(event).with_badge().order_by("pk")):
        dice = random.Random(f"places:{registration.email}")
        from_then = max(begins, registration.registered_at)
        wanted = [*(full if number < RUSH else []), *dice.sample(others, min(dice.randint(0, 2), len(others)))]
        for session in wanted:
            wishes.append((from_then + (ends - from_then) * dice.random(), registration.pk, session.pk))
    return sorted(wishes)


# --- The post ---------------------------------------------------------------------------------------------------------
def _tell(event: Event, organiser: User) -> None:
    """The notices of the newest release that is public, at its moment."""
    release = Release.objects.filter(event=event).visible().order_by("-number").first()
    newest = Release.objects.filter(event=event).order_by("-number").first()
    if release is None or release != newest:
        return
    with moments.own_clock():
        clock.travel(release.released_at + timedelta(minutes=20))
        releasing.send_notices(release.pk, by=organiser)


def _call_sent(last: int) -> None:
    """What was written here counts as sent when it was written, except the newest: the mailbox is for the present."""
    written = Mail.objects.filter(pk__gt=last, status=Mail.Status.QUEUED)
    kept = list(written.order_by("-created_at", "-pk").values_list("pk", flat=True)[:KEPT_MAILS])
    written.exclude(pk__in=kept).update(status=Mail.Status.SENT, sent_at=F("created_at"))


# --- Afterwards -------------------------------------------------------------------------------------------------------
def give_feedback(event: Event) -> int:
    """Of sessions that are over and about which nobody has said anything yet: some say what they thought. How many."""
    at = clock.now()
    over = Session.objects.for_event(event).filter(
        kind=Session.Kind.SESSION, is_all_day=False, cancelled_at=None, ends_at__lt=at, feedback=None
    )
    rows = [row for session in over.order_by("pk") for row in _feedback(session, at)]
    SessionFeedback.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _feedback(session: Session, at: datetime) -> Iterator[SessionFeedback]:
    words, dice = loader.read("reviews_2024")["feedback"], random.Random(f"feedback:{session.slug}")
    assert session.ends_at
    for number in range(dice.randint(2, 14)):
        yield SessionFeedback(
            session=session, usefulness=dice.choices((5, 4, 3, 2, 1), (45, 35, 13, 5, 2))[0],
            to_speaker=dice.choice(words["to_speaker"]) if dice.random() < 0.3 else "",
            to_organisers=dice.choice(words["to_organisers"]) if dice.random() < 0.15 else "",
            form_key=uuid.uuid5(KEYS, f"{session.slug}:{number}"),
            given_at=min(at, session.ends_at + timedelta(minutes=dice.randint(1, 600))),
        )  # fmt: skip

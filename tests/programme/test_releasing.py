"""Publishing, and telling those whom the changes concern."""

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import get_language

from events import outbox
from events.models import Document, Event, LogEntry, Mail
from events.models.log import about
from programme import releases
from programme.models import Favourite, Release, Session, SpeakerSlot
from programme.services import booking, favourites, releasing
from tests.factories import at, make_event, make_organiser, register
from tests.sessions import make_room, make_session, make_speaker, move_session

pytestmark = pytest.mark.django_db
NOTES = {"fi": "Uutta", "sv": "Nytt", "en": "News"}


@pytest.fixture
def event() -> Event:
    return make_event()


def publish(event: Event, **given) -> Release:
    return releasing.publish(event, notes=NOTES, by=None, **given)


def digests() -> list[Mail]:
    return list(Mail.objects.filter(message="programme/changes").order_by("to_email"))


def cancel(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(cancelled_at=at("2024-10-14 08:00"))


# --- Publishing -------------------------------------------------------------------------------------------------------
def test_publishing_freezes_counts_on_logs_and_renews_the_public_pages(event: Event):
    make_session(event)
    version = event.public_version
    user = make_organiser(event)
    first = releasing.publish(event, notes=NOTES, by=user)
    second = releasing.publish(event, notes={}, by=user)
    assert (first.number, second.number, first.note_sv, second.note_sv) == (1, 2, "Nytt", "")
    assert (len(releases.sessions_of(first)), releases.current(event)) == (1, second)
    event.refresh_from_db()
    assert event.public_version == version + 2
    assert [(one.action, one.details["count"]) for one in LogEntry.objects.about(first)] == [("programme published", 1)]
    assert digests() == []


def test_publishing_has_everything_printable_made(event: Event):
    session = make_session(event)
    whole = releasing.publish(event, notes=NOTES, by=None)
    one = releasing.publish_one(session.pk, by=None)
    for release in (whole, one):
        asked = Document.objects.filter(**about(release)).values_list("kind", "language")
        assert sorted(asked) == [
            ("door_signs", "fi"), ("feedback_signs", "fi"),
            ("programme", "en"), ("programme", "fi"), ("programme", "sv"),
        ]  # fmt: skip


def test_trying_out_asks_for_nothing_printable(event: Event):
    make_session(event)
    releasing.rehearse(event)
    assert not Document.objects.exists()


@pytest.mark.parametrize("column", ["title_fi", "title_sv", "abstract_fi", "abstract_sv"])
def test_a_release_without_finnish_or_swedish_is_refused_by_name_unless_there_is_a_reason(event: Event, column: str):
    make_session(event, **{"title_en": "Arriving", "title_fi": "Perillä", "title_sv": "Framme", column: ""})
    with pytest.raises(releasing.LanguageMissing) as refused:
        publish(event)
    assert ("Arriving" in str(refused.value.message)) == (get_language() == "en")
    assert [one.slug for one in refused.value.sessions] == [Session.objects.get().slug]
    with pytest.raises(releasing.LanguageMissing):
        publish(event, missing_reason="  ")
    assert not Release.objects.exists()
    assert publish(event, missing_reason="Käännös tulee maanantaina").missing_reason == "Käännös tulee maanantaina"


def test_english_may_be_missing_breaks_need_no_text_and_cancelled_sessions_no_translation(event: Event):
    make_session(event, title_en="", abstract_en=None)
    make_session(event, kind="break", abstract_fi="", abstract_sv="")
    make_session(event, title_sv="", cancelled_at=at("2024-10-01 09:00"))
    make_session(event, title_sv="", is_ready=False)
    assert releasing.incomplete(event) == []
    assert publish(event).number == 1


def test_many_missing_are_counted_after_five_names(event: Event):
    for _ in range(7):
        make_session(event, title_sv="")
    with pytest.raises(releasing.LanguageMissing) as refused:
        publish(event)
    assert (len(refused.value.sessions), "2" in str(refused.value.message)) == (7, True)


def test_an_empty_release_is_refused(event: Event):
    make_session(event, is_ready=False)
    with pytest.raises(releasing.NothingReady):
        publish(event)


def test_one_session_alone_needs_a_release_before_it(event: Event):
    session = make_session(event)
    with pytest.raises(releasing.NothingPublished):
        releasing.publish_one(session.pk, by=None)
    publish(event)
    Session.objects.filter(pk=session.pk).update(is_ready=False)
    with pytest.raises(releasing.NothingReady):
        releasing.publish_one(session.pk, by=None)


def test_one_session_alone_leaves_the_others_and_tells_at_once(event: Event):
    moved, other = (make_session(event, starts="2024-11-14 10:00", places=5) for _ in range(2))
    publish(event)
    registration = register(event)
    booking.book(registration.pk, moved.pk, by=None)
    favourites.mark(register(event).pk and registration, other.pk)
    move_session(moved, "2024-11-14 13:00")
    move_session(other, "2024-11-14 15:00")
    release = releasing.publish_one(moved.pk, by=None)
    assert release.is_urgent
    assert release.notices_at
    starts = {row.session_id: row.starts_at for row in releases.sessions_of(release)}
    assert starts == {moved.pk: at("2024-11-14 13:00"), other.pk: at("2024-11-14 10:00")}
    (mail,) = digests()
    assert moved.title_fi in mail.text
    assert other.title_fi not in mail.text


# --- Whom it concerns -------------------------------------------------------------------------------------------------
def test_speakers_the_booked_and_those_who_marked_are_told_once_each_in_their_language(event: Event):
    pia = make_speaker(event, email="pia@jarjesto.example", language="sv", name="Pia")
    session = make_session(event, speakers=[pia], starts="2024-11-14 10:00", room=make_room(event), places=5)
    untouched = make_session(event, places=5)
    publish(event)
    booker, marker, stranger = (register(event, language=code) for code in ("fi", "en", "fi"))
    booking.book(booker.pk, session.pk, by=None)
    favourites.mark(booker, session.pk)
    favourites.mark(marker, session.pk)
    favourites.mark(stranger, untouched.pk)
    move_session(session, "2024-11-14 13:00", room=make_room(event, "studio"))
    release = publish(event)
    drafts = releasing.notices(release)
    assert drafts.counts == {"fi": 1, "sv": 1, "en": 1}
    assert releasing.send_notices(release.pk, by=None) == 3
    found = {mail.to_email: mail for mail in digests()}
    assert set(found) == {pia.email, booker.email, marker.email}
    assert found[pia.email].language == "sv"
    assert found[pia.email].text.startswith("Hej Pia!")
    assert found[marker.email].text.startswith("Hello Maija,")
    english = found[marker.email].text
    assert f"Moved: {session.title_en}" in english
    assert "10.00–10.45, Hall en → " in english
    assert "13.00–13.45, Studio en" in english
    assert "News" in english
    assert found[booker.email].attachments == ["sessions", "sessions_removed"]
    assert (found[marker.email].attachments, found[pia.email].attachments) == ([], [])


def test_sent_twice_is_sent_once_and_the_log_says_how_many(event: Event):
    session = make_session(event)
    publish(event)
    favourites.mark(register(event), session.pk)
    cancel(session)
    release = publish(event)
    assert [releasing.send_notices(release.pk, by=None) for _ in range(2)] == [1, 0]
    assert len(digests()) == 1
    (entry,) = LogEntry.objects.about(release).filter(action="notices sent")
    assert entry.details == {"count": 1}


def test_a_comma_is_told_to_speakers_alone_and_a_new_speaker_to_all(event: Event):
    session = make_session(event, speakers=[make_speaker(event, email="pia@jarjesto.example")])
    publish(event)
    marker = register(event, language="en")
    favourites.mark(marker, session.pk)
    Session.objects.filter(pk=session.pk).update(abstract_fi="Toinen")
    assert [one.email for one in releasing.notices(publish(event)).people] == ["pia@jarjesto.example"]
    SpeakerSlot.objects.create(session=session, speaker=make_speaker(event, name="Ola", email="ola@x.example"), order=5)
    third = publish(event)
    releasing.send_notices(third.pk, by=None)
    found = {mail.to_email: mail.text for mail in digests()}
    assert set(found) == {"pia@jarjesto.example", "ola@x.example", marker.email}
    assert "Speakers:" in found[marker.email]
    assert "Ola" in found[marker.email]
    assert "Text:" not in found[marker.email]


def test_who_speaks_and_has_booked_gets_one_mail(event: Event):
    registration = register(event)
    pia = make_speaker(event, email=registration.email.upper(), registration=registration)
    session = make_session(event, speakers=[pia], places=3)
    publish(event)
    booking.book(registration.pk, session.pk, by=None)
    cancel(session)
    (person,) = releasing.notices(publish(event)).people
    assert (person.row, person.is_booked, len(person.changes)) == (registration, True, 1)


def test_those_whose_registration_has_ended_are_not_told(event: Event):
    session = make_session(event)
    publish(event)
    registration = register(event)
    favourites.mark(registration, session.pk)
    type(registration).objects.filter(pk=registration.pk).update(status="cancelled", ended_at=at("2024-10-13 09:00"))
    cancel(session)
    assert releasing.notices(publish(event)).people == []


def test_the_first_release_tells_nobody(event: Event):
    session = make_session(event, speakers=[make_speaker(event)])
    Favourite.objects.create(session=session, registration=register(event), added_at=at("2024-10-14 09:00"))
    assert releasing.notices(publish(event)).people == []


def test_notices_cover_all_releases_since_the_last_ones_and_an_older_release_sends_none(event: Event):
    moved, cancelled = make_session(event, starts="2024-11-14 10:00"), make_session(event)
    publish(event)
    registration = register(event, language="en")
    for session in (moved, cancelled):
        favourites.mark(registration, session.pk)
    move_session(moved, "2024-11-14 12:00")
    second = publish(event)
    cancel(cancelled)
    third = publish(event)
    with pytest.raises(releasing.NotTheNewest):
        releasing.send_notices(second.pk, by=None)
    releasing.send_notices(third.pk, by=None)
    (mail,) = digests()
    assert ("Moved:" in mail.text, "Cancelled:" in mail.text) == (True, True)
    fourth = publish(event)
    assert releasing.notices(fourth).people == []
    second.refresh_from_db()
    assert second.notices_at


def test_an_urgent_release_does_not_swallow_what_was_not_yet_told(event: Event):
    moved, urgent = make_session(event, starts="2024-11-14 10:00"), make_session(event)
    publish(event)
    registration = register(event, language="en")
    for session in (moved, urgent):
        favourites.mark(registration, session.pk)
    move_session(moved, "2024-11-14 12:00")
    publish(event)
    cancel(urgent)
    releasing.publish_one(urgent.pk, by=None)
    (mail,) = digests()
    assert ("Moved:" in mail.text, "Cancelled:" in mail.text) == (False, True)
    fourth = publish(event)
    assert {one.kind for person in releasing.notices(fourth).people for one in person.changes} == {"moved", "cancelled"}


# --- When they leave --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2024-10-14 19:59", "2024-10-14 19:59"),
        ("2024-10-14 20:00", "2024-10-15 08:00"),
        ("2024-10-15 00:30", "2024-10-15 08:00"),
        ("2024-10-15 07:59", "2024-10-15 08:00"),
        ("2024-10-15 08:00", "2024-10-15 08:00"),
        ("2024-10-26 22:00", "2024-10-27 08:00"),  # the night in which clocks are changed
    ],
)
def test_digests_leave_between_eight_and_twenty(event: Event, moment, now: str, leaves: str):
    session = make_session(event)
    publish(event)
    favourites.mark(register(event), session.pk)
    cancel(session)
    release = publish(event)
    moment.move_to(at(now), tick=False)
    releasing.send_notices(release.pk, by=None)
    (mail,) = digests()
    assert mail.next_attempt_at == at(leaves)


@pytest.mark.parametrize(
    ("now", "leaves"), [("2024-11-13 21:00", "2024-11-14 08:00"), ("2024-11-14 21:00", "2024-11-14 21:00")]
)
def test_urgent_ones_wait_for_the_morning_only_before_the_event(event: Event, moment, now: str, leaves: str):
    session = make_session(event)
    publish(event)
    favourites.mark(register(event), session.pk)
    cancel(session)
    moment.move_to(at(now), tick=False)
    releasing.publish_one(session.pk, by=None)
    (mail,) = digests()
    assert mail.next_attempt_at == at(leaves)


# --- The calendar of the booked ---------------------------------------------------------------------------------------
def apply(calendar: dict, content: bytes) -> None:
    """What a calendar does with a file that comes by mail: a lower number changes nothing, CANCEL removes."""
    file = icalendar.Calendar.from_ical(content)
    for part in file.walk("VEVENT"):
        known = calendar.get(str(part["UID"]))
        if known and known["SEQUENCE"] > part["SEQUENCE"]:
            continue
        calendar[str(part["UID"])] = part


def shown(calendar: dict) -> list:
    return [one["DTSTART"].dt for one in calendar.values() if one["STATUS"] != "CANCELLED"]


def deliver(calendar: dict, registration) -> None:
    for mail in Mail.objects.filter(to_email=registration.email, message__startswith="programme/").order_by("pk"):
        for name in mail.attachments:
            if attachment := outbox.ATTACHMENTS[name](outbox.subject_of(mail)):
                apply(calendar, attachment.content)
    Mail.objects.all().delete()


def test_the_calendar_entry_of_the_booked_moves_and_goes_with_the_session(event: Event):
    session = make_session(event, starts="2024-11-14 10:00", places=5)
    publish(event)
    registration = register(event)
    calendar: dict = {}
    booking.book(registration.pk, session.pk, by=None)
    deliver(calendar, registration)
    assert shown(calendar) == [at("2024-11-14 10:00")]
    move_session(session, "2024-11-14 13:00")
    releasing.send_notices(publish(event).pk, by=None)
    deliver(calendar, registration)
    assert (len(calendar), shown(calendar)) == (1, [at("2024-11-14 13:00")])
    cancel(session)
    releasing.send_notices(publish(event).pk, by=None)
    deliver(calendar, registration)
    assert (len(calendar), shown(calendar)) == (1, [])
    Session.objects.update(cancelled_at=None)
    releasing.send_notices(publish(event).pk, by=None)
    deliver(calendar, registration)
    assert shown(calendar) == [at("2024-11-14 13:00")]
    Session.objects.update(is_ready=False)
    make_session(event)
    releasing.send_notices(publish(event).pk, by=None)
    deliver(calendar, registration)
    assert (len(calendar), shown(calendar)) == (1, [])


def test_notices_cost_the_same_queries_for_few_and_many(event: Event, django_assert_num_queries):
    session = make_session(event, starts="2024-11-14 10:00", speakers=[make_speaker(event)], places=100)
    publish(event)
    first = register(event)
    booking.book(first.pk, session.pk, by=None)
    move_session(session, "2024-11-14 12:00")
    release = publish(event)
    with CaptureQueriesContext(connection) as few:
        releasing.send_notices(release.pk, by=None)
    for _ in range(8):
        registration = register(event)
        booking.book(registration.pk, session.pk, by=None)
        favourites.mark(registration, session.pk)
    move_session(session, "2024-11-14 14:00")
    release = publish(event)
    with django_assert_num_queries(len(few)):
        assert releasing.send_notices(release.pk, by=None) == 10


def test_hostile_words_are_inert_in_a_digest(event: Event):
    session = make_session(event, title_fi="<script>alert(1)</script> {{ 7*7 }} \\n")
    publish(event)
    registration = register(event, first_name="<b>Maija</b>")
    favourites.mark(registration, session.pk)
    cancel(session)
    releasing.send_notices(publish(event).pk, by=None)
    (mail,) = digests()
    assert ("<script>" in mail.html, "<b>Maija" in mail.html) == (False, False)
    assert "&lt;script&gt;" in mail.html
    assert "<script>alert(1)</script> {{ 7*7 }}" in mail.text

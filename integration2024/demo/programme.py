"""The programme in the demo: sessions and speakers from programme_<year>.toml, and the releases that are out.

Sessions are written as rows as the first release shows them. What happened then goes through the services at its
moment: changes, releases. The clock may stand anywhere: whoever travels back before a release does not see it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from events import clock
from events.clock import HELSINKI
from events.models import Event, LogEntry, Upload, User
from integration2024.demo import cast, files, loader, moments
from programme.models import Material, Proposal, Room, Session, SessionText, Speaker, SpeakerSlot
from programme.services import booking, releasing, scheduling, texts

WRITTEN_BEFORE = timedelta(days=21)  # the first release
MATERIALS_DAYS = 6  # before the event
RECORDING, RECORDED_AFTER = "https://video.example/2020/", timedelta(days=7)
NOT_REVIEWED = 7  # every so many English texts nobody has read yet
PORTRAIT_OF = 6  # every so many speakers have sent a picture
LANGUAGES = ("fi", "sv", "en")


@transaction.atomic
def load(event: Event) -> int:
    """The programme of an event, unless it has one; how many sessions."""
    name = f"programme_{event.slug}"
    if not (loader.FOLDER / f"{name}.toml").exists() or Session.objects.for_event(event).exists():
        return 0
    contents = loader.read(name)
    first = contents["release"][0]["released_at"]
    people = _speakers(event, first) if event.is_current else {}
    sessions = _sessions(event, contents, first - WRITTEN_BEFORE)
    _slots(contents, sessions, people)
    _materials(contents, sessions, people)
    organiser = User.objects.get(email=loader.ORGANISER)
    with moments.own_clock():
        clock.travel(first - timedelta(days=1))
        for table in contents["session"]:
            if "places" in table:
                booking.set_places(sessions[table["slug"]].pk, table["places"], by=organiser)
        for release in contents["release"]:
            _publish(event, release, sessions, people, organiser)
        clock.travel(contents["release"][-1]["released_at"] + timedelta(days=2))
        for change in contents.get("coming", []):
            _change(change, sessions, people, organiser)
    return len(contents["session"])


# --- Speakers ---------------------------------------------------------------------------------------------------------
def _speakers(event: Event, told_at: datetime) -> dict[str, Speaker]:
    """By the keys of the file; most have told about themselves before the first release."""
    rows = {}
    for number, table in enumerate(loader.read("speakers_2024")["speaker"]):
        person = cast.speakers()[table["key"]]
        words = loader.columns({name: table[name] for name in ("job_title", "biography")})
        rows[table["key"]] = Speaker(
            event=event, name=person.name, email=person.email, language=person.language,
            organisation=person.organisation, may_be_streamed=True, may_be_recorded=number % 9 != 4,
            answered_at=told_at - timedelta(days=10, hours=number), **words,
            picture=files.portrait(event, person.name) if number % PORTRAIT_OF == 0 else None,
        )  # fmt: skip
    Speaker.objects.bulk_create(rows.values())
    return rows


# --- Sessions ---------------------------------------------------------------------------------------------------------
def _sessions(event: Event, contents: dict[str, Any], written_at: datetime) -> dict[str, Session]:
    """Sessions and breaks by their slugs, with themes and the state of their texts."""
    formats = {row.slug: row for row in event.formats.all()}
    rooms = {row.slug: row for row in event.rooms.all()}
    proposals = _proposals(event)
    rows: dict[str, Session] = {}
    for table in contents["session"]:
        session = _row(event, table, rooms)
        session.format, session.proposal = formats.get(table["format"]), proposals.get(table["title"]["fi"])
        _facts(session, table, contents)
        rows[session.slug] = session
    for number, table in enumerate(contents["break"], start=1):
        rows[f"break-{number}"] = _row(event, {**table, "slug": f"break-{number}"}, rooms, kind=Session.Kind.BREAK)
    new = [change["session"] for release in contents["release"] for change in _changes(release) if "is_new" in change]
    for slug, session in rows.items():
        session.is_ready = slug not in new
    Session.objects.bulk_create(rows.values())
    _themes(event, contents, rows)
    _texts(rows, written_at)
    return rows


def _proposals(event: Event) -> dict[str, Proposal]:
    """What sessions are made of, by the Finnish title: that of the session in which its own title is."""
    confirmed = {str(row): row for row in Proposal.objects.for_event(event).filter(status="confirmed")}
    tables = loader.read("programme_2024")["session"] if event.is_current else []
    titles = [(table["title"]["fi"], table["title"][table["proposal"]]) for table in tables if "proposal" in table]
    return {finnish: confirmed[own] for finnish, own in titles if own in confirmed}


def _row(event: Event, table: dict[str, Any], rooms: dict[str, Room], kind: str = Session.Kind.SESSION) -> Session:
    words = loader.columns({name: table[name] for name in ("title", "abstract") if name in table})
    session = Session(
        event=event, kind=kind, slug=table["slug"], room=rooms.get(table.get("room", "")),
        languages=table.get("languages", []), is_all_day=table.get("is_all_day", False), **words,
    )  # fmt: skip
    if "starts" in table:
        session.starts_at = _moment(table["starts"])
        session.ends_at = session.starts_at + timedelta(minutes=table["minutes"])
    return session


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


def _facts(session: Session, table: dict[str, Any], contents: dict[str, Any]) -> None:
    """What the room brings along: the stream, captions, interpreters."""
    is_streamed = table.get("room") in contents["streamed"] and not session.is_all_day
    known = contents.get("interpreted", {}).get(table.get("room"), []) if not session.is_all_day else []
    session.is_streamed = is_streamed
    session.has_captions = table.get("has_captions", is_streamed)
    session.interpreted_into = [code for code in known if code not in session.languages]
    if session.event.is_virtual:
        session.recording_url, session.has_recording_captions = f"{RECORDING}{session.slug}", True
        session.recorded_on = session.event.ends_on + RECORDED_AFTER
    else:
        last = session.event.starts_on - timedelta(days=MATERIALS_DAYS)
        session.materials_until = moments.morning(last, 23) + timedelta(minutes=59)


def _themes(event: Event, contents: dict[str, Any], rows: dict[str, Session]) -> None:
    themes = {theme.slug: theme for theme in event.themes.all()}
    through = Session.themes.through
    through._default_manager.bulk_create(
        through(session=rows[table["slug"]], theme=themes[slug])
        for table in contents["session"]
        for slug in table["themes"]
        if slug in themes
    )


def _texts(rows: dict[str, Session], written_at: datetime) -> None:
    """Everything is written in three languages; Finnish and Swedish have been read, and most of the English."""
    reader = User.objects.get(email=loader.ORGANISER)
    made = []
    for number, session in enumerate(rows.values()):
        for code in LANGUAGES:
            is_read = code != "en" or number % NOT_REVIEWED != 0
            read_at = written_at + timedelta(days=9) if is_read else None
            made.append(
                SessionText(
                    session=session,
                    language=code,
                    changed_at=written_at,
                    reviewed_at=read_at,
                    reviewed_by=reader if is_read else None,
                )  # fmt: skip
            )
    SessionText.objects.bulk_create(made)


def _slots(contents: dict[str, Any], rows: dict[str, Session], people: dict[str, Speaker]) -> None:
    """Who speaks where; what lasts all day keeps nobody."""
    made = []
    for table in contents["session"]:
        named = [(key, SpeakerSlot.Part.SPEAKER) for key in table.get("speakers", [])]
        named += [(table["chair"], SpeakerSlot.Part.CHAIR)] if "chair" in table else []
        session = rows[table["slug"]]
        times = (None, None) if session.is_all_day else (session.starts_at, session.ends_at)
        for order, (key, part) in enumerate(named):
            made.append(
                SpeakerSlot(
                    session=session, speaker=people[key], part=part, order=order, starts_at=times[0], ends_at=times[1]
                )
            )
    SpeakerSlot.objects.bulk_create(made)


def _materials(contents: dict[str, Any], rows: dict[str, Session], people: dict[str, Speaker]) -> None:
    speakers = {table["slug"]: table.get("speakers", []) for table in contents["session"]}
    added_at = contents["release"][-1]["released_at"] - timedelta(days=3)
    Material.objects.bulk_create(
        Material(
            session=rows[table["session"]], title=table["words"], url=table.get("url", ""), added_at=added_at,
            upload=_handout(rows[table["session"]].event, table), added_by=people[speakers[table["session"]][0]],
        )
        for table in contents.get("material", [])
    )  # fmt: skip


def _handout(event: Event, table: dict[str, Any]) -> Upload | None:
    """Some have sent a file instead of an address."""
    return files.handout(event, table["words"], table["lines"], table["language"]) if "lines" in table else None


# --- Releases ---------------------------------------------------------------------------------------------------------
def _changes(release: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = release.get("change", [])
    return found


def _publish(
    event: Event, release: dict[str, Any], sessions: dict[str, Session], people: dict[str, Speaker], organiser: User
) -> None:
    """Two hours of work, then everybody sees it."""
    clock.travel(release["released_at"] - timedelta(hours=2))
    for change in _changes(release):
        _change(change, sessions, people, organiser)
    clock.travel(release["released_at"])
    releasing.publish(event, notes=release["note"], by=organiser)


def _change(table: dict[str, Any], sessions: dict[str, Session], people: dict[str, Speaker], organiser: User) -> None:
    """One change of a session; the key beside the session says which."""
    session = sessions[table["session"]]
    if "is_new" in table:
        Session.objects.filter(pk=session.pk).update(is_ready=True)
        LogEntry.objects.record(session, "edited", by=organiser, fields=["is_ready"])
    elif "is_cancelled" in table:
        scheduling.cancel(session.pk, by=organiser)
    elif "swap" in table:
        scheduling.swap(session.pk, sessions[table["swap"]].pk, by=organiser)
    elif "speaker" in table:
        SpeakerSlot.objects.create(session=session, speaker=people[table["speaker"]], order=9)
        scheduling.follow(session.pk)
    elif "abstract" in table:
        _rewrite(session.pk, table["abstract"], organiser)
    else:
        room, starts_at = session.event.rooms.get(slug=table["room"]), _moment(table["starts"])
        assert session.starts_at
        assert session.ends_at
        scheduling.place(session.pk, room, starts_at, starts_at + (session.ends_at - session.starts_at), by=organiser)


def _rewrite(session_id: int, abstract: dict[str, str], organiser: User) -> None:
    before, after = texts.locked(session_id), texts.locked(session_id)
    for code, text in abstract.items():
        setattr(after, f"abstract_{code}", text)
    after.save(update_fields=[f"abstract_{code}" for code in abstract])
    texts.note_edit(before, after)
    LogEntry.objects.record(after, "edited", by=organiser, fields=sorted(abstract))

"""What a release holds: sessions frozen with their words and slots, and how two releases differ.

A frozen session has one document a language (`ReleasedSession.documents`), whole enough to draw its page:

    {"title", "title_language", "abstract", "abstract_language", "format", "themes": [names], "room", "room_access",
     "access", "languages": [codes], "interpreted_into": [codes], "has_captions",
     "speakers": [{"id", "name", "organisation", "job_title", "biography", "biography_language", "part", "picture"}]}

Where a language is missing, the words of another stand in, and `…_language` says which.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from events.models import Event
from programme.models import Release, ReleasedSession, Session

# Which words stand in for a language: the same order as everywhere (settings.MODELTRANSLATION_FALLBACK_LANGUAGES).
ORDER = {"fi": ("fi", "sv", "en"), "sv": ("sv", "fi", "en"), "en": ("en", "fi", "sv")}
CONFIGURATIONS = {"fi": "finnish", "sv": "swedish", "en": "english"}  # PostgreSQL's, for the search
SPEAKER_FACTS = ("id", "name", "organisation", "part")  # what "new speaker" means; the rest of a person is text


class Change(NamedTuple):
    """What a release changed about one session. A session that moved and has a new speaker is in two of them."""

    kind: str  # "new", "cancelled", "moved", "speaker", "text", "removed"
    session: int
    before: ReleasedSession | None
    after: ReleasedSession | None

    @property
    def shown(self) -> ReleasedSession:
        """The session as it is now, or as it last was."""
        row = self.after or self.before
        assert row is not None  # one of two sides has it
        return row


KINDS = ("new", "cancelled", "removed", "moved", "speaker", "text")  # in the order in which they are told


def current(event: Event) -> Release | None:
    """What everybody sees: the newest."""
    return Release.objects.filter(event=event).visible().order_by("-number").first()


def before(release: Release) -> Release | None:
    """The release that this one follows."""
    return Release.objects.filter(event=release.event_id, number__lt=release.number).order_by("-number").first()


def sessions_of(release: Release) -> list[ReleasedSession]:
    """All that a release shows, in the order of time and rooms."""
    rows = ReleasedSession.objects.filter(release=release).select_related("room")
    return list(rows.defer("words_fi", "words_sv", "words_en"))


# --- Freezing ---------------------------------------------------------------------------------------------------------
def freeze(release: Release) -> int:
    """Write every session that is ready into the release, in one statement; how many."""
    return _freeze(release, "")


def freeze_one(release: Release, previous: Release, session: Session) -> int:
    """The previous release again, with this one session as it is now; how many there are then."""
    with connection.cursor() as cursor:
        cursor.execute(COPY, {"release": release.pk, "previous": previous.pk, "session": session.pk})
        copied = cursor.rowcount
    return copied + _freeze(release, "AND s.id = %(session)s::bigint", session=session.pk)


def _freeze(release: Release, which: str, **given: int) -> int:
    with connection.cursor() as cursor:
        values = {"release": release.pk, "event": release.event_id, **given}
        cursor.execute(FREEZE.replace("/* which */", which), values)
        count = cursor.rowcount
        cursor.execute(KEEP_SEQUENCES, {"release": release.pk})
    return count


def _first(order: Iterable[str], column: str) -> str:
    """The words of the first language that has any."""
    return f"COALESCE({', '.join(f'''NULLIF({column}_{code}, '')''' for code in order)}, '')"


def _language(own: str, column: str) -> str:
    """Which language that is; one's own when there are no words at all."""
    whens = " ".join(f"WHEN {column}_{code} <> '' THEN '{code}'" for code in ORDER[own])
    return f"CASE {whens} ELSE '{own}' END"


def _named(code: str) -> str:
    """A speaker in a language."""
    order = ORDER[code]
    return f"""jsonb_build_object('id', p.id, 'name', p.name, 'organisation', p.organisation,
        'job_title', {_first(order, "p.job_title")},
        'biography', {_first(order, "p.biography")}, 'biography_language', {_language(code, "p.biography")},
        'part', sl.part, 'picture', p.picture_id)"""


def _document(code: str) -> str:
    """The session in a language."""
    order = ORDER[code]
    return f"""jsonb_build_object(
        'title', {_first(order, "s.title")}, 'title_language', {_language(code, "s.title")},
        'abstract', {_first(order, "s.abstract")}, 'abstract_language', {_language(code, "s.abstract")},
        'format', {_first(order, "f.name")}, 'themes', COALESCE(about.{code}, '[]'),
        'room', {_first(order, "r.name")}, 'room_access', {_first(order, "r.access")},
        'access', {_first(order, "s.access")},
        'languages', to_jsonb(s.languages), 'interpreted_into', to_jsonb(s.interpreted_into),
        'has_captions', s.has_captions, 'speakers', COALESCE(people.{code}, '[]'))"""


def _words(code: str) -> str:
    """What the search finds in a language: the title weighs most, then people, themes, format and room, then the text.

    The title and the text of the session are analysed when they are written (migration 0003), because that is slow.
    """
    facts = f"{_first(ORDER[code], 'f.name')}, {_first(ORDER[code], 'r.name')}"
    words = f"concat_ws(' ', people.names, people.jobs_{code}, about.names_{code}, {facts})"
    return f"s.words_{code} || setweight(to_tsvector('{CONFIGURATIONS[code]}', {words}), 'B')"


def _hash() -> str:
    """Of the words in all languages; neither the slot nor the room is among them.

    A newer PostgreSQL may count otherwise: then `differences` looks at all words once, and finds nothing.
    """
    texts = (f"NULLIF(s.{column}_{code}, '')" for column in ("title", "abstract", "access") for code in ORDER)
    people = (f"people.{code}" for code in ORDER)
    return f"to_hex(hash_record_extended(ROW({', '.join([*texts, *people])}, s.interpreted_into, s.has_captions), 0))"


def _is_another_entry() -> str:
    """Whether the calendar entry differs from what was published last; documents are read when words have changed."""
    slot = """(last.starts_at, last.ends_at, last.room_id, last.is_cancelled) IS DISTINCT FROM
              (s.starts_at, s.ends_at, s.room_id, s.cancelled_at IS NOT NULL)"""
    titles = (f"last.documents->'{code}'->>'title' <> {_first(ORDER[code], 's.title')}" for code in ORDER)
    return f"{slot} OR (last.text_hash <> n.text_hash AND ({' OR '.join(titles)}))"


def _each(made: Callable[[str], str]) -> str:
    """Columns of each language."""
    return ", ".join(made(code) for code in ORDER)


def _people_in(code: str) -> str:
    """The speakers of a session, and their words for the search."""
    jobs = f"string_agg({_first(ORDER[code], 'p.job_title')}, ' ')"
    return f'jsonb_agg({_named(code)} ORDER BY sl."order", sl.id) AS {code}, {jobs} AS jobs_{code}'


def _themes_in(code: str) -> str:
    """The themes of a session, and their words for the search."""
    name = _first(ORDER[code], "t.name")
    return f"""jsonb_agg({name} ORDER BY t."order", t.id) AS {code}, string_agg({name}, ' ') AS names_{code}"""


# `last` is the session as any earlier release showed it last. One that was removed and comes back counts two on: the
# first is what took it out of calendars. OFFSET 0 keeps PostgreSQL from counting the hash anew wherever it is used.
FREEZE = f"""
WITH people AS MATERIALIZED (
    SELECT sl.session_id, {_each(_people_in)}, string_agg(concat_ws(' ', p.name, p.organisation), ' ') AS names
    FROM programme_speakerslot sl JOIN programme_speaker p ON p.id = sl.speaker_id
    WHERE p.event_id = %(event)s::bigint GROUP BY sl.session_id
), about AS MATERIALIZED (
    SELECT st.session_id, array_agg(t.slug ORDER BY t."order", t.id) AS slugs, {_each(_themes_in)}
    FROM programme_session_themes st JOIN events_theme t ON t.id = st.theme_id
    WHERE t.event_id = %(event)s::bigint GROUP BY st.session_id
)
INSERT INTO programme_releasedsession (release_id, session_id, room_id, starts_at, ends_at, is_all_day, is_cancelled,
    is_streamed, kind, slug, format, themes, languages, sequence, documents, text_hash, words_fi, words_sv, words_en)
SELECT release.id, s.id, s.room_id, s.starts_at, s.ends_at, s.is_all_day, s.cancelled_at IS NOT NULL,
    s.is_streamed, s.kind, s.slug, COALESCE(f.slug, ''), COALESCE(about.slugs, '{{}}'), s.languages,
    CASE WHEN last.id IS NULL THEN 0
         WHEN last.number < release.number - 1 THEN last.sequence + 2
         WHEN {_is_another_entry()} THEN last.sequence + 1
         ELSE last.sequence END,
    jsonb_build_object({_each(lambda code: f"'{code}', {_document(code)}")}), n.text_hash, {_each(_words)}
FROM programme_release release
JOIN programme_session s ON s.event_id = release.event_id
LEFT JOIN programme_format f ON f.id = s.format_id
LEFT JOIN programme_room r ON r.id = s.room_id
LEFT JOIN people ON people.session_id = s.id
LEFT JOIN about ON about.session_id = s.id
LEFT JOIN LATERAL (SELECT earlier.*, e.number FROM programme_releasedsession earlier
                   JOIN programme_release e ON e.id = earlier.release_id
                   WHERE earlier.session_id = s.id AND e.number < release.number
                   ORDER BY e.number DESC LIMIT 1) last ON true
CROSS JOIN LATERAL (SELECT {_hash()} AS text_hash OFFSET 0) n
WHERE release.id = %(release)s::bigint AND s.is_ready /* which */"""

COLUMNS = """session_id, room_id, starts_at, ends_at, is_all_day, is_cancelled, is_streamed, kind, slug, format, themes,
    languages, sequence, documents, text_hash, words_fi, words_sv, words_en"""
COPY = f"""
INSERT INTO programme_releasedsession (release_id, {COLUMNS})
SELECT %(release)s::bigint, {COLUMNS} FROM programme_releasedsession
WHERE release_id = %(previous)s::bigint AND session_id <> %(session)s::bigint"""

KEEP_SEQUENCES = """
UPDATE programme_session s SET sequence = rs.sequence FROM programme_releasedsession rs
WHERE rs.release_id = %(release)s::bigint AND rs.session_id = s.id AND rs.sequence <> s.sequence"""


# --- Differences ------------------------------------------------------------------------------------------------------
class _Light(NamedTuple):
    """What tells whether a session changed, without its documents."""

    session: int
    starts_at: datetime | None
    ends_at: datetime | None
    room: int | None
    is_cancelled: bool
    text_hash: str


def differences(old: Release | None, new: Release) -> list[Change]:
    """What the newer release changed, in the order in which it is told; documents are read of changed sessions only."""
    earlier, later = _light(old), _light(new)
    changed = {pk for pk in earlier.keys() | later.keys() if earlier.get(pk) != later.get(pk)}
    if not changed:
        return []
    rows = {
        (row.release_id, row.session_id): row
        for row in ReleasedSession.objects.filter(release__in=[one.pk for one in (old, new) if one])
        .filter(session__in=changed)
        .select_related("room")
        .defer("words_fi", "words_sv", "words_en")
    }
    sides = ((rows.get((old.pk, pk)) if old else None, rows.get((new.pk, pk))) for pk in changed)
    found = [Change(kind, _key(*side), *side) for side in sides for kind in _kinds(*side)]
    return sorted(found, key=_order)


def _light(release: Release | None) -> dict[int, _Light]:
    if release is None:
        return {}
    names = ("session_id", "starts_at", "ends_at", "room_id", "is_cancelled", "text_hash")
    rows = ReleasedSession.objects.filter(release=release).order_by().values_list(*names)
    return {row[0]: _Light(*row) for row in rows}


def _key(earlier: ReleasedSession | None, later: ReleasedSession | None) -> int:
    row: Any = later or earlier
    return row.session_id


def _kinds(earlier: ReleasedSession | None, later: ReleasedSession | None) -> list[str]:
    """What happened to one session; beside a cancellation nothing else matters."""
    if later is None:
        return ["removed"]
    if later.is_cancelled:
        return [] if earlier and earlier.is_cancelled else ["cancelled"]
    if earlier is None or earlier.is_cancelled:
        return ["new"]
    is_moved = slot(earlier) != slot(later)
    has_others = _people(earlier) != _people(later)
    is_reworded = _texts(earlier, later) != _texts(later, earlier)
    kinds = (("moved", is_moved), ("speaker", has_others), ("text", is_reworded))
    return [kind for kind, is_so in kinds if is_so]


def slot(row: ReleasedSession) -> tuple[Any, ...]:
    """When and where."""
    return row.starts_at, row.ends_at, row.room_id


def _people(row: ReleasedSession) -> list[dict[str, Any]]:
    return [{name: one[name] for name in SPEAKER_FACTS} for one in row.documents["fi"]["speakers"]]


def _texts(row: ReleasedSession, other: ReleasedSession) -> list[Any]:
    """The words; of speakers only what is told of those who speak in both, because a new one is no change of text."""
    names = ("title", "abstract", "access", "interpreted_into", "has_captions")
    words: list[Any] = [document[name] for document in row.documents.values() for name in names]
    known = {one["id"] for one in other.documents["fi"]["speakers"]}
    people = (one for document in row.documents.values() for one in document["speakers"] if one["id"] in known)
    told = {(one["id"], one["job_title"], one["biography"]) for one in people}
    return [*words, told]


def _order(change: Change) -> Any:
    row = change.shown
    starts = row.starts_at.timestamp() if row.starts_at else float("inf")
    return KINDS.index(change.kind), starts, row.session_id

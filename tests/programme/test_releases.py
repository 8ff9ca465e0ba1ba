"""Freezing the programme, and what two releases differ in."""

import pytest
from django.contrib.postgres.search import SearchQuery

from events import clock
from events.models import Event
from programme import releases
from programme.models import Release, ReleasedSession, Session, SpeakerSlot
from tests.factories import make_event, make_theme
from tests.sessions import make_release, make_room, make_session, make_speaker, move_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def only(release: Release) -> ReleasedSession:
    (row,) = releases.sessions_of(release)
    return row


def kinds(old: Release | None, new: Release) -> list[str]:
    return [change.kind for change in releases.differences(old, new)]


# --- Freezing ---------------------------------------------------------------------------------------------------------
def test_the_document_of_a_session_is_whole_in_each_language(event: Event):
    pia = make_speaker(event, name="Pia", job_title_fi="tutkija", job_title_sv="forskare", biography_fi="Tutkii.")
    ola = make_speaker(event, name="Ola", biography_sv="Leder.", biography_fi="Johtaa.", biography_en="Leads.")
    session = make_session(
        event, speakers=[pia, ola], starts="2024-11-14 10:00", room=make_room(event, access_fi="Hissi"),
        title_fi="Kotoutuminen", title_sv="Integration", title_en="", abstract_fi="Kuvaus", abstract_sv="",
        abstract_en="About", access_fi="Induktiosilmukka", languages=["fi", "sv"], interpreted_into=["en", "fse"],
        has_captions=True, is_streamed=True,
    )  # fmt: skip
    SpeakerSlot.objects.filter(speaker=ola).update(part="chair")
    row = only(make_release(event))
    assert row.documents["sv"] == {
        "title": "Integration",
        "title_language": "sv",
        "abstract": "Kuvaus",
        "abstract_language": "fi",
        "format": "Föreläsning",
        "themes": ["Delaktighet"],
        "room": "Hall sv",
        "room_access": "Hissi",
        "access": "Induktiosilmukka",
        "languages": ["fi", "sv"],
        "interpreted_into": ["en", "fse"],
        "has_captions": True,
        "speakers": [
            {
                "id": pia.pk, "name": "Pia", "organisation": "Järjestö", "job_title": "forskare",
                "biography": "Tutkii.", "biography_language": "fi", "part": "speaker", "picture": None,
            },
            {
                "id": ola.pk, "name": "Ola", "organisation": "Järjestö", "job_title": "",
                "biography": "Leder.", "biography_language": "sv", "part": "chair", "picture": None,
            },
        ],
    }  # fmt: skip
    english = row.documents["en"]
    assert (english["title"], english["title_language"], english["abstract"]) == ("Kotoutuminen", "fi", "About")
    assert (row.slug, row.format, row.themes, row.languages) == (session.slug, "lecture", ["inclusion"], ["fi", "sv"])
    assert (row.starts_at, row.ends_at, row.room) == (session.starts_at, session.ends_at, session.room)
    assert (row.is_streamed, row.is_cancelled, row.is_all_day, row.sequence) == (True, False, False, 0)


def test_a_bare_break_can_be_frozen(event: Event):
    Session.objects.create(event=event, kind="break", slug="coffee", title_fi="Kahvi", title_sv="Kaffe", is_ready=True)
    row = only(make_release(event))
    document = row.documents["en"]
    assert (row.kind, row.format, row.themes, row.starts_at, row.room) == ("break", "", [], None, None)
    assert (document["title"], document["abstract"], document["format"], document["room"]) == ("Kahvi", "", "", "")
    assert (document["abstract_language"], document["themes"], document["speakers"]) == ("en", [], [])


def test_only_what_is_ready_of_this_event_is_frozen(event: Event):
    ready = make_session(event)
    make_session(event, is_ready=False)
    make_session(make_event(slug="2020", is_current=False))
    release = make_release(event)
    assert [row.session for row in releases.sessions_of(release)] == [ready]
    assert releases.current(event) == release


def test_what_is_frozen_stays_when_the_session_is_edited(event: Event):
    session = make_session(event, title_fi="Ennen")
    release = make_release(event)
    Session.objects.filter(pk=session.pk).update(title_fi="Jälkeen", slug="after")
    assert only(release).documents["fi"]["title"] == "Ennen"
    assert only(release).slug == session.slug


@pytest.mark.parametrize(
    ("column", "configuration", "word"),
    [
        ("words_fi", "finnish", "seminaarissa"),
        ("words_sv", "swedish", "integrationens"),
        ("words_en", "english", "arriving"),
    ],
)
def test_the_search_knows_the_words_of_each_language(event: Event, column: str, configuration: str, word: str):
    found = make_session(
        event, title_fi="Seminaari", title_sv="Integrationen", title_en="Arrival",
        abstract_en="Those who arrive", speakers=[make_speaker(event, name="Aino Ahtaja")],
    )  # fmt: skip
    make_session(event)
    release = make_release(event)
    for text in (word, "Ahtaja"):
        query = SearchQuery(text, config=configuration)
        assert [row.session for row in release.sessions.filter(**{column: query})] == [found]


def test_the_hash_is_of_the_words_not_of_slot_or_room(event: Event):
    session = make_session(event, starts="2024-11-14 10:00", room=make_room(event))
    first = only(make_release(event)).text_hash
    move_session(session, "2024-11-14 12:00", room=make_room(event, "studio"))
    assert only(make_release(event)).text_hash == first
    Session.objects.filter(pk=session.pk).update(abstract_en="Other words")
    second = only(make_release(event)).text_hash
    SpeakerSlot.objects.create(session=session, speaker=make_speaker(event))
    third = only(make_release(event)).text_hash
    Session.objects.filter(pk=session.pk).update(interpreted_into=["fse"])
    assert len({first, second, third, only(make_release(event)).text_hash}) == 4


def test_the_sequence_grows_when_the_calendar_entry_changes(event: Event):
    session = make_session(event, starts="2024-11-14 10:00", room=make_room(event))
    rows = Session.objects.filter(pk=session.pk)

    def sequence() -> int:
        row = only(make_release(event))
        assert rows.get().sequence == row.sequence
        return row.sequence

    assert (sequence(), sequence()) == (0, 0)
    rows.update(abstract_fi="Muuta")
    assert sequence() == 0
    move_session(session, "2024-11-14 12:00")
    assert sequence() == 1
    rows.update(room=make_room(event, "studio"))
    assert sequence() == 2
    rows.update(title_en="Another title")
    assert sequence() == 3
    rows.update(cancelled_at=clock.now())
    assert sequence() == 4


def test_a_session_that_was_away_comes_back_with_a_higher_sequence_than_its_removal(event: Event):
    session = make_session(event)
    make_release(event)
    Session.objects.filter(pk=session.pk).update(is_ready=False)
    make_release(event)
    Session.objects.filter(pk=session.pk).update(is_ready=True)
    assert only(make_release(event)).sequence == 2


def test_freezing_one_leaves_the_others_as_they_were_published(event: Event):
    moved = make_session(event, starts="2024-11-14 10:00", title_fi="Ennen")
    kept = make_session(event, title_fi="Ennen")
    first = make_release(event)
    Session.objects.update(title_fi="Jälkeen")
    second = Release.objects.create(event=event, number=2, released_at=clock.now(), is_urgent=True)
    assert releases.freeze_one(second, first, moved) == 2
    titles = {row.session_id: row.documents["fi"]["title"] for row in releases.sessions_of(second)}
    assert titles == {moved.pk: "Jälkeen", kept.pk: "Ennen"}
    copied = second.sessions.get(session=kept)
    assert copied.words_fi == first.sessions.get(session=kept).words_fi is not None
    assert kinds(first, second) == ["text"]


def many(event: Event, count: int) -> None:
    """Sessions with two speakers, two themes, and texts of the usual length."""
    themes = [make_theme(event), make_theme(event, "work")]
    for _ in range(count):
        speakers = [make_speaker(event, biography_fi="x" * 300, biography_sv="y " * 150) for _ in range(2)]
        long = {f"abstract_{code}": f"sana {code} " * 100 for code in ("fi", "sv", "en")}
        make_session(event, speakers=speakers, **long).themes.set(themes)


def test_freezing_costs_the_same_statements_for_few_and_many(event: Event, django_assert_num_queries):
    many(event, 1)
    release = Release.objects.create(event=event, number=1, released_at=clock.now())
    with django_assert_num_queries(2):
        assert releases.freeze(release) == 1
    many(event, 9)
    release = Release.objects.create(event=event, number=2, released_at=clock.now())
    with django_assert_num_queries(2):
        assert releases.freeze(release) == 10


# --- Differences ------------------------------------------------------------------------------------------------------
def test_the_first_release_is_all_new(event: Event):
    session = make_session(event)
    release = make_release(event)
    (change,) = releases.differences(None, release)
    assert (change.kind, change.session, change.before, change.after) == ("new", session.pk, None, only(release))


def test_each_change_is_told_by_its_kind_in_order(event: Event):
    moved = make_session(event, starts="2024-11-14 10:00", room=make_room(event))
    with_speaker, reworded = make_session(event, speakers=[make_speaker(event)]), make_session(event)
    cancelled, removed, same = make_session(event), make_session(event), make_session(event)
    first = make_release(event)
    move_session(moved, "2024-11-14 12:00")
    SpeakerSlot.objects.create(session=with_speaker, speaker=make_speaker(event, biography_fi="Uusi"))
    Session.objects.filter(pk=reworded.pk).update(title_sv="Nytt")
    Session.objects.filter(pk=cancelled.pk).update(cancelled_at=clock.now())
    Session.objects.filter(pk=removed.pk).update(is_ready=False)
    new = make_session(event)
    found = releases.differences(first, make_release(event))
    assert [(change.kind, change.session) for change in found] == [
        ("new", new.pk),
        ("cancelled", cancelled.pk),
        ("removed", removed.pk),
        ("moved", moved.pk),
        ("speaker", with_speaker.pk),
        ("text", reworded.pk),
    ]
    assert same.pk not in {change.session for change in found}
    change = found[3]
    assert (change.before.starts_at, change.after.starts_at) == (at_ten(), moved.starts_at)
    assert [one.after for one in found if one.kind == "removed"] == [None]


def at_ten():
    return clock.datetime.fromisoformat("2024-11-14T10:00+02:00")


def test_moved_and_reworded_is_told_twice(event: Event):
    session = make_session(event, starts="2024-11-14 10:00")
    first = make_release(event)
    move_session(session, "2024-11-14 12:00")
    Session.objects.filter(pk=session.pk).update(abstract_fi="Muuta")
    assert kinds(first, make_release(event)) == ["moved", "text"]


def test_a_new_biography_is_a_change_of_text_and_a_new_speaker_is_not(event: Event):
    pia = make_speaker(event)
    session = make_session(event, speakers=[pia])
    first = make_release(event)
    pia.biography_sv = "Ny"
    pia.save()
    second = make_release(event)
    assert kinds(first, second) == ["text"]
    SpeakerSlot.objects.filter(session=session).update(speaker=make_speaker(event, biography_fi="Muu"))
    assert kinds(second, make_release(event)) == ["speaker"]


def test_a_cancelled_session_that_takes_place_after_all_is_new_and_stays_cancelled_silently(event: Event):
    session = make_session(event)
    rows = Session.objects.filter(pk=session.pk)
    first = make_release(event)
    rows.update(cancelled_at=clock.now())
    second = make_release(event)
    third = make_release(event)
    rows.update(cancelled_at=None)
    fourth = make_release(event)
    assert (kinds(first, second), kinds(second, third), kinds(third, fourth)) == (["cancelled"], [], ["new"])
    assert only(second).is_cancelled


def test_differences_cost_the_same_for_few_and_many_and_read_no_documents_without_a_change(
    event: Event, django_assert_num_queries
):
    many(event, 3)
    first, second = make_release(event), make_release(event)
    with django_assert_num_queries(2):
        assert releases.differences(first, second) == []
    Session.objects.update(abstract_fi="Muuta")
    third = make_release(event)
    with django_assert_num_queries(3):
        assert len(releases.differences(second, third)) == 3
    many(event, 6)
    fourth = make_release(event)
    with django_assert_num_queries(3):
        assert len(releases.differences(third, fourth)) == 6


def test_sessions_of_a_release_are_one_query_with_their_rooms(event: Event, django_assert_num_queries):
    make_session(event, room=make_room(event))
    make_session(event, room=make_room(event, "studio"))
    release = make_release(event)
    with django_assert_num_queries(1):
        assert {row.room.slug for row in releases.sessions_of(release)} == {"hall", "studio"}

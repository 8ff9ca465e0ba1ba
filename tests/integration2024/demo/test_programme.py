"""The programme of the demo: 60 sessions in 8 rooms over 2 days, three releases, the archive of 2020."""

from django.test import Client

from events import clock
from events.clock import day_of
from events.models import Event, Mail
from events.text_states import State
from integration2024.demo import loader, programme, proposals
from programme import releases, texts
from programme.models import Material, Release, Session, Speaker
from programme.services import releasing
from tests.factories import at


def load() -> list[int]:
    events = loader.load()
    for event in events:
        proposals.load(event)
    return [programme.load(event) for event in events]


def changes(event: Event) -> dict[int, set[tuple[str, str]]]:
    """What each release changed."""
    rows = Release.objects.filter(event=event).order_by("number")
    return {
        row.number: {(one.kind, one.shown.slug) for one in releases.differences(releases.before(row), row)}
        for row in rows
    }


def test_sixty_sessions_in_eight_rooms_on_two_days_and_once(demo) -> None:
    assert load() == [60, 0, 14]
    assert load() == [0, 0, 0]
    rows = Session.objects.for_event(demo).filter(kind=Session.Kind.SESSION)
    assert rows.count() == 60
    assert {row.room for row in rows} == set(demo.rooms.all())
    assert demo.rooms.count() == 8
    assert {day_of(row.starts_at) for row in rows if row.starts_at} == {day.date for day in demo.days.all()}
    assert rows.exclude(proposal=None).count() == 55
    assert {row.format for row in rows} == set(demo.formats.all())
    assert rows.filter(is_all_day=True).count() == 2
    assert rows.exclude(pool=None).count() == 9
    assert set(rows.filter(is_streamed=True).values_list("room__slug", flat=True)) == {"main", "aura", "roundhouse"}
    assert all(row.has_captions for row in rows.filter(is_streamed=True))
    assert all("fse" in row.interpreted_into for row in rows.filter(room__slug="main"))
    assert Speaker.objects.filter(event=demo).count() == 66
    assert not Speaker.objects.filter(event=demo, slots=None).exists()
    assert releasing.incomplete(demo) == []
    for session in rows.filter(is_all_day=False).prefetch_related("texts"):
        assert day_of(session.starts_at) == day_of(session.ends_at)
        states = texts.states(session, list(session.texts.all()))
        assert {states["fi"], states["sv"]} <= {State.REVIEWED, State.WRITTEN}
    assert not Mail.objects.exists()


def test_some_speakers_have_pictures_and_some_sessions_files(demo, client: Client) -> None:
    load()
    clock.travel(at("2024-10-14 09:00"))
    files = Material.objects.exclude(upload=None)
    assert files.count() == 3
    assert all(row.upload.kind == "pdf" and row.upload.size < 60_000 for row in files)
    shown = Speaker.objects.filter(event=demo).exclude(picture=None)
    assert shown.count() == 11
    assert max(row.picture.size for row in shown) < 20_000
    page = client.get(f"/sv/programme/session/{files[0].session.slug}/").content.decode()
    assert (files[0].title in page, "PDF" in page) == (True, True)


def test_three_releases_tell_what_has_changed(demo) -> None:
    load()
    moments_of = list(demo.releases.order_by("number").values_list("released_at", flat=True))
    assert [f"{moment.astimezone(clock.HELSINKI):%d.%m. %H:%M}" for moment in moments_of] == [
        "18.09. 12:00", "02.10. 12:00", "09.10. 12:00",
    ]  # fmt: skip
    found = changes(demo)
    assert len(found[1]) == 59 + 6
    assert found[2] == {
        ("new", "film-the-papers-of-my-mother"),
        ("moved", "apprenticeship-at-fifty"),
        ("moved", "a-mentor-from-the-next-department"),
        ("speaker", "recruiting-without-a-name"),
    }
    assert found[3] == {
        ("cancelled", "night-shift-finnish"),
        ("moved", "small-places-big-arrivals"),
        ("text", "maternity-clinic-as-an-early-door"),
    }
    clock.travel(at("2024-10-14 09:00"))
    assert [(one.kind, one.shown.slug) for one in releasing.rehearse(demo).changes] == [
        ("moved", "pictures-instead-of-forms")
    ]


def test_the_public_sees_what_was_published_by_the_moment(demo, client: Client) -> None:
    load()
    seen = {}
    for moment in ("2024-09-18 11:55", "2024-09-20 09:00", "2024-10-03 09:00", "2024-10-14 09:00"):
        clock.travel(at(moment))
        page = client.get("/fi/programme/").content.decode()
        changed = client.get("/fi/programme/changes/").content.decode()
        found = client.get("/fi/programme/session/film-the-papers-of-my-mother/").status_code
        seen[moment] = ("Tervetuloa Integration" in page, changed.count("<h2"), found, ">Ohjelma</a>" in page)
    assert [one[0] for one in seen.values()] == [False, True, True, True]
    assert [one[2] for one in seen.values()] == [404, 404, 200, 200]
    assert [one[3] for one in seen.values()] == [False, True, True, True]
    assert [one[1] for one in seen.values()] == sorted(one[1] for one in seen.values())


def test_whoever_publishes_while_travelling_makes_the_next_number(demo) -> None:
    load()
    clock.travel(at("2024-09-19 09:00"))
    release = releasing.publish(demo, notes={}, by=None)
    assert release.number == 4
    assert releases.current(demo) == release


def test_what_organisers_have_deleted_is_done_without(demo, client: Client) -> None:
    """An older demo's data may lack what the programme names."""
    demo.themes.filter(slug="inclusion").delete()
    demo.formats.filter(slug="speech").delete()
    demo.calls.get(slug="planning-groups").choices.filter(slug="practical").delete()
    assert load() == [60, 0, 14]
    assert client.get("/sv/programme/?theme=wellbeing").status_code == 200


def test_the_archive_of_2020_has_five_tracks_and_a_joint_day(demo, client: Client) -> None:
    load()
    former = Event.objects.get(slug="2020")
    rows = Session.objects.for_event(former).filter(kind=Session.Kind.SESSION)
    assert rows.filter(starts_at__date="2020-11-25").values("room").distinct().count() == 5
    assert set(rows.filter(starts_at__date="2020-11-26").values_list("room__slug", flat=True)) == {"joint"}
    assert {theme.slug for row in rows for theme in row.themes.all()} == {theme.slug for theme in former.themes.all()}
    assert changes(former)[2] == {("moved", "mental-wellbeing-of-those-who-wait")}
    assert "Odottavan mieli" in client.get("/fi/2020/programme/").content.decode()
    clock.travel(at("2024-10-14 09:00"))
    assert (
        f"https://video.example/2020/{rows[0].slug}"
        in client.get(f"/fi/2020/programme/session/{rows[0].slug}/").content.decode()
    )

"""Forty applications for a booth: those behind the exhibition's booths, and others that led to none."""

from collections import Counter

from booths.models import Booth, BoothApplication, BoothApplicationReview
from integration2024.demo import booth_applications, exhibition, loader, moments


def load() -> int:
    current = next(event for event in loader.load() if event.is_current)
    exhibition.load(current)
    return booth_applications.load(current)


def test_forty_applications_in_three_languages_and_all_states_once(demo) -> None:
    assert (load(), load()) == (40, 0)
    rows = list(BoothApplication.objects.for_event(demo).prefetch_related("themes"))
    states = Counter(row.status for row in rows)
    assert states["confirmed"] + states["accepted"] == 28
    assert {name: states[name] for name in ("reserved", "rejected", "declined", "withdrawn", "draft")} == {
        "reserved": 4, "rejected": 5, "declined": 1, "withdrawn": 1, "draft": 1,
    }  # fmt: skip
    assert {row.language for row in rows} == {"fi", "sv", "en"}
    assert all(row.own_title and row.themes.all() and row.email.endswith(".example") for row in rows)
    assert sorted(row.reserve_order for row in rows if row.status == "reserved") == [1, 2, 3, 4]


def test_every_booth_has_the_application_that_it_came_from(demo) -> None:
    load()
    for booth in Booth.objects.for_event(demo).select_related("application"):
        row = booth.application
        assert row is not None
        assert (row.email, row.size, row.shown, row.booth_languages) == (
            booth.email, booth.size, booth.shown, booth.languages,
        )  # fmt: skip
        assert (row.status == "confirmed") == (booth.confirmed_at is not None)


def test_everything_has_happened_in_its_order_and_was_reviewed(demo) -> None:
    load()
    for row in BoothApplication.objects.select_related("call"):
        steps = [row.call.opens_at, row.started_at, row.submitted_at, row.decided_at, row.letter_at, row.answered_at]
        told = [at for at in steps if at]
        assert told == sorted(told), row
        assert told[-1] < moments.BEGINNING
    each = Counter(BoothApplicationReview.objects.values_list("application", flat=True))
    assert Counter(each.values())[3] > 30

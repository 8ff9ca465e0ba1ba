"""Speakers who register, participants who mark and book sessions, feedback, and a mailbox that is not flooded."""

from collections import Counter

import pytest

from events import clock
from events.models import Event, Mail, Place
from integration2024.demo import audience, door, loader, people, programme, proposals
from programme.models import Booking, Favourite, SessionFeedback, Speaker
from registration.models import Claim, ListEntry, Registration
from tests.factories import at


@pytest.fixture
def everything(demo: Event) -> Event:
    clock.travel(at("2024-10-14 09:00"))
    for event in loader.load():
        proposals.load(event)
        programme.load(event)
    for _ in people.carry_out(people.steps(demo, 40)):
        pass
    return demo


def test_what_people_do_with_the_programme(everything: Event) -> None:
    before = Mail.objects.count()
    taken = audience.load(everything)
    assert taken == Booking.objects.count() > 20
    assert audience.load(everything) == 0
    assert Counter(
        Booking.objects.filter(session__slug=audience.FULL).values_list("status", flat=True)
    ) == {Place.Status.CONFIRMED: 12, Place.Status.WAITING: 4}  # fmt: skip
    assert Favourite.objects.count() > 50
    registered = Speaker.objects.filter(event=everything).exclude(registration=None)
    assert registered.count() + Claim.objects.filter(event=everything).count() == 66
    assert {row.registration.role.slug for row in registered} == {"speaker"}
    assert max(booking.booked_at for booking in Booking.objects.all()) < at("2024-10-14 09:00")
    release = everything.releases.latest("number")
    assert release.notices_at is not None
    written = Mail.objects.order_by("pk")[before:]
    assert Counter(mail.status for mail in written)["queued"] == audience.KEPT_MAILS
    assert all(mail.sent_at == mail.created_at for mail in written if mail.status == "sent")
    assert "programme/changes" in {mail.message for mail in written}


def test_guests_of_the_dinner_are_not_mixed_up_with_those_of_a_workshop(everything: Event) -> None:
    audience.load(everything)
    count = ListEntry.objects.filter(check_in_list__session=None).count()
    invited = door.invite_to_dinner(everything)
    assert count == 0 < invited
    assert ListEntry.objects.filter(check_in_list__name_en="Dinner").count() == invited


def test_before_the_programme_is_published_nobody_does_anything(everything: Event) -> None:
    clock.travel(at("2024-09-10 09:00"))
    assert audience.load(everything) == 0
    assert not Favourite.objects.exists()


def test_feedback_follows_the_clock(everything: Event, client) -> None:
    assert audience.give_feedback(everything) == 0
    client.post("/demo/travel/", {"moment": "2024-11-14T12:30", "next": "/fi/"})
    morning = set(SessionFeedback.objects.values_list("session__slug", flat=True))
    assert "opening" in morning
    assert "closing" not in morning
    client.post("/demo/travel/", {"moment": "2024-11-29T09:00", "next": "/fi/"})
    rows = SessionFeedback.objects.all()
    assert len({row.session_id for row in rows}) == 57  # of 60: two last all day, one is cancelled
    assert {row.usefulness for row in rows} == {1, 2, 3, 4, 5}
    count = rows.count()
    client.post("/demo/travel/", {"moment": "2024-11-30T09:00", "next": "/fi/"})
    assert SessionFeedback.objects.count() == count
    assert Registration.objects.filter(event=everything).exists()

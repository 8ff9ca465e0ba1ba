"""What exhibitors do themselves: texts and change requests, needs, badges; dates; reminders once each."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booths import texts
from booths.models import Booth, BoothChange
from booths.services import exhibiting, keeping
from events import outbox
from events.models import Event, Mail, Pool, Role
from events.text_states import LANGUAGES, State
from registration.models import Claim, Registration
from registration.services import TooOften, register_on_claim
from tests.exhibition import make_booth, make_exhibition, make_hall, make_place
from tests.factories import at, make_details, make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def fresh(booth: Booth) -> Booth:
    return Booth.objects.get(pk=booth.pk)


# --- Texts ------------------------------------------------------------------------------------------------------------
def test_texts_of_a_booth_that_is_not_public_are_saved_at_once(event: Event, moment):
    booth = make_booth(event, published_at=None)
    assert exhibiting.write_texts(booth.pk, {"title_fi": "Uusi", "title_sv": booth.title_sv}) is None
    assert fresh(booth).title_fi == "Uusi"
    assert texts.states(fresh(booth)) == {"fi": State.WRITTEN, "sv": State.OUTDATED, "en": State.OUTDATED}


def test_a_translation_that_catches_up_makes_nothing_out_of_date(event: Event):
    booth = make_booth(event, published_at=None, title_sv="", description_sv="")
    exhibiting.write_texts(booth.pk, {"title_sv": "Ny", "description_sv": "Text."})
    assert texts.states(fresh(booth)) == dict.fromkeys(LANGUAGES, State.WRITTEN)


def test_texts_of_a_public_booth_wait_for_an_organiser_and_the_newest_request_counts(event: Event):
    booth = make_booth(event)
    first = exhibiting.write_texts(booth.pk, {"title_fi": "Ensimmäinen"})
    second = exhibiting.write_texts(booth.pk, {"title_fi": "Toinen"})
    assert first is not None
    assert second is not None
    assert fresh(booth).title_fi == booth.title_fi
    assert BoothChange.objects.get(pk=first.pk).status == BoothChange.Status.REPLACED
    with pytest.raises(exhibiting.AnsweredAlready):
        exhibiting.accept_change(first.pk, by=None)
    version = event.public_version
    exhibiting.accept_change(second.pk, by=None)
    assert (fresh(booth).title_fi, Event.objects.get(pk=event.pk).public_version) == ("Toinen", version + 1)
    assert Mail.objects.get().message == "booths/change_decided"


def test_what_goes_out_of_date_is_told_before(event: Event):
    booth = make_booth(event)
    assert texts.left_behind(booth, {"title_fi": "Uusi"}) == ["sv", "en"]
    assert texts.left_behind(booth, {"title_fi": "Uusi", "title_sv": "Ny", "title_en": "New"}) == []
    assert texts.left_behind(booth, {"title_fi": booth.title_fi}) == []


def test_texts_that_read_as_before_take_the_request_back(event: Event):
    booth = make_booth(event)
    exhibiting.write_texts(booth.pk, {"title_fi": "Uusi"})
    assert exhibiting.write_texts(booth.pk, {"title_fi": booth.title_fi}) is None
    assert not booth.changes.filter(status=BoothChange.Status.ASKED).exists()


def test_a_change_that_is_not_taken_over_is_told_with_the_reason(event: Event):
    booth = make_booth(event, language="en")
    change = exhibiting.write_texts(booth.pk, {"title_en": "BUY NOW"})
    assert change is not None
    exhibiting.decline_change(change.pk, reason="This is an advertisement.", by=None)
    mail = Mail.objects.get()
    assert (mail.to_email, mail.subject) == (booth.email, "Integration 2024: your new texts were not taken over")
    assert "This is an advertisement." in mail.text
    assert fresh(booth).title_en == booth.title_en


# --- Dates ------------------------------------------------------------------------------------------------------------
def test_dates_count_to_the_end_of_their_minute(event: Event, moment):
    booth = make_booth(event, published_at=None)
    exhibition = make_exhibition(event, needs_until=at("2024-10-20 16:00"))
    needs = {name: getattr(booth, name) for name in exhibiting.NEEDS}
    moment.move_to(at("2024-10-20 16:00:59.9"))
    exhibiting.tell_needs(booth.pk, {**needs, "needs_wall": True})
    moment.move_to(at("2024-10-20 16:01"))
    with pytest.raises(exhibiting.TooLate):
        exhibiting.tell_needs(booth.pk, needs)
    moment.move_to(at("2024-10-25 16:01"))
    with pytest.raises(exhibiting.TooLate):
        exhibiting.write_texts(booth.pk, {"title_fi": "Uusi"})
    assert exhibition.is_open("staff", at("2024-11-08 16:00:30"))
    assert fresh(booth).needs_wall is True


def test_a_cancelled_booth_changes_nothing(event: Event):
    booth = keeping.cancel(make_booth(event).pk, by=None)
    with pytest.raises(keeping.IsCancelled):
        exhibiting.order_badges(booth.pk)


# --- Badges -----------------------------------------------------------------------------------------------------------
def test_badges_take_no_place_of_the_event_and_a_colleague_registers_on_the_link(event: Event):
    booth, pool = make_booth(event), Pool.objects.get()
    badge = exhibiting.order_badges(booth.pk, number=2)[0]
    assert Pool.objects.get().taken == pool.taken
    claim = badge.claim
    assert (claim.role.slug, claim.days.count(), claim.note) == ("exhibitor", 2, booth.organisation)
    registration = register_on_claim(claim.pk, make_details(event), form_key=uuid.uuid4())
    assert (registration.role.slug, registration.status) == ("exhibitor", "confirmed")
    assert [bool(row.claim.registration) for row in exhibiting.badges_of(booth)] == [True, False]


def test_badges_count_against_the_places_when_the_event_says_so(event: Event):
    Role.objects.filter(slug="exhibitor").update(needs_place=True)
    exhibiting.order_badges(make_booth(event).pk, number=2)
    assert Pool.objects.get().taken == 2


def test_many_badges_cost_as_much_as_one(event: Event):
    make_exhibition(event, badges=20)
    asked = []
    for number in (1, 12):
        booth = make_booth(event)
        with CaptureQueriesContext(connection) as queries:
            assert len(exhibiting.order_badges(booth.pk, number=number)) == number
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_no_more_badges_than_the_booth_gets_and_one_that_is_taken_back_can_be_ordered_again(event: Event):
    make_exhibition(event, badges=2)
    booth = make_booth(event)
    badges = exhibiting.order_badges(booth.pk, number=2)
    with pytest.raises(exhibiting.NoBadgesLeft):
        exhibiting.order_badges(booth.pk)
    exhibiting.take_badge_back(booth.pk, badges[0].pk)
    with pytest.raises(exhibiting.NotYours):
        exhibiting.take_badge_back(booth.pk, badges[0].pk)
    assert len(exhibiting.order_badges(booth.pk)) == 1
    Booth.objects.filter(pk=booth.pk).update(most_badges=3)
    assert len(exhibiting.order_badges(booth.pk)) == 1


def test_strangers_cannot_be_mailed_without_end(event: Event):
    make_exhibition(event, badges=1)
    booth = make_booth(event)
    for number in range(exhibiting.TAKEN_BACK_A_DAY + 1):
        (badge,) = exhibiting.order_badges(booth.pk, email=f"p{number}@x.example")
        exhibiting.take_badge_back(booth.pk, badge.pk)
    with pytest.raises(TooOften):
        exhibiting.order_badges(booth.pk, email="last@x.example")
    assert Mail.objects.filter(message="registration/claim_link").count() == exhibiting.TAKEN_BACK_A_DAY + 1


def test_somebody_elses_badge_cannot_be_taken_back(event: Event):
    badge = exhibiting.order_badges(make_booth(event).pk)[0]
    with pytest.raises(exhibiting.NotYours):
        exhibiting.take_badge_back(make_booth(event).pk, badge.pk)
    assert Claim.objects.get().status == "reserved"


def test_a_link_is_mailed_to_a_colleague_in_the_exhibitors_language(event: Event):
    exhibiting.order_badges(make_booth(event, language="sv").pk, email="kollega@jarjesto.example")
    mail = Mail.objects.get()
    assert (mail.to_email, mail.language, mail.message) == ("kollega@jarjesto.example", "sv", "registration/claim_link")
    assert not Registration.objects.exists()


def test_without_a_role_of_exhibitors_nothing_can_be_ordered(event: Event):
    Role.objects.filter(slug="exhibitor").delete()
    with pytest.raises(exhibiting.NoExhibitors):
        exhibiting.order_badges(make_booth(event).pk)


# --- Reminders --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "lack"), [("fi", "- logo"), ("sv", "- logotyp"), ("en", "- logo")])
def test_a_reminder_says_what_is_missing_in_the_exhibitors_language(event: Event, moment, language: str, lack: str):
    make_exhibition(event)
    make_booth(event, language=language)
    moment.move_to(at("2024-10-24 17:00"))
    exhibiting.remind()
    bodies = [outbox.build(mail).body for mail in Mail.objects.filter(message="booths/reminder")]
    assert any(lack in body.splitlines() for body in bodies)


def test_who_lacks_something_is_reminded_a_week_and_a_day_before_once_each(event: Event, moment):
    make_exhibition(event)
    lacking = make_booth(event, make_place(make_hall(event)))
    make_booth(event, staff_expected=2, set_up="ke", take_down="pe", most_badges=0)
    make_booth(event, confirmed_at=None, published_at=None)
    moment.move_to(at("2024-10-24 17:00"))  # a week before the needs, a day before the texts
    sent = [exhibiting.remind(), exhibiting.remind()]
    moment.move_to(at("2024-10-30 17:00"))
    sent.append(exhibiting.remind())
    assert sent[1] == 0
    told = Mail.objects.filter(to_email=lacking.email, message="booths/reminder").values_list("key", flat=True)
    assert sorted(key.split(":")[3].rsplit("-", 1)[0] for key in told) == ["needs-1", "needs-7", "texts-1"]

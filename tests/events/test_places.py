"""Limited places: what is taken, who waits, what is offered to whom and until when.

The mechanism is tried with registrations and claims, which are its first tables.
"""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from events import places
from events.models import LogEntry, Mail, Place, Pool
from events.transitions import InvalidTransition
from registration import services
from registration.models import Registration
from tests.factories import at, make_details, make_event, make_organiser, register

pytestmark = pytest.mark.django_db
Status = Place.Status


def statuses(*registrations: Registration) -> list[str]:
    """As the database has them."""
    found = dict(Registration.objects.values_list("pk", "status"))
    return [found[registration.pk] for registration in registrations]


def taken(event) -> list[int]:
    return list(event.pools.order_by("pk").values_list("taken", flat=True))


def details_like(registration, **changes):
    """The answers of a registration, some of them changed."""
    given = {"attendance": registration.attendance, "email": registration.email}
    days = list(registration.days.all()) or list(registration.event.days.all())
    return make_details(registration.event, **{**given, "days": days, **changes})


# --- Taking a place ---------------------------------------------------------------------------------------------------
def test_a_free_place_is_confirmed_and_the_next_one_waits():
    event = make_event(capacity=1)
    first, second = register(event), register(event)
    assert statuses(first, second) == [Status.CONFIRMED, Status.WAITING]
    assert taken(event) == [1]
    assert second.queued_at is not None


def test_remote_people_take_no_place():
    event = make_event(capacity=0)
    assert register(event, attendance="remote").status == Status.CONFIRMED
    assert taken(event) == [0]


def test_an_assistant_takes_a_place_too():
    event = make_event(capacity=2)
    assert register(event, has_assistant=True).seats == 2
    assert taken(event) == [2]


def test_two_seats_do_not_fit_into_one():
    event = make_event(capacity=1)
    assert register(event, has_assistant=True).status == Status.WAITING


def test_with_a_pool_a_day_one_needs_all_of_ones_days():
    event = make_event(capacity=1, per_day=True)
    thursday, friday = event.days.all()
    only_thursday = register(event, days=[thursday])
    both = register(event)
    only_friday = register(event, days=[friday])
    assert statuses(only_thursday, both, only_friday) == [Status.CONFIRMED, Status.WAITING, Status.CONFIRMED]
    assert taken(event) == [1, 1]


def test_without_pools_places_are_unlimited():
    event = make_event(capacity=None)
    assert register(event).status == Status.CONFIRMED


def test_a_role_that_needs_no_place_takes_none():
    event = make_event(capacity=0)
    speaker = register(event, role=event.roles.get(slug="speaker"), by=make_organiser(event))
    assert speaker.status == Status.CONFIRMED
    assert taken(event) == [0]


def test_the_database_itself_refuses_to_oversell():
    pool = make_event(capacity=1).pools.get()
    with pytest.raises(IntegrityError, match="pool_not_oversold"), transaction.atomic():
        Pool.objects.filter(pk=pool.pk).update(taken=2)


# --- The queue --------------------------------------------------------------------------------------------------------
def test_a_cancellation_is_offered_to_the_first_in_the_queue_in_the_same_moment():
    event = make_event(capacity=1)
    first, second, third = (register(event) for _ in range(3))
    services.cancel(first.pk, by=None)
    assert statuses(second, third) == [Status.OFFERED, Status.WAITING]
    assert taken(event) == [1]
    assert Mail.objects.about(second).filter(message="registration/place_offered").count() == 1


def test_positions_count_from_one():
    event = make_event(capacity=0)
    queue = [register(event) for _ in range(3)]
    assert [places.position(registration) for registration in queue] == [1, 2, 3]


def test_who_needs_more_than_is_free_is_passed_over_and_keeps_their_turn():
    event = make_event(capacity=2)
    first, second = register(event), register(event)
    pair, single = register(event, has_assistant=True), register(event)
    services.cancel(first.pk, by=None)
    assert statuses(pair, single) == [Status.WAITING, Status.OFFERED]
    services.cancel(second.pk, by=None)
    services.decline_offer(single.pk, by=None)
    assert statuses(pair) == [Status.OFFERED]


def test_a_second_day_is_offered_only_when_both_are_free():
    event = make_event(capacity=1, per_day=True)
    thursday, friday = event.days.all()
    one, other = register(event, days=[thursday]), register(event, days=[friday])
    both = register(event)
    services.cancel(one.pk, by=None)
    assert statuses(both) == [Status.WAITING]
    services.cancel(other.pk, by=None)
    assert statuses(both) == [Status.OFFERED]


def test_more_capacity_is_offered_at_once():
    event = make_event(capacity=0)
    queue = [register(event) for _ in range(3)]
    services.set_capacity(event.pools.get().pk, 2, by=None)
    assert statuses(*queue) == [Status.OFFERED, Status.OFFERED, Status.WAITING]


def test_capacity_is_not_lowered_below_what_is_taken_and_the_number_is_told():
    event = make_event(capacity=3)
    register(event, has_assistant=True)
    with pytest.raises(places.PlacesTaken) as refusal:
        services.set_capacity(event.pools.get().pk, 1, by=None)
    assert "2" in str(refusal.value.message)
    assert event.pools.get().capacity == 3


def test_the_capacity_of_a_pool_that_no_day_uses_yet_can_be_changed():
    event = make_event(capacity=1)
    spare = Pool.objects.create(event=event, capacity=0, name_fi="Varalla")
    assert services.set_capacity(spare.pk, 5, by=None).capacity == 5


def test_the_queue_has_the_order_of_the_lock_whoever_clicked_first(moment, monkeypatch):
    """Otherwise two people would be told that they are the first."""
    event, lock, overtaker = make_event(capacity=0), places.lock, []

    def get_the_lock_second(pools):
        monkeypatch.setattr(places, "lock", lock)
        moment.shift(1)
        overtaker.append(register(event))
        return lock(pools)

    monkeypatch.setattr(places, "lock", get_the_lock_second)
    overtaken = register(event)
    assert [places.position(overtaker[0]), places.position(overtaken)] == [1, 2]
    told = Mail.objects.filter(message="registration/waiting").order_by("pk").values_list("to_email", flat=True)
    assert list(told) == [overtaker[0].email, overtaken.email]


def test_who_clicks_in_time_is_in_time_however_long_the_lock_takes(moment, monkeypatch):
    event, lock = make_event(capacity=1), places.lock

    def get_the_lock_after_midnight(pools):
        moment.move_to(at("2024-11-01 00:00"))
        return lock(pools)

    monkeypatch.setattr(places, "lock", get_the_lock_after_midnight)
    moment.move_to(at("2024-10-31 23:59"))
    assert register(event).status == Status.CONFIRMED


# --- Offers -----------------------------------------------------------------------------------------------------------
def offered(event, **details) -> Registration:
    """One who waited and has an offer now."""
    holder, waiting = register(event), register(event, **details)
    services.cancel(holder.pk, by=None)
    waiting.refresh_from_db()
    assert waiting.status == Status.OFFERED
    return waiting


def test_an_offer_lasts_so_many_working_hours(moment):
    moment.move_to(at("2024-10-18 15:00"), tick=False)
    registration = offered(make_event(capacity=1, offer_hours=8))
    assert registration.offer_ends_at == at("2024-10-21 15:00")


def test_an_offer_ends_when_the_doors_open(moment):
    event = make_event(capacity=1, offer_hours=80, on_site_closes_at=at("2024-11-14 12:00"))
    moment.move_to(at("2024-11-12 09:00"))
    assert offered(event).offer_ends_at == event.doors_open_at


def test_nothing_is_offered_after_the_doors_have_opened(moment):
    event = make_event(capacity=1, on_site_closes_at=at("2024-11-15 12:00"))
    holder, waiting = register(event), register(event)
    moment.move_to(event.doors_open_at)
    services.cancel(holder.pk, by=None)
    assert statuses(waiting) == [Status.WAITING]
    with pytest.raises(InvalidTransition):
        services.offer_place(waiting.pk, by=make_organiser(event))


def test_an_accepted_offer_is_a_place():
    registration = offered(make_event(capacity=1))
    services.accept_offer(registration.pk, by=None)
    assert statuses(registration) == [Status.CONFIRMED]
    assert services.accept_offer(registration.pk, by=None).status == Status.CONFIRMED
    assert Mail.objects.about(registration).filter(message="registration/confirmed_on_site").count() == 1


@pytest.mark.parametrize(("seconds", "is_alive"), [(0, True), (59, True), (60, False), (61, False)])
def test_an_offer_is_dead_when_its_last_minute_is_over_though_beat_has_not_come(moment, seconds, is_alive):
    registration = offered(make_event(capacity=1))
    moment.move_to(registration.offer_ends_at, tick=False)
    moment.shift(seconds)
    if is_alive:
        assert services.accept_offer(registration.pk, by=None).status == Status.CONFIRMED
    else:
        with pytest.raises(places.OfferEnded):
            services.accept_offer(registration.pk, by=None)


def test_a_dead_offer_goes_to_the_queue_before_a_newcomer(moment):
    event = make_event(capacity=1)
    late = offered(event)
    patient = register(event)
    moment.move_to(late.offer_ends_at + timedelta(minutes=1))
    newcomer = register(event)
    assert statuses(late, patient, newcomer) == [Status.LAPSED, Status.OFFERED, Status.WAITING]


def test_beat_lets_dead_offers_lapse_once(moment):
    event = make_event(capacity=1)
    late, patient = offered(event), register(event)
    moment.move_to(late.offer_ends_at + timedelta(minutes=1))
    for _ in range(3):
        services.lapse_offers()
    assert statuses(late, patient) == [Status.LAPSED, Status.OFFERED]
    late.refresh_from_db()
    assert late.ended_at is not None
    assert Mail.objects.about(late).filter(message="registration/offer_ended").count() == 1
    assert Mail.objects.about(patient).filter(message="registration/place_offered").count() == 1


def test_a_declined_offer_goes_to_the_next():
    event = make_event(capacity=1)
    registration, following = offered(event), register(event)
    services.decline_offer(registration.pk, by=None)
    services.decline_offer(registration.pk, by=None)
    assert statuses(registration, following) == [Status.DECLINED, Status.OFFERED]


def test_who_follows_remotely_meanwhile_goes_on_after_an_offer_and_is_told_each_time():
    event = make_event(capacity=1)
    registration = offered(event, remote_meanwhile=True)
    services.decline_offer(registration.pk, by=None)
    registration.refresh_from_db()
    assert (registration.status, registration.attendance) == (Status.CONFIRMED, "remote")
    assert registration.ended_at is None

    holder = register(event)
    services.switch_to_on_site(registration.pk, details_like(registration, attendance="on_site"), by=None)
    services.cancel(holder.pk, by=None)
    services.decline_offer(registration.pk, by=None)
    assert Mail.objects.about(registration).filter(message="registration/offer_ended").count() == 2


def test_who_has_no_offer_cannot_accept_one():
    event = make_event(capacity=1)
    register(event)
    waiting, pair = register(event), register(event, has_assistant=True)
    for registration in (waiting, pair):
        with pytest.raises(InvalidTransition), transaction.atomic():
            services.accept_offer(registration.pk, by=None)
    assert statuses(waiting, pair) == [Status.WAITING, Status.WAITING]


def test_who_has_declined_cannot_accept():
    event = make_event(capacity=1)
    registration = offered(event)
    services.decline_offer(registration.pk, by=None)
    with pytest.raises(InvalidTransition):
        services.accept_offer(registration.pk, by=None)


def test_an_organiser_offers_out_of_turn_only_what_is_free():
    event = make_event(capacity=1)
    holder, pair, single = register(event), register(event, has_assistant=True), register(event)
    organiser = make_organiser(event)
    with pytest.raises(places.NoPlaces):
        services.offer_place(single.pk, by=organiser)
    services.cancel(holder.pk, by=None)
    assert statuses(pair, single) == [Status.WAITING, Status.OFFERED]
    with pytest.raises(InvalidTransition):
        services.offer_place(single.pk, by=organiser)


# --- Changing ---------------------------------------------------------------------------------------------------------
def test_a_day_given_up_is_offered_to_the_queue_and_can_be_taken():
    event = make_event(capacity=1, per_day=True)
    thursday, friday = event.days.all()
    both, waiting = register(event), register(event, days=[friday])
    services.change(both.pk, details_like(both, days=[thursday]), by=None)
    assert statuses(waiting) == [Status.OFFERED]
    assert taken(event) == [1, 1]


def test_a_day_given_up_is_free_for_a_newcomer_when_nobody_waits():
    event = make_event(capacity=1, per_day=True)
    thursday, friday = event.days.all()
    both = register(event)
    services.change(both.pk, details_like(both, days=[thursday]), by=None)
    assert taken(event) == [1, 0]
    assert register(event, days=[friday]).status == Status.CONFIRMED


def test_nobody_loses_a_place_by_asking_for_more():
    event = make_event(capacity=1)
    registration = register(event)
    with pytest.raises(places.NoPlaces):
        services.change(registration.pk, details_like(registration, has_assistant=True), by=None)
    assert statuses(registration) == [Status.CONFIRMED]
    assert taken(event) == [1]


def test_an_assistant_who_stays_at_home_leaves_a_place_to_the_queue():
    event = make_event(capacity=2)
    pair, waiting = register(event, has_assistant=True), register(event)
    services.change(pair.pk, details_like(pair, has_assistant=False), by=None)
    assert statuses(waiting) == [Status.OFFERED]


def test_who_waits_and_comes_only_on_a_day_without_limit_waits_no_longer():
    event = make_event(capacity=0, per_day=True)
    thursday, _ = event.days.all()
    thursday.pool = None
    thursday.save()
    registration = register(event)
    assert registration.status == Status.WAITING
    services.change(registration.pk, details_like(registration, days=[thursday]), by=None)
    assert statuses(registration) == [Status.CONFIRMED]


def test_a_form_opened_before_switching_to_remote_changes_nothing():
    registration = register(make_event())
    stale = details_like(registration, has_assistant=True, photo="ok")
    services.switch_to_remote(registration.pk, by=None)
    with pytest.raises(services.NotPossible):
        services.change(registration.pk, stale, by=None)


def test_switching_to_remote_frees_the_place_and_coming_back_joins_the_queue():
    event = make_event(capacity=1)
    registration, waiting = register(event), register(event)
    services.switch_to_remote(registration.pk, by=None)
    assert statuses(registration, waiting) == [Status.CONFIRMED, Status.OFFERED]
    registration.refresh_from_db()
    services.switch_to_on_site(registration.pk, details_like(registration, attendance="on_site"), by=None)
    assert statuses(registration) == [Status.WAITING]


# --- Passing on -------------------------------------------------------------------------------------------------------
def test_a_reserved_place_counts_and_goes_to_who_opens_the_link():
    event = make_event(capacity=1)
    claim = services.reserve(event, event.roles.get(slug="participant"), list(event.days.all()), by=None)
    waiting = register(event)
    assert waiting.status == Status.WAITING
    guest = services.register_on_claim(claim.pk, make_details(event), form_key=uuid.uuid4())
    assert guest.status == Status.CONFIRMED
    assert taken(event) == [1]
    with pytest.raises(services.LinkUsed):
        services.register_on_claim(claim.pk, make_details(event), form_key=uuid.uuid4())


def test_a_reserved_place_taken_back_goes_to_the_queue():
    event = make_event(capacity=1)
    claim = services.reserve(event, event.roles.get(slug="participant"), list(event.days.all()), by=None)
    waiting = register(event)
    services.revoke_claim(claim.pk, by=None)
    assert statuses(waiting) == [Status.OFFERED]


def test_no_place_is_reserved_that_is_not_free():
    event = make_event(capacity=0)
    with pytest.raises(places.NoPlaces):
        services.reserve(event, event.roles.get(slug="participant"), list(event.days.all()), by=None)


def test_on_a_reserved_place_an_assistant_needs_a_free_seat_too():
    event = make_event(capacity=1)
    claim = services.reserve(event, event.roles.get(slug="participant"), list(event.days.all()), by=None)
    with pytest.raises(places.NoPlaces):
        services.register_on_claim(claim.pk, make_details(event, has_assistant=True), form_key=uuid.uuid4())
    claim.refresh_from_db()
    assert claim.status == Status.RESERVED


def hand_over(giver: Registration, **details) -> Registration:
    email = details.pop("email", "colleague@kunta.example")
    handover = services.give_to_colleague(giver.pk, to_email=email, language="sv", by=None)
    taker = make_details(giver.event, email=email, days=list(giver.days.all()), **details)
    return services.take_over(handover.pk, taker, form_key=uuid.uuid4())


def test_a_place_given_to_a_colleague_passes_over_the_queue():
    event = make_event(capacity=1)
    giver, waiting = register(event), register(event)
    taker = hand_over(giver)
    assert statuses(giver, taker, waiting) == [Status.PASSED_ON, Status.CONFIRMED, Status.WAITING]
    assert taken(event) == [1]


def test_the_assistants_seat_that_a_colleague_does_not_need_goes_to_the_queue():
    event = make_event(capacity=2)
    giver, waiting = register(event, has_assistant=True), register(event)
    hand_over(giver)
    assert statuses(waiting) == [Status.OFFERED]
    assert taken(event) == [2]


def test_the_offer_of_one_who_takes_over_a_colleagues_place_goes_to_the_queue():
    event = make_event(capacity=2)
    giver, leaving, lucky, waiting = (register(event) for _ in range(4))
    services.cancel(leaving.pk, by=None)
    assert statuses(lucky, waiting) == [Status.OFFERED, Status.WAITING]
    taker = hand_over(giver, email=lucky.email)
    assert statuses(taker, lucky, waiting) == [Status.CONFIRMED, Status.CANCELLED, Status.OFFERED]


def test_a_form_that_has_been_used_elsewhere_takes_over_nothing():
    event = make_event(capacity=3)
    giver, form_key = register(event), uuid.uuid4()
    email = register(event, form_key=form_key).email
    handover = services.give_to_colleague(giver.pk, to_email="colleague@kunta.example", language="fi", by=None)
    with pytest.raises(services.NotPossible):
        services.take_over(handover.pk, make_details(event, email=email), form_key=form_key)
    claim = services.reserve(event, event.roles.get(slug="press"), list(event.days.all()), by=None)
    with pytest.raises(services.NotPossible):
        services.register_on_claim(claim.pk, make_details(event, email=email), form_key=form_key)
    assert statuses(giver) == [Status.CONFIRMED]
    assert giver.badges.valid().count() == 1


def test_each_step_is_logged():
    event = make_event(capacity=1)
    registration = offered(event)
    services.accept_offer(registration.pk, by=None)
    actions = LogEntry.objects.about(registration).values_list("action", flat=True)
    assert list(actions) == ["registered", "place offered", "offer accepted"]

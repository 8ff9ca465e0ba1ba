"""F2: a storm of everything that people, organisers and the clock can do to places. The promises hold at every moment.

Once step by step, where hypothesis looks for the shortest story that breaks a promise; once from many threads, where
a second look at the tables, from one snapshot, comes while the storm goes on.
"""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from events import clock, places
from events.models import Event, Mail, Place
from events.transitions import InvalidTransition
from registration import services
from registration.models import Claim, Handover, Registration
from tests.factories import at, make_details, make_event, make_organiser
from tests.faults.conftest import size

REFUSALS = (services.Refusal, places.NoPlaces, places.OfferEnded, places.PlacesTaken, InvalidTransition)
STEPS_OF_ONE_STORY = 50
STORIES = size(small=20, full=500)
OPERATIONS = size(small=1600, full=90_000)
THREADS = 6
ROUND = 200


# --- The promises -----------------------------------------------------------------------------------------------------
def violations(event: Event) -> list[str]:
    """Every broken promise about the places of an event, as seen in one snapshot."""
    live = list(Registration.objects.for_event(event).live().prefetch_related("pools", "days"))
    found = [f"two live registrations of {email}" for email, count in emails(live).items() if count > 1]
    pools = {pool.pk: pool for pool in event.pools.all()}
    for pool in pools.values():
        counted = seats(Registration, pool) + seats(Claim, pool)
        if not pool.taken == counted <= pool.capacity:
            found.append(f"{pool.taken} taken, {counted} counted, of {pool.capacity}")
    for row in live:
        needed = {pool.pk for pool in row.pools.all()}
        if row.is_on_site and needed != {day.pool_id for day in row.days.all()}:
            found.append(f"{row} holds other pools than those of the days")
        if not row.is_on_site and (needed or row.seats != 1 or row.status != Place.Status.CONFIRMED):
            found.append(f"{row} takes part remotely and holds {needed}, {row.seats} seats, {row.status}")
        has_room = all(pools[pk].free >= row.seats for pk in needed)
        if row.is_waiting and has_room and clock.now() < event.doors_open_at:
            found.append(f"{row} waits beside {row.seats} free places")
        if row.status == Place.Status.OFFERED and row.offer_ends_at > event.doors_open_at:
            found.append(f"the offer to {row} outlives the opening of the doors")
    ended = Registration.objects.for_event(event).exclude(status__in=Place.LIVE)
    if ended.filter(ended_at=None).exists() or any(row.ended_at for row in live):
        found.append("an end without its moment, or a moment without an end")
    return found


def emails(rows: list[Registration]) -> Counter[str]:
    return Counter(row.email.lower() for row in rows)


def seats(table: type[Registration] | type[Claim], pool) -> int:
    rows = table.objects.taking().filter(pools=pool)
    return rows.aggregate(seats=Sum("seats"))["seats"] or 0


# --- What can happen --------------------------------------------------------------------------------------------------
class Storm:
    """Picks rows at random and does to them what services offer. A refusal is an answer; any other error is a bug."""

    def __init__(self, event: Event, chance: random.Random) -> None:
        self.event = event
        self.chance = chance
        self.organiser = event.memberships.get().user
        self.done: Counter[str] = Counter()

    def do(self, name: str) -> None:
        try:
            getattr(self, name)()
        except REFUSALS:
            name = f"{name} refused"
        self.done[name] += 1

    def one_of(self, rows):
        """A random row or, when there is none, a refusal."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if not keys:
            raise services.NotPossible
        return rows.model.objects.get(pk=self.chance.choice(keys))

    def someone(self, *statuses: str) -> Registration:
        return self.one_of(Registration.objects.filter(event=self.event, status__in=statuses or Place.LIVE))

    def details(self, **given):
        days = list(self.event.days.all())
        wanted = self.chance.choice([days, days, days[:1], days[1:]])
        given = {"email": f"p{self.chance.randrange(40)}@x.example", "days": wanted, **given}
        given.setdefault("attendance", self.chance.choice(["on_site", "on_site", "on_site", "remote"]))
        if given["attendance"] == "remote":
            return make_details(self.event, **{**given, "days": []})
        is_pair = self.chance.random() < 0.2
        return make_details(self.event, has_assistant=is_pair, remote_meanwhile=self.chance.random() < 0.5, **given)

    def register(self) -> None:
        services.register(self.event, self.details(), form_key=uuid.uuid4(), by=None)

    def cancel(self) -> None:
        services.cancel(self.someone().pk, by=None)

    def change(self) -> None:
        row = self.someone()
        services.change(row.pk, self.details(email=row.email, attendance=row.attendance), by=None)

    def go_remote(self) -> None:
        services.switch_to_remote(self.someone().pk, by=None)

    def come_after_all(self) -> None:
        row = self.someone("confirmed")
        services.switch_to_on_site(row.pk, self.details(email=row.email, attendance="on_site"), by=None)

    def follow(self) -> None:
        services.follow_remotely(self.someone("waiting", "offered").pk, wanted=self.chance.random() < 0.5, by=None)

    def accept(self) -> None:
        services.accept_offer(self.someone("offered", "offered", "waiting").pk, by=None)

    def decline(self) -> None:
        services.decline_offer(self.someone("offered").pk, by=None)

    def offer(self) -> None:
        services.offer_place(self.someone("waiting").pk, by=self.organiser)

    def correct_address(self) -> None:
        services.correct_address(self.someone().pk, f"P{self.chance.randrange(40)}@x.example", by=None)

    def give(self) -> None:
        services.give_to_colleague(self.someone("confirmed").pk, to_email="c@x.example", language="sv", by=None)

    def take_over(self) -> None:
        handover = self.one_of(Handover.objects.filter(registration__event=self.event))
        details = self.details(attendance="on_site", days=list(handover.registration.days.all()))
        services.take_over(handover.pk, details, form_key=uuid.uuid4())

    def reserve(self) -> None:
        role = self.chance.choice(list(self.event.roles.filter(needs_place=True)))
        services.reserve(self.event, role, self.details(attendance="on_site").days, by=self.organiser)

    def use_claim(self) -> None:
        claim = self.one_of(Claim.objects.filter(event=self.event))
        details = self.details(attendance="on_site", days=list(claim.days.all()))
        services.register_on_claim(claim.pk, details, form_key=uuid.uuid4())

    def revoke(self) -> None:
        services.revoke_claim(self.one_of(Claim.objects.filter(event=self.event)).pk, by=self.organiser)

    def set_capacity(self) -> None:
        pool = self.one_of(self.event.pools.all())
        services.set_capacity(pool.pk, self.chance.randrange(12), by=self.organiser)

    def beat(self) -> None:
        services.lapse_offers()


STEPS = [
    "register", "register", "register", "register", "cancel", "cancel", "change", "go_remote", "come_after_all",
    "follow", "accept", "decline", "offer", "correct_address", "give", "take_over", "reserve", "use_claim", "revoke",
    "set_capacity", "beat",
]  # fmt: skip


def stormy_event(number: int, *, per_day: bool) -> Event:
    given = {"offer_hours": 1, "on_site_closes_at": at("2024-11-14 12:00"), "remote_closes_at": at("2024-11-14 12:00")}
    event = make_event(slug=f"3-{number}", is_current=False, capacity=6, per_day=per_day, **given)
    make_organiser(event, f"organiser.{number}@ely.example")
    return event


# --- Step by step -----------------------------------------------------------------------------------------------------
def tell_stories(moment: time_machine.Traveller, stories: int, *, is_control: bool = False) -> Counter[str]:
    """Let hypothesis tell stories, and look at the promises after each step."""
    numbers, done = iter(range(1_000_000)), Counter[str]()

    class Story(RuleBasedStateMachine):
        @initialize(per_day=st.booleans())
        def begin(self, per_day: bool) -> None:
            moment.move_to(at("2024-11-11 09:00"), tick=False)
            self.storm = Storm(stormy_event(next(numbers), per_day=per_day), random.Random(0))

        @rule(step=st.sampled_from(STEPS), luck=st.integers(0, 10_000))
        def do(self, step: str, luck: int) -> None:
            self.storm.chance.seed(luck)
            self.storm.do(step)

        @rule(minutes=st.sampled_from([1, 30, 59, 60, 300, 900]))
        def pass_time(self, minutes: int) -> None:
            moment.shift(timedelta(minutes=minutes))

        @invariant()
        def promises_hold(self) -> None:
            assert violations(self.storm.event) == []

        def teardown(self) -> None:
            done.update(self.storm.done)

    phases = [Phase.generate] if is_control else [Phase.generate, Phase.shrink]
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=stories, stateful_step_count=STEPS_OF_ONE_STORY, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=phases, print_blob=False,
        ),
    )  # fmt: skip
    return done


@pytest.mark.django_db
def test_promises_hold_after_every_step(moment: time_machine.Traveller, figure):
    done = tell_stories(moment, STORIES)
    figure("violations step by step", f"0 in {done.total()} operations")


@pytest.mark.django_db
def test_control_a_place_that_is_not_offered_is_noticed(moment, monkeypatch):
    monkeypatch.setattr(places, "_offer", lambda *arguments, **named: [])
    with pytest.raises(AssertionError, match="waits beside"):
        tell_stories(moment, 50, is_control=True)


@pytest.mark.django_db
def test_control_a_place_that_is_not_counted_is_noticed(moment, monkeypatch):
    monkeypatch.setattr(places, "recount", lambda *arguments: None)
    with pytest.raises(AssertionError, match="counted"):
        tell_stories(moment, 50, is_control=True)


# --- From many threads ------------------------------------------------------------------------------------------------
def in_threads(work: Callable[[int], Counter[str]]) -> Counter[str]:
    def and_hang_up(number: int) -> Counter[str]:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(and_hang_up, range(THREADS)), Counter())


def watch(event: Event, is_over: threading.Event, found: list[str]) -> None:
    """Look at one snapshot after the other while the storm goes on."""
    while not is_over.wait(0.05):
        with transaction.atomic():
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            found += violations(Event.objects.get(pk=event.pk))
    connection.close()


@pytest.mark.parametrize("per_day", [False, True], ids=["one-pool", "pool-a-day"])
@pytest.mark.django_db(transaction=True)
def test_promises_hold_while_many_act_at_once(moment: time_machine.Traveller, figure, per_day: bool):
    event = stormy_event(0, per_day=per_day)
    seeds = random.Random(2024)
    found: list[str] = []
    done: Counter[str] = Counter()
    moment.move_to(at("2024-10-14 09:00"))
    while done.total() < OPERATIONS // 2:
        is_over = threading.Event()
        watcher = threading.Thread(target=watch, args=[event, is_over, found])
        watcher.start()
        chances = [random.Random(seeds.random()) for _ in range(THREADS)]

        def work(number: int, chances: list[random.Random] = chances) -> Counter[str]:
            storm = Storm(event, chances[number])
            for _ in range(ROUND // THREADS):
                storm.do(storm.chance.choice(STEPS))
            return storm.done

        try:
            done += in_threads(work)
        finally:
            is_over.set()
            watcher.join()
        found += violations(event)
        assert found == []
        moment.shift(timedelta(minutes=40))
        if clock.now() > at("2024-11-13 16:00"):
            moment.move_to(at("2024-10-14 09:00"))
        Mail.objects.all().delete()  # a full storm would fill the disk
    refused = sum(count for name, count in done.items() if name.endswith("refused"))
    figure("violations from many threads", f"0 in {done.total()} operations, {refused} of them refused")

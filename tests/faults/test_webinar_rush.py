"""A thousand people sign up within a minute for a webinar with five hundred places: nobody is sold a place twice."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from events import places
from events.models import Mail, Place
from tests.faults.conftest import IS_FULL, size, without
from tests.webinars.helpers import make_webinar, sign_up
from webinars.models import SignUp, Webinar
from webinars.services import rules

PEOPLE = size(small=60, full=1000)
PLACES = size(small=5, full=500)
FAR_AHEAD = "2099-01-15 09:00"


def rush(webinar: Webinar, people: int, *, threads: int = 12) -> float:
    """So many people through the services, all threads starting at the same moment; how long it took."""
    start = threading.Barrier(threads)

    def work(share: int) -> None:
        try:
            start.wait()
            for _ in range(share):
                sign_up(webinar)
        finally:
            connection.close()

    shares = [people // threads + (number < people % threads) for number in range(threads)]
    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, share) for share in shares]:
            done.result()
    return time.monotonic() - began


def test_nobody_is_oversold_and_everybody_else_waits_in_order(open_event, figure):
    webinar = make_webinar(open_event(), FAR_AHEAD, places=PLACES)
    seconds = rush(webinar, PEOPLE)
    rows = SignUp.objects.filter(webinar=webinar)
    queue = list(rows.queue())
    assert (rows.confirmed().count(), len(queue)) == (PLACES, PEOPLE - PLACES)
    assert [row.pk for row in queue] == sorted(row.pk for row in queue)
    assert [places.position(queue[0]), places.position(queue[-1])] == [1, len(queue)]
    assert (Webinar.objects.get(pk=webinar.pk).pool.taken, Mail.objects.count()) == (PLACES, PEOPLE)
    figure(f"{PEOPLE} sign-ups for {PLACES} places in {seconds:.1f} s, oversold", 0, "0, ≤ 60 s")
    assert not IS_FULL or seconds <= 60


def test_one_address_through_many_forms_at_once_is_one_sign_up(open_event, figure):
    webinar = make_webinar(open_event(), FAR_AHEAD)
    rounds = size(small=4, full=100)
    for number in range(rounds):
        start = threading.Barrier(4)

        def work(email: str = f"Anna.{number}@kunta.example", start: threading.Barrier = start) -> None:
            try:
                start.wait()
                sign_up(webinar, email=email)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(work) for _ in range(4)]:
                done.result()
    figure("sign-ups of one address, sent four times at once", SignUp.objects.count() / rounds, "1")
    assert SignUp.objects.count() == rounds
    assert Mail.objects.filter(message="webinars/signed_up").count() == rounds


def test_control_without_the_locks_places_are_oversold(open_event, monkeypatch, figure):
    def look_only(keys: list[int]) -> list[Webinar]:
        return list(Webinar.objects.select_related("event", "series").filter(pk__in=keys).order_by("pk"))

    monkeypatch.setattr(rules, "lock_webinars", look_only)
    monkeypatch.setattr(places, "lock", lambda pools: list(pools.order_by("pk")))
    with without("pool_not_oversold"):
        webinar = make_webinar(open_event(), FAR_AHEAD, places=5)
        rush(webinar, 24)
        confirmed = SignUp.objects.filter(webinar=webinar, status=Place.Status.CONFIRMED).count()
        figure("oversold without the locks", confirmed - 5)
        SignUp.objects.all().delete()
        assert confirmed > 5

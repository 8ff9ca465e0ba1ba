"""The bell: heard when Redis is well, never felt when it is not."""

import threading
import time
from urllib.parse import urlsplit

import pytest
import redis
from django.db import transaction

from events import bell

QUEUE = "celery"


@pytest.fixture(autouse=True)
def _fresh_bell(monkeypatch, settings, redis_server):
    """A bell that hangs at this test's own Redis and has not been silenced."""
    settings.CELERY_BROKER_URL = redis_server.url
    bell._connection.cache_clear()
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    yield
    bell._connection.cache_clear()


@pytest.fixture
def heard(redis_server):
    """How often the bell has been heard."""
    address = urlsplit(redis_server.url)
    with redis.Redis(port=address.port, password=address.password, socket_timeout=2) as client:
        yield lambda: client.llen(QUEUE)


def seconds(step) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


@pytest.mark.django_db(transaction=True)
def test_it_rings_when_the_transaction_has_committed(heard):
    with transaction.atomic():
        bell.ring()
        assert heard() == 0
    assert heard() == 1


@pytest.mark.django_db(transaction=True)
def test_a_thousand_mails_of_one_transaction_ring_it_once(heard):
    with transaction.atomic():
        for _ in range(1000):
            bell.ring()
    assert heard() == 1
    bell.ring()
    assert heard() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_rolled_back", "count"), [(True, 0), (False, 1)])
def test_who_rings_after_a_part_was_rolled_back_is_heard(heard, is_rolled_back, count):
    with transaction.atomic():
        with transaction.atomic():
            bell.ring()
            with transaction.atomic():
                bell.ring()
            transaction.set_rollback(True)
        if not is_rolled_back:
            bell.ring()
    assert heard() == count


@pytest.mark.django_db(transaction=True)
def test_it_does_not_ring_for_what_was_rolled_back(heard):
    with transaction.atomic():
        bell.ring()
        transaction.set_rollback(True)
    assert heard() == 0


@pytest.mark.django_db(transaction=True)
def test_a_refused_bell_costs_nothing_and_stays_silent(redis_server):
    redis_server.stop()
    assert seconds(bell.ring) < 0.3
    assert seconds(bell.ring) < 0.05


@pytest.mark.django_db(transaction=True)
def test_a_frozen_bell_costs_one_short_wait(redis_server, heard):
    bell.ring()
    assert heard() == 1
    redis_server.freeze()
    assert seconds(bell.ring) < bell.TIMEOUT_SECONDS + 0.3
    assert seconds(bell.ring) < 0.05


@pytest.mark.django_db(transaction=True)
def test_it_is_heard_again_after_the_silence(redis_server, heard, monkeypatch):
    redis_server.freeze()
    bell.ring()
    redis_server.thaw()
    bell.ring()
    assert heard() == 0
    monkeypatch.setattr(bell, "_silent_until", time.monotonic())
    bell.ring()
    assert heard() == 1


def test_many_threads_ring_one_bell(heard):
    threads = [threading.Thread(target=lambda: [bell._ring() for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard() == 100

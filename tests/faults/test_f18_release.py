"""F18: a release is published while many read. Each reader sees the old one or the new one, never a mix."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from events.models import Event
from programme import releases
from programme.models import Release, Session
from programme.services import releasing
from tests.faults.conftest import size
from tests.sessions import make_release, make_session

READERS = 6
SESSIONS = size(small=12, full=150)
READS = size(small=120, full=500)
RELEASES = size(small=4, full=10)
WORD = re.compile(r"versio-(\d+)")


def rename(number: int) -> None:
    """Every session tells which release it belongs to."""
    Session.objects.update(title_fi=f"versio-{number}", title_sv=f"versio-{number}", title_en=f"versio-{number}")


def read_while(publish: Callable[[int], None], event: Event) -> list[Counter[str]]:
    """What readers saw on each page while the publications went on: {version: how often}."""
    seen: list[Counter[str]] = []
    is_over = threading.Event()
    begun = threading.Barrier(READERS + 1)

    def read() -> None:
        client = Client()
        begun.wait()
        try:
            while not is_over.is_set() or len(seen) < READS:
                page = client.get("/fi/programme/programme.json").content.decode()
                seen.append(Counter(WORD.findall(page)))
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    begun.wait()
    try:
        for number in range(2, RELEASES + 2):
            rename(number)
            publish(number)
            enough = len(seen) + 2 * READERS
            while len(seen) < enough:
                time.sleep(0.01)
    finally:
        is_over.set()
        for reader in readers:
            reader.join()
    return seen


def wrong(seen: list[Counter[str]]) -> list[Counter[str]]:
    """Pages with words of two releases, or with sessions missing."""
    return [page for page in seen if len(page) != 1 or set(page.values()) != {SESSIONS}]


@pytest.fixture
def event(open_event: Callable[..., Event]) -> Event:
    event = open_event()
    for _ in range(SESSIONS):
        make_session(event)
    rename(1)
    make_release(event)
    return event


def test_readers_see_the_old_release_or_the_new_one(event: Event, figure):
    seen = read_while(lambda number: releasing.publish(event, notes={}, by=None), event)
    assert wrong(seen) == []
    assert len({version for page in seen for version in page}) > 1
    figure("pages with a mix of two releases", f"0 of {len(seen)} during {RELEASES} publications")


def test_control_a_release_that_is_rewritten_in_place_is_noticed(event: Event):
    """Without a release of its own and without a transaction, as one would write it at first."""

    def careless(number: int) -> None:
        release = Release.objects.get(event=event)
        for session in Session.objects.filter(event=event):
            release.sessions.filter(session=session).delete()
            releases._freeze(release, "AND s.id = %(session)s::bigint", session=session.pk)
            Event.objects.update(public_version=F("public_version") + 1)

    assert wrong(read_while(careless, event)) != []

"""Faults are injected into real processes: web server, workers, beat, Redis, PostgreSQL, a mail server.

The size comes from the environment: FAULTS=full (make faults), else small (make test). Figures are printed (-s).
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from benchmarks.installation import Installation
from events.models import Event
from integration2024.local.processes import Processes
from tests.factories import make_event
from tests.unreliable import Catcher, OwnRedis

IS_FULL = os.environ.get("FAULTS") == "full"


def size(*, small: int, full: int) -> int:
    """How much of it."""
    return full if IS_FULL else small


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Prints a figure, under the name of the fault: figure("oversold", 0, "0")."""
    fault = request.node.path.stem.removeprefix("test_")

    def show(what: str, value: object, limit: str = "") -> None:
        print(f"\n{fault}: {what}: {value}" + (f" ({limit})" if limit else ""), end="")  # noqa: T201

    return show


@pytest.fixture
def real_time(moment: time_machine.Traveller) -> Generator[None]:
    """The present, because the processes of a fault do not travel in time."""
    with time_machine.travel(datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC)):
        yield


@pytest.fixture
def open_event(real_time: None, transactional_db: None) -> Callable[..., Event]:
    """Makes an event for which one can register now."""

    def make(**given: object) -> Event:
        now = datetime.now(UTC)
        window = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=30)}
        both = {f"{kind}_{name}": at for kind in ("on_site", "remote") for name, at in window.items()}
        day = (now + timedelta(days=60)).date()
        later = {"needs_until": None, "doors_open_at": now + timedelta(days=60), "starts_on": day, "ends_on": day}
        return make_event(**{**both, **later, **given})

    return make


@pytest.fixture
def installation(
    real_time: None, transactional_db: None, processes: Processes, redis_server: OwnRedis, smtp: Catcher
) -> Installation:
    """Processes on the database of the tests, with their own Redis and mail server. The test starts what it needs."""
    return Installation(
        processes,
        {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": test_database_url(),
            "REDIS_URL": redis_server.url,
            "EMAIL_URL": smtp.url,
        },
    )


def test_database_url() -> str:
    """The address of the database that the tests made for themselves."""
    at = settings.DATABASES["default"]
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{port}/{connection.settings_dict['NAME']}?host={at['HOST']}"


@contextmanager
def without(*names: str) -> Iterator[None]:
    """For a negative control: the tables lose these constraints and unique indexes, and their rows afterwards."""
    with connection.cursor() as cursor:
        restore = [_drop(cursor, name) for name in names]
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE registration_registration, events_mail, events_pool CASCADE")
            for statement in restore:
                cursor.execute(statement)


def _drop(cursor: CursorWrapper, name: str) -> str:
    """Drop a constraint or an index; the statement that makes it again."""
    query = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s"
    cursor.execute(query, [name])
    if found := cursor.fetchone():
        cursor.execute(f"ALTER TABLE {found[0]} DROP CONSTRAINT {name}")
        return f"ALTER TABLE {found[0]} ADD CONSTRAINT {name} {found[1]}"
    cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [name])
    [definition] = cursor.fetchone()
    cursor.execute(f"DROP INDEX {name}")
    return definition

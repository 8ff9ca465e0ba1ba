"""Heartbeats of those who follow remotely: python -m benchmarks.live <port> <pid of the server> <pid of PostgreSQL>

For the server on that port and the database of DATABASE_URL, which `python -m benchmarks.run live` starts and empties.
"""

import json
import statistics
import sys
from collections.abc import Sequence
from datetime import timedelta

import django

django.setup()

import psutil  # noqa: E402 - needs Django to be set up, as do the next
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks import gates  # noqa: E402
from benchmarks.people import many  # noqa: E402
from events import clock, tokens  # noqa: E402
from events.models import Event  # noqa: E402
from programme import live, releases  # noqa: E402
from programme.live_views import TOKEN  # noqa: E402
from programme.models import FollowedMinute, Release, Room, Session  # noqa: E402
from registration.models import Registration  # noqa: E402

FOLLOWERS, AT_ONCE, RUNS, SESSIONS = 1000, 4, 5, 60


def say(what: str, figure: object, limit: str = "") -> None:
    print(f"{what}: {figure}" + (f"  [{limit}]" if limit else ""), flush=True)


def make_hall(event: Event) -> Room:
    """A room in which something is streamed now, in a programme of sixty sessions."""
    hall = Room.objects.create(event=event, slug="live", name_fi="Sali", name_sv="Sal", name_en="Hall")
    begins = clock.now() - timedelta(minutes=30)
    for number in range(SESSIONS):
        starts_at = begins + timedelta(hours=3 * number)
        Session.objects.create(
            event=event, slug=f"live-{number}", title_fi=f"Lähetys {number}", title_sv=f"Sändning {number}", room=hall,
            starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), is_streamed=True, is_ready=True,
        )  # fmt: skip
    last = releases.current(event)
    release = Release.objects.create(event=event, number=last.number + 1 if last else 1, released_at=clock.now())
    releases.freeze(release)
    return hall


def processor_seconds(pids: Sequence[int]) -> float:
    """What these processes and their children have used so far."""
    parents = [psutil.Process(pid) for pid in pids]
    everyone = [*parents, *(child for parent in parents for child in parent.children(recursive=True))]
    times = [process.cpu_times() for process in everyone]
    return sum(time.user + time.system for time in times)


def main() -> None:
    """Print all figures."""
    port, *pids = map(int, sys.argv[1:4])
    event = Event.objects.current().get()
    hall = make_hall(event)
    people: list[Registration] = [badge.registration for badge in many(event, FOLLOWERS)]
    body = json.dumps({"room": hall.pk}).encode()
    requests = [
        gates.request(port, "/live/api/beat", body, tokens.make(TOKEN, one.pk, one.link_version), scheme="Live")
        for one in people
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    gates.read(port, requests[:50], at_once=AT_ONCE)  # each process has its connection and its statements then
    new, again = [], []
    for _ in range(RUNS):
        FollowedMinute.objects.all().delete()
        for used in (new, again):
            before = processor_seconds(pids)
            done = gates.read(port, requests, at_once=AT_ONCE)
            used.append(processor_seconds(pids) - before)
        say("heartbeats, 4 at once", done)
    counted = FollowedMinute.objects.count()
    assert FOLLOWERS <= counted <= 2 * FOLLOWERS, counted  # two when the minute has turned meanwhile
    for what, used in (("1,000 heartbeats that count", new), ("1,000 in a minute that is counted already", again)):
        seconds = statistics.median(used)
        say(f"{what}, server and PostgreSQL", f"{seconds:.2f} s = {seconds / 60:.1%} of a core for a minute", "≤ 5 %")
    with CaptureQueriesContext(connection) as queries:
        live.note_minute(people[0].pk, people[0].link_version, hall.pk, at=clock.now())
    say("SQL of a heartbeat", len(queries), "≤ 2")


if __name__ == "__main__":
    main()

"""F9: every task runs three times in parallel, and two beats ring: the same result as once."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.db import connection

from benchmarks.installation import Installation
from events.models import Event, Mail
from events.models.mail import MailQuerySet
from registration import services
from registration.models import Registration
from tests.factories import make_event, register
from tests.faults.conftest import size
from tests.faults.test_f4_killed_worker import wait_until
from tests.unreliable import Catcher

OFFERS = size(small=6, full=60)
Result = tuple[list[str], Counter[str]]


def prepare(event: Event) -> datetime:
    """People whose offers have died and people who wait for them; the moment at which that is so."""
    holders = [register(event) for _ in range(OFFERS)]
    for _ in range(2 * OFFERS):
        register(event)
    for holder in holders:
        services.cancel(holder.pk, by=None)
    return max(
        Registration.objects.for_event(event).exclude(offer_ends_at=None).values_list("offer_ends_at", flat=True)
    )


def result(event: Event, smtp: Catcher) -> Result:
    """How everyone stands, in the order of registering, and how many mails of each kind have arrived."""
    arrived = Counter(message["Message-ID"] for message in smtp.messages)
    assert set(arrived.values()) == {1}
    sent = Mail.objects.filter(event=event, status=Mail.Status.SENT, message_id__in=arrived)
    statuses = Registration.objects.for_event(event).order_by("pk").values_list("status", flat=True)
    return list(statuses), Counter(sent.values_list("message", flat=True))


def scheduled() -> list[Callable[[], object]]:
    """Every task that beat starts."""
    current_app.loader.import_default_modules()
    return [current_app.tasks[entry["task"]] for entry in settings.CELERY_BEAT_SCHEDULE.values()]


def run(tasks: Sequence[Callable[[], object]], *, times: int) -> None:
    """Each so many times, all at the same moment."""
    start = threading.Barrier(times * len(tasks))

    def work(task: Callable[[], object]) -> None:
        start.wait()
        task()
        connection.close()

    threads = [threading.Thread(target=work, args=[task]) for task in tasks for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_three_times_in_parallel_is_the_same_as_once(moment: time_machine.Traveller, smtp: Catcher, figure):
    results = []
    for times in (1, 3):
        event = make_event(slug=f"2-{times}", is_current=False, capacity=OFFERS)
        moment.move_to(prepare(event) + timedelta(minutes=1))  # an offer holds to the end of its minute
        run(scheduled(), times=times)
        run(scheduled(), times=times)
        results.append(result(event, smtp))
        moment.move_to("2024-10-14T09:00+03:00")
    figure("differences", sum(one != other for one, other in zip(*results, strict=True)), "0")
    assert results[0] == results[1]
    assert results[0][0] == ["cancelled"] * OFFERS + ["lapsed"] * OFFERS + ["offered"] * OFFERS


@pytest.mark.django_db(transaction=True)
def test_control_a_drain_that_holds_no_rows_sends_twice(smtp: Catcher, monkeypatch: pytest.MonkeyPatch, figure):
    monkeypatch.setattr(MailQuerySet, "select_for_update", lambda rows, **options: rows, raising=False)
    prepare(make_event(capacity=OFFERS))
    smtp.delay_seconds = 0.05
    run([current_app.tasks["events.drain"]], times=3)
    repeated = len(smtp.messages) - Mail.objects.count()
    figure("sent twice without holding the rows", repeated)
    assert repeated > 0


def test_two_beats_do_no_more_than_one(
    installation: Installation, open_event: Callable[..., Event], smtp: Catcher, figure
):
    event = open_event(capacity=OFFERS)
    prepare(event)
    Registration.objects.filter(status="offered").update(offer_ends_at=datetime.now().astimezone() - timedelta(hours=1))
    installation.environment["BEAT_SECONDS"] = "0.5"
    for name in ("first", "second"):
        installation.start_worker(name)
        installation.start_beat(f"beat-{name}")
    wait_until(lambda: Registration.objects.filter(status="lapsed").exists(), 60)
    wait_until(lambda: not Mail.objects.exclude(status=Mail.Status.SENT).exists(), 60)
    time.sleep(size(small=1, full=20))
    statuses, mails = result(event, smtp)
    assert statuses == ["cancelled"] * OFFERS + ["lapsed"] * OFFERS + ["offered"] * OFFERS
    assert mails["registration/offer_ended"] == OFFERS
    assert mails["registration/place_offered"] == 2 * OFFERS
    figure("mails of two beats", f"{mails.total()}, each once")

"""Reminders while beats ring twice, workers are killed, and the webinar is moved: each once, and never an old time."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from benchmarks.installation import Installation
from events import clock
from events.dates import moment as in_words
from events.models import Event, Mail
from tests.faults.conftest import IS_FULL, size
from tests.faults.test_f4_killed_worker import kill_child, kill_group, wait_until
from tests.unreliable import Catcher
from tests.webinars.helpers import make_webinar, sign_up_one
from webinars import emails, services
from webinars.models import SignUp, Webinar

PEOPLE = size(small=40, full=1000)
KILLS = size(small=2, full=10)
SECONDS = size(small=60, full=180)


@pytest.fixture
def webinar(open_event: Callable[..., Event]) -> Webinar:
    """It begins in 40 minutes, and everybody has signed up two days ago: a reminder is due now."""
    event = open_event()
    begins = (clock.now() + timedelta(minutes=40)).replace(second=0, microsecond=0)
    webinar = make_webinar(event)
    Webinar.objects.filter(pk=webinar.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=1))
    first = sign_up_one(webinar)
    long_ago = clock.now() - timedelta(days=2)
    fields = {field.attname: getattr(first, field.attname) for field in SignUp._meta.concrete_fields}
    fields |= {"pk": None, "id": None, "told_at": long_ago, "signed_up_at": long_ago}
    first.delete()
    Mail.objects.all().delete()
    SignUp.objects.bulk_create(
        SignUp(**{**fields, "email": f"p{number}@kunta.example", "language": ("fi", "sv", "en")[number % 3]})
        for number in range(PEOPLE)
    )
    webinar.refresh_from_db()
    return webinar


def reminders() -> int:
    return Mail.objects.filter(message=emails.REMINDER).count()


def test_reminders_are_queued_quickly_and_once_by_beats_that_ring_at_once(webinar, figure):
    start = threading.Barrier(3)
    took: list[float] = []

    def beat() -> None:
        start.wait()
        began = time.monotonic()
        services.send_reminders()
        took.append(time.monotonic() - began)
        connection.close()

    threads = [threading.Thread(target=beat) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figure(f"reminders for {PEOPLE} sign-ups queued by three beats at once", f"{max(took):.2f} s", "≤ 5 s")
    assert reminders() == PEOPLE
    assert not IS_FULL or max(took) <= 5


def test_each_arrives_once_with_two_beats_and_killed_workers(
    webinar, installation: Installation, smtp: Catcher, figure
):
    smtp.delay_seconds = 0.02
    installation.environment["BEAT_SECONDS"] = "0.5"
    workers = [installation.start_worker(name) for name in ("first", "second")]
    for name in ("first", "second"):
        installation.start_beat(f"beat-{name}")
    for number in range(KILLS):
        enough = (number + 1) * PEOPLE // (KILLS + 2)
        wait_until(lambda: len(smtp.messages) >= enough, seconds=SECONDS)  # noqa: B023 - used at once
        if number % 2 == 0:
            kill_child(workers[number // 2 % 2])
        else:
            kill_group(installation, workers[number // 2 % 2])
            workers[number // 2 % 2] = installation.start_worker(f"after-{number}")
    wait_until(lambda: reminders() == PEOPLE, SECONDS)
    wait_until(lambda: not Mail.objects.exclude(status=Mail.Status.SENT).exists(), SECONDS)
    time.sleep(size(small=1, full=10))
    arrived = Counter(message["Message-ID"] for message in smtp.messages)
    lost = set(Mail.objects.values_list("message_id", flat=True)) - set(arrived)
    repeated = arrived.total() - PEOPLE
    figure(f"{PEOPLE} reminders, two beats, {KILLS} kills", f"{len(lost)} lost, {repeated} repeated", f"0, ≤ {KILLS}")
    assert (lost, reminders()) == (set(), PEOPLE)
    assert repeated <= KILLS


def test_nobody_gets_the_old_time_of_a_webinar_moved_while_reminders_go_out(
    webinar, installation: Installation, smtp: Catcher, figure
):
    old = in_words(webinar.starts_at, language="fi").split("klo ")[-1]
    smtp.delay_seconds = 0.05
    services.send_reminders()
    installation.start_worker("first")
    installation.start_worker("second")
    wait_until(lambda: len(smtp.messages) >= PEOPLE // 4, SECONDS)
    begins = webinar.starts_at + timedelta(days=7, minutes=17)
    services.move(webinar.pk, starts_at=begins, ends_at=begins + timedelta(hours=1), by=None)
    before = len(smtp.messages)  # all that were being sent at that moment have arrived
    wait_until(lambda: not Mail.objects.exclude(status=Mail.Status.SENT).exists(), SECONDS)
    late = [text_of(message) for message in smtp.messages[before:]]
    told = Counter(str(message["To"]) for message in smtp.messages[before:])
    figure("mails with the old time after the move", sum(old in text for text in late), "0")
    figure("reminders that had left before it", before)
    assert len(late) == PEOPLE
    assert set(told.values()) == {1}
    assert [text for text in late if old in text] == []


def text_of(message) -> str:
    """What one reads."""
    return str(message.get_body(["plain"]).get_content())


def test_control_a_time_written_when_the_mail_is_queued_is_old_when_it_leaves(
    webinar, smtp: Catcher, monkeypatch, figure
):
    def careless(row: Webinar, rows: list[SignUp], *, moment: datetime) -> None:
        when = in_words(row.starts_at, language="fi")
        for one in rows:
            emails.outbox.put(
                row.event, one, key=f"careless-{one.pk}", message="webinars/careless", to=one.email, language="fi",
                subject="Muistutus", text=f"Webinaari alkaa {when}\n", html="<p>Muistutus</p>",
            )  # fmt: skip

    monkeypatch.setattr(emails, "reminders", careless)
    services.send_reminders()
    old = in_words(webinar.starts_at, language="fi")
    begins = webinar.starts_at + timedelta(days=7)
    services.move(webinar.pk, starts_at=begins, ends_at=begins + timedelta(hours=1), by=None)
    emails.outbox.drain(seconds=60)
    late = sum(old in text_of(message) for message in smtp.messages)
    figure("mails with the old time by careless reminders", late)
    assert late == PEOPLE

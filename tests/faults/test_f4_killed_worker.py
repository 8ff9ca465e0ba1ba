"""F4: kill -9 a worker's child, and the whole worker, while mail goes out. None is lost, few are repeated."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import psutil

from benchmarks.installation import Installation
from events import outbox
from events.models import Event, Mail
from integration2024.local.processes import Child
from tests.faults.conftest import size
from tests.unreliable import Catcher

MAILS = size(small=60, full=1000)
KILLS = size(small=2, full=40)
RECOVERY_SECONDS = 60


def write(event: Event, count: int) -> None:
    for number in range(count):
        outbox.put(event, event, key=f"f4-{number}", message="test", to=f"f4.{number}@kunta.example", language="fi",
                   subject=f"Mail {number}", text="Text\n", html="<p>Text</p>")  # fmt: skip


def wait_until(is_so: Callable[[], bool], seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() < began + seconds, f"not after {seconds} seconds"
        time.sleep(0.02)
    return time.monotonic() - began


def kill_child(worker: Child) -> None:
    """One of the processes that do the work; the worker starts another one by itself."""
    children = psutil.Process(worker.process.pid).children()
    os.kill(random.choice(children).pid, signal.SIGKILL)


def kill_group(installation: Installation, worker: Child) -> None:
    """The whole worker, as when the machine takes it away."""
    os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    installation.processes.forget(worker)


def test_no_mail_is_lost_and_few_are_repeated(
    installation: Installation, open_event: Callable[..., Event], smtp: Catcher, figure
):
    write(open_event(), MAILS)
    smtp.delay_seconds = 0.05
    workers = [installation.start_worker(name) for name in ("first", "second")]
    installation.start_beat()
    for number in range(KILLS):
        enough = (number + 1) * MAILS // (KILLS + 2)
        wait_until(lambda: len(smtp.messages) >= enough, seconds=RECOVERY_SECONDS)  # noqa: B023 - used at once
        if number % 2 == 0:
            wait_until(lambda: all(psutil.Process(each.process.pid).children() for each in workers), RECOVERY_SECONDS)
            kill_child(workers[number // 2 % 2])
        else:  # the supervisor of production starts a killed worker anew
            kill_group(installation, workers[number // 2 % 2])
            workers[number // 2 % 2] = installation.start_worker(f"after-{number}")
    seconds = wait_until(lambda: not Mail.objects.exclude(status=Mail.Status.SENT).exists(), RECOVERY_SECONDS)
    arrived = Counter(message["Message-ID"] for message in smtp.messages)
    lost = set(Mail.objects.values_list("message_id", flat=True)) - set(arrived)
    figure(f"{MAILS} mails, {KILLS} kills", f"{len(lost)} lost, {arrived.total() - MAILS} repeated", f"0, ≤ {KILLS}")
    figure("all sent after the last kill", f"{seconds:.0f} s", f"≤ {RECOVERY_SECONDS} s")
    assert not lost
    assert arrived.total() - MAILS <= KILLS


def test_control_a_mail_noted_as_sent_too_early_is_lost(
    installation: Installation, open_event: Callable[..., Event], smtp: Catcher, figure
):
    write(open_event(), 4)
    smtp.delay_seconds = 3600
    worker = installation.start_worker("careless", application="tests.faults.careless")
    installation.environment["BEAT_SECONDS"] = "1"
    installation.start_beat()
    wait_until(lambda: Mail.objects.filter(status=Mail.Status.SENT).exists(), RECOVERY_SECONDS)
    kill_group(installation, worker)
    lost = Mail.objects.filter(status=Mail.Status.SENT).count() - len(smtp.messages)
    figure("lost by a careless outbox", lost)
    assert lost > 0

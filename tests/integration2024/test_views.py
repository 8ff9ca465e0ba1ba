"""The shell's own pages: what it tells operators."""

from datetime import timedelta

import pytest

from events import clock, outbox
from events.models import Mail
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def write(event, name: str) -> Mail:
    outbox.put(event, event, key=name, message="test", to=f"{name}@kunta.example", language="fi", subject="Hei",
               text="Teksti\n", html="<p>Teksti</p>")  # fmt: skip
    return Mail.objects.get(key=name)


def mail_state(client) -> tuple[int, int]:
    state = client.get("/status/").json()
    return state["oldest_queued_mail_seconds"], state["queued_mails_tried"]


def test_the_status_tells_of_a_mail_server_that_refuses(client, smtp, moment):
    event = make_event()
    write(event, "a")
    smtp.answer_to_recipient = "450 4.2.0 Try again later"
    for minutes in (1, 2, 5):
        outbox.drain()
        moment.shift(timedelta(minutes=minutes))
    write(event, "b")
    assert mail_state(client) == (480, 1)
    smtp.answer_to_recipient = "250 OK"
    outbox.drain()
    assert mail_state(client) == (0, 0)


def test_a_mail_sent_again_counts_from_then(client, smtp, moment):
    mail = write(make_event(), "a")
    outbox.drain()
    moment.shift(timedelta(days=1))
    outbox.send_again(mail)
    assert mail_state(client) == (0, 0)


def test_the_status_counts_real_seconds_though_the_demo_travels(client, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    event = make_event()
    write(event, "a")
    clock.travel(clock.real_now() + timedelta(days=30))
    write(event, "b")
    assert mail_state(client) == (0, 0)

"""The post: written with the change it tells of, sent once, tried again while there is hope."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from events import bell, clock, outbox
from events.models import Mail
from events.models.mail import DELAYS, KILLED_DELAY
from registration import services
from registration.models import Registration
from tests.factories import make_event, register

Status = Mail.Status


@pytest.fixture
def event(db):
    return make_event()


def letter(event, name: str = "a", **given) -> Mail:
    """A mail whose words are ready."""
    outbox.put(event, event, key=name, message="test", to=f"{name}@kunta.example", language="fi", subject="Hei",
               text="Teksti\n", html="<p>Teksti</p>", **given)  # fmt: skip
    return Mail.objects.get(key=name)


def fresh(mail: Mail) -> Mail:
    mail.refresh_from_db()
    return mail


# --- Writing ----------------------------------------------------------------------------------------------------------
def test_a_mail_is_in_its_readers_language(event):
    mails = {language: Mail.objects.about(register(event, language=language)).get() for language in ("fi", "sv", "en")}
    assert len({mail.text for mail in mails.values()}) == 3
    assert [mail.language for mail in mails.values()] == ["fi", "sv", "en"]


def test_the_same_mail_is_written_once(event):
    registration = register(event)
    for _ in range(3):
        outbox.queue("registration/confirmed_on_site", registration, to=registration.email.upper(), language="fi",
                     version=registration.version, context={"registration": registration, "days": []})  # fmt: skip
    assert Mail.objects.about(registration).count() == 1


def test_a_change_rolled_back_sends_nothing(event):
    with transaction.atomic():
        register(event)
        transaction.set_rollback(True)
    assert Mail.objects.count() == 0


def test_neither_the_row_nor_a_preview_holds_a_usable_link(event):
    mail = Mail.objects.about(register(event)).get()
    for words in (mail.text, mail.html, outbox.preview(mail.text)):
        assert "/r/" not in words
    assert "[personal]" in outbox.preview(mail.text)


def test_a_link_that_nobody_registered_is_a_mistake_noticed_when_writing():
    with pytest.raises(KeyError):
        outbox.Links()["unknown"]


# --- Sending ----------------------------------------------------------------------------------------------------------
def test_a_confirmation_arrives_whole(event, smtp):
    registration = register(event, language="sv")
    assert outbox.drain() == 1
    [message] = smtp.messages
    assert smtp.recipients == [[registration.email]]
    assert message["To"] == registration.email
    assert message["Reply-To"] == event.contact_email
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "sv"
    assert message["Message-ID"] == Mail.objects.get().message_id
    types = {part.get_content_type() for part in message.walk() if not part.is_multipart()}
    assert types == {"text/plain", "text/html", "image/png", "application/pdf", "text/calendar"}
    for kind in ("plain", "html"):
        words = message.get_body((kind,)).get_content()
        assert "/sv/2024/r/" in words
        assert "\ue000" not in words
    assert "\x00" not in str(message)


def test_a_sent_mail_is_not_sent_again(event, smtp):
    mail = letter(event)
    assert [outbox.drain(), outbox.drain()] == [1, 0]
    assert (fresh(mail).status, mail.attempts, len(smtp.messages)) == (Status.SENT, 1, 1)


def test_the_oldest_goes_first(event, smtp):
    for name in "abc":
        letter(event, name)
    outbox.drain()
    assert [message["To"] for message in smtp.messages] == ["a@kunta.example", "b@kunta.example", "c@kunta.example"]


def test_sent_again_by_an_organiser_it_has_the_same_message_id(event, smtp):
    mail = letter(event)
    outbox.drain()
    outbox.send_again(mail)
    outbox.drain()
    assert [message["Message-ID"] for message in smtp.messages] == [mail.message_id] * 2


def test_one_broken_mail_does_not_stop_the_others_and_shows_why(event, smtp):
    broken, sound = letter(event, "a", attachments=["unknown"]), letter(event, "b")
    assert outbox.drain() == 2
    assert (fresh(broken).status, fresh(sound).status) == (Status.QUEUED, Status.SENT)
    assert "unknown" in broken.last_error


def test_a_long_drain_rings_for_another_one(event, smtp, monkeypatch):
    letter(event)
    rung = []
    monkeypatch.setattr(bell, "ring", lambda: rung.append(True))
    assert outbox.drain(seconds=0) == 0
    assert rung == [True]


@pytest.mark.django_db(transaction=True)
def test_many_drains_at_once_send_each_mail_once(smtp):
    event = make_event()
    for number in range(30):
        letter(event, f"m{number}")
    sent, start = [], threading.Barrier(4)

    def work():
        start.wait()
        sent.append(outbox.drain())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 30
    assert len({message["Message-ID"] for message in smtp.messages}) == len(smtp.messages) == 30


# --- F8: the mail server misbehaves -----------------------------------------------------------------------------------
def test_down_then_up_again(event, smtp, moment):
    first, second = letter(event, "a"), letter(event, "b")
    smtp.stop()
    assert outbox.drain() == 1
    assert (fresh(first).status, first.attempts) == (Status.QUEUED, 1)
    assert "Connection refused" in first.last_error
    assert fresh(second).attempts == 0  # it is not this mail's fault
    smtp.start()
    outbox.drain()
    assert (fresh(first).status, fresh(second).status) == (Status.QUEUED, Status.SENT)
    moment.shift(DELAYS[0])
    outbox.drain()
    assert (fresh(first).status, first.last_error) == (Status.SENT, "")
    assert len(smtp.messages) == 2


def test_later_and_later_while_the_server_says_not_now(event, smtp, moment):
    mail = letter(event)
    smtp.answer_to_recipient = "450 4.2.0 Greylisted, try again later"
    waits = []
    for _ in range(len(DELAYS) + 2):
        outbox.drain()
        waits.append(fresh(mail).next_attempt_at - clock.real_now())
        moment.shift(waits[-1] + timedelta(seconds=1))
    assert mail.status == Status.QUEUED
    assert [round(wait / timedelta(minutes=1)) for wait in waits] == [1, 2, 5, 10, 20, 40, 60, 60, 60]
    smtp.answer_to_recipient = "250 OK"
    outbox.drain()
    assert (fresh(mail).status, len(smtp.messages)) == (Status.SENT, 1)


def test_refused_for_good_is_shown_and_not_tried_again(event, smtp, moment):
    refused = letter(event, "a")
    smtp.answer_to_recipient = "550 5.1.1 No such user"
    outbox.drain()
    smtp.answer_to_recipient = "250 OK"
    moment.shift(timedelta(days=1))
    accepted = letter(event, "b")
    outbox.drain()
    assert (fresh(refused).status, fresh(accepted).status) == (Status.FAILED, Status.SENT)
    assert "No such user" in refused.last_error


def test_a_refused_recipient_does_not_stop_the_others(event, smtp):
    smtp.answer_to_recipient = "450 4.2.0 Try again later"
    mails = [letter(event, name) for name in "abc"]
    outbox.drain()
    assert [fresh(mail).attempts for mail in mails] == [1, 1, 1]


def test_a_server_that_closes_down_is_asked_once_and_the_others_are_not_blamed(event, smtp):
    smtp.answer_to_recipient = "421 4.3.2 Closing down"
    mails = [letter(event, name) for name in "abc"]
    outbox.drain()
    assert [fresh(mail).attempts for mail in mails] == [1, 0, 0]
    assert mails[0].status == Status.QUEUED


def test_an_answer_lost_after_the_message_repeats_it_with_the_same_message_id(event, smtp, moment):
    mail = letter(event)
    smtp.drops_after_data = True
    outbox.drain()
    assert (fresh(mail).status, len(smtp.messages)) == (Status.QUEUED, 1)
    smtp.drops_after_data = False
    moment.shift(DELAYS[0])
    outbox.drain()
    assert fresh(mail).status == Status.SENT
    assert [message["Message-ID"] for message in smtp.messages] == [mail.message_id] * 2


def test_a_silent_server_is_left_after_a_while(event, smtp, settings):
    settings.EMAIL_TIMEOUT = 0.3
    smtp.is_silent = True
    first, second = letter(event, "a"), letter(event, "b")
    outbox.drain()
    assert (fresh(first).status, first.attempts, fresh(second).attempts) == (Status.QUEUED, 1, 0)
    assert "timed out" in first.last_error


def test_a_slow_server_is_waited_for(event, smtp):
    smtp.delay_seconds = 0.3
    assert fresh(letter(event)).status == Status.QUEUED
    outbox.drain()
    assert Mail.objects.get().status == Status.SENT


@pytest.fixture
def impatient_database():
    """It ends the session of whoever idles in a transaction for a tenth of a second."""
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")
    yield
    connection.close()  # the next test gets a session with the usual patience


@pytest.mark.django_db(transaction=True)
def test_the_database_waits_for_a_slow_server(smtp, impatient_database):
    smtp.delay_seconds = 0.4
    mail = letter(make_event())
    outbox.drain()
    assert (fresh(mail).status, mail.attempts, len(smtp.messages)) == (Status.SENT, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_mail_whose_outcome_could_not_be_written_is_repeated_later_and_later(smtp, moment):
    mail, waits = letter(make_event()), []

    def hang_up(message):
        smtp_send(message)
        connection.close()  # as when PostgreSQL ends the session
        raise OperationalError("terminated")

    for _ in range(4):
        with outbox._Server() as server:
            smtp_send, server.send = server.send, hang_up
            with pytest.raises(Exception, match="terminated|closed"):
                outbox._send_next(server)
            assert outbox._send_next(server) is False  # not due at once again
        waits.append(fresh(mail).next_attempt_at - clock.real_now())
        moment.shift(waits[-1] + timedelta(seconds=1))
    assert [round(wait.total_seconds()) for wait in waits] == [20, 60, 120, 300]
    assert waits[0] <= KILLED_DELAY
    outbox.drain()
    assert (fresh(mail).status, mail.attempts) == (Status.SENT, 5)
    assert {message["Message-ID"] for message in smtp.messages} == {mail.message_id}


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_takes_longer_than_its_next_attempt_is_left_to_the_worker_that_holds_it(smtp, moment):
    mail = letter(make_event())
    smtp.delay_seconds = 1

    def work():
        outbox.drain()
        connection.close()

    sending = threading.Thread(target=work)
    sending.start()
    time.sleep(0.4)
    moment.shift(timedelta(minutes=1))
    outbox.drain()
    sending.join()
    assert (fresh(mail).status, len(smtp.messages)) == (Status.SENT, 1)


def wrong_password(smtp, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "user", "wrong"
    smtp.answer_to_login = "535 5.7.8 Wrong password"


def no_certificate(smtp, settings):
    settings.EMAIL_USE_SSL = True  # the catcher speaks plainly


def unknown_host(smtp, settings):
    settings.EMAIL_HOST = "256.256.256.256.."


def refused_sender(smtp, settings):
    smtp.answer_to_sender = "550 5.7.1 You may not send from here"


@pytest.mark.parametrize("fault", [wrong_password, no_certificate, unknown_host, refused_sender])
def test_what_is_wrong_with_us_or_the_server_is_not_blamed_on_the_mails(event, smtp, settings, fault):
    fault(smtp, settings)
    mails = [letter(event, name) for name in "abc"]
    outbox.drain()
    assert [(fresh(mail).status, mail.attempts) for mail in mails] == [
        (Status.QUEUED, 1), (Status.QUEUED, 0), (Status.QUEUED, 0),
    ]  # fmt: skip
    assert mails[0].last_error


@pytest.mark.django_db(transaction=True)
def test_people_do_not_wait_for_a_mail_that_is_just_being_sent():
    """Correcting one's address takes back what is queued, but not what a worker holds (a slow server, say)."""
    registration = register(make_event(), attendance="remote")
    is_held, is_corrected = threading.Event(), threading.Event()

    def send_slowly():
        with transaction.atomic():
            list(Mail.objects.select_for_update())
            is_held.set()
            assert is_corrected.wait(60)
        connection.close()

    sending = threading.Thread(target=send_slowly)
    sending.start()
    assert is_held.wait(60)
    try:
        services.correct_address(registration.pk, "right@kunta.example", by=None)
    finally:
        is_corrected.set()
        sending.join()
    addresses = Mail.objects.about(registration).order_by("pk").values_list("to_email", flat=True)
    assert list(addresses) == [registration.email, "right@kunta.example"]
    assert Registration.objects.get().email == "right@kunta.example"

"""Reminders: a day and an hour before, once each, for those who have a place and have not just been told."""

import pytest

from events import outbox
from events.models import Mail
from tests.factories import at, make_event
from tests.webinars.helpers import MEETING, make_webinar, sign_up, sign_up_one
from webinars import services
from webinars.models import Webinar

pytestmark = pytest.mark.django_db


def reminded(moment, text: str) -> int:
    """How many reminders are queued at that moment, asked twice: two beats are harmless."""
    moment.move_to(at(text))
    before = Mail.objects.filter(message="webinars/reminder").count()
    services.send_reminders()
    services.send_reminders()
    return Mail.objects.filter(message="webinars/reminder").count() - before


def test_everybody_is_reminded_a_day_and_an_hour_before_once_each(moment):
    webinar = make_webinar(make_event())
    for _ in range(3):
        sign_up(webinar)
    found = [reminded(moment, text) for text in (
        "2024-11-11 08:59", "2024-11-11 09:00", "2024-11-11 20:00", "2024-11-12 08:00", "2024-11-12 08:30",
        "2024-11-12 09:00",
    )]  # fmt: skip
    assert found == [0, 3, 0, 3, 0, 0]


def test_the_moments_are_data(moment):
    webinar = make_webinar(make_event(), reminders=[30])
    sign_up(webinar)
    assert [reminded(moment, text) for text in ("2024-11-11 09:00", "2024-11-12 08:00", "2024-11-12 08:30")] == [
        0,
        0,
        1,
    ]


def test_beats_that_come_late_remind_once_of_the_nearest_moment(moment):
    sign_up(make_webinar(make_event()))
    assert reminded(moment, "2024-11-12 08:10") == 1


def test_who_signs_up_after_a_moment_is_not_reminded_of_it_again(moment):
    webinar = make_webinar(make_event())
    moment.move_to(at("2024-11-12 08:10"))
    sign_up(webinar)
    assert reminded(moment, "2024-11-12 08:11") == 0


def test_those_who_wait_have_ended_or_whose_webinar_is_cancelled_are_not_reminded(moment):
    webinar = make_webinar(make_event(), places=1)
    sign_up_one(webinar)
    sign_up_one(webinar)
    off = make_webinar(webinar.event)
    sign_up_one(off)
    Webinar.objects.filter(pk=off.pk).update(cancelled_at=at("2024-10-20 09:00"))
    assert reminded(moment, "2024-11-11 09:00") == 1


def test_a_reminder_holds_the_personal_page_and_never_the_address_of_the_meeting(moment):
    row = sign_up_one(make_webinar(make_event()), language="sv")
    reminded(moment, "2024-11-11 09:00")
    mail = Mail.objects.get(message="webinars/reminder")
    sent = outbox.build(mail)
    assert ("/sv/2024/w/" in sent.body, "kl. 9.00" in sent.body, row.email) == (True, True, mail.to_email)
    assert "/w/" not in mail.text
    assert MEETING.split("/")[2] not in sent.message().as_string()


def test_a_thousand_reminders_are_drawn_once_a_language(moment, django_assert_max_num_queries):
    webinar = make_webinar(make_event())
    for number in range(30):
        sign_up(webinar, language=("fi", "sv", "en")[number % 3])
    moment.move_to(at("2024-11-11 09:00"))
    with django_assert_max_num_queries(12):
        services.send_reminders()

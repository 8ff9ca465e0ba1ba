"""What organisers do: move, cancel, thank, copy. Everybody concerned hears of it once, and nobody of an old time."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from events import outbox
from events.models import Mail
from tests.factories import at, make_event
from tests.webinars.helpers import make_series, make_webinar, sign_up_one
from webinars import services
from webinars.models import SignUp, Webinar

pytestmark = pytest.mark.django_db


def move(webinar: Webinar, starts: str) -> Webinar:
    return services.move(webinar.pk, starts_at=at(starts), ends_at=at(starts) + timedelta(hours=1), by=None)


def built(message: str):
    return outbox.build(Mail.objects.filter(message=f"webinars/{message}").latest("pk"))


def calendar_of(sent) -> Calendar:
    (content,) = [part.get_payload(decode=True) for part in sent.attachments if part.get_filename().endswith(".ics")]
    return Calendar.from_ical(content)


def test_everybody_hears_of_a_new_time_once_with_an_update_for_the_calendar():
    webinar = make_webinar(make_event())
    rows = [sign_up_one(webinar) for _ in range(2)]
    before = calendar_of(built("signed_up")).walk("VEVENT")[0]
    move(webinar, "2024-11-19 13:00")
    move(webinar, "2024-11-19 13:00")  # the same time again is no move
    told = Mail.objects.filter(message="webinars/moved").order_by("pk").values_list("to_email", flat=True)
    assert list(told) == [row.email for row in rows]
    after = calendar_of(built("moved")).walk("VEVENT")[0]
    assert (after["UID"], int(after["SEQUENCE"])) == (before["UID"], int(before["SEQUENCE"]) + 1)
    assert after.decoded("DTSTART") == at("2024-11-19 13:00")


def test_a_mail_that_leaves_after_the_move_says_the_new_time():
    webinar = make_webinar(make_event())
    sign_up_one(webinar)
    move(webinar, "2024-11-19 13:00")
    for message in ("signed_up", "moved"):
        assert ("19.11.2024 klo 13.00" in built(message).body, "12.11.2024" in built(message).body) == (True, False)


def test_reminders_that_have_not_left_are_taken_back_and_come_again_at_their_new_time(moment):
    webinar = make_webinar(make_event())
    row = sign_up_one(webinar)
    moment.move_to(at("2024-11-11 09:00"))
    services.send_reminders()
    assert Mail.objects.filter(message="webinars/reminder").count() == 1
    move(webinar, "2024-11-19 13:00")
    assert Mail.objects.filter(message="webinars/reminder").count() == 0
    services.send_reminders()
    assert Mail.objects.filter(message="webinars/reminder").count() == 0
    moment.move_to(at("2024-11-18 13:00"))
    services.send_reminders()
    assert list(Mail.objects.filter(message="webinars/reminder").values_list("to_email", flat=True)) == [row.email]


def test_who_is_told_of_the_new_time_after_a_moment_of_reminding_is_not_reminded_of_it():
    webinar = make_webinar(make_event())
    sign_up_one(webinar)
    move(webinar, "2024-10-14 09:40")
    services.send_reminders()
    assert Mail.objects.filter(message="webinars/reminder").count() == 0


def test_offers_never_outlive_the_new_beginning():
    webinar = make_webinar(make_event(), places=1)
    first, second = sign_up_one(webinar), sign_up_one(webinar)
    services.cancel(first.pk, by=None)
    move(webinar, "2024-10-14 15:00")
    assert SignUp.objects.get(pk=second.pk).offer_ends_at == at("2024-10-14 15:00")


def test_cancelling_ends_every_sign_up_tells_everybody_and_empties_the_calendars():
    webinar = make_webinar(make_event(), places=1)
    rows = [sign_up_one(webinar) for _ in range(3)]
    services.call_off(webinar.pk, by=None)
    services.call_off(webinar.pk, by=None)
    assert [SignUp.objects.get(pk=row.pk).status for row in rows] == ["cancelled"] * 3
    assert Mail.objects.filter(message="webinars/called_off").count() == 3
    assert Mail.objects.filter(message="webinars/place_offered").count() == 0
    calendar = calendar_of(built("called_off"))
    assert (calendar["METHOD"], calendar.walk("VEVENT")[0]["STATUS"]) == ("CANCEL", "CANCELLED")
    webinar.refresh_from_db()
    assert (webinar.is_cancelled, webinar.pool.taken) == (True, 0)


def test_what_is_over_or_cancelled_is_not_moved(moment):
    webinar = make_webinar(make_event())
    services.call_off(webinar.pk, by=None)
    with pytest.raises(services.NotPossible):
        move(webinar, "2024-11-19 13:00")
    moment.move_to(at("2024-11-12 10:00"))
    with pytest.raises(services.NotPossible):
        move(make_webinar(webinar.event), "2024-11-19 13:00")


def test_thanks_go_out_once_and_differ_for_those_who_came(moment):
    webinar = make_webinar(
        make_event(), recording_url="https://film.example/1", recorded_on=at("2024-11-12 00:00").date()
    )
    came, missed = sign_up_one(webinar), sign_up_one(webinar)
    with pytest.raises(services.NotOver):
        services.thank(webinar.pk, by=None)
    moment.move_to(at("2024-11-12 09:00"))
    services.join(came.pk, network="a")
    moment.move_to(at("2024-11-12 10:00"))
    assert (services.thank(webinar.pk, by=None), services.thank(webinar.pk, by=None)) == (2, 0)
    texts = {mail.to_email: outbox.build(mail).body for mail in Mail.objects.filter(message="webinars/thanks")}
    assert {email: "/feedback/" in text for email, text in texts.items()} == {came.email: True, missed.email: False}
    assert all("tallenne" in text.lower() for text in texts.values())


def test_thanks_without_a_recording_say_where_one_would_appear(moment):
    row = sign_up_one(make_webinar(make_event()), language="en")
    moment.move_to(at("2024-11-12 09:00"))
    services.join(row.pk, network="a")
    moment.move_to(at("2024-11-12 10:00"))
    services.thank(row.webinar_id, by=None)
    body = " ".join(outbox.build(Mail.objects.get(message="webinars/thanks")).body.split())
    assert "A recording, if there is one, appears on your webinar page. Your certificate of attendance is there" in body


def test_a_copy_takes_place_on_that_weekday_of_the_next_month_and_is_not_public():
    event = make_event()
    source = make_webinar(event, "2024-10-01 09:00", series=make_series(event))
    fresh = services.copy(source.pk, by=None)
    assert (fresh.starts_at, fresh.ends_at) == (at("2024-11-05 09:00"), at("2024-11-05 10:00"))
    assert (fresh.title_sv, fresh.series, fresh.is_public, fresh.join_url) == (
        source.title_sv,
        source.series,
        False,
        "",
    )
    assert [services.copy(source.pk, by=None).slug for _ in range(2)] == ["2024-11-2", "2024-11-3"]

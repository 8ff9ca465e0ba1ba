"""Signing up for one webinar or several: who gets a place, who waits, what is mailed, what is done once."""

import uuid

import pytest

from events import outbox
from events.models import LogEntry, Mail
from tests.factories import at, make_event
from tests.webinars.helpers import make_details, make_webinar, sign_up, sign_up_one
from webinars import services
from webinars.models import SignUp

pytestmark = pytest.mark.django_db


def messages() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("message", flat=True))


def test_one_form_signs_up_for_several_webinars_and_one_mail_tells_of_all():
    event = make_event()
    first, second = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    made = sign_up(first, second, email="Anna@Kunta.example")
    assert [(row.webinar_id, row.status) for row in made] == [(first.pk, "confirmed"), (second.pk, "confirmed")]
    mail = Mail.objects.get()
    assert (mail.message, mail.to_email, mail.attachments) == (
        "webinars/signed_up", "Anna@Kunta.example", ["webinars_calendar"],
    )  # fmt: skip
    text = outbox.build(mail).body
    assert text.count("/fi/2024/w/") == 2
    assert "12.11.2024 klo 9.00–10.00 Suomen aikaa" in text
    assert "10.12.2024 klo 9.00–10.00 Suomen aikaa" in text


def test_the_same_form_again_changes_nothing_and_mails_nothing():
    webinar = make_webinar(make_event())
    key = uuid.uuid4()
    sign_up(webinar, form_key=key, email="anna@kunta.example")
    assert sign_up(webinar, form_key=key, email="ANNA@kunta.example") == []
    assert (SignUp.objects.count(), messages()) == (1, ["webinars/signed_up"])


def test_the_same_form_after_cancelling_does_not_sign_up_again():
    webinar = make_webinar(make_event())
    key = uuid.uuid4()
    (row,) = sign_up(webinar, form_key=key, email="anna@kunta.example")
    services.cancel(row.pk, by=None)
    assert sign_up(webinar, form_key=key, email="anna@kunta.example") == []
    assert [row.status for row in sign_up(webinar, email="anna@kunta.example")] == ["confirmed"]


def test_a_known_address_gets_the_way_there_once_in_ten_minutes(moment):
    webinar = make_webinar(make_event())
    sign_up(webinar, email="anna@kunta.example")
    for _ in range(3):
        assert sign_up(webinar, email="anna@kunta.example") == []
    assert messages() == ["webinars/signed_up", "webinars/already_signed_up"]
    moment.move_to(at("2024-10-14 09:11"))
    sign_up(webinar, email="anna@kunta.example")
    assert messages()[2:] == ["webinars/already_signed_up"]


def test_who_has_signed_up_for_some_gets_the_others():
    event = make_event()
    first, second = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    sign_up(first, email="anna@kunta.example")
    made = sign_up(first, second, email="anna@kunta.example")
    assert [row.webinar_id for row in made] == [second.pk]
    assert messages() == ["webinars/signed_up", "webinars/signed_up"]


def test_without_a_free_place_one_waits_in_order():
    webinar = make_webinar(make_event(), places=1)
    rows = [sign_up_one(webinar, language="en") for _ in range(3)]
    assert [row.status for row in rows] == ["confirmed", "waiting", "waiting"]
    last = outbox.build(Mail.objects.latest("pk"))
    assert (last.subject.endswith("you are on the waiting list"), "number 2" in last.body) == (True, True)
    assert [part for part in last.attachments if part.get_filename().endswith(".ics")] == []


@pytest.mark.parametrize(
    ("moment_text", "is_open"),
    [("2024-11-12 08:59", True), ("2024-11-12 09:59:59", True), ("2024-11-12 10:00", False)],
)
def test_one_can_sign_up_until_the_webinar_ends(moment, moment_text, is_open):
    webinar = make_webinar(make_event())
    moment.move_to(at(moment_text))
    if is_open:
        assert sign_up_one(webinar).is_confirmed
    else:
        with pytest.raises(services.Closed):
            sign_up(webinar)


def test_one_that_closes_meanwhile_is_left_out_and_the_others_hold(moment):
    event = make_event()
    first, second = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    moment.move_to(at("2024-11-12 12:00"))
    assert [row.webinar_id for row in sign_up(first, second)] == [second.pk]


@pytest.mark.parametrize("fields", [{"is_public": False}, {"cancelled_at": at("2024-10-01 09:00")}])
def test_nobody_signs_up_for_what_is_hidden_or_cancelled(fields):
    with pytest.raises(services.Closed):
        sign_up(make_webinar(make_event(), **fields))


def test_rows_of_another_event_are_refused():
    event, other = make_event(), make_event(slug="2020", is_current=False)
    webinar = make_webinar(event)
    with pytest.raises(services.NotPossible):
        services.sign_up(event, [webinar.pk], make_details(other), form_key=uuid.uuid4(), by=None)
    with pytest.raises(services.Closed):
        services.sign_up(other, [webinar.pk], make_details(other), form_key=uuid.uuid4(), by=None)


def test_the_link_mailed_while_the_doors_are_open_says_so(moment):
    webinar = make_webinar(make_event())
    moment.move_to(at("2024-11-12 08:50"))
    sign_up(webinar, language="en")
    assert "The doors are open" in Mail.objects.get().text


def test_cancelling_offers_the_place_to_the_next_and_is_done_once():
    webinar = make_webinar(make_event(), places=1)
    first, second = sign_up_one(webinar), sign_up_one(webinar)
    services.cancel(first.pk, by=None)
    services.cancel(first.pk, by=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("cancelled", "offered")
    assert messages()[2:] == ["webinars/place_offered", "webinars/cancelled"]
    assert LogEntry.objects.about(first).filter(action="cancelled").count() == 1


def test_a_cancelled_sign_up_leaves_the_calendar():
    row = sign_up_one(make_webinar(make_event()))
    services.cancel(row.pk, by=None)
    sent = outbox.build(Mail.objects.get(message="webinars/cancelled"))
    (calendar,) = [
        part.get_payload(decode=True).decode() for part in sent.attachments if part.get_filename()[-4:] == ".ics"
    ]
    assert ("METHOD:CANCEL" in calendar, "SEQUENCE:1" in calendar) == (True, True)


def test_after_the_webinar_nobody_cancels(moment):
    row = sign_up_one(make_webinar(make_event()))
    moment.move_to(at("2024-11-12 10:00"))
    with pytest.raises(services.NotPossible):
        services.cancel(row.pk, by=None)


def test_links_are_sent_again_to_those_who_have_signed_up_and_to_nobody_else():
    event = make_event()
    first, second = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    sign_up(first, second, email="anna@kunta.example")
    services.send_links(event, "Anna@kunta.example", by=None)
    services.send_links(event, "nobody@kunta.example", by=None)
    mail = Mail.objects.get(message="webinars/links_again")
    assert (mail.to_email, outbox.build(mail).body.count("/w/")) == ("anna@kunta.example", 2)


@pytest.mark.parametrize("has_more", [False, True])
def test_the_links_again_lead_to_past_webinars_too(moment, has_more):
    event = make_event()
    over, coming = make_webinar(event), make_webinar(event, "2024-12-10 09:00")
    sign_up(*([over, coming] if has_more else [over]), email="anna@kunta.example")
    moment.move_to(at("2024-11-20 09:00"))
    services.send_links(event, "anna@kunta.example", by=None)
    body = outbox.build(Mail.objects.get(message="webinars/links_again")).body
    assert [title in body for title in (over.title_fi, coming.title_fi)] == [True, has_more]

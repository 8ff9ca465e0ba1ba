"""The personal page: it waits for the doors, leads to the meeting once they are open, and shows what is left."""

from datetime import date

import pytest
from django.test import Client
from icalendar import Calendar

from events import documents, outbox
from events.models import Mail
from tests.factories import at, make_event
from tests.webinars.helpers import MEETING, make_webinar, sign_up_one
from webinars import services
from webinars.access import personal_token
from webinars.models import Feedback, SignUp, Webinar

pytestmark = pytest.mark.django_db
HOST = "meeting.example"


@pytest.fixture
def row() -> SignUp:
    return sign_up_one(make_webinar(make_event()), language="en")


def address(row: SignUp, part: str = "", language: str = "en") -> str:
    return f"/{language}/w/{personal_token(row)}/{part}"


def page(client: Client, row: SignUp):
    return client.get(address(row))


def fresh(row: SignUp) -> SignUp:
    return SignUp.objects.select_related("webinar").get(pk=row.pk)


# --- Before, while, after ---------------------------------------------------------------------------------------------
def test_days_early_the_page_counts_down_and_looks_again_by_itself(client, moment, row):
    moment.move_to(at("2024-10-14 09:00"), tick=False)
    response = page(client, row)
    assert (response.context["state"], response["Refresh"]) == ("early", "900")
    assert response.context["seconds"] == 29 * 86_400 + 3600 - 900  # the clocks are turned back meanwhile
    assert 'role="timer"' in response.content.decode()


@pytest.mark.parametrize(
    ("moment_text", "state", "refresh"),
    [
        ("2024-11-12 08:44:30", "early", "30"),
        ("2024-11-12 08:45:00", "open", None),
        ("2024-11-12 09:59:59", "open", None),
        ("2024-11-12 10:00:00", "over", None),
    ],
)
def test_the_doors_open_a_quarter_before_and_close_at_the_end(client, moment, row, moment_text, state, refresh):
    moment.move_to(at(moment_text), tick=False)
    response = page(client, row)
    assert (response.context["state"], response.get("Refresh")) == (state, refresh)
    assert ("Join the webinar" in response.content.decode()) == (state == "open")


@pytest.mark.parametrize(
    ("moment_text", "words"),
    [("2024-11-09 09:00", "Come back to this page then"), ("2024-11-12 08:00", "Keep this page")],
)
def test_nobody_is_asked_to_keep_a_page_open_for_days(client, moment, row, moment_text, words):
    moment.move_to(at(moment_text))
    assert words in page(client, row).content.decode()


def test_the_button_leads_to_the_meeting_and_counts_as_attended_once(client, moment, row):
    moment.move_to(at("2024-11-12 08:50"), tick=False)
    response = client.post(address(row, "join/"))
    assert (response.status_code, response["Refresh"]) == (200, f"0; url={MEETING}")
    assert f'href="{MEETING}"' in response.content.decode()  # where a browser does not go on by itself
    assert fresh(row).attended_at == at("2024-11-12 08:50")
    moment.move_to(at("2024-11-12 09:20"), tick=False)
    client.post(address(row, "join/"))
    assert fresh(row).attended_at == at("2024-11-12 08:50")


@pytest.mark.parametrize("moment_text", ["2024-11-09 09:00", "2024-11-12 08:44:59", "2024-11-12 10:00"])
def test_too_early_or_too_late_the_button_leads_back_to_the_page(client, moment, row, moment_text):
    moment.move_to(at(moment_text))
    response = client.post(address(row, "join/"))
    assert (response.status_code, response["Location"]) == (303, address(row))
    assert fresh(row).attended_at is None


def test_programs_that_follow_links_attend_nothing(client, moment, row):
    moment.move_to(at("2024-11-12 08:50"))
    for method in ("get", "head"):
        assert getattr(client, method)(address(row)).status_code == 200
        assert getattr(client, method)(address(row, "join/")).status_code == 405
    assert fresh(row).attended_at is None


def test_a_stranger_without_the_forms_protection_is_refused(moment, row):
    moment.move_to(at("2024-11-12 08:50"))
    assert Client(enforce_csrf_checks=True).post(address(row, "join/")).status_code == 403


def test_the_address_of_the_meeting_stands_on_no_page_at_any_moment(client, moment, row):
    addresses = [address(row), address(row, "cancel/"), address(row, "calendar.ics"), "/en/webinars/",
                 f"/en/webinars/{row.webinar.slug}/", "/en/webinars/calendar.ics", "/en/webinars/sign-up/"]  # fmt: skip
    for moment_text in ("2024-11-09 09:00", "2024-11-12 08:50", "2024-11-12 11:00"):
        moment.move_to(at(moment_text))
        for path in addresses:
            assert HOST not in client.get(path).content.decode(), (moment_text, path)


def test_it_stands_in_no_mail_either(moment, row):
    services.move(row.webinar_id, starts_at=at("2024-11-13 09:00"), ends_at=at("2024-11-13 10:00"), by=None)
    moment.move_to(at("2024-11-13 08:00"))
    services.send_reminders()
    moment.move_to(at("2024-11-13 11:00"))
    services.thank(row.webinar_id, by=None)
    mails = list(Mail.objects.all())
    assert len(mails) == 4
    for mail in mails:
        sent = outbox.build(mail)
        files = [part.get_payload(decode=True).decode("latin-1") for part in sent.attachments]
        assert HOST not in "".join([sent.subject, sent.body, str(sent.alternatives), *files])


def test_no_form_may_lead_to_another_host(client, moment, row):
    """Browsers ask that rule about every redirect on the way, so a meeting is never the answer to a form."""
    moment.move_to(at("2024-11-12 08:50"))
    for response in (page(client, row), client.post(address(row, "join/"))):
        assert "form-action 'self';" in response["Content-Security-Policy"] + ";"


def test_a_meeting_may_have_any_letters_in_its_address(client, moment, row):
    Webinar.objects.update(join_url="https://möte.example/rum/åäö")
    moment.move_to(at("2024-11-12 08:50"))
    assert client.post(address(row, "join/"))["Refresh"] == "0; url=https://m%C3%B6te.example/rum/%C3%A5%C3%A4%C3%B6"


def test_without_a_meeting_the_page_says_so_and_looks_again(client, moment, row):
    Webinar.objects.update(join_url="")
    moment.move_to(at("2024-11-12 08:50"))
    response = page(client, row)
    assert ("being set up" in response.content.decode(), response["Refresh"]) == (True, "20")
    assert client.post(address(row, "join/"))["Location"] == address(row)
    assert fresh(row).attended_at is None


def test_a_link_passed_on_works_and_its_networks_are_counted(client, moment, row):
    moment.move_to(at("2024-11-12 08:50"))
    for network in ("192.0.2.1", "192.0.2.77", "198.51.100.1", "2001:db8:1::1", "2001:db8:1:2::1"):
        assert client.post(address(row, "join/"), REMOTE_ADDR=network)["Refresh"]
    networks = fresh(row).networks
    assert (len(networks), [part for part in networks if "192" in part or "db8" in part]) == (3, [])


def test_the_networks_are_forgotten_two_weeks_after_the_webinar(client, moment, row):
    moment.move_to(at("2024-11-12 08:50"))
    client.post(address(row, "join/"))
    moment.move_to(at("2024-11-26 09:59"))
    assert services.forget_networks() == 0
    moment.move_to(at("2024-11-26 10:01"))
    assert (services.forget_networks(), fresh(row).networks) == (1, [])


# --- Standing ---------------------------------------------------------------------------------------------------------
def test_who_waits_sees_the_number_and_cannot_join(client, moment):
    webinar = make_webinar(make_event(), places=1)
    sign_up_one(webinar)
    row = sign_up_one(webinar)
    assert "You are number 1 on the waiting list" in page(client, row).content.decode()
    moment.move_to(at("2024-11-12 08:50"))
    assert client.post(address(row, "join/"))["Location"] == address(row)


def test_an_offer_is_answered_on_the_page(client):
    webinar = make_webinar(make_event(), places=1)
    first, row = sign_up_one(webinar), sign_up_one(webinar)
    services.cancel(first.pk, by=None)
    assert "A place is free for you" in page(client, row).content.decode()
    client.post(address(row, "offer/"), {"answer": "accept"})
    assert (fresh(row).status, page(client, row).context["state"]) == ("confirmed", "early")


def test_declining_tells_the_next(client):
    webinar = make_webinar(make_event(), places=1)
    first, row = sign_up_one(webinar), sign_up_one(webinar)
    services.cancel(first.pk, by=None)
    client.post(address(row, "offer/"), {"answer": "decline"})
    assert (fresh(row).status, page(client, row).context["state"]) == ("declined", "ended")


def test_cancelling_asks_once_more(client, row):
    assert (client.get(address(row, "cancel/")).status_code, fresh(row).status) == (200, "confirmed")
    client.post(address(row, "cancel/"))
    assert (fresh(row).status, page(client, row).context["state"]) == ("cancelled", "ended")
    assert client.post(address(row, "join/"))["Location"] == address(row)


def test_a_cancelled_webinar_says_so(client, row):
    services.call_off(row.webinar_id, by=None)
    assert page(client, row).context["state"] == "cancelled"
    assert client.get(address(row, "calendar.ics")).status_code == 404


def test_the_calendar_entry_leads_to_the_personal_page(client, row, settings):
    entry = Calendar.from_ical(client.get(address(row, "calendar.ics")).content).walk("VEVENT")[0]
    assert str(entry["URL"]) == settings.SITE_URL + f"/en/2024/w/{personal_token(row)}/"


@pytest.mark.parametrize("value", ["x", "1-1.bad", "9" * 300])
def test_a_wrong_link_opens_nothing(client, row, value):
    assert client.get(f"/en/w/{value}/").status_code == 404


def test_a_link_is_of_one_event_and_dies_with_its_version(client, row):
    make_event(slug="2020", is_current=False)
    assert client.get(f"/en/2020/w/{personal_token(row)}/").status_code == 404
    old = address(row)
    SignUp.objects.update(link_version=2)
    assert client.get(old).status_code == 404


def test_the_page_is_kept_by_nobody(client, row):
    response = page(client, row)
    assert ("no-store" in response["Cache-Control"], response["X-Robots-Tag"]) == (True, "noindex")


# --- Afterwards -------------------------------------------------------------------------------------------------------
@pytest.fixture
def came(moment, row) -> SignUp:
    """One who took part; the webinar is over."""
    moment.move_to(at("2024-11-12 09:00"))
    services.join(row.pk, network="a")
    moment.move_to(at("2024-11-12 10:05"))
    return fresh(row)


def test_feedback_is_given_once_and_without_a_name(client, came):
    data = {"usefulness": "5", "learned": "Paljon", "will_use": "Huomenna"}
    for _ in range(2):
        client.post(address(came, "feedback/"), data)
    given = Feedback.objects.get()
    assert (given.usefulness, given.learned, given.will_use) == (5, "Paljon", "Huomenna")
    assert fresh(came).has_given_feedback
    assert "Give feedback" not in page(client, came).content.decode()


def test_nothing_beside_the_name_tells_which_feedback_is_theirs(client, came):
    client.post(address(came, "feedback/"), {"usefulness": "1", "learned": "Ingenting"})
    given, row = Feedback.objects.get(), fresh(came)
    told = {str(field.value_from_object(row)) for field in SignUp._meta.fields}
    assert {str(given.given_at), given.learned}.isdisjoint(told)


def test_nothing_typed_is_lost_by_an_error(client, came):
    response = client.post(address(came, "feedback/"), {"learned": "Paljon"})
    assert (response.status_code, "Paljon" in response.content.decode()) == (422, True)


def test_who_did_not_come_gives_no_feedback_and_gets_no_certificate(client, moment, row):
    moment.move_to(at("2024-11-12 10:05"))
    assert "Those who took part" in client.get(address(row, "feedback/")).content.decode()
    client.post(address(row, "feedback/"), {"usefulness": "5"})
    assert Feedback.objects.count() == 0
    assert client.get(address(row, "certificate.pdf")).status_code == 404


def test_the_certificate_is_made_by_the_worker_and_then_handed_out(client, came):
    waiting = client.get(address(came, "certificate.pdf"))
    assert (waiting.status_code, waiting["Refresh"]) == (202, "3")
    assert documents.make_next()
    made = client.get(address(came, "certificate.pdf"))
    assert (made.status_code, made["Content-Type"], made.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert made["Content-Disposition"] == 'attachment; filename="certificate-2024.pdf"'


def test_the_recording_is_shown_until_captions_are_overdue(client, moment, came):
    Webinar.objects.update(recording_url="https://film.example/1", recorded_on=date(2024, 11, 13))
    expected = {"2024-11-27 12:00": True, "2024-11-28 00:00": False}
    for moment_text, is_shown in expected.items():
        moment.move_to(at(moment_text))
        assert ("film.example" in page(client, came).content.decode()) == is_shown
    Webinar.objects.update(has_recording_captions=True)
    assert "film.example" in page(client, came).content.decode()


@pytest.mark.parametrize(("moment_text", "most"), [("2024-11-12 08:50", 6), ("2024-11-12 10:05", 6)])
def test_the_page_costs_few_queries(client, moment, row, moment_text, most, django_assert_max_num_queries):
    moment.move_to(at(moment_text))
    with django_assert_max_num_queries(most):
        page(client, row)

import pytest
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.test import Client

from events import clock
from events.models import Mail, User
from integration2024.demo import loader, programme, proposals
from integration2024.demo.roles import PARTICIPANT
from registration.models import Registration
from tests.factories import at


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2024-11-14T08:00:00+02:00", at("2024-11-14 08:00")),
        ("2024-11-14T08:00", at("2024-11-14 08:00")),
        ("2024-10-14T06:00:00+00:00", at("2024-10-14 09:00")),
    ],
)
def test_travel(demo, client: Client, typed: str, moment) -> None:
    response = client.post("/demo/travel/", {"moment": typed, "next": "/fi/news/"})
    assert (response.status_code, response["Location"]) == (303, "/fi/news/")
    assert clock.now() >= moment
    assert (clock.now() - moment).total_seconds() < 5


@pytest.mark.parametrize(
    "typed", ["", "tomorrow", "2024-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59", "1" * 5000]
)
def test_what_is_no_moment_changes_nothing(demo, client: Client, typed: str) -> None:
    before = clock.demo_offset()
    assert client.post("/demo/travel/", {"moment": typed}).status_code == 400
    assert clock.demo_offset() == before


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_travel_leads_nowhere_else(demo, client: Client, url: str) -> None:
    assert client.post("/demo/travel/", {"moment": "2024-11-14T08:00", "next": url})["Location"] == "/"


def test_get_changes_nothing(demo, client: Client) -> None:
    assert client.get("/demo/travel/").status_code == 405
    assert client.get("/demo/be/organiser/").status_code == 405


def test_registration_opens_and_closes_with_the_journey(demo, client: Client) -> None:
    for moment, is_open in (("2024-09-02T08:59", False), ("2024-09-02T09:00", True), ("2024-11-29T09:00", False)):
        client.post("/demo/travel/", {"moment": moment})
        assert ('name="form_key"' in client.get("/en/register/").content.decode()) is is_open


def be(client: Client, role: str, language: str = "sv") -> str:
    response = client.post(f"/demo/be/{role}/", {"language": language})
    assert response.status_code == 303
    return str(response["Location"])


def test_the_organiser_is_in_the_admin_with_a_second_factor(demo, client: Client) -> None:
    assert be(client, "organiser") == "/sv/admin/"
    user = User.objects.get(email=loader.ORGANISER)
    assert client.session["_auth_user_id"] == str(user.pk)
    request = HttpRequest()
    request.session = client.session
    assert [record["method"] for record in get_authentication_records(request, user)] == ["mfa"]
    assert client.get("/sv/admin/").status_code == 200


def test_the_participant_is_registered_once_and_sees_the_personal_page(demo, client: Client) -> None:
    address = be(client, "participant")
    assert be(client, "participant") == address
    registration = Registration.objects.get(email=PARTICIPANT)
    assert (registration.language, registration.registered_by, registration.has_badge) == ("sv", None, True)
    assert Mail.objects.filter(to_email=PARTICIPANT).count() == 1
    assert "Ella" in client.get(address).content.decode()
    assert client.get("/sv/my/").status_code == 200


def test_the_participant_registers_anew_after_cancelling_and_by_hand_after_the_closing(demo, client: Client) -> None:
    be(client, "participant")
    Registration.objects.update(status="cancelled", ended_at=clock.now())
    clock.travel(at("2024-11-14 08:00"))
    be(client, "participant")
    assert Registration.objects.latest("pk").registered_by.email == loader.ORGANISER


def test_the_proposer_goes_on_with_a_draft_while_a_call_is_open_and_else_sees_what_was_selected(
    demo, client: Client
) -> None:
    proposals.load(demo)
    draft = be(client, "proposer")
    assert be(client, "proposer") == draft
    assert "Mitt eget förslag" in client.get(draft).content.decode()
    clock.travel(at("2024-02-13 09:00"))
    other = be(client, "proposer")
    assert other != draft
    assert "Mitt eget förslag" in client.get(other).content.decode()
    clock.travel(at("2024-11-01 09:00"))
    selected = be(client, "proposer", "fi")
    assert "yhdeksässäkymmenessä päivässä" in client.get(selected).content.decode()


def test_the_speaker_has_two_sessions_and_before_the_programme_none(demo, client: Client) -> None:
    assert be(client, "speaker") == "/sv/programme/"
    proposals.load(demo)
    programme.load(demo)
    page = client.get(be(client, "speaker")).content.decode()
    assert "Första jobbet på nittio dagar" in page
    assert "En vecka i någon annans kalender" in page


def test_the_reviewer_sees_the_proposals_of_two_themes_past_the_second_factor(demo, client: Client) -> None:
    assert client.get(be(client, "reviewer")).status_code == 200
    proposals.load(demo)
    page = client.get(be(client, "reviewer")).content.decode()
    assert "Borrowed bicycles" in page
    assert "Yövuoron jälkeen" not in page


def test_one_is_one_person_at_a_time(demo, client: Client) -> None:
    be(client, "organiser")
    be(client, "participant")
    assert client.get("/sv/admin/").status_code == 302
    assert be(client, "visitor") == "/sv/"
    assert "_auth_user_id" not in client.session
    assert "registrations" not in client.session


def test_there_is_no_other_role(demo, client: Client) -> None:
    assert client.post("/demo/be/king/").status_code == 404

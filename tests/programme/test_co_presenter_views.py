"""Those who speak along are asked, answer, and are corrected."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from events.addresses import event_url
from events.models import Call, Mail
from programme import access
from programme.models import CoPresenter, Proposal
from tests.factories import make_call, make_event, make_format, make_theme
from tests.submissions import PROPOSE, address, messages_sent, typed, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    event = make_event()
    make_format(event)
    make_theme(event)
    return make_call(event)


def with_bo(call: Call, **given: Any) -> dict[str, Any]:
    return typed(call, **{"co-0-name": "Bo Berg", "co-0-email": "bo@x.example", "co-0-organisation": "X rf"}, **given)


def co_address(row: CoPresenter) -> str:
    with translation.override("sv"):
        return event_url(row.event, "co-presenter", token=access.co_presenter_token(row))


def test_they_are_asked_when_the_proposal_is_sent_in_and_answer(client: Client, call: Call):
    client.post(PROPOSE, with_bo(call, step="draft"))
    assert messages_sent() == ["events/draft_saved"]
    row = Proposal.objects.get()
    client.post(address(row, "submission-edit"), with_bo(call, version=row.version))
    person = CoPresenter.objects.get()
    assert Mail.objects.get(message="programme/co_presenter_invited").to_email == "bo@x.example"
    assert "Bo Berg (bo@x.example)" in words(client.get(co_address(person)))
    for _again in range(2):
        client.post(co_address(person), {"answer": "yes", "name": "Bo Bergh", "organisation": "X rf"})
    person.refresh_from_db()
    assert (person.status, person.name) == ("accepted", "Bo Bergh")
    told = Mail.objects.get(message="programme/co_presenter_answered")
    assert told.to_email == row.email
    client.post(address(row, "submission-edit"), with_bo(call, version=Proposal.objects.get().version))
    assert CoPresenter.objects.get().status == "accepted"
    assert Mail.objects.filter(message="programme/co_presenter_invited").count() == 1


def test_the_wrong_person_says_so_and_the_proposer_corrects(client: Client, call: Call):
    client.post(PROPOSE, with_bo(call))
    row, person = Proposal.objects.get(), CoPresenter.objects.get()
    wrong = co_address(person)
    client.post(wrong, {"answer": "wrong"})
    assert client.get(wrong).status_code == 404
    with translation.override("sv"):
        told = gettext("The invitation has reached the wrong person: correct the address.")
    assert told in words(client.get(address(row)))
    correction = {"name": "Bo Berg", "email": "bo.berg@x.example", "organisation": ""}
    client.post(address(row, "proposal-co-presenter", pk=person.pk), correction)
    invitations = Mail.objects.filter(message="programme/co_presenter_invited").order_by("pk")
    assert [mail.to_email for mail in invitations] == ["bo@x.example", "bo.berg@x.example"]


def test_ten_are_enough(client: Client, call: Call):
    hundred = {f"co-{n}-{key}": f"p{n}@x.example" for n in range(80) for key in ("name", "email")}
    response = client.post(PROPOSE, typed(call, **hundred))
    assert (response.status_code, Proposal.objects.count(), CoPresenter.objects.count()) == (422, 0, 0)
    assert "80" in str(response.context["form"].non_field_errors())


@pytest.mark.parametrize(
    "line", [{"co-0-name": "Bo", "co-0-email": ""}, {"co-0-name": "Bo", "co-0-email": "anna.ek@kommun.example"}]
)
def test_half_a_line_and_ones_own_address_are_told(client: Client, call: Call, line: dict[str, str]):
    response = client.post(PROPOSE, typed(call, **line))
    assert (response.status_code, len(response.context["form"].non_field_errors())) == (422, 1)


def test_an_address_named_twice_is_shown_at_its_line(client: Client, call: Call):
    page = words(client.post(PROPOSE, with_bo(call, **{"co-2-name": "Cia", "co-2-email": "BO@x.example"})))
    with translation.override("sv"):
        told = gettext("Each co-presenter needs an e-mail of their own: %(email)s is named twice.")
    assert page.count(told % {"email": "BO@x.example"}) == 2  # in the summary, and at the field
    assert '<a href="#id_co-1-email">' in page


def test_the_proposer_is_not_asked_to_speak_along(client: Client, call: Call):
    client.post(PROPOSE, with_bo(call))
    row, person = Proposal.objects.get(), CoPresenter.objects.get()
    asked = {"name": "Anna", "email": row.email.upper(), "organisation": ""}
    assert client.post(address(row, "proposal-co-presenter", pk=person.pk), asked).status_code == 422
    assert CoPresenter.objects.get().email == "bo@x.example"

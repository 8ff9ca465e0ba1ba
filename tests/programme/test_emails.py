"""What those who speak along are asked, and what the proposer hears of it."""

from typing import Any

import pytest

from events import outbox
from events.models import Mail
from programme import emails
from programme.models import CoPresenter
from tests.factories import make_call, make_event, make_proposal

pytestmark = pytest.mark.django_db


def delivered(row: Any) -> tuple[Mail, Any]:
    mail = Mail.objects.get()
    return mail, outbox.build(mail)


@pytest.mark.parametrize("status", CoPresenter.Status.values)
def test_what_a_co_presenter_said(status: str):
    row = make_proposal(make_call(make_event()), language="en", title_en="Talk")
    person = row.co_presenters.create(name="Bo Berg", email="bo@x.example", status=status)
    emails.co_presenter_answered(person)
    mail, message = delivered(row)
    sentence = {
        "invited": "The person who got the invitation at bo@x.example says that they are not Bo Berg.",
        "accepted": "Bo Berg (bo@x.example) will be a co-presenter of “Talk”.",
        "declined": "Bo Berg (bo@x.example) will not be a co-presenter of “Talk”.",
    }[status]
    assert (mail.to_email, sentence in message.body) == (row.email, True)


def test_an_invitation_is_in_the_language_of_the_proposal_with_its_own_link():
    row = make_proposal(make_call(make_event()), language="sv")
    person = row.co_presenters.create(name="Bo Berg", email="bo@x.example")
    emails.co_presenter_invited(person)
    mail, message = delivered(person)
    assert (mail.to_email, mail.language) == ("bo@x.example", "sv")
    assert "/sv/2024/with/" in message.body
    assert "/p/" not in message.body

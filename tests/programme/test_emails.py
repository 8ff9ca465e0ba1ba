"""Every message in three languages: one-line subject, the same sentence in text and HTML, a link, nobody's markup."""

from collections.abc import Callable
from typing import Any

import pytest

from events import outbox
from events.models import Mail
from programme import emails
from programme.models import CoPresenter
from tests.factories import make_application, make_call, make_event, make_proposal

pytestmark = pytest.mark.django_db
SENDERS = [
    emails.draft_saved, emails.received, emails.edited, emails.withdrawn, emails.link_again, emails.confirmed,
    emails.declined, lambda row: emails.reminder(row, 3),
]  # fmt: skip
HOSTILE = '<b>{{ x }}</b> %s "; http://evil.example'


def delivered(row: Any) -> tuple[Mail, Any]:
    mail = Mail.objects.get()
    return mail, outbox.build(mail)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("send", SENDERS, ids=range(len(SENDERS)))
def test_every_message_of_a_proposal(send: Callable[[Any], None], language: str):
    row = make_proposal(make_call(make_event()), language=language, **{f"title_{language}": HOSTILE})
    send(row)
    mail, message = delivered(row)
    assert (mail.language, mail.to_email) == (language, row.email)
    assert "\n" not in mail.subject
    assert "<b>" not in mail.html.partition("<body>")[2]
    assert not outbox.PLACEHOLDER.search(message.body)
    if send is not emails.declined:
        assert f"/{language}/2024/p/" in message.body


@pytest.mark.parametrize("send", SENDERS, ids=range(len(SENDERS)))
def test_every_message_of_an_application(send: Callable[[Any], None]):
    row = make_application(make_call(make_event(), "application", title_en="Planning groups"), language="en", name="")
    send(row)
    mail, message = delivered(row)
    assert message.body.startswith("Hello,\n")
    assert "Planning groups" in mail.text


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


def test_the_receipt_tells_what_was_sent_in_and_until_when():
    row = make_proposal(make_call(make_event()), language="en", title_en="Talk", description_en="One\n\nTwo")
    row.co_presenters.create(name="Bo Berg", email="bo@x.example")
    emails.received(row)
    text = Mail.objects.get().text
    for words in ("Talk", "One\n\nTwo", "Inclusion", "Bo Berg, bo@x.example", "by 31 October 2024, 23.59"):
        assert words in text

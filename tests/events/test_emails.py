"""Every message in three languages: one-line subject, the same sentence in text and HTML, a link, nobody's markup."""

from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest

from events import emails, outbox
from events.models import Mail
from tests.factories import make_application, make_call, make_event, make_proposal

pytestmark = pytest.mark.django_db
SENDERS = [
    emails.draft_saved, emails.received, emails.edited, emails.withdrawn, emails.link_again, emails.confirmed,
    emails.declined, emails.cancelled, lambda row: emails.reminder(row, 3),
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


@pytest.mark.parametrize("send", [emails.withdrawn, emails.link_again])
def test_what_has_no_title_is_not_called_by_its_call_twice(send: Callable[[Any], None]):
    send(make_application(make_call(make_event(), "application", title_en="Planning groups"), language="en"))
    assert Mail.objects.get().text.count("Planning groups") == 1


def test_the_receipt_tells_what_was_sent_in_and_until_when():
    row = make_proposal(make_call(make_event()), language="en", title_en="Talk", description_en="One\n\nTwo")
    row.co_presenters.create(name="Bo Berg", email="bo@x.example")
    emails.received(row)
    text = Mail.objects.get().text
    for words in ("Talk", "One\n\nTwo", "Inclusion", "Bo Berg, bo@x.example", "by 31 October 2024, 23.59"):
        assert words in text


@pytest.mark.parametrize(
    "subject",
    [
        "Integration 2024: ehdotuksesi on valittu ohjelmaan – “Kieli, ovi vai kynnys? Pitkää ääkköstä riittää”",
        f"Integration 2024: {'ä' * 180}",
        f"Integration 2024: {'word ' * 36}".strip(),
        "Integration 2024: your link",
    ],
)
def test_a_subject_is_folded_after_its_name(subject: str):
    emails.received(make_proposal(make_call(make_event())))
    Mail.objects.update(subject=subject)
    raw = outbox.build(Mail.objects.get()).message().as_bytes(linesep="\r\n")
    assert b"Subject: \r\n" not in raw
    assert BytesParser(policy=policy.default).parsebytes(raw)["Subject"] == subject


@pytest.mark.parametrize(("language", "name"), [("fi", "Hanke"), ("sv", "Projektet")])
def test_the_sender_is_called_in_the_readers_language(language: str, name: str):
    event = make_event(name_fi="Hanke", name_sv="Projektet")
    emails.received(make_proposal(make_call(event), language=language))
    assert outbox.build(Mail.objects.get()).from_email.startswith(f"{name} <")

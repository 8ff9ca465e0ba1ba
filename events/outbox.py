"""The post. A mail is a row, written in the caller's transaction; the worker sends it.

Delivery is at least once, with a Message-ID that stays the same: a worker killed between the server's yes and our
commit repeats that one mail. What stands in a mail as a placeholder (personal links) is filled in when it is sent, so
neither a dump nor a preview holds a usable link.
"""

import hashlib
import logging
import re
import smtplib
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.encoders import encode_base64
from email.header import Header
from email.headerregistry import Address
from email.mime.base import MIMEBase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import css_inline
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from events import bell, clock, documents
from events.models import Event, Mail
from events.models.log import about

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 10  # then the bell rings again, so that a worker told to stop stops soon
SERVICE_NOT_AVAILABLE = 421
PLACEHOLDER = re.compile("\ue000([a-z_]+)\ue001")


class Attachment(NamedTuple):
    """A file that goes with a mail; one with a content_id is an image shown in the text."""

    filename: str
    content: bytes
    media_type: str
    content_id: str = ""


# Filled by the apps in their AppConfig.ready: functions of the row that the mail is about.
ATTACHMENTS: dict[str, Callable[[Any], Attachment | None]] = {}
LINKS: dict[str, Callable[[Any, str], str]] = {}


class Links:
    """In a mail's template `{{ links.personal }}` stands for a link that is made when the mail is sent."""

    def __getitem__(self, name: str) -> str:
        if name not in LINKS:
            raise KeyError(name)
        return f"\ue000{name}\ue001"


def queue(
    message: str,
    row: Any,
    *,
    to: str,
    language: str,
    version: str | int = 1,
    context: dict[str, Any] | None = None,
    attachments: Iterable[str] = (),
) -> None:
    """Write a mail about a row. The same message, row, version and recipient are never queued twice.

    `message` names the templates: "registration/confirmed" stands for registration/emails/confirmed.{subject.txt,
    txt,html}.
    """
    event = row if isinstance(row, Event) else row.event
    app, name = message.split("/")
    key = f"{name}:{row._meta.label_lower}:{row.pk}:{version}:{to.lower()}"[:200]
    subject, text, html = render(f"{app}/emails/{name}", event, language, {"row": row, **(context or {})})
    put(event, row, key=key, message=message, to=to, language=language, subject=subject, text=text, html=html,
        attachments=attachments)  # fmt: skip


def put(
    event: Event, row: Any, *, key: str, message: str, to: str, language: str, subject: str, text: str, html: str,
    attachments: Iterable[str] = (),
) -> None:  # fmt: skip
    """Write a mail whose words are ready, such as one that organisers have written."""
    put_all([
        write(event, row, key=key, message=message, to=to, language=language, subject=subject, text=text, html=html,
              attachments=attachments)
    ])  # fmt: skip


def write(
    event: Event, row: Any, *, key: str, message: str, to: str, language: str, subject: str, text: str, html: str,
    attachments: Iterable[str] = (), leaves_at: datetime | None = None,
) -> Mail:  # fmt: skip
    """A mail whose words are ready, for `put_all`; it leaves at once, or not before a moment that lies ahead."""
    at = clock.real_now()
    mail = Mail(
        event=event, key=key[:200], message=message, to_email=to, language=language, subject=subject, text=text,
        html=html, attachments=list(attachments), created_at=clock.now(), queued_at=at, next_attempt_at=at,
        **about(row),
    )  # fmt: skip
    if leaves_at:
        mail.next_attempt_at += max(leaves_at - clock.now(), timedelta())
    mail.message_id = f"<{key_digest(mail.key)}@{urlsplit(settings.SITE_URL).hostname}>"
    return mail


def put_all(mails: Iterable[Mail]) -> None:
    """Put many mails into the outbox at once; those whose key is known are there already."""
    Mail.objects.bulk_create(list(mails), ignore_conflicts=True, batch_size=500)
    bell.ring()


def forget_unsent(row: Any) -> None:
    """Take the queued mails about a row out of the post, except one that is just being sent: nobody waits for SMTP."""
    queued = Mail.objects.about(row).filter(status=Mail.Status.QUEUED)
    queued.filter(pk__in=list(queued.select_for_update(skip_locked=True).values_list("pk", flat=True))).delete()


def render(template: str, event: Event, language: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML in a language."""
    with translation.override(language):
        context = {"event": event, "language": language, "links": Links(), "site_url": settings.SITE_URL, **context}
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        text = re.sub(r"\n{3,}", "\n\n", render_to_string(f"{template}.txt", context)).strip() + "\n"
        html = _inliner().inline(render_to_string(f"{template}.html", context))
    return subject[:200], text, html


@cache
def _inliner() -> css_inline.CSSInliner:
    """Puts the mail's stylesheet into the elements, where mail programs look for it."""
    path = finders.find("css/mail.css")
    css = Path(path).read_text() if path else ""
    return css_inline.CSSInliner(extra_css=css, keep_at_rules=True, load_remote_stylesheets=False)


def drain(seconds: float = DRAIN_SECONDS) -> int:
    """Send what is due and make what is asked for, until nothing is left or the time is over; the number of mails.

    Any number of processes may drain at once: rows that another one holds are skipped.
    """
    end, sent = time.monotonic() + seconds, 0
    with _Server() as server:
        while time.monotonic() < end and server.is_up and _send_next(server):
            sent += 1
    while time.monotonic() < end and documents.make_next():
        pass
    if time.monotonic() >= end:
        bell.ring()
    return sent


class _Server:
    """One connection to the mail server for one drain, opened with the first mail."""

    def __init__(self) -> None:
        self.backend: BaseEmailBackend = get_connection(fail_silently=False)
        self.is_up = True

    def __enter__(self) -> "_Server":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            logger.info("The mail server had hung up already")

    def send(self, message: EmailMultiAlternatives) -> None:
        """Hand one message over, over the open connection."""
        self.is_up = False  # unless it can be reached and logged in to
        self.backend.open()
        self.is_up = True
        self.backend.send_messages([message])


def _send_next(server: _Server) -> bool:
    """Send one due mail, holding its row; False when there is none."""
    pk = Mail.objects.begin_next(clock.real_now())
    if pk is None:
        return False
    with transaction.atomic():
        mail = Mail.objects.hold(pk)
        if mail is None:  # taken back since
            return True
        try:
            with transaction.atomic():
                message = build(mail)
            server.send(message)
        except Exception as error:  # every failure is kept on the row for the organiser, none stops the others
            _note_failure(mail, error, server)
        else:
            mail.status, mail.sent_at, mail.last_error = Mail.Status.SENT, clock.now(), ""
            mail.save(update_fields=["status", "sent_at", "last_error"])
    return True


def _note_failure(mail: Mail, error: Exception, server: _Server) -> None:
    """A refusal for good is shown to the organiser; anything else is tried again, later and later."""
    mail.last_error = f"{type(error).__name__}: {error}"[:2000]
    if server.is_up and is_permanent(error):
        mail.status = Mail.Status.FAILED
    else:
        mail.postpone(clock.real_now())
        server.is_up = server.is_up and not is_hanging_up(error)
    mail.save(update_fields=["status", "last_error", "next_attempt_at"])
    logger.warning("Mail %s was not sent: %s", mail.pk, mail.last_error)


def is_permanent(error: Exception) -> bool:
    """Whether the mail server said no for good: a code of 500 or above for this mail or recipient."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPHeloError | smtplib.SMTPSenderRefused):  # about us, not about the recipient
        return False
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def is_hanging_up(error: Exception) -> bool:
    """Whether the connection is gone or of no use, so that the other mails wait for the next drain, unblamed."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == SERVICE_NOT_AVAILABLE for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused):
        return True
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == SERVICE_NOT_AVAILABLE
    return isinstance(error, ConnectionError | TimeoutError | smtplib.SMTPServerDisconnected)


class _Message(EmailMultiAlternatives):
    """Django folds a subject as if no name stood before it, so that a long one would begin with an empty line."""

    def message(self, **given: Any) -> Any:
        """With the subject folded after its name."""
        message: Any = super().message(**given)
        message.replace_header("Subject", Header(str(self.subject), header_name="Subject"))
        return message


def build(mail: Mail) -> EmailMultiAlternatives:
    """The message as it leaves: placeholders filled, attachments resolved."""
    row = subject_of(mail)
    message = _Message(
        subject=mail.subject,
        body=fill(mail.text, row, mail.language),
        from_email=sender(mail.event, mail.language),
        to=[mail.to_email],
        reply_to=[mail.event.contact_email],
        headers={"Message-ID": mail.message_id, "Content-Language": mail.language, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(fill(mail.html, row, mail.language), "text/html")
    if mail.event.has_eu_emblem:
        _attach(message, _emblem())
    for name in mail.attachments:
        if attachment := ATTACHMENTS[name](row):
            _attach(message, attachment)
    return message


@cache
def _emblem() -> Attachment:
    """The emblem that stands beside the funding statement of the layout."""
    return Attachment("eu.png", Path(str(finders.find("img/eu.png"))).read_bytes(), "image/png", "eu")


def subject_of(mail: Mail) -> Any:
    """The row that the mail is about."""
    return apps.get_model(mail.about_type)._default_manager.get(pk=mail.about_id)


def fill(words: str, row: Any, language: str) -> str:
    """Put real links in the place of placeholders."""
    return PLACEHOLDER.sub(lambda found: LINKS[found[1]](row, language), words)


def preview(words: str) -> str:
    """The words as an organiser may see them: no usable link."""
    return PLACEHOLDER.sub(lambda found: f"[{found[1].replace('_', ' ')}]", words)


def sender(event: Event, language: str) -> str:
    """From: the event's name at the installation's address; answers go to the event's contact."""
    address = Address(addr_spec=settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">"))
    with translation.override(language):
        return str(Address(event.name, address.username, address.domain))


def _attach(message: EmailMultiAlternatives, attachment: Attachment) -> None:
    kind, *parameters = attachment.media_type.split(";")
    main, sub = kind.split("/")
    part = MIMEBase(main, sub)
    for parameter in parameters:
        name, value = parameter.strip().split("=")
        part.set_param(name, value)
    part.set_payload(attachment.content)
    encode_base64(part)
    if attachment.content_id:
        part.add_header("Content-ID", f"<{attachment.content_id}>")
    disposition = "inline" if attachment.content_id else "attachment"
    part.add_header("Content-Disposition", disposition, filename=attachment.filename)
    message.attach(part)


def send_again(mail: Mail) -> None:
    """Queue a mail once more that was refused or has got lost, with the same Message-ID."""
    at = clock.real_now()
    Mail.objects.filter(pk=mail.pk).exclude(status=Mail.Status.QUEUED).update(
        status=Mail.Status.QUEUED, sent_at=None, queued_at=at, attempts=0, next_attempt_at=at, last_error=""
    )
    bell.ring()


def key_digest(key: str) -> str:
    """A short name for a key, the same for ever: part of the Message-ID."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]

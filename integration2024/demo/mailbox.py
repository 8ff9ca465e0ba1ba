"""The mail that the demo has caught: one file a mail under var/mail/, written by integration2024.local.catcher."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404
from icalendar import Calendar

from events.models import Mail

NAME = r"[0-9]{8}T[0-9.]+-[a-z0-9@.+_-]+"  # of a file, without .eml; no slash, so it cannot leave the folder
HEADER_BYTES = 16_000
POLICY: Any = policy.default


def folder() -> Path:
    """Where the files are."""
    return settings.VAR_DIR / "mail"


def names() -> list[str]:
    """All mails, newest first: a name begins with the moment of arrival."""
    return sorted((path.stem for path in folder().glob("*.eml")), reverse=True)


@dataclass(frozen=True)
class Heading:
    """What a list shows of a mail. The moment is the demo's if the mail went through the outbox."""

    name: str
    to: str
    subject: str
    at: datetime | None
    language: str


def headings(chosen: Iterable[str]) -> list[Heading]:
    """The headings of some mails; their files are read no further than that."""
    parser = BytesHeaderParser(policy=POLICY)
    read = []
    for name in chosen:
        with (folder() / f"{name}.eml").open("rb") as file:
            read.append((name, parser.parsebytes(file.read(HEADER_BYTES).partition(b"\r\n\r\n")[0])))
    sent_at = moments(message for _, message in read)
    return [heading(name, message, sent_at) for name, message in read]


def moments(messages: Iterable[Any]) -> dict[str, datetime]:
    """When the outbox sent these mails, by their Message-ID."""
    ids = [str(message["Message-ID"]) for message in messages]
    found = Mail.objects.filter(message_id__in=ids, sent_at__isnull=False).values_list("message_id", "sent_at")
    return {message_id: at for message_id, at in found if at}


def heading(name: str, message: Any, sent_at: dict[str, datetime]) -> Heading:
    """A mail's heading."""
    date = message["Date"]
    return Heading(
        name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        at=sent_at.get(str(message["Message-ID"])) or (date.datetime if date else None),
        language=str(message["Content-Language"] or ""),
    )


class Part(NamedTuple):
    """A file in a mail; its number is its place among all parts."""

    number: int
    filename: str
    media_type: str
    content: bytes

    @property
    def is_calendar(self) -> bool:
        """Shown as text."""
        return self.media_type == "text/calendar"

    @property
    def size_kb(self) -> int:
        """In kilobytes, at least one."""
        return max(1, round(len(self.content) / 1000))

    @property
    def text(self) -> str:
        """The contents as text."""
        return self.content.decode(errors="replace")

    @property
    def appointments(self) -> list[dict[str, Any]]:
        """What a calendar file says, one dict for every appointment."""
        calendar = Calendar.from_ical(self.content)
        return [
            {
                "summary": str(event.get("SUMMARY", "")),
                "start": event.decoded("DTSTART", None),
                "end": event.decoded("DTEND", None),
                "place": str(event.get("LOCATION", "")),
                "is_cancelled": str(event.get("STATUS", "")) == "CANCELLED",
            }
            for event in calendar.walk("VEVENT")
        ]


class Caught:
    """One mail, opened."""

    def __init__(self, name: str) -> None:
        path = folder() / f"{name}.eml"
        if not path.is_file():
            raise Http404("There is no such mail.")
        self.message: EmailMessage = message_from_bytes(path.read_bytes(), policy=POLICY)
        self.heading = heading(name, self.message, moments([self.message]))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The lines above a mail."""
        return [(name, str(self.message[name])) for name in ("From", "Reply-To") if self.message[name]]

    @property
    def text(self) -> str:
        """The words without any form."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""

    @property
    def has_html(self) -> bool:
        """Whether there is more than plain text."""
        return self.message.get_body(("html",)) is not None

    @property
    def html(self) -> str:
        """The page of the mail on its own: pictures inside it, and links that leave the frame it is shown in."""
        body = self.message.get_body(("html",))
        html = str(body.get_content()) if body else ""
        for part in self.message.walk():
            if content_id := part["Content-ID"]:
                data = base64.b64encode(_content(part)).decode()
                html = html.replace(
                    f"cid:{str(content_id).strip('<>')}", f"data:{part.get_content_type()};base64,{data}"
                )
        return html.replace("<head>", '<head><base target="_top">', 1)

    @property
    def files(self) -> list[Part]:
        """What is attached; pictures that stand in the text are not."""
        return [
            Part(number, part.get_filename() or "", part.get_content_type(), _content(part))
            for number, part in enumerate(self.message.walk())
            if part.get_filename() and not part["Content-ID"]
        ]


def _content(part: Any) -> bytes:
    return part.get_payload(decode=True) or b""

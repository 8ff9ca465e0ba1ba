"""What arrives in people's mail programs and calendars."""

import io
import re
from email.message import EmailMessage

import pypdfium2
import zxingcpp
from icalendar import Calendar, Event
from PIL import Image

from events import outbox
from events.clock import HELSINKI
from tests.unreliable import Catcher


class Letter:
    """A mail as it came."""

    def __init__(self, message: EmailMessage) -> None:
        self.to = str(message["To"])
        self.subject = str(message["Subject"]).strip()  # where it is folded, a blank may come first
        self.language = str(message["Content-Language"])
        self.text = str(message.get_body(["plain"]).get_content())
        parts = [part for part in message.walk() if part.get_filename()]
        self.files = {str(part.get_filename()): bytes(part.get_payload(decode=True)) for part in parts}

    def link(self, part: str) -> str:
        """The one address in the text that has this part, such as "/r/"."""
        (address,) = set(re.findall(rf"http\S+{part}\S+", self.text))
        return address

    @property
    def kinds(self) -> list[str]:
        """The endings of the files that came with it, the emblem left out."""
        return sorted(name.rpartition(".")[2] for name in self.files if name != "eu.png")

    def file(self, ending: str) -> bytes:
        (content,) = [content for name, content in self.files.items() if name.endswith(ending) and name != "eu.png"]
        return content


class Post:
    """Sends what waits in the outbox; knows what has come since the last time."""

    def __init__(self, smtp: Catcher) -> None:
        self._smtp, self._read = smtp, 0

    def deliver(self) -> list[Letter]:
        outbox.drain()
        fresh = self._smtp.messages[self._read :]
        self._read += len(fresh)
        return [Letter(message) for message in fresh]

    def deliver_one(self) -> Letter:
        (letter,) = self.deliver()
        return letter


class CalendarProgram:
    """A person's calendar: takes in the files of mails as calendar programs do (RFC 5546)."""

    def __init__(self) -> None:
        self.entries: dict[str, Event] = {}  # by UID
        self._sequences: dict[str, int] = {}

    def take_in(self, letter: Letter) -> None:
        for name, content in letter.files.items():
            if name.endswith(".ics"):
                self._apply(Calendar.from_ical(content))

    def _apply(self, file: Calendar) -> None:
        for entry in file.walk("VEVENT"):
            uid, sequence = str(entry["UID"]), int(entry["SEQUENCE"])
            if sequence <= self._sequences.get(uid, -1):
                continue  # older than what is known
            self._sequences[uid] = sequence
            if file["METHOD"] == "CANCEL":
                self.entries.pop(uid, None)
            else:
                self.entries[uid] = entry

    @property
    def days(self) -> list[tuple[str, str]]:
        """(day, location), in the order of the days."""
        return sorted((f"{entry.decoded('DTSTART'):%d.%m.}", str(entry["LOCATION"])) for entry in self.entries.values())

    @property
    def sessions(self) -> list[tuple[str, str, str]]:
        """(when in Helsinki, what, where), in the order of time."""
        return sorted(
            (
                f"{entry.decoded('DTSTART').astimezone(HELSINKI):%d.%m. %H.%M}",
                str(entry["SUMMARY"]),
                str(entry["LOCATION"]),
            )
            for entry in self.entries.values()
        )


def picture_of_page(pdf: bytes) -> bytes:
    """The first page as a printer would draw it."""
    with pypdfium2.PdfDocument(pdf) as document:
        drawn = io.BytesIO()
        document[0].render(scale=4).to_pil().save(drawn, "PNG")
        return drawn.getvalue()


def qr_in(picture: bytes) -> str:
    """What a phone reads in a picture with one QR code."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(found.text)


def words_in(pdf: bytes) -> str:
    """What can be read in a document."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)

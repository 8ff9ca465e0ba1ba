"""F15: text that means harm, in every column that people write: inert on every page, in mails, files and feeds.

Each column gets what its own form lets through, so nothing here is impossible; what forms refuse is told below.
"""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pypdf
import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from icalendar import Calendar

from events import documents, outbox
from events.models import Mail
from events.plaintext import LineField, TextField
from programme.models import Application, Proposal, Session, Speaker
from programme.reports import KINDS
from programme.services import answering, booking, deciding, proposing, releasing, scheduling, speaking
from registration import emails as registration_emails
from registration import services
from registration.models import Registration
from tests.canary import Canary, watched
from tests.factories import at
from tests.faults.conftest import size
from tests.faults.hostile import MARK, TEXTS
from tests.faults.whole_site import EVERYTHING_IS_OPEN, Site

ROTATIONS = size(small=2, full=len(TEXTS))
KINDS_OF_TEXT = list(TEXTS)
OWN_TABLES = ("events", "registration", "programme")
NOT_TYPED = {Mail, *(apps.get_model(name) for name in ("events.LogEntry", "events.Document", "events.User"))}


# --- Text into every column -------------------------------------------------------------------------------------------
def stored(field: models.Field, text: str) -> str | None:
    """What the form of a column would keep of a text; None when it refuses it."""
    length = getattr(field, "max_length", None)
    value = field.to_python(text)
    value = field.to_python(value[:length]) if length else value
    try:
        field.run_validators(value)
    except ValidationError:
        return None
    return value if MARK in value else None


def columns(model: type[models.Model]) -> list[models.Field]:
    """What people write in words."""
    return [field for field in model._meta.concrete_fields if isinstance(field, LineField | TextField)]


def poison(rotation: int, address: str) -> Counter[str]:
    """Write another kind of text into each column of each row; how often each kind found its way in."""
    texts = [text.replace("http://127.0.0.1:PORT", address) for text in TEXTS.values()]
    told: Counter[str] = Counter()
    number = rotation
    for model in apps.get_models():
        if model._meta.app_label not in OWN_TABLES or model in NOT_TYPED:
            continue
        for field in columns(model):
            for row in model._base_manager.order_by("pk"):
                number += 1
                value = stored(field, texts[number % len(texts)])
                if value is not None:
                    model._base_manager.filter(pk=row.pk).update(**{field.name: value})
                    told[KINDS_OF_TEXT[number % len(texts)]] += 1
    return told


# --- What is inert ----------------------------------------------------------------------------------------------------
class Reader(HTMLParser):
    """Notes every element and attribute that acts, in a page or a mail."""

    TAKEN_AS_TEXT = {"value", "content", "title", "alt", "placeholder", "label", "datetime", "id", "for", "name"}
    ADDRESSES = {"href", "src", "action", "formaction", "srcset", "poster", "data", "background", "cite", "ping"}

    def __init__(self, site: str) -> None:
        super().__init__(convert_charrefs=True)
        self.site, self.wrong, self.words, self._raw = site, list[str](), list[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._raw = tag if tag in {"script", "style"} else ""
        is_script = tag == "script" and not given.get("src") and given.get("type") != "application/json"
        if is_script or tag in {"iframe", "object", "embed", "base"}:
            self.wrong.append(f"<{tag}>")
        self.wrong += [f"<{tag} {name}={value!r}>" for name, value in given.items() if self._acts(name, value)]

    def _acts(self, name: str, value: str) -> bool:
        """Runs something, fetches something of a stranger's, or is no attribute of ours at all."""
        if name.startswith("on") or name == "srcdoc" or not re.fullmatch(r"[a-z0-9:_-]+", name):
            return True
        if name in self.ADDRESSES:
            return not self._leads_home(value)
        return MARK in value and name not in self.TAKEN_AS_TEXT and not name.startswith(("aria-", "data-"))

    def _leads_home(self, address: str) -> bool:
        """To our own site, to a mail program or telephone, or to something within the page."""
        if address.startswith(("mailto:", "tel:", "cid:", "data:image/", "#", "?")):
            return True
        found = urlsplit(address)
        return (not found.scheme and not found.netloc) or address.startswith(self.site)

    def handle_data(self, data: str) -> None:
        if self._raw == "style" and MARK in data:
            self.wrong.append(f"<style>{data[:200]}")
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""


def wrong_in_html(html: str, site: str) -> list[str]:
    reader = Reader(site)
    reader.feed(html)
    return [*reader.wrong, *wrong_in_words("".join(reader.words))]


def wrong_in_words(words: str) -> list[str]:
    """Templates were not evaluated; no file of the machine was read."""
    found = [one for one in ("root:x:0:0", "{{ 14 }}", "<class 'str'>") if one in words]
    return found + [f"half a template: {line[:200]}" for line in re.findall(r"(?m)^.*(?<!add:)\b14\|add.*$", words)]


def wrong_in_calendar(content: bytes) -> list[str]:
    calendar = Calendar.from_ical(content)
    lines = re.sub(rb"\r\n[ \t]", b"", content).split(b"\r\n")
    entries = calendar.walk("VEVENT")
    found = [] if lines.count(b"BEGIN:VEVENT") == len(entries) else ["another entry"]
    found += ["a line of its own"] if any(line.startswith((b"UID:evil", b"SUMMARY:evil")) for line in lines) else []
    found += (
        ["a bare line end"] if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b"") else []
    )
    return found + [f"UID {entry['UID']}" for entry in entries if "evil" in entry["UID"]]


def wrong_in_table(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return [
        f"a formula: {cell[:80]}" for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]


def wrong_in_workbook(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}
    found = [
        f"formulas in {name}" for name, text in parts.items() if re.search(r"<(\w+:)?f[ >]", text) and "sheet" in name
    ]
    found += [
        f"links in {name}" for name, text in parts.items() if "<hyperlink" in text or 'TargetMode="External"' in text
    ]
    for text in parts.values():
        ET.fromstring(text)
    return found


def wrong_in_feed(content: bytes, site: str) -> list[str]:
    assert b"<!DOCTYPE" not in content
    assert b"<!ENTITY" not in content
    root = ET.fromstring(content)
    found = []
    for element in root.iter():
        if element.get("type") == "html" and element.text:
            found += wrong_in_html(element.text, site)
    return found + wrong_in_words("".join(root.itertext()))


def wrong_in_pdf(content: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    text = "\n".join(page.extract_text() for page in reader.pages)
    actions = [key for key in ("/OpenAction", "/AA", "/JavaScript") if key in reader.trailer["/Root"]]
    return wrong_in_words(text) + actions + ["attachments"] * bool(reader.attachments)


def wrong_in(content: bytes, media_type: str, site: str) -> list[str]:
    """By the kind of an answer."""
    kind = media_type.partition(";")[0].strip()
    if kind == "text/html":
        return wrong_in_html(content.decode(), site)
    if kind == "text/calendar":
        return wrong_in_calendar(content)
    if kind == "text/csv":
        return wrong_in_table(content)
    if kind.endswith("spreadsheetml.sheet"):
        return wrong_in_workbook(content)
    if kind.endswith("xml"):
        return wrong_in_feed(content, site)
    if kind.endswith("json"):
        json.loads(content)
        return []
    return wrong_in_pdf(content) if kind == "application/pdf" else []


def wrong_in_mail(message: EmailMessage, site: str) -> list[str]:
    headers = {name.lower() for name in message}
    found = [f"header {name}" for name in headers & {"bcc", "cc", "x-evil"}]
    found += ["a second line in a header"] if any("\n" in str(value) for value in message.values()) else []
    for part in message.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/plain":
            found += wrong_in_words(content.decode())
        else:
            found += wrong_in(content, part.get_content_type(), site)
    return [f"{message['Subject']}: {one}" for one in found]


# --- The fault --------------------------------------------------------------------------------------------------------
@pytest.fixture
def site(db, settings, tmp_path, moment: time_machine.Traveller) -> Site:
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "http://testserver"
    return Site(at(EVERYTHING_IS_OPEN), moment.move_to)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A server that nobody may ask for anything."""
    with watched() as server:
        yield server


def pages(site: Site) -> Iterator[tuple[str, bytes, str]]:
    """Everything that the site shows to anybody: (who and where, content, media type)."""
    for address in site.addresses:
        path = site.path(address, {})
        if "logout" in path or "/accounts/" in path:
            continue
        for who in ("organiser", "reviewer") if "/admin/" in path else ("participant",):
            for one in (path, path.replace("export.csv", "export.xlsx")):
                response = site.clients[who].get(one, headers={"Authorization": site.device["HTTP_AUTHORIZATION"]})
                assert response.status_code < 500, one
                yield f"{who} {one}", b"".join(response), response.get("Content-Type", "")
                if one == path.replace("export.csv", "export.xlsx"):
                    break


def happenings(site: Site) -> None:
    """What sends mails: letters, changes, places, links."""
    event = site.event
    organiser = site.organiser
    for row in Proposal.objects.filter(status="submitted"):
        deciding.decide(
            KINDS["programme"], row.pk, "reject", reason=row.description_fi, seen_version=row.version, by=organiser
        )
        deciding.release_one(KINDS["programme"], row.pk, seen_version=row.version + 1, by=organiser)
    for row in Proposal.objects.filter(status="accepted"):
        answering.confirm(row)
    for row in [*Proposal.objects.all(), *Application.objects.all()]:
        proposing.send_link(row)
    for speaker in Speaker.objects.all():
        speaking.welcome_speaker(speaker.pk, by=None)
    first = Registration.objects.order_by("pk").first()
    for registration in Registration.objects.all():
        registration_emails.link_again(registration)
    talk = Session.objects.get(slug="talk")
    booking.cancel_booking(first.pk, talk.pk, by=None)
    scheduling.cancel(talk.pk, by=organiser)
    release = releasing.publish(
        event, notes=dict.fromkeys(("fi", "sv", "en"), TEXTS["html"]), missing_reason="x", by=organiser
    )
    releasing.send_notices(release.pk, by=organiser)
    services.cancel(first.pk, by=None)


@pytest.mark.parametrize("rotation", range(ROTATIONS))
def test_what_people_write_is_inert_everywhere(
    site: Site,
    rotation: int,
    canary: Canary,
    smtp,
    settings,
    figure,
) -> None:
    kinds = poison(rotation, canary.address)
    releasing.publish(site.event, notes={}, missing_reason="x", by=site.organiser)
    wrong: list[str] = []
    seen = 0
    for where, content, media_type in pages(site):
        seen += MARK.encode() in content
        wrong += [f"{where}: {one}" for one in wrong_in(content, media_type, settings.SITE_URL)]
    happenings(site)
    made = 0
    while documents.make_next():
        made += 1
    unmade = site.event.documents.filter(made_at=None)
    assert not unmade, list(unmade.values_list("kind", "last_error"))
    for document in site.event.documents.exclude(made_at=None):
        wrong += [f"{document}: {one}" for one in wrong_in_pdf(bytes(document.content))]
    outbox.drain()
    for message in smtp.messages:
        wrong += wrong_in_mail(message, settings.SITE_URL)
    figure("columns filled", sum(kinds.values()))
    figure("pages and files with hostile text", f"{seen}; documents {made}; mails {len(smtp.messages)}", "0 executed")
    figure("fetched", len(canary.asked), "0")
    assert not wrong, "\n".join(wrong)
    assert canary.asked == []
    assert not Mail.objects.filter(status="failed").exists()
    assert min(seen, made, len(smtp.messages)) > 3

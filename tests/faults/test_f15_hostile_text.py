"""F15: text that means harm, in every column that people write: inert on every page, in mails, files and feeds.

Each column gets what its own form lets through, so nothing here is impossible; what forms refuse is told below.
"""

import csv
import io
import json
import re
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pypdf
import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from icalendar import Calendar

from booths.models.needs import NEEDS
from events import documents, exports, outbox
from events.kinds import KINDS
from events.models import Document, Mail
from events.plaintext import LineField, TextField
from events.services import answering, deciding, submitting
from programme.models import Application, Proposal, Session, Speaker
from programme.services import booking, releasing, scheduling, speaking
from registration import door_papers as registration_documents
from registration import emails as registration_emails
from registration import services
from registration.models import Registration
from tests.canary import Canary, watched
from tests.factories import at, form_data
from tests.faults.conftest import size
from tests.faults.hostile import MARK, TEXTS
from tests.faults.whole_site import EVERYTHING_IS_OPEN, FILM, Site
from tests.unreliable import Catcher
from tests.webinars.helpers import MEETING, make_webinar
from webinars.models import Webinar

ROTATIONS = size(small=1, full=len(TEXTS))
KINDS_OF_TEXT = list(TEXTS)
SITE = "http://testserver"
OWN_TABLES = ("events", "registration", "programme", "booths", "webinars")
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


def tables() -> list[type[models.Model]]:
    """In which people write."""
    return [model for model in apps.get_models() if model._meta.app_label in OWN_TABLES and model not in NOT_TYPED]


def columns(model: type[models.Model]) -> list[models.Field]:
    """What people write in words."""
    return [field for field in model._meta.concrete_fields if isinstance(field, LineField | TextField)]


def poison(rotation: int, address: str) -> Counter[str]:
    """Write another kind of text into each column of each row; how often each kind found its way in."""
    texts = [text.replace("http://127.0.0.1:PORT", address) for text in TEXTS.values()]
    told: Counter[str] = Counter()
    number = rotation
    for model in tables():
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

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong, self.words, self._raw = list[str](), list[str](), ""

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
        if address.startswith(("mailto:", "tel:", "cid:", "data:image/", "data:,", "#", "?")):
            return True
        found = urlsplit(address)
        return (not found.scheme and not found.netloc) or address.startswith((SITE, MEETING, FILM))

    def handle_data(self, data: str) -> None:
        if self._raw == "style" and MARK in data:
            self.wrong.append(f"<style>{data[:200]}")
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""


def wrong_in_html(html: str) -> list[str]:
    reader = Reader()
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


def wrong_in_feed(content: bytes) -> list[str]:
    assert b"<!DOCTYPE" not in content
    assert b"<!ENTITY" not in content
    root = ET.fromstring(content)
    found = []
    for element in root.iter():
        if element.get("type") == "html" and element.text:
            found += wrong_in_html(element.text)
    return found + wrong_in_words("".join(root.itertext()))


def wrong_in_pdf(content: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    text = "\n".join(page.extract_text() for page in reader.pages)
    actions = [key for key in ("/OpenAction", "/AA", "/JavaScript") if key in reader.trailer["/Root"]]
    return wrong_in_words(text) + actions + ["attachments"] * bool(reader.attachments)


def wrong_in(content: bytes, media_type: str) -> list[str]:
    """By the kind of an answer."""
    kind = media_type.partition(";")[0].strip()
    if kind == "text/html":
        return wrong_in_html(content.decode())
    if kind == "text/calendar":
        return wrong_in_calendar(content)
    if kind == "text/csv":
        return wrong_in_table(content)
    if kind.endswith("spreadsheetml.sheet"):
        return wrong_in_workbook(content)
    if kind.endswith("xml"):
        return wrong_in_feed(content)
    if kind.endswith("json"):
        json.loads(content)
        return []
    return wrong_in_pdf(content) if kind == "application/pdf" else []


def wrong_in_mail(message: EmailMessage) -> list[str]:
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
            found += wrong_in(content, part.get_content_type())
    return [f"{message['Subject']}: {one}" for one in found]


# --- The fault --------------------------------------------------------------------------------------------------------
@pytest.fixture
def site(db, settings, tmp_path, moment: time_machine.Traveller) -> Site:
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = SITE
    return Site(at(EVERYTHING_IS_OPEN), moment.move_to)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A server that nobody may ask for anything."""
    with watched() as server:
        yield server


def pages(site: Site, part: str = "") -> Iterator[tuple[str, bytes, str]]:
    """Everything that the site shows, or what has this in its address: (who and where, content, media type)."""
    for address in {one.name: one for one in site.addresses}.values():  # without the twin that names the event
        path = site.path(address, {})
        if part not in path or "logout" in path or "/accounts/" in path:
            continue
        both = "/proposal/" in path or "/application/" in path
        for who in ("organiser", "reviewer")[: 1 + both] if "/admin/" in path else ("participant",):
            for here in dict.fromkeys((path, path.replace("export.csv", "export.xlsx"))):
                response = site.clients[who].get(here, headers={"Authorization": site.device["HTTP_AUTHORIZATION"]})
                assert response.status_code < 500, here
                yield f"{who} {here}", b"".join(response), response.get("Content-Type", "")


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
        submitting.send_link(row)
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


def papers(site: Site) -> list[Document]:
    """Everything that is printed, made."""
    event, organiser = site.event, site.organiser
    for kind in registration_documents.MAKERS:
        documents.ask(kind, event, language="fi", version=1, by=organiser, options={})
    while documents.make_next():
        pass
    unmade = event.documents.filter(made_at=None)
    assert not unmade, list(unmade.values_list("kind", "last_error"))
    return list(event.documents.all())


def everything_wrong(site: Site, smtp: Catcher, told: Counter[str]) -> list[str]:
    """What is not inert of all that the site shows, sends and prints; `told` counts what held hostile text."""
    releasing.publish(site.event, notes={}, missing_reason="x", by=site.organiser)
    wrong: list[str] = []
    for where, content, media_type in pages(site):
        told["pages and files"] += MARK.encode() in content
        wrong += [f"{where}: {one}" for one in wrong_in(content, media_type)]
    happenings(site)
    for document in papers(site):
        told["documents"] += 1
        wrong += [f"{document}: {one}" for one in wrong_in_pdf(bytes(document.content))]
    outbox.drain()
    for message in smtp.messages:
        told["mails"] += MARK in str(message.get_body(["plain"]).get_content())
        wrong += wrong_in_mail(message)
    return wrong


@pytest.mark.parametrize("rotation", range(ROTATIONS))
def test_what_people_write_is_inert_everywhere(
    site: Site, rotation: int, canary: Canary, smtp: Catcher, figure
) -> None:
    kinds = poison(rotation, canary.address)
    told: Counter[str] = Counter()
    wrong = everything_wrong(site, smtp, told)
    figure("columns filled", sum(kinds.values()))
    figure("with hostile text", ", ".join(f"{what} {count}" for what, count in told.items()), "0 executed")
    figure("fetched", len(canary.asked), "0")
    assert not wrong, "\n".join(wrong)
    assert canary.asked == []
    assert not Mail.objects.filter(status="failed").exists()
    assert min(told.values()) > 3


# --- Controls ---------------------------------------------------------------------------------------------------------
def test_cells_that_are_calculated_are_noticed(site: Site, monkeypatch):
    monkeypatch.setattr(exports, "inert", str)
    for rotation in range(4, 8):
        poison(rotation, "http://127.0.0.1:1")
    assert [one for where, content, kind in pages(site, "export.csv") for one in wrong_in(content, kind)] != []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (TEXTS["html"], "text/html"),
        ("<p onclick=x>", "text/html"),
        (f"<a href='javascript:{MARK}'>x</a>", "text/html"),
        (f"<img src=http://evil.example/{MARK}>", "text/html"),
        ("<p>root:x:0:0:root</p>", "text/html"),
        (f"a;b\r\n{TEXTS['formula']};x\r\n", "text/csv"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:evil\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "text/calendar"),
        (
            "<feed><entry><summary type='html'>&lt;script&gt;x&lt;/script&gt;</summary></entry></feed>",
            "application/xml",
        ),
    ],
)
def test_what_acts_is_noticed(content: str, kind: str):
    assert wrong_in(content.encode(), kind) != []


def test_a_header_that_was_let_in_is_noticed():
    message = EmailMessage()
    message["Bcc"] = "everybody@evil.example"
    message.set_content("Hello")
    assert wrong_in_mail(message) != []


def test_what_a_pdf_fetches_is_noticed(canary: Canary):
    import weasyprint  # noqa: PLC0415 - as a careless programmer uses it

    weasyprint.HTML(string=f"<img src='{canary.address}/x'>").write_pdf()
    assert canary.asked == ["/x"]


# --- What forms let in ------------------------------------------------------------------------------------------------
def public_forms(site: Site, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The forms of strangers, speakers and participants, with the text in each field of words."""
    theirs = {
        "organisation_type": site.event.organisation_types.get().pk,
        "form_key": str(uuid.uuid4()),
        "step": "draft",
    }
    words = dict.fromkeys(
        ("name", "organisation", "phone", "title_fi", "title_sv", "description_fi", "audience", "take_home", "partners",
         "good_practice", "technical_needs", "unavailable", "motivation", "experience", "co-0-name"), text,
    )  # fmt: skip
    webinar = Webinar.objects.get(slug="coming")
    address = {"email": "pia@kunta.example", "co-0-email": "bo@kunta.example"}
    yield "/fi/register/", form_data(site.event, first_name=text, last_name=text, organisation=text, dietary=text)
    yield "/fi/calls/programme/form/", {**theirs, **words, **address}
    yield "/fi/calls/groups/form/", {**theirs, **words, **address}
    speaker = f"/fi/s/{site.values['speaker-page:token']}/"
    agreed = {"may_be_streamed": "yes", "may_be_recorded": "no"}
    yield speaker, {**agreed, "name": text, "organisation": text, "biography_fi": text, "job_title_fi": text}
    feedback = {"usefulness": "5", "to_speaker": text, "to_organisers": text, "form_key": str(uuid.uuid4())}
    yield "/fi/programme/session/talk/feedback/", feedback
    yield "/fi/calls/booths/form/", {**theirs, **words, **address}
    exhibitor = f"/fi/b/{site.values['exhibitor:token']}/"
    languages = {"languages": ["fi"], "themes": [theme.pk for theme in site.event.themes.all()]}
    yield f"{exhibitor}texts/", {"title_fi": text, "description_fi": text, "title_sv": text, "description_sv": text}
    yield f"{exhibitor}about/", {**languages, "shown": text, "website": text}
    yield f"{exhibitor}needs/", dict.fromkeys(NEEDS, text)
    yield "/fi/webinars/sign-up/", {**theirs, **address, "webinars": [webinar.pk], "privacy": "on", "name": text,
                                    "organisation": text}  # fmt: skip
    thoughts = {"usefulness": "5", "learned": text, "will_use": text}
    yield f"/fi/w/{site.values['webinar-feedback:token']}/feedback/", thoughts
    yield "/fi/live/hall/ask/", {"text": text}
    yield f"/fi/r/{site.values['token']}/change/", form_data(site.event, first_name=text, organisation=text)


def test_forms_keep_what_can_do_no_harm_or_show_it_again_as_it_was_typed(site: Site):
    """Registration, calls, speakers, exhibitors, webinars, feedback, with each kind of text."""
    make_webinar(site.event, "2024-12-10 09:00", slug="coming")
    kept_at_all = set()
    before, fields = Counter(everything_kept()), [field for model in tables() for field in columns(model)]
    for kind, text in TEXTS.items():
        with transaction.atomic():
            for address, data in public_forms(site, text):
                response = site.clients["participant"].post(address, data)
                assert response.status_code in {302, 303, 422}, (kind, address, response.status_code)
                assert wrong_in_html(response.content.decode()) == [], (kind, address)
            kept = Counter(everything_kept()) - before
            transaction.set_rollback(True)
        assert set(kept) <= {stored(field, text) for field in fields}, kind
        kept_at_all |= {kind} if kept else set()
    assert {"html", "template", "formula", "file", "markdown"} <= kept_at_all  # the control: words like any others
    assert not {"bidi", "long"} & kept_at_all


def everything_kept() -> Iterator[str]:
    """What stands in the tables."""
    for model in tables():
        if names := [field.name for field in columns(model)]:
            for row in model._base_manager.values_list(*names):
                yield from (value for value in row if value and MARK in value)

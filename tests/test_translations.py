"""The catalogues are whole, keep every placeholder and use the glossary's words; no page or mail slips into English."""

import ast
import io
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polib
import pytest
import time_machine
from babel.messages.extract import extract
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy, reloader
from django.utils.translation.template import templatize

from events import clock, outbox
from events.models import Mail, NewsItem, Page
from integration2024.local import catalogues
from registration import access, offerings, services
from registration.checkin import take
from registration.models import Conflict, Registration
from registration.services.letters import fix_letters
from tests.door import batch, code_of, item, make_device, make_gate, make_list, undo
from tests.factories import at, form_data, make_details, make_event, make_organiser, register
from tests.organisers import enter

ROOT = Path(__file__).parent.parent
APPS = sorted(path.parent for path in ROOT.glob("*/apps.py"))
LANGUAGES = ("fi", "sv")
HOW_TO_UPDATE = "`make messages` brings the catalogues up to date; what is new is then translated in the .po files."

Key = tuple[str | None, str, str | None]  # context, text, plural

ONE, WITH_CONTEXT = None, ((1, "c"), 2)
MANY, MANY_WITH_CONTEXT = (1, 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = {
    "_": ONE,
    **{f"gettext{end}": ONE for end in ("", "_lazy", "_noop")},
    **{f"ngettext{end}": MANY for end in ("", "_lazy")},
    **{f"pgettext{end}": WITH_CONTEXT for end in ("", "_lazy")},
    **{f"npgettext{end}": MANY_WITH_CONTEXT for end in ("", "_lazy")},
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w+[^>]*>")

# From the glossary's column of what to avoid, where a word has no other, right use.
WORDS_NOT_USED = {
    "fi": (
        r"rekisterö(id|ity)\w*|varasijalist\w*|skanna\w*|skannau\w*|badge\w*|passi\w?|sessio\w*|striimi\w*|läsnä"
        r"|fyysise\w*|check-?in|feedback|port(ti|illa|illi|ti)\w*|rekisteriselost\w*|ständi\w*|hylät\w*|muutoksenha\w*"
        r"|event\w*|te|teidän|teille|teitä"
    ),
    "sv": (
        r"registrering\w*|feedback\w*|event|eventet|events|check-?in|badge\w*|session|sessionen|sessioner|webbinar"
        r"|webinar\w*|kö|kön|portar?|porten|bås|ständ\w*|utställningsbord\w*|registerbeskrivning\w*|hemsid\w*|avslag\w*"
        r"|fysiskt|skanna\w*|funktionell\w*|ni|er|ert|era"
    ),
}
# "%(event)s" is no word, and a name such as "Integration 2024" comes in its place.
BARE_CANCEL = {"peruuta", "avbryt"}
ENGLISH = re.compile(r"\b(the|you|your|please|this|with|and|of|has|been|for)\b", re.IGNORECASE)


# --- The catalogues ---------------------------------------------------------------------------------------------------
def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold words, as Python."""
    for folder in APPS:
        for path in sorted(folder.rglob("*.py")):
            yield path, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.*")):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield path, "\n".join(line.strip() for line in code.splitlines())


def words_in(code: str) -> Iterator[Key]:
    """The texts that a file marks for translation."""
    for _, text, _, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        single, plural = text if isinstance(text, tuple) else (text, None)
        yield context, single, plural


@pytest.fixture(scope="module")
def marked() -> dict[Key, str]:
    """Each text of the code and the templates, and the first file that has it."""
    found: dict[Key, str] = {}
    for path, code in sources():
        for key in words_in(code):
            found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def catalogue(language: str) -> list[polib.POEntry]:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def pairs(language: str) -> list[tuple[str, str]]:
    """Each text with its translation; a plural form beside the text that it translates."""
    found = []
    for entry in catalogue(language):
        forms = entry.msgstr_plural if entry.msgid_plural else {0: entry.msgstr}
        found += [(entry.msgid_plural if number else entry.msgid, text) for number, text in forms.items()]
    return found


def test_code_and_templates_are_searched_for_words(marked: dict[Key, str]) -> None:
    """Controls: one of each kind is found."""
    assert (None, "Back", None) in marked
    assert ("kind of news", "Change", None) in marked
    assert marked[(None, "%(waiting)s person is waiting.", "%(waiting)s people are waiting.")].endswith("register.html")
    assert list(words_in('npgettext_lazy("seat", "%d place", "%d places", n); gettext_noop("x"); f("y")')) == [
        ("seat", "%d place", "%d places"),
        (None, "x", None),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_every_text_and_no_other(language: str, marked: dict[Key, str]) -> None:
    held = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None) for entry in catalogue(language)}
    missing = [f"{marked[key]}: {key[1]}" for key in marked if key not in held]
    left_over = [key[1] for key in held if key not in marked]
    assert (missing, left_over) == ([], []), HOW_TO_UPDATE


def test_no_text_hides_in_an_f_string_where_it_is_not_found(marked: dict[Key, str]) -> None:
    inside = {
        call.args[0].value
        for folder in APPS
        for path in folder.rglob("*.py")
        for formatted in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"_", "gettext"}
        if isinstance(call.args[0], ast.Constant)
    }
    assert "badge" in inside
    assert inside - {text for _, text, _ in marked} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_certain(language: str) -> None:
    entries = catalogue(language)
    assert [entry.msgid for entry in entries if entry.fuzzy or not entry.translated() or entry.obsolete] == []
    plural = [entry for entry in entries if entry.msgid_plural]
    assert [entry.msgid for entry in plural if sorted(entry.msgstr_plural) != [0, 1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_markup_stay(language: str) -> None:
    def shape(text: str) -> tuple[Counter[str], Counter[str], str, str]:
        ends = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return Counter(PLACEHOLDER.findall(text)), Counter(TAG.findall(text)), *ends

    assert [(text, told) for text, told in pairs(language) if shape(text) != shape(told)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_as_sentences(language: str) -> None:
    """A label does not become a sentence, nor a sentence a label; a greeting may end otherwise."""

    def is_sentence(text: str) -> bool:
        return text.endswith((".", "!", "?"))

    unlike = [(text, told) for text, told in pairs(language) if is_sentence(text) != is_sentence(told)]
    assert [pair for pair in unlike if not pair[0].startswith("Hello")] == []
    assert [(text, told) for text, told in pairs(language) if text.endswith(":") != told.endswith(":")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_those_of_the_glossary(language: str) -> None:
    avoided = re.compile(rf"\b({WORDS_NOT_USED[language]})\b", re.IGNORECASE)
    told = [PLACEHOLDER.sub("", text) for _, text in pairs(language)]
    assert [text for text in told if avoided.search(text)] == []
    assert [text for text in told if text.strip(" .!").lower() in BARE_CANCEL] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fi", "Rekisteröidy tapahtumaan"),
        ("fi", "Olet varasijalistalla"),
        ("fi", "Skannaa koodi"),
        ("fi", "Hakemuksesi on hylätty"),
        ("sv", "Din registrering är klar"),
        ("sv", "Ge feedback"),
        ("sv", "Välkommen till eventet"),
        ("sv", "Du står i kö"),
    ],
)
def test_a_word_to_avoid_is_noticed(language: str, text: str) -> None:
    assert re.search(rf"\b({WORDS_NOT_USED[language]})\b", text, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_was_left_in_english(language: str) -> None:
    assert [text for text, told in pairs(language) if text == told and len(text.split()) > 2] == []
    assert [told for _, told in pairs(language) if ENGLISH.search(PLACEHOLDER.sub("", told))] == []


# --- Pages and mails --------------------------------------------------------------------------------------------------
class Reader(HTMLParser):
    """What people see or hear of a page; parts in other languages are left out."""

    HEARD = {"alt", "aria-label", "title", "placeholder", "content"}
    VOID = {"br", "hr", "img", "input", "link", "meta", "path", "circle"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_foreign = (tag != "html" and "lang" in given) or tag in {"style", "script", "code", "template"}
        if tag not in self.VOID:
            self.open.append((tag, is_foreign))
        if not is_foreign:
            self.parts += [value for name, value in attrs if value and self.is_heard(name, value)]
            if tag == "input" and given.get("type") == "submit":
                self.parts.append(given.get("value") or "")

    def is_heard(self, name: str, value: str) -> bool:
        """Words in an attribute; those in data-… are for the scripts to show."""
        return name in self.HEARD or (name.startswith("data-") and " " in value and not value.startswith(("[", "{")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(is_foreign for _, is_foreign in self.open):
            self.parts.append(data)

    @property
    def text(self) -> str:
        return " | ".join(filter(None, (" ".join(part.split()) for part in self.parts)))


def english_in(text: str, sentences: Iterable[str]) -> list[str]:
    """Sentences of ours that were not translated, and words that only English has."""
    flat = " ".join(text.split())
    return [sentence for sentence in sentences if sentence in flat] + [
        flat[max(0, found.start() - 30) : found.end() + 30] for found in ENGLISH.finditer(flat)
    ]


@pytest.fixture(scope="module")
def sentences(marked: dict[Key, str]) -> list[str]:
    """The English between the placeholders, where it is four words or more."""
    parts = {part.strip() for _, *forms in marked for form in forms if form for part in PLACEHOLDER.split(form)}
    return sorted(part for part in parts if len(part.split()) > 3)


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    """The catalogues as they are now, also where an older one has been read already."""
    catalogues.compile_all()
    reloader.translation_file_changed(sender=None, file_path=Path("django.mo"))


class Cast:
    """An event in which everything that a person can meet has happened, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.event = make_event(capacity=2)
        texts = {"title_fi": "Otsikko", "title_sv": "Rubrik", "body_fi": "Teksti", "body_sv": "Text"}
        yesterday = clock.now() - timedelta(days=1)
        NewsItem.objects.create(
            event=self.event, lead_fi="Ingressi", lead_sv="Ingress", published_at=yesterday, **texts
        )
        Page.objects.create(event=self.event, slug="info", is_in_menu=True, **texts)
        self.on_site = self.person(dietary="x", accessibility="x", photo="no_photo", job_title="x", municipality="853")
        self.giver = self.person()
        self.remote = self.person(attendance="remote")
        self.waiting = self.person(remote_meanwhile=True)
        self.handover = services.give_to_colleague(self.giver.pk, to_email="a@b.example", language=language, by=None)
        self.registrations: dict[str, Registration] = {
            "confirmed": self.on_site,
            "given": self.giver,
            "remote": self.remote,
            "waiting": self.waiting,
        }

    def person(self, **given: Any) -> Registration:
        return register(self.event, language=self.language, **given)

    def details(self, **given: Any) -> services.Details:
        return make_details(self.event, language=self.language, **given)

    def go_on(self) -> None:
        """What ends and what begins anew."""
        declines, lets_lapse, gets_offer = self.person(), self.person(), self.person()
        services.change(self.on_site.pk, self.details(email=self.on_site.email), by=None)
        services.send_link(self.on_site, by=None)
        register(self.event, email=self.on_site.email)
        services.cancel(self.waiting.pk, by=None)
        services.take_over(self.handover.pk, self.details(email="a@b.example"), form_key=uuid.uuid4())
        services.cancel(self.on_site.pk, by=None)
        services.decline_offer(declines.pk, by=None)
        self.registrations = {
            "cancelled": self.waiting,
            "passed on": self.giver,
            "declined": declines,
            "offered": lets_lapse,
            "in the queue": gets_offer,
        }
        day = list(self.event.days.all())
        speaker = self.event.roles.get(slug="speaker")
        self.claim = services.reserve(
            self.event, speaker, day, by=make_organiser(self.event), email="s@b.example", language=self.language
        )

    def go_in(self) -> None:
        """At the door: arrivals, every kind of conflict, and devices that wait, are in use and are not any more."""
        people = [self.on_site, self.giver]
        chosen, dinner = make_list(self.event), make_list(self.event, "Illallinen", has_names_only=True)
        services.put_on_list(dinner.pk, [person.pk for person in people], by=None)
        gate = make_gate(self.event)
        devices = [make_device(self.event, chosen, gate, name="A1", language=self.language)[0] for _ in range(2)]
        make_device(self.event, chosen, gate, paired_at=None, token_hash=None)  # waits for a phone
        for device in devices:
            take(device, batch(*self.scans(device, code_of(self.on_site), code_of(self.giver)), unsent=2, battery=7))
        services.revoke_device(devices[1].pk, by=None)
        fix_letters(self.event.pk, ["A", "K"], by=None)
        services.close_conflict(self.event.conflicts.filter(kind="unknown")[0].pk, "Hoidettu", by=None)
        for kind in set(Conflict.Kind.values) - set(self.event.conflicts.values_list("kind", flat=True)):
            told = {"server": "stop/cancelled", "device": "go/admit"}
            Conflict.objects.create(event=self.event, kind=kind, key=kind, detail=told, found_at=clock.now())

    def scans(self, device: Any, code: str, other: str) -> Iterator[dict[str, Any]]:
        """What a device can send, right or wrong."""
        first = item(device, other)
        yield from (item(device, code), first, undo(device, first), {"id": "x"})
        yield item(device, "I24-" + 26 * "X", kind="let_in", reason="let_in")
        yield item(device, kind="walk_in", person={"first_name": "A", "last_name": "B", "email": "uusi"})


@pytest.fixture(params=LANGUAGES)
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    return Cast(request.param)


def read(response: HttpResponse) -> str:
    return Reader(response.content.decode()).text


STEPS = ("", "change/", "colleague/", "remote/", "on-site/", "cancel/", "badge.pdf")


def personal_pages(client: Client, cast: Cast) -> Iterator[tuple[str, str]]:
    for name, registration in cast.registrations.items():
        token = access.personal_token(registration)
        for step in STEPS:
            response = client.get(f"/{cast.language}/2024/r/{token}/{step}")
            if response.status_code != 302 and "html" in response["Content-Type"]:
                yield f"{name} {step}", read(response)


def test_pages_for_everybody_have_no_english(client: Client, cast: Cast, sentences: list[str]) -> None:
    base = f"/{cast.language}"
    news = cast.event.news.get().pk
    addresses = ["", "register/", "register/link/", "news/", f"news/{news}/", "privacy/", "info/", "nothing-here/"]
    pages = {address: read(client.get(f"{base}/{address}")) for address in addresses}
    pages["login"] = read(client.get(f"{base}/accounts/login/"))
    pages["signup"] = read(client.get(f"{base}/accounts/signup/"))
    pages["errors"] = read(client.post(f"{base}/register/", {"email": "x", "attendance": "on_site", "dietary": "y"}))
    pages["csrf"] = read(Client(enforce_csrf_checks=True).post(f"{base}/register/"))
    client.post(f"{base}/register/", form_data(cast.event, email="anna@gmial.com"))
    pages["sent"] = read(client.get(f"{base}/register/sent/"))
    pages["link sent"] = read(client.post(f"{base}/register/link/", {"email": "anna@kunta.example"}, follow=True))
    assert {name: found for name, text in pages.items() if (found := english_in(text, sentences))} == {}
    assert "gmail.com" in pages["sent"]


def test_personal_pages_have_no_english(client: Client, cast: Cast, sentences: list[str]) -> None:
    pages = dict(personal_pages(client, cast))
    cast.go_on()
    pages.update(personal_pages(client, cast))
    assert len(pages) > 20
    links = [offerings.claim_link(cast.claim, cast.language), offerings.handover_link(cast.handover, cast.language)]
    pages.update({link: read(client.get(link.removeprefix("http://localhost"))) for link in links})
    assert {name: found for name, text in pages.items() if (found := english_in(text, sentences))} == {}


@pytest.mark.parametrize("when", ["2024-08-01 09:00", "2024-11-05 09:00", "2024-11-15 15:00"])
def test_a_closed_registration_has_no_english(
    moment: time_machine.Traveller, when: str, client: Client, cast: Cast, sentences: list[str]
) -> None:
    moment.move_to(at(when))  # before it opens, only remotely, after all
    pages = {address: read(client.get(f"/{cast.language}/{address}")) for address in ("", "register/")}
    pages.update(personal_pages(client, cast))
    assert {name: found for name, text in pages.items() if (found := english_in(text, sentences))} == {}


def test_mails_have_no_english(moment: time_machine.Traveller, cast: Cast, sentences: list[str]) -> None:
    cast.go_on()
    moment.move_to(clock.now() + timedelta(days=7))
    services.lapse_offers()
    mails = [mail for mail in Mail.objects.all() if mail.language == cast.language]
    kinds = {path.name.split(".")[0] for path in (ROOT / "templates/registration/emails").glob("[a-z]*.subject.txt")}
    assert {mail.message for mail in mails} == {f"registration/{kind}" for kind in kinds}
    for mail in mails:
        letter = outbox.build(mail)
        told = " ".join([letter.subject, str(letter.body), Reader(mail.html).text])
        assert english_in(told, sentences) == [], mail.message


# Needs are told only to those who care for them; what was read at the door never changes and has no history.
NOT_OPEN = {("needs", "change", 403), ("needs", "history", 403), ("scan", "history", 404)}


def pages_of_the_door(cast: Cast, base: str) -> list[str]:
    """Those that are no list or form of the admin's own: the board, who is on a list, pairing, closing, the papers."""
    at_door = f"{base}registration/"
    unpaired, paired = cast.event.devices.get(paired_at=None), cast.event.devices.paired().get()
    conflict = cast.event.conflicts.filter(closed_at=None)[0]
    return [
        f"{at_door}checkinlist/board/",
        *(f"{at_door}checkinlist/{row.pk}/people/" for row in cast.event.check_in_lists.all()),
        f"{at_door}device/{unpaired.pk}/pair/",
        f"{at_door}device/{paired.pk}/pair/",
        f"{at_door}device/{paired.pk}/revoke/",
        f"{at_door}conflict/{conflict.pk}/close/",
        f"{at_door}letterrange/papers/",
    ]


def test_organisers_pages_have_no_english(client: Client, cast: Cast, sentences: list[str]) -> None:
    """As the operator sees them, who sees everything; nobody adds what only the software or the door writes."""
    cast.go_in()
    operator = make_organiser(cast.event)
    operator.is_superuser = True
    operator.save(update_fields=["is_superuser"])
    enter(client, operator)
    models = dict(admin.site._registry)
    request = client.get("/").wsgi_request
    base = f"/{cast.language}/admin/"
    addresses = [base, f"/{cast.language}/my/", f"/{cast.language}/accounts/2fa/", *pages_of_the_door(cast, base)]
    for model, its_admin in models.items():
        lists = f"{base}{model._meta.app_label}/{model._meta.model_name}/"
        addresses.append(lists)
        if its_admin.has_add_permission(request):
            addresses.append(f"{lists}add/")
        rows = model._default_manager.all()
        for row in rows if model is Conflict else rows[:1]:  # each kind of conflict is told in its own words
            addresses += [f"{lists}{row.pk}/change/", f"{lists}{row.pk}/history/"]
    pages = {address: client.get(address) for address in addresses}
    texts = {address: read(page) for address, page in pages.items() if page.status_code == 200}
    not_open = {
        (*address.split("/")[4::2], page.status_code) for address, page in pages.items() if address not in texts
    }
    assert not_open == NOT_OPEN
    assert len(texts) > 3 * len(models)
    assert {name: found for name, text in texts.items() if (found := english_in(text, sentences))} == {}


@pytest.mark.django_db
def test_english_is_noticed(client: Client, sentences: list[str]) -> None:
    """The control: the same look at an English page finds much."""
    make_event()
    assert len(english_in(read(client.get("/en/register/")), sentences)) > 20
    with translation.override("fi"):
        assert str(gettext_lazy("Back")) == "Takaisin"

"""Every message of a registration, as it leaves: subject, text, HTML and attachments, in three languages."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
import time_machine
from django.utils import translation

from events import outbox, tokens
from events.models import Event, Mail
from registration import access, services
from registration.models import Handover, Registration
from tests.factories import at, make_details, make_event, make_organiser, register

pytestmark = pytest.mark.django_db

LANGUAGES = ["fi", "sv", "en"]
HOSTILE = "<b onclick=x>{{ event }}{% now 'Y' %} &amp; \u202eBcc: a@evil.example <img src=//evil.example>"


class Words(HTMLParser):
    """What a reader of the HTML sees, where its links lead, and the tags it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.is_hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.is_hidden = tag in {"style", "title"}
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "img":
            self.images.append(given)

    def handle_endtag(self, tag: str) -> None:
        self.is_hidden = False

    def handle_data(self, data: str) -> None:
        if not self.is_hidden:
            self.parts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parts).split())


class Letter:
    """A mail as the mail server gets it."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        sent = message_from_bytes(outbox.build(mail).message().as_bytes(), policy=policy.default)
        assert isinstance(sent, EmailMessage)
        self.sent = sent
        self.subject = str(sent["Subject"]).strip()
        parts = {part.get_content_type(): part for part in sent.walk()}
        self.text = str(parts["text/plain"].get_content())
        self.html = str(parts["text/html"].get_content())
        self.words = Words(self.html)
        self.files = [name for part in sent.walk() if (name := part.get_filename())]
        self.content_ids = [part["Content-ID"].strip("<>") for part in sent.walk() if part["Content-ID"]]


def letters(message: str, *, to: str | None = None) -> list[Letter]:
    found = Mail.objects.filter(message=f"registration/{message}", **({"to_email": to} if to else {})).order_by("pk")
    return [Letter(mail) for mail in found]


def letter(message: str, *, to: str | None = None) -> Letter:
    (only,) = letters(message, to=to)
    return only


# --- What happens before each message ---------------------------------------------------------------------------------
def full_event(language: str) -> tuple[Registration, Registration]:
    """One place, somebody on it, somebody waiting."""
    event = make_event(capacity=1)
    return register(event, language=language, first_name="Anna"), register(event, language=language, first_name="Wilma")


def scene_confirmed_on_site(language: str) -> None:
    register(make_event(), language=language, first_name="Anna")


def scene_confirmed_remote(language: str) -> None:
    register(make_event(), language=language, first_name="Anna", attendance="remote")


def scene_waiting(language: str) -> None:
    event = make_event(capacity=1)
    for name in ("Eka", "Toka", "Anna"):
        register(event, language=language if name == "Anna" else "en", first_name=name)
    Mail.objects.exclude(about_id=Registration.objects.get(first_name="Anna").pk).delete()


def scene_changed(language: str) -> None:
    event = make_event()
    anna = register(event, language=language)
    services.change(anna.pk, make_details(event, language=language, first_name="Anna", email=anna.email), by=None)


def scene_cancelled(language: str) -> None:
    services.cancel(register(make_event(), language=language, first_name="Anna").pk, by=None)


def scene_place_offered(language: str) -> None:
    first, _ = full_event(language)
    services.cancel(first.pk, by=None)


def scene_offer_ended(language: str) -> None:
    first, waiting = full_event(language)
    services.cancel(first.pk, by=None)
    services.decline_offer(waiting.pk, by=None)


def scene_already_registered(language: str) -> None:
    event = make_event()
    anna = register(event, language=language, first_name="Anna")
    register(event, email=anna.email)


def scene_link_again(language: str) -> None:
    services.send_link(register(make_event(), language=language, first_name="Anna"), by=None)


def give(language: str, **giver: str) -> Handover:
    anna = register(make_event(), language=language, **{"first_name": "Anna", "last_name": "Ek", **giver})
    return services.give_to_colleague(anna.pk, to_email="kollega@kunta.example", language=language, by=None)


def scene_handed_over(language: str) -> None:
    handover = give(language)
    details = make_details(handover.event, language=language, email="kollega@kunta.example")
    services.take_over(handover.pk, details, form_key=uuid.uuid4())


def scene_claim_link(language: str) -> None:
    event = make_event()
    speaker, days, by = event.roles.get(slug="speaker"), list(event.days.all()), make_organiser(event)
    services.reserve(event, speaker, days, by=by, email="puhuja@kunta.example", language=language)


SUBJECTS = {
    "confirmed_on_site": {
        "fi": "Integration 2024: paikkasi on vahvistettu",
        "sv": "Integration 2024: din plats är bekräftad",
        "en": "Integration 2024: your place is confirmed",
    },
    "confirmed_remote": {
        "fi": "Integration 2024: osallistut etänä",
        "sv": "Integration 2024: du deltar på distans",
        "en": "Integration 2024: you take part remotely",
    },
    "waiting": {
        "fi": "Integration 2024: olet jonossa, sija 2",
        "sv": "Integration 2024: du står på plats 2 på väntelistan",
        "en": "Integration 2024: you are number 2 on the waiting list",
    },
    "changed": {
        "fi": "Integration 2024: ilmoittautumistasi on muutettu",
        "sv": "Integration 2024: din anmälan har ändrats",
        "en": "Integration 2024: your registration has been changed",
    },
    "cancelled": {
        "fi": "Integration 2024: ilmoittautumisesi on peruttu",
        "sv": "Integration 2024: din anmälan är avbokad",
        "en": "Integration 2024: your registration is cancelled",
    },
    "place_offered": {
        "fi": "Integration 2024: sinulle on vapautunut paikka, vastaa viimeistään 15.10.2024 klo 9.00",
        "sv": "Integration 2024: en plats har blivit ledig för dig, svara senast 15.10.2024 kl. 9.00",
        "en": "Integration 2024: a place is free for you, answer by 15 October 2024, 9.00",
    },
    "offer_ended": {
        "fi": "Integration 2024: paikkatarjous on päättynyt",
        "sv": "Integration 2024: erbjudandet om en plats har upphört",
        "en": "Integration 2024: the offer of a place has ended",
    },
    "already_registered": {
        "fi": "Integration 2024: olet jo ilmoittautunut",
        "sv": "Integration 2024: du är redan anmäld",
        "en": "Integration 2024: you are already registered",
    },
    "link_again": {
        "fi": "Integration 2024: henkilökohtainen linkkisi",
        "sv": "Integration 2024: din personliga länk",
        "en": "Integration 2024: your personal link",
    },
    "handover_offered": {
        "fi": "Integration 2024: työkaveri haluaa luovuttaa sinulle paikkansa",
        "sv": "Integration 2024: en kollega vill ge dig sin plats",
        "en": "Integration 2024: a colleague would like to give you a place",
    },
    "handed_over": {
        "fi": "Integration 2024: työkaverisi on ottanut paikkasi vastaan",
        "sv": "Integration 2024: din kollega har tagit över din plats",
        "en": "Integration 2024: your colleague has taken your place",
    },
    "claim_link": {
        "fi": "Integration 2024: sinulle on varattu paikka",
        "sv": "Integration 2024: en plats är reserverad för dig",
        "en": "Integration 2024: a place is reserved for you",
    },
}
SCENES: dict[str, Callable[[str], object]] = {
    "confirmed_on_site": scene_confirmed_on_site,
    "confirmed_remote": scene_confirmed_remote,
    "waiting": scene_waiting,
    "changed": scene_changed,
    "cancelled": scene_cancelled,
    "place_offered": scene_place_offered,
    "offer_ended": scene_offer_ended,
    "already_registered": scene_already_registered,
    "link_again": scene_link_again,
    "handover_offered": give,
    "handed_over": scene_handed_over,
    "claim_link": scene_claim_link,
}
# The link that a message is about, by the kind of its token; registering has none.
LINKS = {
    "confirmed_on_site": access.PERSONAL,
    "confirmed_remote": access.PERSONAL,
    "waiting": access.PERSONAL,
    "changed": access.PERSONAL,
    "place_offered": access.PERSONAL,
    "already_registered": access.PERSONAL,
    "link_again": access.PERSONAL,
    "handover_offered": access.HANDOVER,
    "claim_link": access.CLAIM,
}
FILES = {
    "confirmed_on_site": ["eu.png", "qr.png", "{badge}-2024.pdf", "2024.ics"],
    "confirmed_remote": ["eu.png", "2024.ics"],
    "changed": ["eu.png", "qr.png", "{badge}-2024.pdf", "2024.ics"],
    "cancelled": ["eu.png", "2024-removed.ics"],
    "handed_over": ["eu.png", "2024-removed.ics"],
    "link_again": ["eu.png", "qr.png", "{badge}-2024.pdf"],
}
BADGE = {"fi": "osallistujakortti", "sv": "deltagarkort", "en": "badge"}
every_message = pytest.mark.parametrize("message", SCENES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


# --- All of them ------------------------------------------------------------------------------------------------------
@every_message
@every_language
def test_every_mail_is_whole(message: str, language: str, settings) -> None:
    """The subject, nothing unfilled, plain text, the links, the contact, the funding, the attachments."""
    SCENES[message](language)
    built = letter(message)
    assert built.subject == SUBJECTS[message][language]
    assert_nothing_is_unfilled(built)
    assert_text_is_plain(built.text)
    assert_links_work(built, LINKS.get(message), f"{settings.SITE_URL}/{language}/2024/")
    assert_layout(built, language)
    assert built.files == [name.format(badge=BADGE[language]) for name in FILES.get(message, ["eu.png"])]
    assert sorted(f"cid:{name}" for name in built.content_ids) == sorted(image["src"] for image in built.words.images)
    assert sentences_missing_in_html(built) == []


def assert_nothing_is_unfilled(built: Letter) -> None:
    for words in (built.subject, built.text, built.html):
        assert [mark for mark in ("{{", "{%", "\ue000", "\ue001", "%(", "None") if mark in words] == []


def assert_text_is_plain(text: str) -> None:
    assert re.findall(r"&\w+;|&#\d+;|</?\w+>", text) == []
    assert "\n\n\n" not in text
    assert [line for line in text.splitlines() if line not in {"-- ", line.strip()}] == []


def assert_links_work(built: Letter, kind: str | None, start: str) -> None:
    """The same links in text and HTML, all with the event in them; the first is the one that the message is about."""
    found = re.findall(r"^http://\S+$", built.text, re.MULTILINE)
    assert sorted(found) == sorted(link for link in built.words.links if not link.startswith("mailto:"))
    assert [link for link in found if not link.startswith(start)] == []
    if kind is None:
        assert found == [f"{start}register/"]
    else:
        (token,) = [token for part in found[0].split("/") if (token := tokens.read(kind, part))]
        assert token.pk == built.mail.about_id


def assert_layout(built: Letter, language: str) -> None:
    with translation.override(language):
        event = Event.objects.get()
        expected = [event.contact_name, "info@integration2024.example", "+358 29 000 0000", event.funding_statement]
    assert [line for line in expected if line not in built.text or line not in built.words.text] == []
    assert str(built.sent["Reply-To"]) == "info@integration2024.example"
    assert str(built.sent["Content-Language"]) == language
    assert f'<html lang="{language}">' in built.html


def sentences_missing_in_html(built: Letter) -> list[str]:
    lines = [line.removeprefix("- ").rstrip(":") for line in built.text.splitlines()]
    said = [line for line in lines if line not in {"", "-- ", "Logomo, Köydenpunojankatu 14"}]
    return [line for line in said if line not in built.words.text and not line.startswith("http://")]


def render_again(mail: Mail, language: str) -> tuple[str, str, str]:
    """The same message in another language, or with what its rows say now."""
    row = outbox.subject_of(mail)
    context = {"row": row, "registration": row, "position": 2}
    if isinstance(row, Registration):
        context["days"] = list(row.days.all())
    if isinstance(row, Handover):
        context["giver"] = row.registration
    return outbox.render(f"registration/emails/{mail.message.split('/')[1]}", row.event, language, context)


@every_message
def test_no_sentence_is_left_in_another_language(message: str) -> None:
    SCENES[message]("en")
    mail = letter(message).mail
    said = {}
    for language in LANGUAGES:
        _, text, _ = render_again(mail, language)
        lines = text.partition("\n-- \n")[0].splitlines()
        said[language] = {line for line in lines if len(line.split()) > 2 and not line.startswith("Logomo")}
    names = {line for line in said["en"] if line.startswith("Anna") and len(line.split()) == 3}
    assert said["fi"] & said["en"] == said["sv"] & said["en"] == said["fi"] & said["sv"] == names


def test_dietary_and_accessibility_answers_are_never_mailed() -> None:
    event = make_event()
    told = {"dietary": "pähkinäallergia", "accessibility": "induktiosilmukka", "has_assistant": True}
    anna, benny = register(event, **told), register(event, **told)
    services.change(anna.pk, make_details(event, email=anna.email, **told), by=None)
    services.send_link(anna, by=None)
    services.cancel(anna.pk, by=None)
    services.give_to_colleague(benny.pk, to_email="kollega@kunta.example", language="fi", by=None)
    mails = Mail.objects.all()
    assert len(mails) == 6
    written = [words.lower() for mail in mails for words in (mail.subject, mail.text, mail.html)]
    assert [words for words in written for value in ("pähkinä", "induktio", "avustaja") if value in words] == []


# --- Each of them -----------------------------------------------------------------------------------------------------
def opening(built: Letter) -> list[str]:
    """Greeting and first paragraph."""
    return built.text.split("\n\n")[:2]


def test_confirmed_on_site_begins_with_the_place_and_the_badge() -> None:
    scene_confirmed_on_site("sv")
    built = letter("confirmed_on_site")
    assert built.text.split("\n\n")[:3] == [
        "Hej Anna!",
        "Din plats på Integration 2024 är bekräftad. Du deltar på plats.",
        "Ditt deltagarkort är bifogat. Ta det med dig på papper eller i telefonen: QR-koden läses av vid ingången.",
    ]
    assert "\n- to 14.11.2024 kl. 9.00–16.00\n- fr 15.11.2024 kl. 9.00–16.00\n" in built.text
    assert "senast 4.11.2024 kl. 23.59" in built.text
    (qr,) = [image for image in built.words.images if image["src"] == "cid:qr"]
    assert qr["alt"] == "QR-koden på ditt deltagarkort"


def test_remote_times_are_helsinki_times() -> None:
    scene_confirmed_remote("en")
    built = letter("confirmed_remote")
    assert "\n- Thu 14 Nov 2024, 9.00–16.00 Helsinki time\n" in built.text
    assert "Logomo" not in built.text + built.html


def test_one_day_is_one_day() -> None:
    event = make_event()
    register(event, language="fi", days=[event.days.last()])
    assert "Päivät\n- pe 15.11.2024 klo 9.00–16.00\n\n" in letter("confirmed_on_site").text


def test_waiting_tells_the_position_and_how_offers_come() -> None:
    scene_waiting("fi")
    built = letter("waiting")
    assert opening(built) == ["Hei Anna!", "Sinulla ei ole vielä paikkaa: olet jonossa, sija 2."]
    assert "8 tuntia virka-aikaa (ma–pe klo 8–16, ei pyhäpäivinä)" in built.text
    assert "Voit halutessasi osallistua etänä sillä aikaa, kun odotat" in built.text


def test_waiting_and_following_remotely() -> None:
    event = make_event(capacity=0)
    register(event, language="fi", remote_meanwhile=True)
    assert "Odottaessasi olet ilmoittautunut etäosallistujaksi." in letter("waiting").text


def test_changed_to_remote() -> None:
    anna = register(make_event(), language="en", first_name="Anna")
    services.switch_to_remote(anna.pk, by=None)
    built = letter("changed")
    assert opening(built)[1] == (
        "Your registration for Integration 2024 has been changed. This is how it is now:\n"
        "Confirmed: you take part remotely."
    )
    assert built.files == ["eu.png", "2024.ics"]


def test_changed_while_waiting() -> None:
    _, waiting = full_event("en")
    services.change(waiting.pk, make_details(waiting.event, language="en", email=waiting.email), by=None)
    built = letter("changed")
    assert opening(built)[1].endswith("\nYou are number 1 on the waiting list.")
    assert built.files == ["eu.png", "2024-removed.ics"]


def test_changed_while_a_place_is_offered() -> None:
    first, waiting = full_event("en")
    services.cancel(first.pk, by=None)
    services.change(waiting.pk, make_details(waiting.event, language="en", email=waiting.email), by=None)
    built = letter("changed")
    assert opening(built)[1].endswith("\nA place is offered to you. Answer by 15 October 2024, 9.00.")
    assert "There you can accept or decline the place, or change your registration." in built.text


def test_place_offered_says_until_when_and_what_then() -> None:
    scene_place_offered("sv")
    built = letter("place_offered")
    assert opening(built) == [
        "Hej Wilma!",
        "En plats på Integration 2024 har blivit ledig för dig. "
        "Tacka ja eller nej senast 15.10.2024 kl. 9.00 (finsk tid).",
    ]
    assert "och din anmälan upphör att gälla." in built.text


def test_offer_declined() -> None:
    scene_offer_ended("en")
    assert opening(letter("offer_ended"))[1] == (
        "You declined the place on site at Integration 2024. "
        "Thank you for answering: the place goes to the next on the waiting list. Your registration has ended."
    )


def test_offer_lapsed(moment) -> None:
    scene_place_offered("en")
    moment.move_to(Registration.objects.get(status="offered").offer_ends_at + timedelta(minutes=1))
    services.lapse_offers()
    assert opening(letter("offer_ended"))[1] == (
        "The place on site at Integration 2024 that we offered you has gone to the next on the waiting list, "
        "because it had to be accepted by 15 October 2024, 9.00. Your registration has ended."
    )


def test_after_an_offer_one_goes_on_remotely() -> None:
    event = make_event(capacity=1)
    first = register(event)
    waiting = register(event, language="en", remote_meanwhile=True)
    services.cancel(first.pk, by=None)
    assert "and you go on as a remote participant." in letter("place_offered").text
    services.decline_offer(waiting.pk, by=None)
    built = letter("offer_ended")
    assert opening(built)[1] == (
        "The offer of a place on site at Integration 2024 has ended, and you go on as a remote participant. "
        "You do not need to do anything."
    )
    assert "Open my registration" in built.words.text


def test_a_handover_names_the_giver_and_why_the_mail_came() -> None:
    give("en")
    built = letter("handover_offered")
    assert opening(built) == [
        "Hello,",
        "Anna Ek would like to give you their place at Integration 2024. "
        "It is yours only when you confirm it with your own details.",
    ]
    assert built.text.rstrip().endswith(
        "You receive this message because Anna Ek gave your e-mail address to offer you a place at Integration 2024."
    )
    assert built.sent["To"] == "kollega@kunta.example"


def test_a_reserved_place_names_the_role() -> None:
    scene_claim_link("en")
    assert "\nRole\nSpeaker\n" in letter("claim_link").text


@every_language
def test_a_virtual_event_knows_no_place(language: str) -> None:
    fields = {f"venue_{part}_{code}": "" for part in ("name", "address") for code in ("fi", "sv")}
    event = make_event(capacity=None, is_virtual=True, needs_until=None, doors_open_at=None, **fields)
    anna = register(event, language=language, attendance="remote", first_name="Anna")
    services.change(anna.pk, make_details(event, language=language, email=anna.email, attendance="remote"), by=None)
    services.send_link(anna, by=None)
    services.cancel(anna.pk, by=None)
    names = {"fi": "ilmoittautumisesi on vahvistettu", "sv": "din anmälan är bekräftad"}
    subject = f"Integration 2024: {names.get(language, 'your registration is confirmed')}"
    assert letter("confirmed_remote").subject == subject
    written = " ".join(words for mail in Mail.objects.all() for words in (mail.text, mail.html))
    words_of_places = r"paikan päällä|etänä|osallistujakort|på plats|på distans|deltagarkort|on site|remote|badge"
    assert re.findall(words_of_places, written.lower()) == []


# --- Hostile text -----------------------------------------------------------------------------------------------------
@every_message
def test_hostile_names_are_only_text(message: str) -> None:
    SCENES[message]("en")
    clean = letter(message)
    Registration.objects.update(first_name=HOSTILE, last_name=HOSTILE, badge_name=HOSTILE)
    mail = clean.mail
    mail.subject, mail.text, mail.html = render_again(mail, "en")
    built = Letter(mail)
    assert built.words.tags == clean.words.tags
    assert built.words.links == clean.words.links
    assert built.subject == clean.subject
    assert built.sent.keys() == clean.sent.keys()
    if message != "claim_link":
        assert HOSTILE in built.text
        assert HOSTILE in built.words.text


def test_an_event_name_makes_no_header() -> None:
    event = make_event(name_en='A "B" <c@d.example>,\r\nBcc: e@f.example')
    event.refresh_from_db()
    register(event, language="en", attendance="remote")
    built = letter("confirmed_remote")
    assert built.subject == 'A "B" <c@d.example>, Bcc: e@f.example: you take part remotely'
    assert built.sent["Bcc"] is None
    assert [address.addr_spec for address in built.sent["From"].addresses] == ["noreply@localhost"]


def test_who_registers_on_the_eve_is_not_promised_another_link(moment: time_machine.Traveller):
    event, promised = make_event(), "We send you the link again the day before."
    for day, expected in (("2024-11-12", True), ("2024-11-13", False), ("2024-11-14", False)):
        moment.move_to(at(f"{day} 08:00"))
        anna = register(event, language="en", attendance="remote")
        built = letter("confirmed_remote", to=anna.email)
        assert [promised in words for words in (built.text, built.words.text)] == [expected] * 2, day

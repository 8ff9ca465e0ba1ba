"""Applying for a booth: what is asked, what is refused, and the booth that follows what becomes of it."""

import io
import uuid
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from booths import access
from booths.models import Booth, BoothApplication
from booths.services import keeping
from events import outbox
from events.models import Call, Event, Mail, User
from events.services import answering, deciding
from tests.exhibition import make_booth_application
from tests.factories import make_call, make_event, make_organiser, make_proposal, make_theme
from tests.submissions import address, messages_sent, words

pytestmark = pytest.mark.django_db
FORM = "/fi/calls/booths/form/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def call(event: Event) -> Call:
    make_theme(event)
    return make_call(event, kind="booths", title_en="Call for booths")


@pytest.fixture
def organiser(event: Event) -> User:
    return make_organiser(event)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def typed(call: Call, **given: Any) -> dict[str, Any]:
    """A whole application as a browser posts it; None leaves a field out."""
    data: dict[str, Any] = {
        "step": "send", "form_key": str(uuid.uuid4()), "version": "", "email": "pia@jarjesto.example",
        "name": "Pia Pitäjä", "phone": "+358 40 000 0000", "organisation": "Kohtaamisen talo ry",
        "organisation_type": call.event.organisation_types.get().pk, "municipality": "853",
        "title_fi": "Kielikahvilat", "description_fi": "Kerromme, miten kielikahvila alkaa.",
        "shown": ["activities", "materials"], "themes": [make_theme(call.event).pk], "booth_languages": ["fi", "sv"],
        "size": "3x2", "needs_power": "on", "staff_expected": "2", "set_up": "ke 13.11. klo 15",
        "motivation": "Alueelta ei ole muita.", "privacy": "on", **given,
    }  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    file.seek(0)
    file.name = "logo.png"
    return file


def decide(row: BoothApplication, decision: str, by: User) -> None:
    row.refresh_from_db()
    deciding.decide(deciding.kind_of(row), row.pk, decision, reason="", seen_version=row.version, by=by)


def release(call: Call, by: User) -> None:
    deciding.release_letters(call.pk, seen=deciding.seen_letters(deciding.untold(call)), by=by)


# --- Applying ---------------------------------------------------------------------------------------------------------
def test_the_call_tells_what_is_asked_and_how_it_is_decided(client: Client, call: Call):
    page = words(client.get("/en/calls/booths/"))
    for text in ("Apply for a booth", "Languages spoken at the booth", "How your booth", "How it is decided"):
        assert (text in page) == (text != "How your booth")


def test_a_draft_needs_an_address_and_a_title_only(client: Client, call: Call):
    least = {"step": "draft", "form_key": str(uuid.uuid4()), "email": "pia@jarjesto.example", "title_fi": "Luonnos"}
    response = client.post(FORM, least)
    row = BoothApplication.objects.get()
    assert (response.status_code, row.status, row.size) == (303, "draft", "2x2")
    assert messages_sent() == ["events/draft_saved"]
    page = client.get(response["Location"])
    assert {field.name for field in page.context["missing"]} == {
        "name", "phone", "organisation", "organisation_type", "municipality", "description_fi", "shown", "themes",
        "booth_languages", "staff_expected", "motivation", "privacy",
    }  # fmt: skip


def test_sent_in_with_a_logo_and_a_receipt_in_the_applicants_language(client: Client, call: Call):
    response = client.post(FORM, typed(call, logo=picture()))
    row = BoothApplication.objects.get()
    assert (response.status_code, row.status, row.size, row.needs_power, row.needs_wall) == (
        303, "submitted", "3x2", True, False,
    )  # fmt: skip
    assert (row.shown, row.booth_languages, row.themes.count()) == (["activities", "materials"], ["fi", "sv"], 1)
    receipt = Mail.objects.get()
    assert (receipt.message, receipt.language) == ("events/received", "fi")
    for text in ("Kielikahvilat", "3 × 2 m", "Alueelta ei ole muita.", "logo.jpg"):
        assert text in receipt.text
    assert row.logo is not None
    assert client.get(address(row, "submission-file", language="fi", pk=row.logo.pk)).status_code == 200


def test_a_description_of_20000_letters_is_refused_and_nothing_is_lost(client: Client, call: Call):
    response = client.post(FORM, typed(call, description_fi="a" * 20_000, logo=picture()))
    form = response.context["form"]
    assert (response.status_code, set(form.errors), BoothApplication.objects.count()) == (422, {"description_fi"}, 0)
    assert form["description_fi"].value() == "a" * 20_000
    assert form["motivation"].value() == "Alueelta ei ole muita."
    assert form.kept["logo"].name == "logo.jpg"


def test_a_second_application_of_an_organisation_is_warned_about_and_allowed(client: Client, call: Call):
    alone = client.post(FORM, typed(call), follow=True)
    again = client.post(FORM, typed(call, email="kalle@jarjesto.example", organisation="KOHTAAMISEN TALO RY"),
                        follow=True)  # fmt: skip
    assert BoothApplication.objects.filter(status="submitted").count() == 2
    assert (alone.context["notes"], len(again.context["notes"])) == ([], 1)
    assert again.context["notes"][0] in words(again)


@pytest.mark.parametrize("name", ["shown", "booth_languages", "themes", "size", "staff_expected", "website"])
def test_strange_answers_are_errors_not_exceptions(client: Client, call: Call, name: str):
    response = client.post(FORM, typed(call, **{name: "\x00no such"}))
    assert (response.status_code, name in response.context["form"].errors) == (422, True)


def test_a_letter_of_another_call_leads_here_filled_in(client: Client, event: Event, call: Call, organiser: User):
    proposals = make_call(event, offered_instead=call)
    row = make_proposal(proposals, organisation="Kohtaamisen talo ry", phone="+358 40 1")
    deciding.decide(deciding.kind_of(row), row.pk, "reject", reason="", seen_version=row.version, by=organiser)
    release(proposals, organiser)
    body = outbox.build(Mail.objects.get()).body
    link = next(word for word in body.split() if "/calls/booths/form/?from=" in word)
    form = client.get(link.partition("example")[2] or link).context["form"]
    assert (form["organisation"].value(), form["email"].value()) == ("Kohtaamisen talo ry", row.email)


# --- What becomes of it -----------------------------------------------------------------------------------------------
def test_40_booths_for_39_places(event: Event, call: Call, organiser: User):
    Call.objects.filter(pk=call.pk).update(chosen_at_most=39)
    rows = [make_booth_application(call, organisation=f"Järjestö {number}") for number in range(40)]
    for row in rows:
        decide(row, "accept", organiser)
    with pytest.raises(deciding.Refusal):
        release(call, organiser)
    assert (Booth.objects.count(), Mail.objects.count()) == (0, 0)
    decide(rows[-1], "reserve", organiser)
    release(call, organiser)
    assert (Booth.objects.count(), BoothApplication.objects.filter(status="reserved").count()) == (39, 1)
    answering.decline(rows[0])
    assert BoothApplication.objects.get(pk=rows[-1].pk).status == "accepted"
    assert Booth.objects.live().count() == 39


def test_the_booth_follows_what_its_sender_says(call: Call, organiser: User):
    row = make_booth_application(call, organisation="Kohtaamisen talo ry", needs_power=True)
    decide(row, "accept", organiser)
    assert not Booth.objects.exists()
    release(call, organiser)
    booth = Booth.objects.get()
    assert (booth.application, booth.needs_power, booth.confirmed_at) == (row, True, None)
    answering.confirm(row)
    booth.refresh_from_db()
    assert booth.confirmed_at is not None
    assert messages_sent() == ["events/letter_accepted", "booths/welcome", "events/confirmed"]
    answering.decline(row)
    booth.refresh_from_db()
    assert booth.is_cancelled


def test_the_page_of_an_application_leads_to_the_booth_from_its_confirmation_until_its_end(client, call: Call):
    row = make_booth_application(call, status="accepted")
    booth = keeping.follow(row.pk, by=None)
    link = f"/sv/b/{access.booth_token(booth)}/"
    shown = [link in client.get(address(row)).content.decode()]
    for step in (keeping.confirm, keeping.cancel):
        step(booth.pk, by=None)
        shown.append(link in client.get(address(row)).content.decode())
    assert shown == [False, True, False]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("accept", {"fi": "on valittu", "sv": "har valts", "en": "has been selected"}),
        ("reserve", {"fi": "varasijalla", "sv": "reservplats", "en": "reserve list"}),
        ("reject", {"fi": "ei valittu", "sv": "valdes inte", "en": "was not selected"}),
    ],
)
def test_letters_speak_of_the_booth_and_never_of_appeal(call, organiser, decision, said, language):
    row = make_booth_application(call, language=language, **{f"title_{language}": "Café 100 % <b>"})
    decide(row, decision, organiser)
    letter = deciding.letter(deciding.untold(call).get())
    assert said[language] in letter.text
    assert "Café 100 % <b>" in letter.text
    booth = {"fi": "esittelypiste", "sv": "monter", "en": "booth"}[language]
    assert booth in letter.subject.lower()
    lower = letter.text.lower()
    assert not [word for word in ("muutoksenhak", "valitus", "besvär", "appeal", "hylä", "avslag") if word in lower]

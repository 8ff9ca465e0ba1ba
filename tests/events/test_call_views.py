"""Calls in public, and what a sender does: begin, go on by the link, send in, change, withdraw."""

import io
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as django_mail
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from PIL import Image

from events import senders
from events.models import Call, Event, LogEntry, Mail, Upload, User
from programme.models import Application, Proposal
from tests.factories import at, make_call, make_event, make_format, make_proposal, make_theme
from tests.submissions import PROPOSE, address, draft, messages_sent, typed, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def call(event: Event) -> Call:
    make_format(event)
    make_theme(event)
    return make_call(event)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30)) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, form)
    file.seek(0)
    file.name = f"kuva.{form.lower()}"
    return file


# --- Public pages -----------------------------------------------------------------------------------------------------
def test_the_list_tells_open_coming_and_past_calls(client: Client, event: Event):
    make_call(event, title_en="Open one")
    make_call(
        event, slug="later", title_en="Coming one", opens_at=at("2024-11-01 09:00"), closes_at=at("2024-11-20 09:00")
    )
    make_call(
        event, slug="early", title_en="Past one", opens_at=at("2024-09-01 09:00"), closes_at=at("2024-10-01 09:00")
    )
    page = words(client.get("/en/calls/"))
    order = [page.index(text) for text in ("Open now", "Open one", "Coming one", "Opens", "Past one", "Closed")]
    assert order == sorted(order)


def test_the_menu_has_calls_while_one_is_open(client: Client, event: Event, call: Call, moment):
    assert 'href="/en/calls/"' in words(client.get("/en/news/"))
    moment.move_to(at("2024-11-01 00:00"))
    assert 'href="/en/calls/"' not in words(client.get("/en/news/"))


def test_the_home_page_has_a_card_for_an_open_call(client: Client, call: Call):
    page = words(client.get("/en/"))
    assert "Call for proposals" in page
    assert 'href="/en/calls/programme/"' in page


def test_the_links_of_cards_say_what_they_open(client: Client, call: Call):
    for url in ("/en/", "/en/calls/"):
        assert 'aria-label="Read more and take part: Call for proposals"' in words(client.get(url))


def test_a_call_tells_its_window_what_is_asked_and_its_criteria(client: Client, call: Call):
    page = words(client.get("/en/calls/programme/"))
    for text in ("31 October 2024", "23.59", "What is asked", "What participants take home", "Content", "Diversity"):
        assert text in page
    assert "/en/calls/programme/form/" in page


def test_a_call_of_another_event_stands_under_its_address(client: Client, event: Event):
    other = make_event(slug="2022", is_current=False)
    make_call(other, kind="application", title_en="Municipalities")
    assert "Municipalities" in words(client.get("/en/2022/calls/groups/"))
    assert client.get("/en/calls/groups/").status_code == 404


# --- Drafts -----------------------------------------------------------------------------------------------------------
def test_a_draft_needs_an_address_and_a_title_only(client: Client, call: Call):
    response = client.post(PROPOSE, draft())
    row = Proposal.objects.get()
    assert (response.status_code, response["Location"]) == (303, address(row))
    assert (row.status, row.language, row.title_sv, row.version) == ("draft", "sv", "Utkast", 1)
    mail = Mail.objects.get()
    assert (mail.message, mail.language, mail.to_email) == ("events/draft_saved", "sv", "anna.ek@kommun.example")
    page = words(client.get(response["Location"]))
    with translation.override("sv"):
        assert gettext("Description") in page
    missing = [field.name for field in client.get(response["Location"]).context["missing"]]
    order = ["description_sv", "format", "minutes", "themes", "session_languages", "audience", "name", "phone"]
    assert missing == [*order, "organisation", "organisation_type", "privacy"]
    assert LogEntry.objects.get().action == "draft saved"


@pytest.mark.parametrize("missing", ["email", "title_sv"])
def test_without_address_or_title_nothing_is_saved_and_all_is_kept(client: Client, call: Call, missing: str):
    response = client.post(PROPOSE, draft(audience="Lärare", **{missing: ""}))
    assert (response.status_code, Proposal.objects.count()) == (422, 0)
    assert "Lärare" in words(response)


def test_what_is_missing_for_sending_in_is_told_in_one_list(client: Client, call: Call):
    response = client.post(PROPOSE, draft(step="send"))
    form = response.context["form"]
    expected = {*form.conditionally_required, "privacy"} - {"title_sv"}
    assert (response.status_code, set(form.errors), Proposal.objects.count()) == (422, expected, 0)


def test_an_exhibition_needs_no_length(client: Client, call: Call):
    show = make_format(call.event, "exhibition", is_all_day=True, minutes=None)
    assert client.post(PROPOSE, typed(call, format=show.pk, minutes="")).status_code == 303


# --- Sending in -------------------------------------------------------------------------------------------------------
def test_sent_in_at_once_with_a_receipt(client: Client, call: Call, moment):
    moment.move_to(at("2024-10-14 09:00"), tick=False)
    response = client.post(PROPOSE, typed(call))
    row = Proposal.objects.get()
    assert (response.status_code, row.status, row.submitted_at) == (303, "submitted", at("2024-10-14 09:00"))
    assert (row.session_languages, row.minutes, row.themes.count()) == (["sv", "fi"], 45, 1)
    receipt = Mail.objects.get()
    assert receipt.message == "events/received"
    assert "Språkkaféer som fungerar" in receipt.text
    assert "Vi berättar hur." in receipt.html


def test_a_double_click_makes_one_proposal_and_one_mail(client: Client, call: Call):
    data = typed(call)
    first, second = client.post(PROPOSE, data), client.post(PROPOSE, data)
    assert first["Location"] == second["Location"]
    assert (Proposal.objects.count(), messages_sent()) == (1, ["events/received"])


def test_back_and_send_in_sends_the_draft_in(client: Client, call: Call):
    data = typed(call, step="draft")
    client.post(PROPOSE, data)
    client.post(PROPOSE, {**data, "step": "send"})
    assert Proposal.objects.get().status == "submitted"
    assert messages_sent() == ["events/draft_saved", "events/received"]


def test_back_and_other_words_are_shown_beside_the_saved_ones(client: Client, call: Call):
    data = typed(call, step="draft")
    client.post(PROPOSE, data)
    response = client.post(PROPOSE, {**data, "audience": "Bara lärare"})
    row = Proposal.objects.get()
    assert (response.status_code, row.audience) == (422, "Alla")
    assert [tuple(map(str, found)) for found in response.context["differences"]][0][1:] == ("Alla", "Bara lärare")
    assert response.context["action"] == address(row, "submission-edit")
    assert response.context["form"]["version"].value() == str(row.version)


def test_the_same_form_for_another_address_is_another_proposal(client: Client, call: Call):
    data = draft()
    client.post(PROPOSE, data)
    client.post(PROPOSE, {**data, "email": "bo@kommun.example"})
    assert Proposal.objects.count() == 2


# --- The link ---------------------------------------------------------------------------------------------------------
def test_a_draft_is_gone_on_with_and_sent_in(client: Client, call: Call):
    row = make_proposal(call, status="draft", language="sv")
    page = client.get(address(row, "submission-edit"))
    assert page.context["form"]["title_sv"].value() == row.title_sv
    response = client.post(address(row, "submission-edit"), typed(call, version="0", email=row.email))
    row.refresh_from_db()
    assert (response.status_code, row.status, row.title_sv) == (303, "submitted", "Språkkaféer som fungerar")


def test_a_change_in_another_tab_is_not_overwritten(client: Client, call: Call):
    row = make_proposal(call, language="sv")
    edit = address(row, "submission-edit")
    client.post(edit, typed(call, version="0", email=row.email, title_sv="Den första"))
    response = client.post(edit, typed(call, version="0", email=row.email, title_sv="Den andra"))
    row.refresh_from_db()
    assert (response.status_code, row.title_sv) == (422, "Den första")
    assert [(saved, new) for _label, saved, new in response.context["differences"]] == [("Den första", "Den andra")]
    shown_version = response.context["form"]["version"].value()
    client.post(edit, typed(call, version=shown_version, email=row.email, title_sv="Den andra"))
    row.refresh_from_db()
    assert row.title_sv == "Den andra"


def test_sending_in_from_another_tab_what_is_saved_already_sends_it_in(client: Client, call: Call):
    client.post(PROPOSE, typed(call, step="draft"))
    row = Proposal.objects.get()
    for step in ("draft", "send"):  # two tabs with the same words, opened at the same moment
        client.post(address(row, "submission-edit"), typed(call, step=step, version=row.version))
    row.refresh_from_db()
    assert (row.status, messages_sent()) == ("submitted", ["events/draft_saved", "events/received"])


def test_a_new_address_gets_the_link_and_the_old_one_ends(client: Client, call: Call):
    row = make_proposal(call, status="draft", language="sv")
    old = address(row)
    data = draft(version="0", email="new@kommun.example")
    response = client.post(address(row, "submission-edit"), data)
    assert client.get(old).status_code == 404
    assert client.get(response["Location"]).status_code == 200
    assert Mail.objects.get().to_email == "new@kommun.example"


def test_the_link_is_sent_again_and_unknown_addresses_read_the_same(client: Client, call: Call):
    row = make_proposal(call, status="draft", email="known@kommun.example")
    answers = [
        client.post("/en/calls/link/", {"email": email}) for email in ("known@kommun.example", "un@known.example")
    ]
    pages = [words(answer).replace("known@kommun.example", "X").replace("un@known.example", "X") for answer in answers]
    assert pages[0] == pages[1]
    assert [(mail.message, mail.about_id) for mail in Mail.objects.all()] == [("events/link_again", row.pk)]


def test_a_wrong_link_opens_nothing(client: Client, call: Call):
    row = make_proposal(call)
    token = senders.token_of(row)
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "1-1.x"):
        assert client.get(f"/en/p/{wrong}/").status_code == 404
    row.link_version += 1
    row.save()
    assert client.get(f"/en/p/{token}/").status_code == 404


# --- Deadlines --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("when", "status"), [("2024-10-31 23:59:59.999999", 303), ("2024-11-01 00:00:00", 409)])
def test_the_last_minute_counts_whole(client: Client, call: Call, moment, when: str, status: int):
    moment.move_to(at(when), tick=False)
    response = client.post(PROPOSE, typed(call))
    assert (response.status_code, Proposal.objects.count()) == (status, 1 if status == 303 else 0)
    assert status == 303 or "Vi berättar hur." in words(response)


def test_an_old_tab_after_the_deadline_saves_nothing_and_shows_what_was_typed(client: Client, call: Call, moment):
    row = make_proposal(call, language="sv")
    before = row.title_sv
    moment.move_to(at("2024-11-01 00:00"))
    data = typed(call, version="0", title_sv="För sent", **{"co-0-name": "Bo", "co-0-email": "bo@x.example"})
    response = client.post(address(row, "submission-edit"), data)
    row.refresh_from_db()
    assert (response.status_code, row.title_sv, Mail.objects.count()) == (409, before, 0)
    shown = dict(response.context["typed"])
    with translation.override("sv"):
        assert (shown[gettext("Title")], shown[gettext("Co-presenters")]) == ("För sent", "Bo, bo@x.example")


def test_before_the_call_opens_the_form_shows_when(client: Client, call: Call, moment):
    moment.move_to(at("2024-10-01 08:59"))
    assert client.get(PROPOSE)["Location"] == "/sv/calls/programme/"
    response = client.post(PROPOSE, typed(call))
    assert response.status_code == 409
    with translation.override("sv"):
        assert gettext("The form opens %(when)s.") % {"when": "1.10.2024 kl. 9.00"} in words(response)


# --- Withdrawing, answering -------------------------------------------------------------------------------------------
def test_withdrawn_after_asking_and_taken_up_again(client: Client, call: Call):
    row = make_proposal(call)
    assert client.get(address(row, "submission-withdraw")).status_code == 200
    assert Proposal.objects.get().status == "submitted"
    client.post(address(row, "submission-withdraw"))
    client.post(address(row, "submission-withdraw"))
    assert (Proposal.objects.get().status, messages_sent()) == ("withdrawn", ["events/withdrawn"])
    client.post(address(row, "submission-again"))
    assert Proposal.objects.get().status == "draft"


@pytest.mark.parametrize(("when", "words_shown"), [("2024-10-31 12:00", True), ("2024-11-01 00:00", False)])
def test_withdrawing_promises_to_take_up_again_only_while_the_call_is_open(
    client: Client, call: Call, moment, when: str, words_shown: bool
):
    row = make_proposal(call)
    moment.move_to(at(when))
    page = words(client.get(address(row, "submission-withdraw", language="en")))
    assert ("You can take it up again by" in page, "This cannot be undone" in page) == (words_shown, not words_shown)
    assert ("Closes" in words(client.get(address(row, language="en")))) == words_shown


@pytest.mark.parametrize(("said", "status"), [("confirm", "confirmed"), ("decline", "declined")])
def test_the_selected_say_yes_or_no_once(client: Client, call: Call, said: str, status: str):
    row = make_proposal(call, status="accepted")
    assert client.get(address(row, "submission-answer")).status_code == 200
    assert Proposal.objects.get().status == "accepted"
    for _again in range(2):
        client.post(address(row, "submission-answer"), {"answer": said})
    assert (Proposal.objects.get().status, messages_sent()) == (status, [f"events/{status}"])


def test_a_quiet_decision_is_not_seen(client: Client, call: Call):
    row = make_proposal(call)
    before = words(client.get(address(row)))
    Proposal.objects.update(decision="reject", decided_at=at("2024-10-12 09:00"))
    assert words(client.get(address(row))) == before


# --- Files ------------------------------------------------------------------------------------------------------------
def test_a_picture_stays_while_another_field_is_mended(client: Client, call: Call):
    response = client.post(PROPOSE, typed(call, audience="", picture=picture()))
    assert (response.status_code, Proposal.objects.count(), Upload.objects.count()) == (422, 0, 1)
    (item, _pdf) = response.context["form"].file_fields()
    client.post(PROPOSE, typed(call, picture_kept=item["token"]))
    row = Proposal.objects.get()
    assert row.picture == Upload.objects.get()
    served = client.get(address(row, "submission-file", pk=row.picture_id))
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert Image.open(io.BytesIO(served.content)).size == (40, 30)


def test_a_refused_file_says_why_and_nothing_else_is_lost(client: Client, call: Call):
    fake = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    fake.name = "kuva.png"
    response = client.post(PROPOSE, typed(call, picture=fake))
    assert (response.status_code, Proposal.objects.count(), Upload.objects.count()) == (422, 0, 0)
    assert set(response.context["form"].errors) == {"picture"}
    assert "Vi berättar hur." in words(response)


@pytest.mark.parametrize(
    ("name", "size", "limit"),
    [("picture", 8 * 1024**2 + 1, "8 MB"), ("picture", 30_000_000, "8 MB"), ("attachment", 30_000_000, "10 MB")],
)
def test_a_file_above_the_limit_says_so(client: Client, call: Call, name: str, size: int, limit: str):
    large = io.BytesIO(b"%PDF-" + bytes(size))
    large.name = "large.pdf"
    response = client.post(
        "/en/calls/programme/form/", typed(call, title_en="Talk", description_en="A", **{name: large})
    )
    assert (response.status_code, list(response.context["form"].errors)) == (422, [name])
    assert limit in response.context["form"].errors[name][0]


def test_a_file_is_removed(client: Client, call: Call):
    client.post(PROPOSE, typed(call, picture=picture()))
    row = Proposal.objects.get()
    edit = address(row, "submission-edit")
    (item, _pdf) = client.get(edit).context["form"].file_fields()
    data = typed(call, version=row.version, picture_kept=item["token"], picture_removed="on")
    client.post(edit, data)
    row.refresh_from_db()
    assert row.picture is None


def test_files_of_others_are_not_served(client: Client, call: Call):
    client.post(PROPOSE, typed(call, picture=picture()))
    theirs = Upload.objects.get()
    mine = make_proposal(call)
    assert client.get(address(mine, "submission-file", pk=theirs.pk)).status_code == 404


def test_an_address_that_takes_no_files_still_refuses_them(client: Client, call: Call):
    row = make_proposal(call)
    assert client.post(address(row, "submission-answer"), {"file": picture()}).status_code == 400


# --- Applications -----------------------------------------------------------------------------------------------------
def test_an_application_to_a_planning_group(client: Client, event: Event):
    call = make_call(event, kind="application")
    data = {
        "step": "send", "form_key": str(uuid.uuid4()), "email": "anna@x.example", "name": "Anna", "phone": "1",
        "choices": [call.choices.first().pk], "motivation": "Jag vill.", "is_first_time": "on", "privacy": "on",
    }  # fmt: skip
    response = client.post("/sv/calls/groups/form/", data)
    row = Application.objects.get()
    assert (response.status_code, row.status, row.is_first_time, row.choices.count()) == (303, "submitted", True, 1)
    assert client.get(response["Location"]).status_code == 200
    assert client.get(address(row, "submission-edit")).status_code == 200


def test_a_municipality_applies_where_there_is_nothing_to_choose(client: Client, event: Event):
    call = make_call(event, kind="application")
    call.choices.all().delete()
    response = client.post(
        "/sv/calls/groups/form/", {"step": "send", "form_key": str(uuid.uuid4()), "email": "a@x.example"}
    )
    assert set(response.context["form"].errors) == {
        "name",
        "phone",
        "organisation",
        "municipality",
        "motivation",
        "privacy",
    }


def test_my_page_lists_what_one_has_sent_in(client: Client, call: Call):
    user = User.objects.create_user("Anna@x.example", name="Anna")
    EmailAddress.objects.create(user=user, email="Anna@x.example", verified=True, primary=True)
    row = make_proposal(call, email="anna@X.example")
    make_proposal(call, email="bo@x.example")
    client.force_login(user)
    page = client.get("/fi/my/")
    assert page.context["submissions"] == [row]
    assert django_mail.outbox == []

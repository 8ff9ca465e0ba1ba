"""The sender's steps as services: in time, once, in the right order, with the right mail."""

import threading
import uuid
from datetime import UTC
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from events import calls, clock, emails, outbox, tasks
from events.models import Call, Event, LogEntry, Mail, Upload
from events.offerings import offered_instead_link
from events.services import answering, submitting
from events.services.submitting import Answers, remind_of_drafts
from events.transitions import Refusal
from programme.models import Application, Proposal
from tests.factories import at, make_application, make_call, make_event, make_format, make_proposal, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def call(event: Event) -> Call:
    return make_call(event)


def answers(call: Call, **plain: Any) -> Answers:
    """A short proposal."""
    given = {
        "email": "anna@x.example", "name": "Anna", "organisation": "", "organisation_type": None, "municipality": "",
        "phone": "1", "title_fi": "Otsikko", "format": make_format(call.event), **plain,
    }  # fmt: skip
    return Answers(given, {"themes": [make_theme(call.event)]}, [])


def begin(call: Call, *, is_sending: bool = True, **plain: Any) -> Any:
    return submitting.begin(
        call, answers(call, **plain), language="fi", form_key=uuid.uuid4(), is_sending=is_sending, at=clock.now()
    ).row


def sent(message: str) -> list[str]:
    return list(Mail.objects.filter(message=f"events/{message}").order_by("pk").values_list("to_email", flat=True))


# --- Beginning, saving ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2024-10-01 08:59:59.999999", False),
        ("2024-10-01 09:00:00", True),
        ("2024-10-31 23:59:59.999999", True),
        ("2024-11-01 00:00:00", False),
    ],
)
def test_the_window_to_the_microsecond(call: Call, when: str, is_open: bool):
    step = lambda: submitting.begin(  # noqa: E731
        call, answers(call), language="fi", form_key=uuid.uuid4(), is_sending=True, at=at(when)
    )
    if is_open:
        assert step().is_new
    else:
        with pytest.raises(calls.CallClosed):
            step()
    assert Proposal.objects.count() == is_open


def test_the_night_when_the_clocks_go_back(event: Event):
    call = make_call(event, closes_at=at("2024-10-27 03:30").replace(fold=1))
    call.refresh_from_db()
    first, second = (at("2024-10-27 03:31").replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    assert (call.is_open(first), call.is_open(second)) == (True, False)


def test_rows_of_another_event_are_refused(call: Call):
    other = make_event(slug="2022", is_current=False)
    for strange in ({"format": make_format(other)}, {"organisation_type": other.organisation_types.get()}):
        with pytest.raises(Refusal):
            begin(call, **strange)
    assert Proposal.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_form_five_times_at_once_makes_one_proposal_and_one_mail():
    call, form_key, made = make_call(make_event()), uuid.uuid4(), []
    given = answers(call)
    start = threading.Barrier(5)

    def send() -> None:
        start.wait()
        made.append(
            submitting.begin(call, given, language="fi", form_key=form_key, is_sending=True, at=clock.now()).row.pk
        )
        connection.close()

    threads = [threading.Thread(target=send) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(made)), Proposal.objects.count(), len(sent("received"))) == (5, 1, 1, 1)


def test_a_merged_or_decided_proposal_cannot_be_saved(call: Call):
    for status in ("accepted", "rejected", "withdrawn"):
        row = make_proposal(call, status=status)
        with pytest.raises(submitting.NotEditable):
            submitting.save(row, answers(call), seen_version=0, is_sending=True, at=clock.now())


# --- After the decision -----------------------------------------------------------------------------------------------
def test_a_no_lets_the_first_of_the_reserve_list_move_up_and_tells_them(event: Event):
    call = make_call(event, "application", chosen_at_most=1)
    chosen = make_application(call, status="accepted")
    first, second = (make_application(call, status="reserved") for _number in range(2))
    answering.decline(chosen)
    answering.decline(chosen)
    assert list(Application.objects.order_by("pk").values_list("status", flat=True)) == [
        "declined",
        "accepted",
        "reserved",
    ]
    assert (sent("letter_accepted"), sent("declined")) == ([first.email], [chosen.email])
    assert second.email not in Mail.objects.values_list("to_email", flat=True)


def test_without_a_limit_nobody_moves_up(event: Event):
    call = make_call(event, "application")
    chosen, waiting = make_application(call, status="accepted"), make_application(call, status="reserved")
    answering.decline(chosen)
    waiting.refresh_from_db()
    assert (waiting.status, sent("letter_accepted")) == ("reserved", [])


def test_the_confirmed_may_still_say_no(call: Call):
    row = make_proposal(call, status="confirmed")
    answering.decline(row)
    row.refresh_from_db()
    assert row.status == "declined"


# --- Reminders --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("when", "count"),
    [("2024-10-28 23:58", 0), ("2024-10-29 00:00", 1), ("2024-10-30 23:59:30", 1), ("2024-11-01 00:00", 0)],
)
def test_a_draft_is_reminded_of_three_days_and_one_day_before(call: Call, moment, when: str, count: int):
    draft = make_proposal(call, status="draft")
    make_proposal(call)
    moment.move_to(at(when))
    for _again in range(3):
        tasks.remind_of_drafts()
    assert sent("reminder") == [draft.email] * count


def test_both_reminders_go_out_once_each(call: Call, moment):
    make_proposal(call, status="draft")
    for when in ("2024-10-29 00:00", "2024-10-30 12:00", "2024-10-31 00:00", "2024-10-31 23:00"):
        moment.move_to(at(when))
        remind_of_drafts()
    assert len(sent("reminder")) == 2


def test_a_draft_begun_in_the_last_days_is_not_reminded_at_once(call: Call, moment):
    moment.move_to(at("2024-10-29 12:00"))
    make_proposal(call, status="draft", started_at=at("2024-10-29 11:00"))
    assert remind_of_drafts() == 0
    moment.move_to(at("2024-10-31 01:00"))
    assert remind_of_drafts() == 1


def test_two_beats_at_once_remind_once(call: Call, moment, monkeypatch):
    make_proposal(call, status="draft")
    moment.move_to(at("2024-10-29 12:00"))
    remind_of_drafts()
    with monkeypatch.context() as patched:  # the second beat looked before the first had written
        patched.setattr(Mail.objects, "filter", lambda **_where: Mail.objects.none())
        assert remind_of_drafts() == 1
    assert len(sent("reminder")) == 1


# --- Links, log, files ------------------------------------------------------------------------------------------------
def test_a_letter_can_offer_another_call_filled_in_beforehand(client, call: Call, event: Event):
    call.offered_instead = make_call(event, "application")
    call.save()
    row = make_proposal(call, status="rejected")
    link = offered_instead_link(row, "en")
    form = client.get(link).context["form"]
    assert (form["email"].value(), form["name"].value(), form.call) == (row.email, row.name, call.offered_instead)
    token = link.partition("?from=")[2]
    assert client.get(f"/en/p/{token}/").status_code == 404


@pytest.mark.parametrize(("closes", "is_offered"), [("2024-10-31 23:59", True), ("2024-10-02 12:00", False)])
def test_a_letter_offers_no_call_that_is_over(call: Call, event: Event, closes: str, is_offered: bool):
    call.offered_instead = make_call(event, "application", title_en="Planning groups", closes_at=at(closes))
    emails.letter(make_proposal(call, status="rejected", language="en"))
    mail = Mail.objects.get()
    assert ("Planning groups" in mail.text, "Planning groups" in mail.html) == (is_offered, is_offered)


def test_links_stand_in_mails_as_placeholders_only(call: Call):
    row = begin(call)
    mail = Mail.objects.get()
    assert "/p/" not in mail.text + mail.html
    assert "/fi/2024/p/" in outbox.fill(mail.text, row, "fi")


def test_each_step_is_logged_without_what_was_typed(call: Call):
    row = begin(call, is_sending=False)
    row = submitting.save(row, answers(call), seen_version=1, is_sending=True, at=clock.now())
    submitting.save(row, answers(call, title_fi="Uusi"), seen_version=2, is_sending=True, at=clock.now())
    answering.withdraw(row)
    submitting.take_up_again(row)
    entries = LogEntry.objects.about(row)
    assert [entry.action for entry in entries] == [
        "draft saved", "sent in", "edited by the sender", "withdrawn", "taken up again",
    ]  # fmt: skip
    assert [entry.details for entry in entries] == [{}] * 5


def test_loose_files_are_forgotten_by_the_clock(
    event: Event, settings, tmp_path, moment, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    Upload.objects.create(
        event=event, kind="picture", random_name="x.jpg", file=ContentFile(b"x", "x.jpg"), size=1, added_at=clock.now()
    )
    moment.move_to(at("2024-10-17 09:00"))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forget_loose_files()
    assert list(tmp_path.rglob("*.jpg")) == []

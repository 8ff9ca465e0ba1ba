"""Quiet decisions, letters, the reserve list."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from events import outbox
from events.calls import DecidedMeanwhile, TooManyChosen
from events.kinds import kind_of
from events.models import Call, LogEntry, Mail, User
from events.services import answering, deciding
from events.transitions import Refusal
from programme.kinds import PROPOSALS
from programme.models import Proposal
from tests.factories import make_application, make_call, make_event, make_organiser, make_proposal
from tests.organisers import enter

pytestmark = pytest.mark.django_db
KIND = PROPOSALS


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


@pytest.fixture
def organiser(call: Call) -> User:
    return make_organiser(call.event)


def decide(row: Proposal, decision: str, by: User, reason: str = "") -> Proposal:
    row.refresh_from_db()
    kind = kind_of(row)
    return deciding.decide(kind, row.pk, decision, reason=reason, seen_version=row.version, by=by)


def release(call: Call, by: User) -> int:
    return deciding.release_letters(call.pk, seen=deciding.seen_letters(deciding.untold(call)), by=by)


# --- Quietly ----------------------------------------------------------------------------------------------------------
def test_a_quiet_decision_tells_nobody(call, organiser):
    row = decide(make_proposal(call), "accept", organiser, "Sopii hyvin.")
    assert (row.status, row.decision, row.decision_reason) == ("submitted", "accept", "Sopii hyvin.")
    assert not Mail.objects.exists()
    assert LogEntry.objects.about(row).get().details == {"decision": "accept"}


def test_of_two_who_decide_at_once_the_second_is_told(call, organiser):
    row = make_proposal(call)
    deciding.decide(KIND, row.pk, "accept", reason="", seen_version=row.version, by=organiser)
    with pytest.raises(DecidedMeanwhile):
        deciding.decide(KIND, row.pk, "reject", reason="", seen_version=row.version, by=organiser)
    row.refresh_from_db()
    assert row.decision == "accept"


def test_several_are_decided_and_what_was_changed_meanwhile_is_named(call, organiser):
    rows = [make_proposal(call) for _ in range(3)]
    seen = {row.pk: row.version for row in rows}
    decide(rows[1], "reject", organiser)
    done = deciding.decide_many(KIND, seen, "accept", reasons={}, by=organiser)
    assert (done.decided, [row.pk for row, _refusal in done.refused]) == (2, [rows[1].pk])
    assert list(Proposal.objects.order_by("pk").values_list("decision", flat=True)) == ["accept", "reject", "accept"]


# --- Letters ----------------------------------------------------------------------------------------------------------
def test_letters_leave_once_each_in_its_language(call, organiser):
    rows = [make_proposal(call, language=code) for code in ("fi", "sv", "en")]
    for row, decision in zip(rows, ("accept", "reserve", "reject"), strict=True):
        decide(row, decision, organiser, "Syy" if decision == "reject" else "")
    undecided = make_proposal(call)
    assert release(call, organiser) == 3
    assert {mail.message: mail.language for mail in Mail.objects.all()} == {
        "events/letter_accepted": "fi", "events/letter_reserved": "sv", "events/letter_rejected": "en",
    }  # fmt: skip
    with pytest.raises(deciding.NothingToTell):
        release(call, organiser)
    statuses = {row.pk: row.status for row in Proposal.objects.all()}
    assert [statuses[row.pk] for row in [*rows, undecided]] == ["accepted", "reserved", "rejected", "submitted"]
    assert Mail.objects.count() == 3


def test_a_letter_says_selected_or_not_and_never_of_appeal(call, organiser):
    accepted, rejected = make_proposal(call, language="en"), make_proposal(call, language="en")
    decide(accepted, "accept", organiser)
    decide(rejected, "reject", organiser, "Too many on this theme.")
    letters = {letter.outcome: letter for letter in map(deciding.letter, deciding.untold(call))}
    assert "has been selected for the programme" in letters["accepted"].subject
    assert "[submission answer]" in letters["accepted"].text
    assert "was not selected for the programme" in letters["rejected"].text
    assert "Too many on this theme." in letters["rejected"].text
    assert not any(word in letters["rejected"].text.lower() for word in ("appeal", "accepted", "[proposal"))


def test_a_letter_is_what_its_preview_was(call, organiser):
    row = make_proposal(call, language="en")
    decide(row, "accept", organiser)
    letter = deciding.letter(deciding.untold(call).get())
    release(call, organiser)
    mail = Mail.objects.get()
    assert (mail.subject, outbox.preview(mail.text)) == (letter.subject, letter.text)
    assert "/en/2024/p/" in outbox.build(mail).body


def test_the_rejected_are_offered_another_call(call, organiser):
    call.offered_instead = make_call(call.event, "application", title_en="Planning groups")
    call.save()
    decide(make_proposal(call, language="en"), "reject", organiser)
    release(call, organiser)
    mail = Mail.objects.get()
    assert "Planning groups" in mail.text
    assert "/en/2024/calls/groups/form/?from=" in outbox.build(mail).body


def test_an_application_is_selected_or_not(organiser, call):
    groups = make_call(call.event, "application", title_en="Planning groups")
    application = make_application(groups, language="en")
    decide(application, "reject", organiser)
    assert release(groups, organiser) == 1
    mail = Mail.objects.get()
    assert "your application was not selected" in mail.subject
    assert "proposal" not in mail.subject + mail.text.split("-- ")[0].replace("programme/", "")


def test_what_is_released_is_what_was_shown(call, organiser):
    first, second = make_proposal(call), make_proposal(call)
    decide(first, "accept", organiser)
    seen = deciding.seen_letters(deciding.untold(call))
    decide(second, "reject", organiser)
    with pytest.raises(deciding.LettersChanged):
        deciding.release_letters(call.pk, seen=seen, by=organiser)
    assert not Mail.objects.exists()


def test_all_letters_or_none_when_too_many_are_selected(organiser, call):
    Call.objects.update(chosen_at_most=1)
    for _ in range(2):
        decide(make_proposal(call), "accept", organiser)
    with pytest.raises(TooManyChosen):
        release(call, organiser)
    assert not Mail.objects.exists()
    assert set(Proposal.objects.values_list("status", flat=True)) == {"submitted"}


def test_one_letter_while_the_call_is_open(call, organiser):
    first, second = make_proposal(call), make_proposal(call)
    for row in (first, second):
        decide(row, "accept", organiser)
    first.refresh_from_db()
    with pytest.raises(deciding.LettersChanged):
        deciding.release_one(KIND, first.pk, seen_version=first.version - 1, by=organiser)
    deciding.release_one(KIND, first.pk, seen_version=first.version, by=organiser)
    assert Mail.objects.get().about_id == first.pk
    first.refresh_from_db()
    with pytest.raises(deciding.NothingToTell):
        deciding.release_one(KIND, first.pk, seen_version=first.version, by=organiser)


def test_who_has_confirmed_gets_no_second_letter(call, organiser):
    make_proposal(call, status="confirmed")
    make_proposal(call, status="declined")
    assert not deciding.untold(call).exists()


def test_second_thoughts_are_a_second_letter(call, organiser):
    row = make_proposal(call, language="en")
    decide(row, "reject", organiser)
    release(call, organiser)
    decide(row, "accept", organiser)
    assert release(call, organiser) == 1
    row.refresh_from_db()
    assert (row.status, row.letters, Mail.objects.count()) == ("accepted", 2, 2)


@pytest.mark.django_db(transaction=True)
def test_two_organisers_who_release_at_once_send_each_letter_once():
    call = make_call(make_event(), chosen_at_most=3)
    organiser, rows = make_organiser(call.event), [make_proposal(call) for _ in range(3)]
    for row in rows:
        decide(row, "accept", organiser)
    seen = deciding.seen_letters(deciding.untold(call))

    def press(_number: int) -> str:
        try:
            return str(deciding.release_letters(call.pk, seen=seen, by=organiser))
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(press, range(4)))
    assert answers == ["3", "NothingToTell", "NothingToTell", "NothingToTell"]
    assert Mail.objects.count() == 3
    assert list(Proposal.objects.values_list("letters", flat=True)) == [1, 1, 1]


# --- The reserve list -------------------------------------------------------------------------------------------------
def test_the_reserve_list_is_ordered_and_moves_up(call, organiser):
    rows = [make_proposal(call, status="reserved") for _ in range(3)]
    deciding.reorder_reserve(call.pk, [rows[2].pk, rows[0].pk, rows[1].pk], by=organiser)
    moved = deciding.move_up(call.pk, by=organiser)
    assert (moved.pk, moved.status) == (rows[2].pk, "accepted")
    assert Mail.objects.get().message == "events/letter_accepted"
    assert [row.pk for row in Proposal.objects.reserve_list()] == [rows[0].pk, rows[1].pk]


def test_nobody_moves_up_into_a_full_call(call, organiser):
    Call.objects.update(chosen_at_most=1)
    make_proposal(call, status="accepted")
    make_proposal(call, status="reserved")
    assert deciding.move_up(call.pk, by=organiser) is None
    assert not Mail.objects.exists()


def test_what_was_selected_is_cancelled_with_a_reason_and_the_next_moves_up(organiser):
    call = make_call(organiser.memberships.first().event, "application", slug="towns", chosen_at_most=1)
    chosen, waiting = make_application(call, status="confirmed"), make_application(call, status="reserved")
    answering.cancel(chosen, reason="Sopimusta ei syntynyt.", by=organiser)
    chosen.refresh_from_db()
    waiting.refresh_from_db()
    assert (chosen.status, waiting.status) == ("cancelled", "accepted")
    told = Mail.objects.get(message="events/cancelled")
    assert (told.to_email, "Sopimusta ei syntynyt." in told.text) == (chosen.email, True)
    with pytest.raises(Refusal):
        answering.cancel(chosen, reason="Taas.", by=organiser)


def test_an_organiser_cancels_a_selection_in_the_admin(call, organiser, client):
    row = make_proposal(call, status="accepted")
    enter(client, organiser)
    url = reverse("admin:programme_proposal_cancel", args=[row.pk])
    assert url in client.get(reverse("admin:programme_proposal_change", args=[row.pk])).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Peruttu sovitusti."}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.decision_reason) == ("cancelled", "Peruttu sovitusti.")
    assert client.get(url).status_code == 302

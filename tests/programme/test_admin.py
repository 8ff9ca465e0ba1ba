"""The admin of calls: lists, one page to read and judge, decisions, letters; and what a blind reviewer never meets."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.contrib.admin import site
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from events.models import Call, Event, LogEntry, Mail, Membership, Upload, User
from programme.admin.proposals import ProposalAdmin
from programme.models import Application, CoPresenter, Proposal, ProposalReview, Session
from tests.factories import (
    at,
    make_application,
    make_call,
    make_event,
    make_organiser,
    make_proposal,
    make_theme,
)
from tests.organisers import enter, make_member, posted, save

pytestmark = pytest.mark.django_db
BASE = "/en/admin/programme/proposal/"
CALLS = "/en/admin/events/call/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def call(event: Event) -> Call:
    return make_call(event)


@pytest.fixture
def organiser(client: Client, event: Event) -> Client:
    return enter(client, make_organiser(event))


@pytest.fixture
def reviewer(event: Event) -> User:
    return make_member(event, Membership.Role.REVIEWER)


@pytest.fixture
def reading(reviewer: User) -> Client:
    return enter(Client(), reviewer)


def keys(response: Any) -> list[int]:
    return sorted(row.pk for row in response.context["cl"].result_list)


def text(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def judge(proposal: Proposal, reviewer: User, score: int, comment: str = "", **fields: Any) -> ProposalReview:
    scores = {str(criterion.pk): score for criterion in proposal.call.criteria.all()}
    given = {"scores": scores, "comment": comment, "reviewed_at": at("2024-10-12 09:00"), **fields}
    return ProposalReview.objects.create(proposal=proposal, reviewer=reviewer, **given)


def someone(number: int = 1) -> User:
    return User.objects.create_user(f"other{number}@arvio.example", name=f"Arvi Arvioija {number}")


def scores(call: Call, score: int) -> dict[str, Any]:
    return {f"score_{criterion.pk}": score for criterion in call.criteria.all()}


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_the_newest_call_with_its_numbers(organiser, call):
    row = make_proposal(call)
    old = make_call(call.event, slug="old", opens_at=at("2023-10-01 09:00"))
    earlier = make_proposal(old)
    assert keys(organiser.get(BASE)) == [row.pk]
    assert organiser.get(BASE).context["numbers"]["sent_in"] == 1
    assert keys(organiser.get(BASE, {"call": old.pk})) == [earlier.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "abc"),
        ({"theme": "work"}, "b"),
        ({"format": "film"}, "c"),
        ({"language": "sv"}, "b"),
        ({"status": "quiet-accept"}, "a"),
        ({"status": "undecided"}, "bc"),
        ({"status": "draft"}, "d"),
        ({"reviews": "2"}, "a"),
        ({"reviews": "0"}, "c"),
        ({"score": "4"}, "a"),
        ({"score": "none"}, "c"),
        ({"q": "Naapurusto"}, "b"),
        ({"q": "kirjasto@x.example"}, "c"),
    ],
)
def test_filters_and_search(organiser, call, query, found):
    work = make_theme(call.event, "work", name_fi="Työ", name_sv="Arbete")
    film = call.event.formats.create(slug="film", name_fi="Elokuva", name_sv="Film")
    rows = {
        "a": make_proposal(call, decision="accept", decided_at=at("2024-10-12 09:00")),
        "b": make_proposal(call, themes=[work], session_languages=["fi", "sv"], title_fi="Naapurusto"),
        "c": make_proposal(call, format=film, email="kirjasto@x.example"),
        "d": make_proposal(call, status="draft"),
    }
    judge(rows["a"], someone(1), 5)
    judge(rows["a"], someone(2), 4)
    judge(rows["b"], someone(3), 2)
    query = {name: {"work": work.pk, "film": film.pk}.get(value, value) for name, value in query.items()}
    assert keys(organiser.get(BASE, query)) == sorted(rows[name].pk for name in found)


def test_the_list_sorts_by_score_with_those_without_at_the_end(organiser, call):
    low, none, high = (make_proposal(call) for _ in range(3))
    judge(low, someone(1), 1)
    judge(high, someone(2), 5)
    columns = ["", *organiser.get(BASE).context["cl"].list_display]
    response = organiser.get(BASE, {"o": f"-{columns.index('mean_score') - 1}"})
    assert [row.pk for row in response.context["cl"].result_list] == [high.pk, low.pk, none.pk]


def fill(call: Call, reviewers: list[User], count: int) -> None:
    """So many proposals with a review of each reviewer, quickly."""
    theme, first = make_theme(call.event), make_proposal(call)
    facts = {field.attname: getattr(first, field.attname) for field in Proposal._meta.concrete_fields}
    rows = Proposal.objects.bulk_create(
        Proposal(**{**facts, "id": None, "form_key": None, "email": f"{number}@x.example"})
        for number in range(count - 1)
    )
    Proposal.themes.through.objects.bulk_create(Proposal.themes.through(proposal=row, theme=theme) for row in rows)
    given = {str(criterion.pk): 3 for criterion in call.criteria.all()}
    ProposalReview.objects.bulk_create(
        ProposalReview(proposal=row, reviewer=user, scores=given, reviewed_at=at("2024-10-12 09:00"))
        for row in [first, *rows] for user in reviewers
    )  # fmt: skip


@pytest.mark.parametrize("who", ["organiser", "reviewer", "reviewer with themes"])
@pytest.mark.parametrize("query", [{}, {"score": "3", "o": "-6"}])
def test_the_list_costs_the_same_for_3_and_300_proposals(event, call, who, query):
    users = [make_member(event, "reviewer", f"r{number}@arvio.example") for number in range(3)]
    if "themes" in who:
        users[0].memberships.get().themes.add(make_theme(event))
    client = enter(Client(), make_organiser(event) if who == "organiser" else users[0])
    fill(call, users, 3)
    client.get(BASE)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BASE, query).status_code == 200
        counts.append(len(queries))
        fill(call, users, 297)
    assert counts[0] == counts[1] <= 12


# --- Reading and judging ----------------------------------------------------------------------------------------------
def test_a_review_is_given_and_the_next_one_follows(reading, reviewer, call):
    first, second = make_proposal(call), make_proposal(call)
    page = f"{BASE}{second.pk}/"
    response = reading.get(f"{page}change/")
    assert (response.context["previous"], response.context["following"]) == (None, f"{BASE}{first.pk}/change/")
    data = {**scores(call, 4), "comment": "Selkeä.", "next": "1"}
    response = reading.post(f"{page}review/", data)
    assert (response.status_code, response["Location"]) == (302, f"{BASE}{first.pk}/change/")
    review = ProposalReview.objects.get()
    assert (review.reviewer, set(review.scores.values()), review.comment) == (reviewer, {4}, "Selkeä.")


def test_a_missing_score_is_said_and_what_was_typed_stays(reading, call):
    row = make_proposal(call)
    response = reading.post(f"{BASE}{row.pk}/review/", {"comment": "Selkeä."})
    assert response.status_code == 422
    assert "Selkeä." in response.content.decode()
    assert not ProposalReview.objects.exists()


def test_scores_and_comments_of_others_are_seen_after_ones_own(reading, call):
    row, other = make_proposal(call), someone()
    judge(row, other, 5, "Toisen sana")
    page = f"{BASE}{row.pk}/change/"
    hidden = text(reading, page) + text(reading, BASE) + text(reading, f"{BASE}export.csv")
    assert not any(word in hidden for word in ("Toisen sana", other.name))
    assert '<td class="field-mean_score">–</td>' in hidden
    assert keys(reading.get(BASE, {"score": "4"})) == []
    reading.post(f"{BASE}{row.pk}/review/", scores(call, 4))
    shown = text(reading, page)
    assert all(word in shown for word in ("Toisen sana", other.name, "<strong>5.0</strong>"))
    assert '<td class="field-mean_score">4.5</td>' in text(reading, BASE)


def test_with_a_conflict_of_interest_one_sees_no_scores(reading, call):
    row = make_proposal(call)
    judge(row, someone(), 5, "Toisen sana")
    reading.post(f"{BASE}{row.pk}/review/", scores(call, 4))
    reading.post(f"{BASE}{row.pk}/conflict/")
    review = ProposalReview.objects.get(has_conflict=True)
    assert review.scores == {}
    assert "Toisen sana" not in text(reading, f"{BASE}{row.pk}/change/")


def test_a_conflict_of_interest_hides_the_form_until_it_is_taken_back(reading, call):
    row = make_proposal(call)
    page = f"{BASE}{row.pk}/change/"
    reading.post(f"{BASE}{row.pk}/conflict/")
    assert "score_" not in text(reading, page)
    assert reading.post(f"{BASE}{row.pk}/review/", scores(call, 4)).status_code == 422
    reading.post(f"{BASE}{row.pk}/conflict/", {"take_back": "1"})
    assert "score_" in text(reading, page)


def test_a_reviewer_reads_the_own_review_when_reviewing_is_over(reading, call):
    row = make_proposal(call)
    reading.post(f"{BASE}{row.pk}/review/", {**scores(call, 4), "comment": "Omat sanani"})
    row.status, row.letter_at = "rejected", at("2024-10-13 09:00")
    row.save()
    page = text(reading, f"{BASE}{row.pk}/change/")
    assert ("Omat sanani" in page, "score_" in page) == (True, False)


def test_the_own_organisation_has_no_form(reading, call, reviewer):
    row = make_proposal(call, email="other@2024.example")
    page = text(reading, f"{BASE}{row.pk}/change/")
    assert "You cannot review this" in page
    assert "score_" not in page
    response = reading.post(f"{BASE}{row.pk}/review/", scores(call, 5))
    assert response.status_code == 422
    assert not ProposalReview.objects.exists()


def test_the_others_of_a_sender_are_named(reading, call):
    row = make_proposal(call, organisation="Sama ry")
    other = make_proposal(call, organisation="sama RY", title_fi="Toinen ehdotus")
    page = text(reading, f"{BASE}{row.pk}/change/")
    assert f"{BASE}{other.pk}/change/" in page
    assert "Toinen ehdotus" in page


def test_reviewers_neither_decide_nor_see_decisions(reading, call):
    row = make_proposal(call, decision="reject", decided_at=at("2024-10-12 09:00"), decision_reason="Salainen syy")
    shown = text(reading, f"{BASE}{row.pk}/change/") + text(reading, BASE) + text(reading, f"{BASE}export.csv")
    assert "Salainen syy" not in shown
    assert "do not select" not in shown
    for page in ("decide", "letter", "take-back", "session", "merge"):
        assert reading.post(f"{BASE}{row.pk}/{page}/").status_code == 403, page
    assert reading.get(f"{BASE}{row.pk}/history/").status_code == 403
    response = reading.post(BASE, {"action": "decide_accept", "_selected_action": [row.pk], "confirmed": "1",
                                   "seen": f"{row.pk}:{row.version}"})  # fmt: skip
    assert response.status_code in {200, 302, 403}
    row.refresh_from_db()
    assert row.decision == "reject"


def test_what_a_reviewer_does_not_see_is_not_there(reading, reviewer, call):
    reviewer.memberships.get().themes.add(make_theme(call.event, "work"))
    row = make_proposal(call)
    assert keys(reading.get(BASE)) == []
    assert reading.get(f"{BASE}{row.pk}/change/").status_code == 302
    assert reading.post(f"{BASE}{row.pk}/review/", scores(call, 5)).status_code == 404


def test_who_organises_one_event_and_reviews_in_another_does_each_there(event, call):
    both = make_organiser(make_event(slug="2020", is_current=False), "both@ely.example")
    Membership.objects.create(user=both, event=event, role=Membership.Role.REVIEWER)
    client, row = enter(Client(), both), make_proposal(call)
    judge(row, both, 3)
    assert '<span class="state state-confirmed">reviewed</span>' in text(client, BASE, call=call.pk)
    assert client.post(f"{BASE}{row.pk}/decide/", {}).status_code == 403


# --- Blind ------------------------------------------------------------------------------------------------------------
SECRETS = {
    "name": "Salla Salainen", "email": "salla@salaseura.example", "organisation": "Salaseura ry", "phone": "0401234567",
}  # fmt: skip
OTHERS = ["Kaisa Kätketty", "kaisa@katko.example", "Katko oy", "Piilokumppani", "salla-salainen-cv", "Utsjo"]


@pytest.fixture
def blind(event: Event, settings: Any, tmp_path: Any) -> tuple[Proposal, Application]:
    """A proposal and an application that hold every kind of name, in blind calls."""
    settings.MEDIA_ROOT = tmp_path
    file = {"event": event, "added_at": at("2024-10-01 09:00"), "size": 4}
    uploads = [
        Upload.objects.create(kind=kind, random_name=kind, name=f"salla-salainen-cv.{kind}", **file)
        for kind in (Upload.Kind.PICTURE, Upload.Kind.PDF)
    ]
    for upload in uploads:
        upload.file.save(upload.name, ContentFile(b"file"))
    call = make_call(event, is_blind=True)
    facts = {**SECRETS, "partners": "Piilokumppani", "municipality": "890"}
    row = make_proposal(call, picture=uploads[0], attachment=uploads[1], **facts)
    CoPresenter.objects.create(
        proposal=row, email="kaisa@katko.example", name="Kaisa Kätketty", organisation="Katko oy"
    )
    make_proposal(call, **facts)
    groups = make_call(event, "application", is_blind=True)
    application = make_application(groups, **SECRETS)
    LogEntry.objects.record(row, "sent in", by=None)
    LogEntry.objects.record(application, "sent in", by=None)
    return row, application


def addresses(row: Any) -> list[str]:
    """Every page of the admin that is about one row or its list, whether the reviewer may open it or not."""
    table, found = row._meta.model_name, []
    for name in ("changelist", "change", "history", "delete", "export", "merge", "file", "add", "session", "decide"):
        for kwargs in ({}, {"object_id": row.pk}, {"pk": row.pk}, {"kind": "csv"}, {"kind": "xlsx"},
                       {"pk": row.pk, "name": "picture"}, {"pk": row.pk, "name": "attachment"}):  # fmt: skip
            try:
                found.append(reverse(f"admin:programme_{table}_{name}", kwargs=kwargs))
            except NoReverseMatch:
                continue
    return found


def everything(response: Any) -> str:
    """What an answer holds, headers included; of a spreadsheet what is packed in it."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        packed = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(packed.read(name) for name in packed.namelist())
    return str(response.headers) + content.decode()


def leaks(words: str) -> list[str]:
    found = words.casefold()
    return [secret for secret in [*SECRETS.values(), *OTHERS] if secret.casefold() in found]


def test_a_blind_reviewer_meets_no_name_on_any_page(reading, blind):
    row, application = blind
    judge(row, someone(), 5)
    reading.post(f"{BASE}{row.pk}/review/", scores(row.call, 4))
    pages = [
        *addresses(row),
        *addresses(application),
        "/en/admin/",
        "/en/admin/programme/",
        "/en/admin/events/logentry/",
    ]
    assert len(pages) > 20
    for page in pages:
        answer = reading.get(page)
        assert answer.status_code != 500
        assert leaks(everything(answer)) == [], page


def test_an_organiser_sees_the_names_that_the_blind_reviewer_does_not(organiser, blind):
    row, application = blind
    page = text(organiser, f"{BASE}{row.pk}/change/")
    assert set(leaks(page)) == {*SECRETS.values(), *OTHERS} - {"salla-salainen-cv", "kaisa@katko.example"}
    assert SECRETS["name"] in text(organiser, f"/en/admin/programme/application/{application.pk}/change/")
    assert keys(organiser.get(BASE, {"q": SECRETS["email"]})) != []


@pytest.mark.parametrize(
    "word", ["Salla", "salaseura", "salla@salaseura.example", "0401234567", "Piilokumppani", "Kaisa"]
)
def test_a_blind_reviewer_finds_nobody_by_searching(reading, blind, word):
    assert keys(reading.get(BASE, {"q": word})) == []
    assert keys(reading.get("/en/admin/programme/application/", {"q": word})) == []
    assert keys(reading.get(BASE, {"q": "Ehdotus"})) != []


@pytest.mark.parametrize(
    "name",
    ["email", "email__startswith", "name__icontains", "organisation", "phone__contains", "municipality", "partners",
     "co_presenters__email", "attachment__name__contains", "decided_by__email", "pk__in"],
)  # fmt: skip
def test_nobody_guesses_at_columns_by_parameters(reading, blind, name):
    assert reading.get(BASE, {name: "s"}).status_code == 400


def test_a_blind_reviewer_cannot_sort_by_names(reading, blind):
    columns = reading.get(BASE).context["cl"].list_display
    assert not {"label", "name", "email", "organisation"} & set(columns)


@pytest.mark.parametrize("table", ["proposal", "application"])
def test_autocomplete_tells_a_blind_reviewer_nothing(reading, blind, table):
    model = {"proposal": "session", "application": "applicationreview"}[table]
    query = {"app_label": "programme", "model_name": model, "field_name": table, "term": "Sal"}
    answer = reading.get("/en/admin/autocomplete/", query)
    assert leaks(answer.content.decode()) == []


def test_autocomplete_gives_a_reviewer_no_rows(reviewer, organiser, blind, rf):
    request = rf.get("/en/admin/autocomplete/")
    request.user, request.resolver_match = reviewer, type("Match", (), {"url_name": "autocomplete"})()
    admin = ProposalAdmin(Proposal, site)
    rows, _distinct = admin.get_search_results(request, admin.get_queryset(request), "Ehdotus")
    assert list(rows) == []


def test_another_open_call_does_not_lend_its_search(reading, blind):
    """The list of a call with names must not search the rows of a blind one."""
    row, _application = blind
    other = make_call(row.event, slug="open", opens_at=at("2024-10-05 09:00"))
    make_proposal(other)
    assert keys(reading.get(BASE, {"q": "Salla"})) == []
    assert keys(reading.get(BASE, {"call": row.call_id, "q": "Salla"})) == []


def test_files_are_served_under_our_names(reading, organiser, blind):
    row, _application = blind
    for client in (reading, organiser):
        answer = client.get(f"{BASE}{row.pk}/file/attachment/")
        assert answer["Content-Disposition"] == f'attachment; filename="proposal-{row.pk}.pdf"'
        assert b"".join(answer.streaming_content) == b"file"
    assert reading.get(f"{BASE}{row.pk}/file/email/").status_code == 404


# --- Deciding ---------------------------------------------------------------------------------------------------------
def decision(row: Proposal, choice: str, **given: Any) -> dict[str, Any]:
    return {"decision-decision": choice, "decision-version": row.version, "decision-reason": "", **given}


def test_of_two_organisers_the_second_is_told(organiser, call):
    row = make_proposal(call)
    other = enter(Client(), make_organiser(call.event, "second@ely.example"))
    page = f"{BASE}{row.pk}/decide/"
    first = organiser.post(page, decision(row, "accept", **{"decision-reason": "Sopii."}), follow=True)
    second = other.post(page, decision(row, "reject"), follow=True)
    assert "Nobody has been told yet" in first.content.decode()
    assert "Somebody else has changed this meanwhile" in second.content.decode()
    row.refresh_from_db()
    assert (row.decision, row.decision_reason) == ("accept", "Sopii.")


def seen_of(page: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', page)[1]


def test_several_are_decided_after_a_page_that_asks(organiser, call):
    rows = [make_proposal(call) for _ in range(3)]
    chosen = {"action": "decide_reject", "_selected_action": [row.pk for row in rows[:2]]}
    page = organiser.post(BASE, chosen).content.decode()
    assert str(rows[0]) in page
    assert not Proposal.objects.exclude(decision="").exists()
    Proposal.objects.filter(pk=rows[1].pk).update(version=7)
    answer = organiser.post(
        BASE, {**chosen, "confirmed": "1", "seen": seen_of(page), "reason_fi": "Täynnä."}, follow=True
    ).content.decode()
    assert "Decided for 1" in answer
    assert "Somebody else has changed this meanwhile" in answer
    found = list(Proposal.objects.order_by("pk").values_list("decision", "decision_reason"))
    assert found == [("reject", "Täynnä."), ("", ""), ("", "")]


def test_several_get_the_reason_in_the_language_of_their_letter(organiser, call):
    rows = [make_proposal(call, language=code) for code in ("fi", "sv", "sv")]
    page = organiser.post(
        BASE, {"action": "decide_reject", "_selected_action": [row.pk for row in rows]}
    ).content.decode()
    assert ('name="reason_fi"' in page, 'name="reason_sv"' in page, 'name="reason_en"' in page) == (True, True, False)
    sent = {"action": "decide_reject", "_selected_action": [rows[0].pk], "confirmed": "1", "seen": seen_of(page)}
    organiser.post(BASE, {**sent, "reason_fi": "Täynnä.", "reason_sv": "Fullt."})
    found = list(Proposal.objects.order_by("pk").values_list("language", "decision_reason"))
    assert found == [("fi", "Täynnä."), ("sv", "Fullt."), ("sv", "Fullt.")]


def test_a_reason_that_is_too_long_leaves_all_who_were_chosen_chosen(organiser, call):
    rows = [make_proposal(call) for _ in range(3)]
    page = organiser.post(
        BASE, {"action": "decide_accept", "_selected_action": [row.pk for row in rows]}
    ).content.decode()
    sent = {"action": "decide_accept", "_selected_action": [rows[0].pk], "confirmed": "1", "seen": seen_of(page)}
    again = organiser.post(BASE, {**sent, "reason_fi": "x" * 2001}).content.decode()
    assert seen_of(again) == seen_of(page)
    assert not Proposal.objects.exclude(decision="").exists()
    organiser.post(BASE, {**sent, "seen": seen_of(again), "reason_fi": "x"})
    assert Proposal.objects.filter(decision="accept").count() == 3


def test_reviewers_who_were_not_named_leave_all_who_were_chosen_chosen(organiser, reviewer, call):
    rows = [make_proposal(call) for _ in range(2)]
    page = organiser.post(BASE, {"action": "assign", "_selected_action": [row.pk for row in rows]}).content.decode()
    sent = {"action": "assign", "_selected_action": [rows[0].pk], "confirmed": "1", "seen": seen_of(page), "each": "1"}
    assert seen_of(organiser.post(BASE, sent).content.decode()) == seen_of(page)


def test_rows_of_another_event_cannot_be_smuggled_into_a_bulk_decision(organiser, call):
    own = make_proposal(call)
    other = make_proposal(make_call(make_event(slug="2020", is_current=False)))
    organiser.post(BASE, {"action": "decide_accept", "_selected_action": [own.pk], "confirmed": "1", "reason": "",
                          "seen": f"{own.pk}:{own.version},{other.pk}:{other.version}"})  # fmt: skip
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.decision, other.decision) == ("accept", "")


def test_what_if_these_were_selected(organiser, call):
    rows = [make_proposal(call) for _ in range(3)] + [make_proposal(call, language="sv")]
    data = {"action": "what_if", "_selected_action": [row.pk for row in rows]}
    page = organiser.post(BASE, data).content.decode()
    assert "Selecting these 4 leaves Swedish at 25 %." in page
    assert "Selecting these 3 leaves Swedish" not in page


def test_reviews_are_assigned_in_bulk_and_taken_back(organiser, reviewer, call):
    rows = [make_proposal(call) for _ in range(2)]
    chosen = {"action": "assign", "_selected_action": [row.pk for row in rows]}
    page = organiser.post(BASE, chosen).content.decode()
    data = {**chosen, "confirmed": "1", "seen": seen_of(page), "each": "1", "reviewers": [reviewer.pk]}
    assert "2 reviews are assigned" in organiser.post(BASE, data, follow=True).content.decode()
    organiser.post(f"{BASE}{rows[0].pk}/take-back/", {"reviewer": reviewer.pk})
    assert [review.proposal_id for review in ProposalReview.objects.all()] == [rows[1].pk]


# --- Letters and the reserve list -------------------------------------------------------------------------------------
def test_letters_are_read_and_then_released_in_one_step(organiser, call):
    rows = [make_proposal(call, language=code) for code in ("fi", "sv", "en")]
    for row in rows:
        organiser.post(f"{BASE}{row.pk}/decide/", decision(row, "accept"))
    address = f"{CALLS}{call.pk}/letters/"
    page = text(organiser, address)
    assert "Release all 3 letters" in page
    assert all(str(row) in page for row in rows)
    assert "has been selected for the programme" in page
    organiser.post(address, {"seen": seen_of(page)})
    assert Mail.objects.count() == 3
    organiser.post(address, {"seen": seen_of(page)})
    assert Mail.objects.count() == 3
    after = organiser.get(address)
    assert after.context["post"] == {"queued": 3, "sent": 0, "failed": 0}


def test_one_letter_from_its_page(organiser, call):
    row = make_proposal(call)
    organiser.post(f"{BASE}{row.pk}/decide/", decision(row, "reserve"))
    row.refresh_from_db()
    assert "Release this letter now" in text(organiser, f"{BASE}{row.pk}/change/")
    organiser.post(f"{BASE}{row.pk}/letter/", {"version": row.version})
    row.refresh_from_db()
    assert (row.status, Mail.objects.count()) == ("reserved", 1)


def test_the_reserve_list_is_reordered_and_moves_up(organiser, call):
    first, second = (make_proposal(call, status="reserved") for _ in range(2))
    address = f"{CALLS}{call.pk}/reserve/"
    organiser.post(address, {"move": f"up-{second.pk}"})
    assert [row.pk for row in organiser.get(address).context["rows"]] == [second.pk, first.pk]
    organiser.post(address, {"select": "1"})
    second.refresh_from_db()
    assert second.status == "accepted"
    assert organiser.post(address, {"move": "up-999"}).status_code == 302


@pytest.mark.parametrize("page", ["preview", "letters", "reserve", "reviewers", "figures"])
def test_pages_of_a_call_open_for_calls_for_applications_too(organiser, event, page):
    call = make_call(event, "application")
    make_application(call)
    assert organiser.get(f"{CALLS}{call.pk}/{page}/").status_code == 200


@pytest.mark.parametrize(("page", "most"), [("letters", 9), ("reserve", 8), ("reviewers", 9), ("figures", 8)])
def test_pages_of_a_call_cost_the_same_for_few_and_many(event, call, page, most):
    client, users = enter(Client(), make_organiser(event)), [make_member(event, "reviewer")]
    counts = []
    for count in (3, 30):
        fill(call, users, count)
        Proposal.objects.filter(decision="").update(decision="accept", decided_at=at("2024-10-12 09:00"))
        client.get(f"{CALLS}{call.pk}/{page}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{CALLS}{call.pk}/{page}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


# --- Calls ------------------------------------------------------------------------------------------------------------
def test_a_call_is_edited_with_its_criteria(organiser, call):
    page = f"{CALLS}{call.pk}/change/"
    criterion = call.criteria.first()
    answer = save(organiser, page, **{"title_en": "New title", "criteria-0-weight": "5"})
    assert answer.status_code == 302
    call.refresh_from_db()
    criterion.refresh_from_db()
    assert (call.title_en, criterion.weight) == ("New title", 5)
    assert "criteria-0-weight" in posted(organiser, page)


def test_a_call_with_something_sent_in_is_not_deleted(organiser, call):
    assert organiser.get(f"{CALLS}{call.pk}/delete/").status_code == 200
    make_proposal(call, status="draft")
    assert organiser.get(f"{CALLS}{call.pk}/delete/").status_code == 403


def test_the_preview_shows_three_languages_before_the_call_opens(organiser, call):
    Call.objects.update(opens_at=at("2024-10-20 09:00"), body_en="**Bold** <script>alert(1)</script>")
    page = text(organiser, f"{CALLS}{call.pk}/preview/")
    assert all(word in page for word in ("Ohjelmahaku", "Utlysning av programförslag", "Call for proposals"))
    assert "<strong>Bold</strong>" in page
    assert "<script>alert" not in page


# --- Merging, sessions, exports ---------------------------------------------------------------------------------------
def test_two_proposals_are_merged_with_their_texts_side_by_side(organiser, call):
    source, target = make_proposal(call, description_fi="Ensimmäinen"), make_proposal(call, description_fi="Toinen")
    address = f"{BASE}{source.pk}/merge/"
    assert str(target) in text(organiser, address)
    page = text(organiser, address, target=target.pk)
    assert "Ensimmäinen" in page
    assert "Toinen" in page
    assert organiser.post(address, {"target": target.pk}).status_code == 200
    source.refresh_from_db()
    assert source.status == "submitted"
    organiser.post(address, {"target": target.pk, "confirmed": "1"})
    source.refresh_from_db()
    assert (source.status, source.merged_into) == ("merged", target)
    assert organiser.post(address, {"target": source.pk, "confirmed": "1"}).status_code == 422


def test_a_session_is_made_from_the_page(organiser, call):
    row = make_proposal(call, status="confirmed")
    answer = organiser.post(f"{BASE}{row.pk}/session/", follow=True).content.decode()
    assert Session.objects.get().proposal == row
    assert row.name in answer
    assert "Make a session of it" not in answer


def test_the_export_holds_reviews_and_nothing_that_calculates(organiser, call):
    row = make_proposal(call, title_fi="=1+1", name="Pia")
    judge(row, someone(), 4, "Hyvä")
    lines = text(organiser, f"{BASE}export.csv").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert "4.0" in lines[1]
    assert "Hyvä" in lines[1]
    assert organiser.get(f"{BASE}export.xlsx").content.startswith(b"PK")
    assert LogEntry.objects.filter(action="list exported").count() == 2


def test_first_time_applicants_are_marked(organiser, event):
    application = make_application(make_call(event, "application"), is_first_time=True)
    page = text(organiser, "/en/admin/programme/application/")
    assert "icon-yes" in page
    assert str(application) in page

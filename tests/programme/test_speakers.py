"""What becomes of the selected: a session, and its speakers."""

import pytest

from events.models import Call, Mail, User
from programme.models import CoPresenter, Session, Speaker
from programme.services import speakers
from registration.models import Claim
from registration.services import cancel
from registration.services.roles import give_role
from registration.services.rules import NotPossible
from tests.factories import make_call, make_event, make_organiser, make_proposal, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


@pytest.fixture
def organiser(call: Call) -> User:
    return make_organiser(call.event)


def test_a_session_is_made_once_with_its_speakers(call, organiser):
    row = make_proposal(call, status="confirmed", title_sv="Förslag", session_languages=["fi", "sv"])
    CoPresenter.objects.create(proposal=row, email="kaisa@x.example", name="Kaisa Kanssa", status="accepted")
    CoPresenter.objects.create(proposal=row, email="no@x.example", name="Ei Tule", status="declined")
    made = speakers.make_session(row.pk, by=organiser)
    again = speakers.make_session(row.pk, by=organiser)
    session = Session.objects.get()
    assert (made.session, again.session, again.is_new) == (session, session, False)
    assert (session.title_fi, session.title_sv, session.title_en) == (row.title_fi, "Förslag", None)
    assert sorted(text.language for text in session.texts.all()) == ["fi", "sv"]
    assert (session.format, session.languages, list(session.themes.all())) == (
        row.format, ["fi", "sv"], list(row.themes.all()),
    )  # fmt: skip
    assert [slot.speaker.email for slot in session.speaker_slots.all()] == [row.email, "kaisa@x.example"]
    assert {mail.to_email for mail in Mail.objects.filter(message="registration/claim_link")} == {
        row.email, "kaisa@x.example",
    }  # fmt: skip
    assert {claim.role.slug for claim in Claim.objects.all()} == {"speaker"}


def test_who_is_registered_gains_the_role_and_frees_the_place(call, organiser):
    row = make_proposal(call, status="confirmed")
    known = register(call.event, email=row.email.upper())
    pool = call.event.pools.get()
    assert pool.taken == 1
    made = speakers.make_session(row.pk, by=organiser)
    known.refresh_from_db()
    pool.refresh_from_db()
    assert (known.role.slug, known.status, pool.taken) == ("speaker", "confirmed", 0)
    assert (made.invited, [speaker.registration for speaker in made.registered]) == ([], [known])
    assert not Claim.objects.exists()


def test_who_works_at_the_event_keeps_that_role(call, organiser):
    row = make_proposal(call, status="confirmed")
    known = register(call.event, email=row.email, role=call.event.roles.get(slug="staff"))
    speakers.make_session(row.pk, by=organiser)
    known.refresh_from_db()
    assert known.role.slug == "staff"
    assert Speaker.objects.get().registration == known


def test_a_second_session_of_a_speaker_sends_no_second_link(call, organiser):
    for _ in range(2):
        row = make_proposal(call, status="confirmed", email="pia@x.example", title_fi="Sama otsikko")
        speakers.make_session(row.pk, by=organiser)
    assert Claim.objects.count() == 1
    assert sorted(Session.objects.values_list("slug", flat=True)) == ["sama-otsikko", "sama-otsikko-2"]


def test_a_session_needs_a_yes_of_the_sender(call, organiser):
    with pytest.raises(speakers.NotConfirmed):
        speakers.make_session(make_proposal(call, status="accepted").pk, by=organiser)
    call.event.roles.filter(slug="speaker").delete()
    with pytest.raises(speakers.NoSpeakerRole):
        speakers.make_session(make_proposal(call, status="confirmed").pk, by=organiser)


def test_one_who_waits_is_confirmed_by_a_role_that_needs_no_place(organiser):
    event = make_event(slug="2020", is_current=False, capacity=1)
    register(event)
    waiting = register(event)
    assert waiting.status == "waiting"
    given = give_role(waiting.pk, event.roles.get(slug="speaker"), by=organiser)
    assert (given.status, given.queued_at) == ("confirmed", None)
    assert waiting.badges.valid().exists()
    cancel(given.pk, by=organiser)
    with pytest.raises(NotPossible):
        give_role(given.pk, event.roles.get(slug="press"), by=organiser)

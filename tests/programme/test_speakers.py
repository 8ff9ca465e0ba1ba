"""What becomes of the selected: a session, and its speakers."""

import pytest

from events import clock, outbox
from events.models import Call, Mail, User
from programme import access as programme_access
from programme import offerings
from programme.models import CoPresenter, Session, Speaker
from programme.services import speakers, speaking
from registration import offerings as registration_offerings
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
    mails = Mail.objects.filter(message__in=["programme/speaker_welcome", "registration/claim_link"])
    assert sorted(mail.to_email for mail in mails) == sorted([row.email, "kaisa@x.example"])  # one for each
    assert {claim.role.slug for claim in Claim.objects.all()} == {"speaker"}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_new_speaker_gets_the_place_and_the_own_page_in_one_mail(call, organiser, language):
    row = make_proposal(call, status="confirmed", language=language)
    speakers.make_session(row.pk, by=organiser)
    speaker = Speaker.objects.get()
    mail = Mail.objects.get()
    body = outbox.build(mail).body
    assert (mail.message, mail.language, speaker.has_open_claim) == ("programme/speaker_welcome", language, True)
    assert registration_offerings.claim_link(speaker.claim, language) in body
    assert offerings.speaker_link(speaker, language) in body
    assert programme_access.speaker_token(speaker) not in mail.text


def test_the_registration_made_on_the_place_is_the_speakers_and_the_place_is_no_longer_offered(call, organiser, moment):
    row = make_proposal(call, status="confirmed")
    speakers.make_session(row.pk, by=organiser)
    claim = Speaker.objects.get().claim
    registration = register(call.event, email=row.email)
    Claim.objects.filter(pk=claim.pk).update(status="passed_on", registration=registration, ended_at=clock.now())
    speaker = Speaker.objects.get()
    assert (speaker.own_registration, speaker.has_open_claim) == (registration, False)
    moment.shift(120)
    speaking.welcome_speaker(speaker.pk, by=organiser, is_again=True)
    assert registration_offerings.claim_link(claim, "fi") not in outbox.build(Mail.objects.latest("pk")).body


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
    assert Mail.objects.filter(message="programme/speaker_welcome", to_email__iexact=row.email).count() == 1


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

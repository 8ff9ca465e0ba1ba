"""Registering in the browser's language: the form, its errors, what was sent, the link again."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import outbox
from events.models import Mail, Question
from registration import access, services
from registration.models import Claim, Handover, Needs, Registration
from tests.factories import at, form_data, make_event, register

pytestmark = pytest.mark.django_db


def errors(response) -> dict[str, list[str]]:
    return response.context["form"].errors.get_json_data() if response.context else {}


def codes(response) -> dict[str, list[str]]:
    return {name: [error["code"] for error in found] for name, found in errors(response).items()}


def post(client: Client, event, **given):
    return client.post("/fi/register/", form_data(event, **given))


def test_one_page_one_post_no_account(client):
    event = make_event()
    assert client.get("/sv/register/").status_code == 200
    response = client.post("/sv/register/", form_data(event, email="Anna@Kommun.example"))
    assert (response.status_code, response["Location"]) == (303, "/sv/register/sent/")
    registration = Registration.objects.get()
    assert (registration.status, registration.language, registration.privacy_version) == ("confirmed", "sv", 1)
    assert Mail.objects.get().to_email == "Anna@Kommun.example"
    assert "Anna@Kommun.example" in client.get("/sv/register/sent/").content.decode()


def test_everything_a_person_may_tell_is_kept(client):
    event = make_event()
    question = Question.objects.create(event=event, key="heard", kind="choice", label_fi="Mistä?", label_sv="Var?")
    choice = question.choices.create(name_fi="Uutisista", name_sv="Nyheter")
    day = event.days.first()
    told = {
        "badge_name": "Maikki", "job_title": "Ohjaaja", "municipality": "853", "languages": ["fi", "sv"],
        "photo": "no_photo", "dietary": "Vegaani", "needs_consent": "on", "has_assistant": "on", "days": [day.pk],
        f"question_{question.pk}": str(choice.pk),
    }  # fmt: skip
    assert post(client, event, **told).status_code == 303
    registration = Registration.objects.get()
    assert (registration.badge_name, registration.municipality, registration.languages) == (
        "Maikki",
        "853",
        ["fi", "sv"],
    )
    assert (registration.photo, registration.seats, list(registration.days.all())) == ("no_photo", 2, [day])
    assert registration.answers == {str(question.pk): str(choice.pk)}
    assert Needs.objects.get().dietary == "Vegaani"
    assert registration.badges.count() == 2


def test_remote_people_are_not_asked_about_the_venue(client):
    event = make_event()
    post(client, event, attendance="remote", photo="no_photo", dietary="Vegaani", has_assistant="on")
    registration = Registration.objects.get()
    assert (registration.status, registration.photo, registration.has_assistant) == ("confirmed", "", False)
    assert (Needs.objects.count(), registration.badges.count(), registration.days.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"email": None}, {"email": ["required"]}),
        ({"email": "maija@"}, {"email": ["invalid"]}),
        ({"email": "a" * 250 + "@b.fi"}, {"email": ["max_length"]}),
        ({"first_name": "x" * 121}, {"first_name": ["max_length"]}),
        ({"first_name": "Mai\x07ja"}, {"first_name": ["control_character"]}),
        ({"first_name": "Mai\x00ja"}, {"first_name": ["control_character"]}),
        ({"last_name": "Mei\u202eläinen"}, {"last_name": ["control_character"]}),
        ({"first_name": "   "}, {"first_name": ["required"]}),
        ({"organisation_type": "999999"}, {"organisation_type": ["invalid_choice"]}),
        ({"attendance": "somewhere"}, {"attendance": ["invalid_choice"]}),
        ({"days": ["999999"]}, {"days": ["invalid_choice"]}),
        ({"days": ["x"]}, {"days": ["invalid_pk_value"]}),
        ({"days": None}, {"days": [""]}),
        ({"municipality": "xxx"}, {"municipality": ["invalid_choice"]}),
        ({"privacy": None}, {"privacy": ["required"]}),
        ({"dietary": "Vegaani"}, {"needs_consent": [""]}),
        ({"dietary": "x" * 501, "needs_consent": "on"}, {"dietary": ["max_length"]}),
        ({"first_name": "😀"}, {"badge_name": [""]}),
        ({"first_name": "x" * 60, "last_name": "y" * 60}, {"badge_name": [""]}),
        ({"form_key": "nonsense"}, {"form_key": ["invalid"]}),
    ],
)
def test_bad_input_gets_an_error_and_nothing_is_stored(client, given, expected):
    event = make_event()
    response = post(client, event, **given)
    assert (response.status_code, codes(response)) == (422, expected)
    assert Registration.objects.count() == 0


def test_what_was_typed_survives_an_error(client):
    event = make_event()
    page = post(
        client, event, email="", first_name="Ääninen <b>", dietary="Pähkinä", municipality="853"
    ).content.decode()
    assert 'value="Ääninen &lt;b&gt;"' in page
    assert "Pähkinä</textarea>" in page
    assert 'value="853" selected' in page


def test_a_day_of_another_event_is_refused(client):
    event = make_event()
    other = make_event(slug="2020", is_current=False)
    assert codes(post(client, event, days=[other.days.first().pk])) == {"days": ["invalid_choice"]}


def test_the_same_form_five_times_is_one_registration(client):
    event = make_event()
    data = form_data(event)
    assert [client.post("/fi/register/", data).status_code for _ in range(5)] == [303] * 5
    assert (Registration.objects.count(), Mail.objects.count()) == (1, 1)


def test_a_known_address_sees_the_same_page_and_gets_the_way_to_its_registration(client):
    event = make_event()
    register(event, email="anna@kunta.example")
    new, known = Client(), Client()
    pages = []
    for browser, email in ((new, "uusi@kunta.example"), (known, "Anna@Kunta.example")):
        assert browser.post("/fi/register/", form_data(event, email=email)).status_code == 303
        pages.append(browser.get("/fi/register/sent/").content.decode().replace(email, "X"))
    without_token = [page.split("csrfmiddlewaretoken")[0] for page in pages]
    assert without_token[0] == without_token[1]
    assert Registration.objects.count() == 2
    assert list(Mail.objects.order_by("pk").values_list("message", flat=True)) == [
        "registration/confirmed_on_site", "registration/confirmed_on_site", "registration/already_registered",
    ]  # fmt: skip


def test_a_mistyped_address_is_corrected_in_the_same_browser(client):
    event = make_event()
    post(client, event, email="anna@gmial.com")
    assert "anna@gmail.com" in client.get("/fi/register/sent/").content.decode()
    old = access.personal_token(Registration.objects.get())
    client.post("/fi/register/sent/address/", {"email": "anna@gmail.com"})
    registration = Registration.objects.get()
    assert registration.email == "anna@gmail.com"
    assert Mail.objects.get().to_email == "anna@gmail.com"
    assert client.get(f"/fi/2024/r/{old}/").status_code == 404


def test_correcting_a_known_address_registers_with_what_was_typed(client):
    event = make_event()
    register(event, email="anna@kunta.example")
    post(client, event, email="anna@kunta.example", last_name="Annala")
    client.post("/fi/register/sent/address/", {"email": "anna.annala@kunta.example"})
    assert Registration.objects.get(email="anna.annala@kunta.example").last_name == "Annala"


def test_correcting_to_a_known_address_ends_the_double(client):
    event = make_event()
    known = register(event, email="anna@kunta.example")
    post(client, event, email="anan@kunta.example")
    client.post("/fi/register/sent/address/", {"email": "anna@kunta.example"})
    assert list(Registration.objects.live()) == [known]
    assert Mail.objects.filter(to_email="anan@kunta.example").count() == 0
    assert client.get("/fi/register/sent/").status_code == 200


def test_after_half_an_hour_the_address_cannot_be_corrected(client, moment):
    event = make_event()
    post(client, event)
    moment.shift(timedelta(minutes=31))
    assert client.get("/fi/register/sent/")["Location"] == "/fi/register/"
    assert client.post("/fi/register/sent/address/", {"email": "x@y.example"})["Location"] == "/fi/register/"
    assert Registration.objects.filter(email="x@y.example").count() == 0


@pytest.mark.parametrize(
    ("moment_text", "on_site", "remote"),
    [
        ("2024-09-02 08:59:59", False, False),
        ("2024-09-02 09:00:00", True, True),
        ("2024-10-31 23:59:59.999999", True, True),
        ("2024-11-01 00:00:00", False, True),
        ("2024-11-15 12:00:59", False, True),
        ("2024-11-15 12:01:00", False, False),
    ],
)
def test_windows_are_inclusive_as_shown(client, moment, moment_text, on_site, remote):
    event = make_event()
    moment.move_to(at(moment_text), tick=False)
    answers = {"on_site": on_site, "remote": remote}
    for attendance, is_open in answers.items():
        assert post(client, event, attendance=attendance).status_code == (303 if is_open else 422), attendance
    form_is_shown = "blank_form" in client.get("/fi/register/").context
    assert form_is_shown == (on_site or remote)


def test_a_stale_form_after_the_deadline_is_refused_and_kept(client, moment):
    event = make_event()
    moment.move_to(at("2024-11-15 12:01"))
    response = post(client, event, attendance="remote", first_name="Aino")
    assert response.status_code == 422
    assert 'value="Aino"' in response.content.decode()
    assert Registration.objects.count() == 0


def test_when_full_the_form_says_so_and_one_joins_the_queue(client):
    event = make_event(capacity=1)
    register(event)
    register(event)
    assert client.get("/fi/register/").context["places"] == {"left": 0, "waiting": 1, "days": []}
    post(client, event, remote_meanwhile="on")
    last = Registration.objects.order_by("pk").last()
    assert (last.status, last.remote_meanwhile) == ("waiting", True)


def test_the_link_again_tells_nobody_who_is_registered(client):
    event = make_event()
    registration = register(event)
    pages = []
    for email in (registration.email.upper(), "nobody@kunta.example"):
        response = client.post("/fi/register/link/", {"email": email})
        pages.append(response.content.decode().replace(email, "X"))
    assert pages[0] == pages[1]
    assert Mail.objects.filter(message="registration/link_again").count() == 1


def test_a_colleague_takes_the_place_over_with_their_own_data(client):
    event = make_event(capacity=1)
    giver = register(event)
    handover = services.give_to_colleague(giver.pk, to_email="kalle@kunta.example", language="fi", by=None)
    url = _link(Mail.objects.get(message="registration/handover_offered"))
    assert client.get(url).status_code == 200
    response = client.post(url, form_data(event, first_name="Kalle", email="kalle@kunta.example"))
    assert response.status_code == 303
    taker = Registration.objects.get(email="kalle@kunta.example")
    giver.refresh_from_db()
    assert (giver.status, taker.status, Handover.objects.get(pk=handover.pk).taken_by) == (
        "passed_on",
        "confirmed",
        taker,
    )
    assert giver.badges.valid().count() == 0
    assert client.get(url).status_code == 410
    late = client.post(url, form_data(event, email="vieras@kunta.example"))
    assert (late.status_code, Registration.objects.live().get()) == (422, taker)


def test_a_reserved_place_is_registered_on_by_its_link(client):
    event = make_event(capacity=1)
    role = event.roles.get(slug="press")
    claim = services.reserve(event, role, event.days.all(), by=None, email="press@lehti.example", language="sv")
    post(client, event)
    assert Registration.objects.get().status == "waiting"
    url = _link(Mail.objects.get(message="registration/claim_link"))
    assert client.post(url, form_data(event, email="press@lehti.example")).status_code == 303
    taker = Registration.objects.get(email="press@lehti.example")
    assert (taker.role, taker.status, Claim.objects.get(pk=claim.pk).status) == (role, "confirmed", "passed_on")


def _link(mail: Mail) -> str:
    words = outbox.fill(mail.text, outbox.subject_of(mail), mail.language).split()
    link = next(word for word in words if word.startswith(settings.SITE_URL))
    return link.removeprefix(settings.SITE_URL)


def test_a_forged_host_and_a_huge_body_are_refused(client):
    event = make_event()
    assert client.get("/fi/register/", headers={"host": "evil.example"}).status_code == 400
    data = form_data(event, dietary="x" * 10_000_000)
    assert client.post("/fi/register/", data, content_type="application/x-www-form-urlencoded").status_code in {
        400,
        413,
        422,
    }


def test_a_virtual_event_asks_neither_attendance_nor_diet(client):
    make_event()
    event = make_event(
        capacity=None, slug="2030", is_current=False, is_virtual=True, venue_name_fi="", venue_name_sv="",
        on_site_opens_at=None, on_site_closes_at=None,
    )  # fmt: skip
    page = client.get("/fi/2030/register/").content.decode()
    assert ('name="attendance"' in page, 'name="dietary"' in page) == (False, False)
    data = form_data(event, attendance=None, days=None, form_key=str(uuid.uuid4()))
    assert client.post("/fi/2030/register/", data).status_code == 303
    registration = Registration.objects.get()
    assert (registration.event, registration.attendance, registration.badges.count()) == (event, "remote", 0)


def test_the_reader_of_a_used_link_learns_nothing_and_changes_nothing(client):
    event = make_event()
    handover = services.give_to_colleague(register(event).pk, to_email="k@kunta.example", language="fi", by=None)
    url = _link(Mail.objects.get(message="registration/handover_offered"))
    Client().post(url, form_data(event, email="k@kunta.example"))
    taker = Handover.objects.get(pk=handover.pk).taken_by
    client.post(url, form_data(event, email="stranger@evil.example"))
    assert client.post("/fi/register/sent/address/", {"email": "stranger@evil.example"})["Location"] == "/fi/register/"
    taker.refresh_from_db()
    assert (taker.email, taker.is_live) == ("k@kunta.example", True)


def test_nobody_ends_another_persons_registration_by_naming_their_address(client):
    event = make_event()
    victim = register(event, attendance="remote", email="victim@kunta.example")
    services.give_to_colleague(register(event).pk, to_email="attacker@evil.example", language="fi", by=None)
    url = _link(Mail.objects.get(message="registration/handover_offered"))
    assert client.post(url, form_data(event, email=victim.email)).status_code == 422
    victim.refresh_from_db()
    assert victim.is_live


def test_a_form_that_comes_back_with_another_address_is_another_registration(client):
    event = make_event()
    data = form_data(event, email="eka@kunta.example")
    for email in ("eka@kunta.example", "toka@kunta.example", "toka@kunta.example"):
        client.post("/fi/register/", {**data, "email": email})
    emails = Registration.objects.order_by("pk").values_list("email", flat=True)
    assert (list(emails), Mail.objects.count()) == (["eka@kunta.example", "toka@kunta.example"], 2)


def test_correcting_twice_over_a_known_address_loses_nothing(client):
    event = make_event()
    register(event, email="anna@kunta.example")
    post(client, event, email="anan@kunta.example", last_name="Annala", job_title="Ohjaaja")
    old = access.personal_token(Registration.objects.get(email="anan@kunta.example"))
    for email in ("anna@kunta.example", "anna.annala@kunta.example"):
        client.post("/fi/register/sent/address/", {"email": email})
    corrected = Registration.objects.get(email="anna.annala@kunta.example")
    assert (corrected.is_live, corrected.last_name, corrected.job_title) == (True, "Annala", "Ohjaaja")
    assert corrected.days.count() == 2
    assert client.get(f"/fi/2024/r/{old}/").status_code == 404


def test_a_correction_looks_the_same_whether_the_first_address_was_known(client):
    event = make_event()
    register(event, email="known@kunta.example")
    versions = []
    for number, first in enumerate(("known@kunta.example", "new@kunta.example")):
        browser = Client()
        post(browser, event, email=first)
        browser.post("/fi/register/sent/address/", {"email": f"own{number}@kunta.example"})
        versions.append(Registration.objects.get(email=f"own{number}@kunta.example").version)
    assert versions == [1, 1]


def test_the_session_keeps_no_needs_and_nothing_that_was_not_asked(client):
    event = make_event()
    register(event, email="anna@kunta.example")
    post(client, event, email="anna@kunta.example", dietary="Vegaani", needs_consent="on", surplus="x" * 1000)
    kept = str(client.session["just_registered"])
    assert ("Vegaani" in kept, "xxx" in kept, "Auranlaakson" in kept) == (False, False, True)


def test_strangers_are_not_mailed_without_end(client):
    event = make_event()
    giver = register(event)
    for _ in range(3):
        services.give_to_colleague(giver.pk, to_email="victim@kunta.example", language="fi", by=None)
    with pytest.raises(services.TooOften):
        services.give_to_colleague(giver.pk, to_email="victim@kunta.example", language="fi", by=None)
    for number in range(5):
        services.correct_address(giver.pk, f"{number}@kunta.example", by=None)
    with pytest.raises(services.TooOften):
        services.correct_address(giver.pk, "6@kunta.example", by=None)


def test_an_event_without_the_participants_role_takes_no_registrations_yet(client):
    event = make_event()
    event.roles.filter(slug="participant").delete()
    assert post(client, event).status_code == 422


def test_each_day_with_places_of_its_own_is_told(client):
    event = make_event(per_day=True, capacity=1)
    register(event, days=[event.days.first()])
    assert [day.pool.free for day in client.get("/fi/register/").context["places"]["days"]] == [0, 1]


def test_before_on_site_registration_opens_the_form_says_when(client):
    make_event(on_site_opens_at=at("2024-10-20 09:00"))
    page = client.get("/fi/register/")
    assert (page.context["on_site_opens_at"], page.context["places"]) == (at("2024-10-20 09:00"), None)


def test_the_version_of_the_notice_is_the_one_that_was_shown(client):
    event = make_event()
    shown = client.get("/fi/register/").context["blank_form"]["privacy_version"].value()
    event.pages.update(version=5)
    post(client, event, privacy_version=shown)
    assert Registration.objects.get().privacy_version == 1


def test_a_registration_costs_at_most_twenty_queries_with_its_mail(client):
    event = make_event()
    Question.objects.create(event=event, key="heard", kind="text", label_fi="Mistä?", label_sv="Var?")
    data = form_data(event, dietary="Vegaani", needs_consent="on")
    with CaptureQueriesContext(connection) as captured:
        assert client.post("/fi/register/", data).status_code == 303
    queries = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]  # made by the test's transaction
    assert len(queries) <= 20, queries
    assert sum('INTO "events_mail"' in sql for sql in queries) == 1

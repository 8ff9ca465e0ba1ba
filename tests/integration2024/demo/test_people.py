import io
import unicodedata
import uuid

import pytest
from django.core.management import call_command

from events import clock
from events.models import Event, Mail, Place
from events.plaintext import clean_line
from integration2024.demo import loader, people
from integration2024.demo.progress import Progress
from registration import services
from registration.forms import RegistrationForm
from registration.models import Needs, Registration
from tests.factories import at, register
from tests.integration2024.demo import demo_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return loader.load()[0]


def everybody(event: Event, count: int = 600) -> list[people.Person]:
    return list(people.Inventor(event).people(count))


def carry_out(event: Event, count: int) -> int:
    return len(list(people.carry_out(people.steps(event, count))))


def test_the_same_people_every_time(event: Event) -> None:
    assert everybody(event, 50) == everybody(event, 80)[:50]
    assert everybody(event, 50) != list(people.Inventor(event, seed=7).people(50))


def test_people_are_of_many_kinds(event: Event) -> None:
    details = [person.details for person in everybody(event)]
    assert {one.language for one in details} == {"fi", "sv", "en"}
    assert {one.attendance for one in details} == {"on_site", "remote"}
    assert {len(one.days) for one in details} == {0, 1, 2}
    assert {one.organisation_type.slug for one in details} == {kind.slug for kind in event.organisation_types.all()}
    names = "".join(one.first_name for one in details)
    scripts = {unicodedata.name(letter).split()[0] for letter in names if letter.isalpha()}
    assert {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "ETHIOPIC", "THAI", "DEVANAGARI", "BENGALI"} <= scripts
    assert max(len(f"{one.first_name} {one.last_name}") for one in details) > 50
    for share in ("badge_name", "dietary", "accessibility", "has_assistant", "photo", "job_title", "answers"):
        assert {bool(getattr(one, share)) for one in details} == {True, False}, share


def test_addresses_are_nobodys_and_differ(event: Event) -> None:
    addresses = [person.details.email for person in everybody(event)]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith(".example") for address in addresses)
    assert all(address.isascii() and len(address.partition("@")[0]) <= 64 for address in addresses)


def test_nobody_has_the_name_of_a_person_in_the_public_eye(event: Event) -> None:
    avoided = set(loader.read("people")["avoid"])
    assert not avoided & {f"{person.details.first_name} {person.details.last_name}" for person in everybody(event)}


def test_what_they_say_would_pass_the_form(event: Event) -> None:
    for person in everybody(event, 150):
        told = person.details
        data = {
            "first_name": told.first_name, "last_name": told.last_name, "email": told.email,
            "organisation": told.organisation, "organisation_type": told.organisation_type.pk,
            "job_title": told.job_title, "municipality": told.municipality, "languages": told.languages,
            "attendance": told.attendance, "days": [day.pk for day in told.days], "badge_name": told.badge_name,
            "photo": told.photo, "dietary": told.dietary, "accessibility": told.accessibility,
            "needs_consent": "on", "privacy": "on", "form_key": str(person.form_key),
            **{f"question_{pk}": answer for pk, answer in told.answers.items()},
        }  # fmt: skip
        form = RegistrationForm(event, data, at=clock.now())
        assert form.is_valid(), (told, form.errors)
        assert form.details().answers == told.answers
        assert clean_line(told.first_name) == told.first_name


def test_they_register_through_the_services_at_their_moments(event: Event, settings) -> None:
    settings.DEMO = True
    done = carry_out(event, 60)

    rows = Registration.objects.for_event(event)
    assert rows.count() == 60
    assert done > 60
    assert {row.status for row in rows} == {Place.Status.CONFIRMED, Place.Status.CANCELLED}
    moments = list(rows.order_by("pk").values_list("registered_at", flat=True))
    assert moments == sorted(moments)
    assert event.on_site_opens_at <= moments[0] < moments[-1] <= clock.now()
    assert Mail.objects.filter(status=Mail.Status.QUEUED).count() == done
    assert event.pools.get().taken == sum(row.seats for row in rows if row.status == "confirmed" and row.is_on_site)
    assert Needs.objects.exists()


def test_a_second_run_adds_only_who_is_missing(event: Event, settings) -> None:
    settings.DEMO = True
    carry_out(event, 10)
    assert people.steps(event, 10) == []
    carry_out(event, 15)
    assert Registration.objects.count() == 15


def test_when_the_event_is_full_people_wait_and_take_places_that_become_free(event: Event, settings) -> None:
    settings.DEMO = True
    event.pools.update(capacity=20)
    carry_out(event, 60)
    rows = Registration.objects.for_event(event)
    assert event.pools.get().taken == 20
    assert rows.filter(status=Place.Status.WAITING).exists()
    assert not rows.filter(status=Place.Status.OFFERED).exists()


def test_only_invented_people_take_offers_by_themselves(event: Event, settings) -> None:
    settings.DEMO = True
    event.pools.update(capacity=1)
    first, waiting = register(event), register(event)
    person = everybody(event, 1)[0]
    details = services.Details(**{**vars(person.details), "attendance": "remote", "days": []})
    services.register(event, details, form_key=person.form_key, by=None)
    services.cancel(first.pk, by=None)
    people._again(event, person, {person.key(event)}, services.cancel)
    waiting.refresh_from_db()
    assert waiting.status == Place.Status.OFFERED


def test_nobody_registers_before_the_opening_or_after_the_closing(event: Event, settings, moment) -> None:
    settings.DEMO = True
    moment.move_to(at("2024-09-02 08:59"))
    assert people.steps(event, 10) == []
    moment.move_to(at("2024-11-29 09:00"))
    assert max(step.at for step in people.steps(event, 100)) <= event.on_site_closes_at


def test_who_looks_at_the_site_does_not_travel_along(event: Event, settings) -> None:
    settings.DEMO = True
    clock.travel(at("2024-10-20 12:00"))
    for _ in people.carry_out(people.steps(event, 2)):
        assert clock.now() < at("2024-10-20 11:59")
    assert clock.now() >= at("2024-10-20 12:00")
    clock.demo_file().unlink()


def test_the_command_says_how_far_it_is(settings) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, demo_site.__name__  # where the streams of the demo have an address
    out = io.StringIO()
    call_command("demo", people=12, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("Events: Integration 2024, ")
    assert [line for line in lines if line.startswith(("Calls", "Programme"))] == [
        "Calls of 2024: 140 sent in",
        "Programme of 2024: 60 sessions",
        "Calls of 2022: 11 sent in",
        "Programme of 2020: 14 sessions",
    ]
    assert lines[-3].startswith("People: ")
    assert lines[-2].startswith("Workshops of 2024: ")
    assert lines[-1].startswith("Dinner: ")
    call_command("demo", people=12, stdout=(again := io.StringIO()))
    assert "nobody to add" in again.getvalue()
    assert not [line for line in again.getvalue().splitlines() if line.startswith(("Calls", "Programme", "Workshops"))]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def write(self, text: str, ending: str = "") -> int:
        return super().write(text + ending)


def test_the_bar_on_a_terminal() -> None:
    out = Terminal()
    progress = Progress(out, "People", 2)
    progress.step()
    progress.step()
    assert out.getvalue().count("\r") == 2
    assert "[####################....................] People: 1 of 2" in out.getvalue()
    assert out.getvalue().endswith("/s\n")


def test_form_keys_do_not_depend_on_the_machine(event: Event) -> None:
    assert everybody(event, 1)[0].form_key == uuid.uuid5(people.KEYS, "2028:1")


def test_an_address_that_is_taken_already_does_not_stop_the_others(event: Event, settings) -> None:
    settings.DEMO = True
    for person in everybody(event, 60):
        register(event, email=person.details.email)
    before = Registration.objects.for_event(event).count()
    for _ in people.carry_out(people.steps(event, 60)):
        pass
    assert Registration.objects.for_event(event).count() == before

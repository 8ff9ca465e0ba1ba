"""The admin of registrations: the list, one person's page, steps through services, messages to many, needs, places."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from events import documents, outbox
from events.models import Document, Event, LogEntry, Mail, Mailing, Membership, Place, Pool
from registration import services
from registration.models import Badge, Claim, Needs, Registration
from registration.services.mailing import begin_mailing, recipients
from tests.factories import form_data, make_event, make_organiser, register
from tests.organisers import enter, make_member, posted, save

pytestmark = pytest.mark.django_db
BASE = "/en/admin/registration/registration/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def organiser(client: Client, event: Event) -> Client:
    return enter(client, make_organiser(event))


def names(response: Any) -> list[str]:
    return [row.last_name for row in response.context["cl"].result_list]


def text(client: Client, address: str, **query: Any) -> str:
    return client.get(address, query).content.decode()


# --- The list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_one_event_with_its_numbers(organiser: Client, event: Event):
    register(event, last_name="Aalto")
    register(make_event(slug="2020", is_current=False), last_name="Vieras")
    response = organiser.get(BASE)
    assert names(response) == ["Aalto"]
    assert response.context["numbers"].confirmed == 1
    assert "Vieras" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status__exact": "waiting"}, ["Waits"]),
        ({"attendance__exact": "remote"}, ["Remote"]),
        ({"language__exact": "sv"}, ["Remote"]),
        ({"day": "first"}, ["Comes", "Waits"]),
        ({"day": "second"}, ["Waits"]),
        ({"type": "type"}, ["Comes", "Remote", "Waits"]),
        ({"role": "role"}, ["Comes", "Remote", "Waits"]),
        ({"q": "comes@"}, ["Comes"]),
        ({"q": "Kuulolaitos"}, ["Remote"]),
        ({"q": "badge"}, ["Comes"]),
    ],
)
def test_filters_and_search(client: Client, query: dict[str, str], found: list[str]):
    event = make_event(capacity=1)
    enter(client, make_organiser(event))
    first, second = event.days.all()
    comes = register(event, last_name="Comes", email="comes@kunta.example", days=[first])
    register(event, last_name="Waits")
    register(event, last_name="Remote", attendance="remote", language="sv", organisation="Kuulolaitos")
    keys = {
        "first": first.pk, "second": second.pk, "type": event.organisation_types.get().pk,
        "role": event.roles.get(slug="participant").pk, "badge": Badge.objects.get(registration=comes).code,
    }  # fmt: skip
    query = {name: keys.get(value, value) for name, value in query.items()}
    assert sorted(names(client.get(BASE, query))) == found


FILTERS = ["event", "status__exact", "attendance__exact", "day", "type", "language__exact", "language", "role", "q"]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("value", ["x", "9" * 30, "", "\x00", "é'<"])
def test_strange_filters_are_no_error(organiser: Client, event: Event, name: str, value: str):
    assert organiser.get(BASE, {name: value}).status_code in {200, 302, 400}


def test_the_list_costs_the_same_for_1_3_and_30_rows(organiser: Client, event: Event, django_assert_max_num_queries):
    organiser.get(BASE)  # what Django keeps in memory is there from now on
    costs = []
    for people in (1, 2, 27):
        for _ in range(people):
            register(event)
        with django_assert_max_num_queries(30) as queries:
            organiser.get(BASE)
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs


def test_who_has_two_events_sees_them_one_at_a_time(client: Client, event: Event):
    other = make_event(slug="2020", is_current=False)
    both = make_organiser(event)
    Membership.objects.create(user=both, event=other, role=Membership.Role.ORGANISER)
    enter(client, both)
    register(event, last_name="Now")
    register(other, last_name="Then")
    assert names(client.get(BASE)) == ["Now"]
    assert names(client.get(BASE, {"event": other.pk})) == ["Then"]


def test_a_door_lead_looks_but_has_no_steps(client: Client, event: Event):
    enter(client, make_member(event, Membership.Role.DOOR_LEAD))
    registration = register(event, dietary="Kasvisruoka")
    page = text(client, f"{BASE}{registration.pk}/change/")
    assert "Kasvisruoka" not in page
    assert "/cancel/" not in page
    assert client.post(f"{BASE}{registration.pk}/cancel/").status_code == 403
    chosen = {"action": "cancel_all", "_selected_action": [registration.pk], "confirmed": "yes"}
    client.post(BASE, chosen)
    registration.refresh_from_db()
    assert registration.status == "confirmed"


def test_a_role_in_one_event_does_not_act_in_another(client: Client, event: Event):
    """An organiser of one event who looks on at the doors of another takes no steps there."""
    other = make_event(slug="2020", is_current=False)
    both = make_organiser(event)
    Membership.objects.create(user=both, event=other, role=Membership.Role.DOOR_LEAD)
    enter(client, both)
    registration = register(other)
    for action in ("cancel_all", "resend_all", "print_one_to_a_page", "write_to_chosen"):
        chosen = {"action": action, "_selected_action": [registration.pk], "confirmed": "yes"}
        client.post(f"{BASE}?event={other.pk}", chosen)
        client.post(BASE, chosen)
    assert "cancel_all" not in text(client, BASE, event=other.pk)
    assert "cancel_all" in text(client, BASE, event=event.pk)
    registration.refresh_from_db()
    assert registration.status == "confirmed"
    assert LogEntry.objects.about(registration).count() == 1
    assert not Mailing.objects.exists()


# --- Files ------------------------------------------------------------------------------------------------------------
def test_the_filtered_list_as_csv_is_inert_and_logged(organiser: Client, event: Event):
    register(event, last_name="=cmd()", dietary="Kasvisruoka")
    register(event, last_name="Etä", attendance="remote")
    response = organiser.get(f"{BASE}export.csv", {"attendance__exact": "on_site"})
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[0] for line in lines] == ["Last name", "'=cmd()"]
    assert b"Kasvisruoka" not in response.content
    assert LogEntry.objects.get(action="list exported").details == {"count": 1, "format": "csv"}


def test_the_filtered_list_as_xlsx(organiser: Client, event: Event):
    register(event)
    response = organiser.get(f"{BASE}export.xlsx")
    assert response.content.startswith(b"PK")
    assert organiser.get(f"{BASE}export.exe").status_code == 404


# --- By hand ----------------------------------------------------------------------------------------------------------
def hand_data(event: Event, **given: Any) -> dict[str, Any]:
    role = event.roles.get(slug="speaker")
    return form_data(event, role=role.pk, language="sv", **given)


def test_somebody_is_registered_by_hand_after_closing(client: Client, event: Event, moment):
    moment.move_to("2024-11-10T12:00+02:00")
    enter(client, make_organiser(event))
    response = client.post(f"{BASE}add/", hand_data(event, email="puhuja@kunta.example"))
    made = Registration.objects.get()
    assert response["Location"] == f"{BASE}{made.pk}/change/"
    assert (made.role.slug, made.language, made.status) == ("speaker", "sv", "confirmed")
    assert made.registered_by.email == "organiser@ely.example"
    assert Mail.objects.about(made).get().language == "sv"


def test_a_known_address_is_said_with_a_link_and_what_was_typed_stays(organiser: Client, event: Event):
    known = register(event, email="known@kunta.example")
    response = organiser.post(f"{BASE}add/", hand_data(event, email="KNOWN@kunta.example", job_title="Ohjaaja"))
    page = response.content.decode()
    assert response.status_code == 422
    assert f"{BASE}{known.pk}/change/" in page
    assert "Ohjaaja" in page
    assert Registration.objects.count() == 1


def test_a_role_of_another_event_is_refused(organiser: Client, event: Event):
    other = make_event(slug="2020", is_current=False)
    data = {**hand_data(event), "role": other.roles.first().pk}
    assert organiser.post(f"{BASE}add/", data).status_code == 422


# --- One person -------------------------------------------------------------------------------------------------------
def test_the_page_of_a_person_costs_the_same_for_1_3_and_30_mails(
    organiser: Client, event: Event, django_assert_max_num_queries
):
    registration = register(event)
    organiser.get(f"{BASE}{registration.pk}/change/")  # what Django keeps in memory is there from now on
    costs = set()
    for number in (1, 2, 27):
        for _ in range(number):
            LogEntry.objects.record(registration, "changed", by=None)
            key = f"k{Mail.objects.count()}"
            outbox.put(event, registration, key=key, message="x", to="a@b.example", language="fi", subject="s",
                       text="t", html="h")  # fmt: skip
        with django_assert_max_num_queries(40) as queries:
            organiser.get(f"{BASE}{registration.pk}/change/")
        costs.add(len(queries))
    assert len(costs) == 1


@pytest.mark.parametrize(
    ("step", "status", "message"), [("cancel", "cancelled", "cancelled"), ("remote", "confirmed", "changed")]
)
def test_steps_ask_first_and_go_through_the_services(
    organiser: Client, event: Event, step: str, status: str, message: str
):
    registration = register(event)
    assert organiser.get(f"{BASE}{registration.pk}/{step}/").status_code == 200
    registration.refresh_from_db()
    assert registration.status == "confirmed"
    organiser.post(f"{BASE}{registration.pk}/{step}/")
    registration.refresh_from_db()
    assert registration.status == status
    assert Mail.objects.filter(message=f"registration/{message}").count() == 1
    assert LogEntry.objects.about(registration).last().by.email == "organiser@ely.example"


def test_the_link_is_sent_again(organiser: Client, event: Event):
    registration = register(event)
    organiser.post(f"{BASE}{registration.pk}/resend/")
    assert Mail.objects.filter(message="registration/link_again").count() == 1


def test_offering_a_place_that_is_not_there_is_refused_with_a_reason(client: Client):
    event = make_event(capacity=1)
    enter(client, make_organiser(event))
    register(event)
    waiting = register(event)
    response = client.post(f"{BASE}{waiting.pk}/offer/", follow=True)
    assert "There are no free places left." in response.content.decode()


def test_an_old_page_never_undoes_what_the_person_has_done(organiser: Client, event: Event):
    """The form was opened before the person changed something themselves: nothing of it is saved."""
    registration = register(event, first_name="Maija", organisation="Vanha")
    form = organiser.get(f"{BASE}{registration.pk}/answers/").context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, False, "")}
    data["organisation_type"] = registration.organisation_type_id
    services.cancel(registration.pk, by=None)
    response = organiser.post(f"{BASE}{registration.pk}/answers/", {**data, "organisation": "Uusi"})
    registration.refresh_from_db()
    assert response.status_code == 422
    assert (registration.status, registration.organisation) == ("cancelled", "Vanha")


def test_answers_are_changed_and_needs_that_were_not_shown_stay(organiser: Client, event: Event):
    registration = register(event, dietary="Kasvisruoka")
    page = text(organiser, f"{BASE}{registration.pk}/answers/")
    assert "Kasvisruoka" not in page
    data = form_data(event, email=None, organisation="Uusi", shown_version=registration.version)
    response = organiser.post(f"{BASE}{registration.pk}/answers/", data)
    registration.refresh_from_db()
    assert response.status_code == 302
    assert registration.organisation == "Uusi"
    assert Needs.objects.get(registration=registration).dietary == "Kasvisruoka"


def test_who_may_read_needs_sees_them_in_the_form_and_the_log_says_so(client: Client, event: Event):
    both = make_organiser(event, "both@ely.example", "organiser", "needs_reader")
    enter(client, both)
    registration = register(event, dietary="Kasvisruoka")
    assert "Kasvisruoka" in text(client, f"{BASE}{registration.pk}/answers/")
    entry = LogEntry.objects.get(action="needs read")
    assert (entry.by, "Kasvisruoka" in str(entry.details)) == (both, False)


def test_the_address_is_corrected(organiser: Client, event: Event):
    registration, known = register(event), register(event, email="known@kunta.example")
    address, before = f"{BASE}{registration.pk}/address/", registration.link_version
    taken = organiser.post(address, {"email": "known@kunta.example"})
    assert f"{BASE}{known.pk}/change/" in taken.content.decode()
    assert organiser.post(address, {"email": "right@kunta.example"}).status_code == 302
    registration.refresh_from_db()
    assert registration.email == "right@kunta.example"
    assert registration.link_version != before


def test_somebody_comes_to_the_venue_after_all(organiser: Client, event: Event):
    registration = register(event, attendance="remote")
    response = organiser.post(f"{BASE}{registration.pk}/on-site/", form_data(event, email=None))
    registration.refresh_from_db()
    assert (response.status_code, registration.attendance, registration.status) == (302, "on_site", "confirmed")


def test_nobody_comes_to_a_virtual_event(client: Client):
    event = make_event(is_virtual=True)
    enter(client, make_organiser(event))
    address = f"{BASE}{register(event, attendance='remote').pk}/"
    assert "/on-site/" not in text(client, f"{address}change/")
    assert client.get(f"{address}on-site/").status_code == 404
    assert client.post(f"{address}on-site/", form_data(event, email=None)).status_code == 404


def test_what_people_typed_is_inert_on_every_page(organiser: Client, event: Event):
    registration = register(event, first_name="<script>alert(1)</script>", organisation="{{ 7*7 }}")
    for address in (BASE, f"{BASE}{registration.pk}/change/", f"{BASE}{registration.pk}/cancel/"):
        page = text(organiser, address)
        assert "<script>alert" not in page
        assert ">49<" not in page


# --- Bulk -------------------------------------------------------------------------------------------------------------
def test_bulk_cancelling_asks_first_and_cancels_each_once(organiser: Client, event: Event):
    people = [register(event) for _ in range(3)]
    chosen = {"action": "cancel_all", "_selected_action": [row.pk for row in people[:2]]}
    assert "Cancel the registration?" in organiser.post(BASE, chosen).content.decode()
    assert Registration.objects.filter(status="confirmed").count() == 3
    organiser.post(BASE, {**chosen, "confirmed": "yes"})
    organiser.post(BASE, {**chosen, "confirmed": "yes"})
    assert Registration.objects.filter(status="cancelled").count() == 2
    assert Mail.objects.filter(message="registration/cancelled").count() == 2


def test_badges_of_a_selection_become_a_document_of_the_worker(organiser: Client, event: Event):
    people = [register(event), register(event), register(event, attendance="remote")]
    chosen = {"action": "print_four_to_a_page", "_selected_action": [row.pk for row in people]}
    response = organiser.post(BASE, chosen)
    document = Document.objects.get(kind="badges")
    assert response["Location"] == f"/en/admin/events/document/{document.pk}/change/"
    assert document.options == {"registrations": [row.pk for row in people[:2]], "layout": "four"}
    assert documents.content(document).startswith(b"%PDF")
    organiser.post(f"{BASE}badges/one/?attendance__exact=on_site")
    assert Document.objects.filter(kind="badges").count() == 2


def test_badges_of_nobody_are_refused(organiser: Client, event: Event):
    remote = register(event, attendance="remote")
    chosen = {"action": "print_one_to_a_page", "_selected_action": [remote.pk]}
    assert "Nobody of them has a badge" in organiser.post(BASE, chosen, follow=True).content.decode()
    assert not Document.objects.filter(kind="badges").exists()


# --- Writing to many --------------------------------------------------------------------------------------------------
WORDS = {
    "subject_fi": "Hei {first_name}", "text_fi": "Tervetuloa: {event}.\n\n{personal_link}",
    "subject_sv": "Hej {first_name}", "text_sv": "Välkommen: {event}.",
    "subject_en": "", "text_en": "",
}  # fmt: skip


def written(mailing: Mailing, **words: str) -> Mailing:
    for name, value in {**WORDS, **words}.items():
        setattr(mailing, name, value)
    mailing.save()
    return mailing


def test_the_filtered_list_becomes_a_message_and_each_gets_one_mail_in_their_language(organiser: Client, event: Event):
    finn = register(event, first_name="Maija")
    swede = register(event, first_name="Bo <b>", language="sv")
    register(event, language="en", attendance="remote")
    response = organiser.post(f"{BASE}write/?attendance__exact=on_site")
    mailing = Mailing.objects.get()
    assert response["Location"] == f"/en/admin/events/mailing/{mailing.pk}/change/"
    assert mailing.chosen_by == "attendance__exact=on_site"
    organiser.post(response["Location"], WORDS)
    page = text(organiser, response["Location"])
    assert "Hei Maija" in page
    assert "[personal]" in page
    Mail.objects.all().delete()
    for _ in range(2):  # pressed twice
        organiser.post(f"/en/admin/events/mailing/{mailing.pk}/send/")
    mails = {mail.to_email: mail for mail in Mail.objects.all()}
    assert {email: mail.subject for email, mail in mails.items()} == {
        finn.email: "Hei Maija",
        swede.email: "Hej Bo <b>",
    }
    assert "Tervetuloa: Integration 2024." in mails[finn.email].text
    assert "/r/" not in mails[finn.email].text
    assert "/fi/2024/r/" in outbox.build(mails[finn.email]).body
    assert "<b>" not in mails[swede.email].html


def test_a_missing_language_blocks_with_the_number(organiser: Client, event: Event):
    people = [register(event), register(event, language="en"), register(event, language="en")]
    mailing = written(begin_mailing(event, [row.pk for row in people], by=None, chosen_by=""))
    address = f"/en/admin/events/mailing/{mailing.pk}/"
    reason = "2 recipients read English; the English text is missing."
    assert reason in text(organiser, f"{address}change/")
    Mail.objects.all().delete()
    assert reason in organiser.post(f"{address}send/", follow=True).content.decode()
    assert not Mail.objects.exists()


def test_a_test_mail_goes_to_oneself_and_holds_no_link_that_works(organiser: Client, event: Event):
    registration = register(event, first_name="Maija")
    mailing = written(begin_mailing(event, [registration.pk], by=None, chosen_by=""))
    Mail.objects.all().delete()
    organiser.post(f"/en/admin/events/mailing/{mailing.pk}/try/")
    mails = list(Mail.objects.order_by("language"))
    assert [(mail.to_email, mail.language) for mail in mails] == [
        ("organiser@ely.example", "fi"), ("organiser@ely.example", "sv"),
    ]  # fmt: skip
    assert "Maija" in mails[0].subject
    assert "/r/" not in outbox.build(mails[0]).body
    mailing.refresh_from_db()
    assert mailing.queued_at is None


def test_unknown_placeholders_are_named(organiser: Client, event: Event):
    mailing = begin_mailing(event, [register(event).pk], by=None, chosen_by="")
    address = f"/en/admin/events/mailing/{mailing.pk}/change/"
    response = organiser.post(address, {**WORDS, "text_sv": "Hej {namn} {first_name}"})
    assert "These placeholders are not known: {namn}." in response.content.decode()


def test_a_subject_holds_no_personal_link(organiser: Client, event: Event):
    mailing = begin_mailing(event, [register(event).pk], by=None, chosen_by="")
    address = f"/en/admin/events/mailing/{mailing.pk}/change/"
    response = organiser.post(address, {**WORDS, "subject_sv": "Hej {personal_link}"})
    assert response.context["adminform"].form.errors.keys() == {"subject_sv"}
    assert "A subject cannot hold the personal link" in response.content.decode()
    mailing.refresh_from_db()
    assert mailing.words("fi") == ("", "")


def test_a_message_to_nobody_is_neither_begun_nor_tried(organiser: Client, event: Event):
    page = organiser.post(f"{BASE}write/?q=nobody", follow=True).content.decode()
    assert "There is nobody in this list to write to." in page
    assert not Mailing.objects.exists()
    emptied = written(begin_mailing(event, [], by=None, chosen_by=""))  # its people are gone meanwhile
    page = organiser.post(f"/en/admin/events/mailing/{emptied.pk}/try/", follow=True).content.decode()
    assert "Nobody would get this message." in page
    assert not Mail.objects.exists()


def test_names_cannot_smuggle_in_placeholders(organiser: Client, event: Event):
    registration = register(event, first_name="{personal_link}")
    mailing = written(begin_mailing(event, [registration.pk], by=None, chosen_by=""), text_fi="Hei {first_name}!")
    services.send_mailing(mailing.pk, by=make_member(event, "organiser", "x@ely.example"))
    mail = Mail.objects.get(message="registration/mailing")
    assert "Hei {personal_link}!" in mail.text
    assert "/r/" not in outbox.build(mail).body


def test_an_address_gets_one_mail_and_the_live_registration_counts(event: Event):
    gone = register(event, email="maija@kunta.example", language="sv")
    services.cancel(gone.pk, by=None)
    live = register(event, email="Maija@kunta.example")
    stranger = register(make_event(slug="2020", is_current=False))
    mailing = begin_mailing(event, [gone.pk, live.pk, stranger.pk], by=None, chosen_by="")
    assert recipients(mailing) == [live]


def test_a_message_that_is_sent_is_not_edited_or_deleted(organiser: Client, event: Event):
    mailing = written(begin_mailing(event, [register(event).pk], by=None, chosen_by=""))
    organiser.post(f"/en/admin/events/mailing/{mailing.pk}/send/")
    assert organiser.post(f"/en/admin/events/mailing/{mailing.pk}/change/", WORDS).status_code == 403
    assert organiser.post(f"/en/admin/events/mailing/{mailing.pk}/delete/", {"post": "yes"}).status_code == 403


# --- Needs ------------------------------------------------------------------------------------------------------------
NEEDS = "/en/admin/registration/needs/"


def test_organisers_see_counts_and_never_answers(organiser: Client, event: Event):
    register(event, dietary="Kasvisruoka")
    page = text(organiser, NEEDS)
    assert "Kasvisruoka" not in page
    assert "Show the answers" not in page
    assert organiser.post(NEEDS).status_code == 403
    assert not LogEntry.objects.filter(action="needs read").exists()


def test_a_reader_of_needs_reads_them_and_each_reading_is_logged_without_values(client: Client, event: Event):
    reader = enter(client, make_member(event, Membership.Role.NEEDS_READER))
    register(event, dietary="Kasvisruoka")
    assert "Kasvisruoka" not in text(reader, NEEDS)
    for _ in range(2):
        assert "Kasvisruoka" in reader.post(NEEDS).content.decode()
    entries = LogEntry.objects.filter(action="needs read")
    assert [entry.details for entry in entries] == [{"count": 1}, {"count": 1}]


# --- Places -----------------------------------------------------------------------------------------------------------
def pool_data(pool: Pool, **edited: Any) -> dict[str, Any]:
    names = {f"name_{code}": getattr(pool, f"name_{code}") for code in ("fi", "sv", "en")}
    shown = {**names, "capacity": pool.capacity}
    return {**shown, **{f"initial-{name}": value for name, value in shown.items()}, **edited}


def test_a_rise_of_capacity_is_offered_to_the_queue_at_once(client: Client):
    event = make_event(capacity=1)
    enter(client, make_organiser(event))
    register(event)
    waiting = register(event)
    pool = event.pools.get()
    address = f"/en/admin/events/pool/{pool.pk}/change/"
    assert client.post(address, pool_data(pool, capacity=2)).status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == Place.Status.OFFERED
    assert LogEntry.objects.filter(action="capacity changed").get().details == {"before": 1, "after": 2}


def test_a_capacity_below_what_is_taken_is_refused_with_the_number(organiser: Client, event: Event):
    for _ in range(3):
        register(event)
    pool = event.pools.get()
    response = organiser.post(f"/en/admin/events/pool/{pool.pk}/change/", pool_data(pool, capacity=2))
    assert "3 places are taken: the capacity cannot be lower than that." in response.content.decode()
    pool.refresh_from_db()
    assert pool.capacity == 100


def test_an_old_form_of_a_pool_does_not_undo_a_new_capacity(organiser: Client, event: Event):
    pool = event.pools.get()
    old_form = pool_data(pool, name_en="Seats")
    services.set_capacity(pool.pk, 150, by=None)
    organiser.post(f"/en/admin/events/pool/{pool.pk}/change/", old_form)
    pool.refresh_from_db()
    assert (pool.capacity, pool.name_en) == (150, "Seats")


def test_a_place_is_reserved_its_link_shown_once_and_taken_back(organiser: Client, event: Event):
    data = {
        "role": event.roles.get(slug="press").pk,
        "days": [event.days.first().pk],
        "note": "Radio",
        "language": "sv",
    }
    response = organiser.post("/en/admin/registration/claim/add/", data)
    claim = Claim.objects.get()
    assert "/sv/2024/place/" in text(organiser, response["Location"])
    assert "/sv/2024/place/" not in text(organiser, response["Location"])
    assert event.pools.get().taken == 1
    organiser.post(f"/en/admin/registration/claim/{claim.pk}/revoke/")
    claim.refresh_from_db()
    assert (claim.status, event.pools.get().taken) == ("cancelled", 0)


def test_reserving_when_all_is_taken_is_refused(client: Client):
    event = make_event(capacity=1)
    enter(client, make_organiser(event))
    register(event)
    data = {"role": event.roles.get(slug="press").pk, "days": [event.days.first().pk], "note": "x", "language": "fi"}
    response = client.post("/en/admin/registration/claim/add/", data)
    assert response.status_code == 422
    assert "There are no free places left." in response.content.decode()


# --- What places are counted in ---------------------------------------------------------------------------------------
def test_a_day_that_people_have_gets_no_pool_afterwards(client: Client):
    event = make_event(capacity=None)
    pool = Pool.objects.create(event=event, capacity=1, name_fi="Paikat", name_sv="Platser")
    enter(client, make_organiser(event))
    first, second = event.days.all()
    for _ in range(2):
        register(event, days=[first])
    register(event, days=[second], role=event.roles.get(slug="speaker"))  # is not counted anyhow
    address = f"/en/admin/events/event/{event.pk}/change/"
    page = save(client, address, **{"days-0-pool": pool.pk}).content.decode()
    assert "2 registrations or reserved places have this day." in page
    assert save(client, address, **{"days-1-pool": pool.pk}).status_code == 302
    assert list(event.days.values_list("pool", flat=True)) == [None, pool.pk]


def test_a_day_that_anybody_has_is_not_deleted(organiser: Client, event: Event):
    first, second = event.days.all()
    registration = register(event, days=[first, second])
    services.reserve(event, event.roles.get(slug="speaker"), [first], by=None)
    address = f"/en/admin/events/event/{event.pk}/change/"
    page = save(organiser, address, **{"days-0-DELETE": "on"}).content.decode()
    assert "2 registrations or reserved places have this day." in page
    page = save(organiser, address, **{"days-1-DELETE": "on"}).content.decode()
    assert "1 registration or reserved place has this day." in page
    services.cancel(registration.pk, by=None)
    assert save(organiser, address, **{"days-1-DELETE": "on"}).status_code == 302
    assert list(event.days.all()) == [first]


def test_a_day_that_is_added_and_removed_in_one_step_is_none(organiser: Client, event: Event):
    address = f"/en/admin/events/event/{event.pk}/change/"
    added = {"days-TOTAL_FORMS": "3", "days-2-date": "16 November 2024", "days-2-DELETE": "on"}
    assert save(organiser, address, **added).status_code == 302
    assert event.days.count() == 2


@pytest.mark.parametrize(("slug", "switched"), [("participant", ""), ("speaker", "on")])
def test_a_role_that_people_have_goes_on_counting_as_it_did(organiser: Client, event: Event, slug: str, switched: str):
    role = event.roles.get(slug=slug)
    registration = register(event, role=role)
    register(event, role=role, attendance="remote")
    address = f"/en/admin/events/role/{role.pk}/change/"
    assert "needs_place" in posted(organiser, address)
    page = save(organiser, address, needs_place=switched or None).content.decode()
    assert "1 registration or reserved place has this role." in page
    assert save(organiser, address, name_en="Guest").status_code == 302
    services.cancel(registration.pk, by=None)
    assert save(organiser, address, needs_place=switched or None).status_code == 302
    role.refresh_from_db()
    assert (role.name_en, role.needs_place) == ("Guest", bool(switched))

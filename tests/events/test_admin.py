"""The admin of the event: own rows only, what was edited only, public pages made anew, the post and its previews."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from events import outbox
from events.models import Document, Event, LogEntry, Mail, Membership, NewsItem, Page, Theme
from tests.factories import at, make_event, make_organiser, register
from tests.organisers import enter, make_member, make_user, posted, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def other() -> Event:
    return make_event(slug="2020", is_current=False, name_fi="Vanha", name_sv="Gammal", name_en="Old")


@pytest.fixture
def organiser(client: Client, event: Event) -> Client:
    return enter(client, make_organiser(event))


def page_address(page: Page) -> str:
    return f"/en/admin/events/page/{page.pk}/change/"


def test_a_page_is_edited_its_version_rises_and_public_pages_are_made_anew(organiser: Client, event: Event):
    page, before = event.pages.get(), event.public_version
    response = save(organiser, page_address(page), body_fi="Uusi **seloste**")
    assert response.status_code == 302
    page.refresh_from_db()
    event.refresh_from_db()
    assert (page.body_fi, page.version, event.public_version) == ("Uusi **seloste**", 2, before + 1)
    entry = LogEntry.objects.about(page).get()
    assert (entry.action, entry.by.email) == ("edited", "organiser@ely.example")
    assert "seloste" not in str(entry.details)


def test_a_title_alone_does_not_raise_the_version_of_the_text(organiser: Client, event: Event):
    page = event.pages.get()
    save(organiser, page_address(page), title_en="Privacy")
    page.refresh_from_db()
    assert (page.title_en, page.version) == ("Privacy", 1)


def test_an_old_form_saves_only_what_was_edited_in_it(organiser: Client, event: Event):
    page = event.pages.get()
    old_form = posted(organiser, page_address(page))
    Page.objects.filter(pk=page.pk).update(title_sv="Ny rubrik", order=7)  # somebody else, half an hour later
    data = {name: value for name, value in {**old_form, "title_en": "Edited"}.items() if value != ""}
    assert organiser.post(page_address(page), data).status_code == 302
    page.refresh_from_db()
    assert (page.title_en, page.title_sv, page.order) == ("Edited", "Ny rubrik", 7)


def test_the_preview_runs_through_the_sanitiser(organiser: Client, event: Event):
    page = event.pages.get()
    Page.objects.filter(pk=page.pk).update(body_fi="<script>alert(1)</script> **hei** [x](javascript:alert(1))")
    html = organiser.get(page_address(page)).content.decode()
    preview = html[html.index('class="text-preview" lang="fi"') :][:300]
    assert "<strong>hei</strong>" in preview
    assert "javascript:" not in preview
    assert "<script>" not in preview


def test_lists_and_filters_show_nothing_of_another_event(organiser: Client, event: Event, other: Event):
    Theme.objects.create(event=event, slug="work", name_fi="Oma teema", name_sv="Eget", name_en="Ours")
    Theme.objects.create(event=other, slug="work", name_fi="Vieras teema", name_sv="Annat", name_en="Theirs")
    NewsItem.objects.create(event=other, title_fi="Vieras", title_sv="Annan", title_en="Theirs", lead_fi="x",
                            published_at=at("2024-01-01 09:00"))  # fmt: skip
    for table in ("theme", "newsitem", "page", "role", "organisationtype", "question", "pool", "mail", "document",
                  "logentry", "event", "mailing"):  # fmt: skip
        html = organiser.get(f"/en/admin/events/{table}/").content.decode()
        assert "Theirs" not in html, table
        assert ">Old<" not in html, table
    assert "Ours" in organiser.get("/en/admin/events/theme/").content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [("event__id__exact=1", 200), ("kind__exact=custom", 200), ("body_fi__startswith=a", 400), ("slug=about", 400),
     ("event__name_fi__startswith=a", 400), ("event__memberships__user__email__startswith=a", 400)],
)  # fmt: skip
def test_a_list_is_narrowed_by_its_own_filters_alone(organiser: Client, query: str, status: int):
    assert organiser.get(f"/en/admin/events/page/?{query}").status_code == status


@pytest.mark.parametrize(("language", "told"), [("fi", "Yhteensä 1"), ("sv", "Sammanlagt 1"), ("en", "1 in all")])
def test_a_list_says_how_many_rows_there_are(organiser: Client, language: str, told: str):
    assert told in organiser.get(f"/{language}/admin/events/page/").content.decode()


def test_the_languages_of_a_text_stand_in_their_order(organiser: Client, event: Event):
    html = organiser.get(page_address(event.pages.get())).content.decode()
    assert html.index('name="title_fi"') < html.index('name="title_sv"') < html.index('name="title_en"')


def test_a_row_of_another_event_is_not_found_and_cannot_be_saved_or_deleted(organiser: Client, other: Event):
    page = other.pages.get()
    for way in ("change", "delete", "history"):
        assert organiser.get(f"/en/admin/events/page/{page.pk}/{way}/").status_code == 302
        assert organiser.post(f"/en/admin/events/page/{page.pk}/{way}/", {"post": "yes"}).status_code in {302, 403, 405}
    page.refresh_from_db()
    assert page.version == 1


def test_a_new_row_cannot_be_put_into_another_event(organiser: Client, other: Event):
    data = {"event": other.pk, "slug": "x", "name_fi": "x", "name_sv": "x", "order": 0}
    response = organiser.post("/en/admin/events/theme/add/", data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == {"event"}
    assert not Theme.objects.exists()


def test_choices_below_an_event_are_that_event_s_even_for_one_who_has_two(client: Client, event: Event, other: Event):
    both = make_organiser(event)
    Membership.objects.create(user=both, event=other, role=Membership.Role.ORGANISER)
    enter(client, both)
    address = f"/en/admin/events/event/{event.pk}/change/"
    choices = client.get(address).context["inline_admin_formsets"][0].formset.forms[0].fields["pool"].queryset
    assert {pool.event_id for pool in choices} == {event.pk}
    response = save(client, address, **{"days-0-pool": str(other.pools.get().pk)})
    assert response.status_code == 200
    assert event.days.first().pool.event_id == event.pk


def test_rows_of_two_events_are_refused_in_a_right_too(client: Client, event: Event, other: Event):
    root = make_user("root@ely.example", is_staff=True, is_superuser=True)
    enter(client, root)
    theirs = Theme.objects.create(event=other, slug="work", name_fi="x", name_sv="x")
    data = {"user": root.pk, "event": event.pk, "role": "reviewer", "themes": [theirs.pk]}
    response = client.post("/en/admin/events/membership/add/", data)
    assert response.context["adminform"].form.errors.keys() == {"themes"}


def test_autocomplete_of_people_is_for_superusers(organiser: Client):
    address = "/en/admin/autocomplete/?app_label=events&model_name=membership&field_name=user&term=a"
    assert organiser.get(address).status_code == 403


def test_an_organiser_edits_the_event_but_not_its_address(organiser: Client, event: Event):
    response = save(organiser, f"/en/admin/events/event/{event.pk}/change/", venue_name_en="Logomo Hall", slug="1999")
    assert response.status_code == 302
    event.refresh_from_db()
    assert (event.venue_name_en, event.slug, event.public_version) == ("Logomo Hall", "2024", 2)


def test_a_day_stays_in_its_pool_while_places_are_taken(organiser: Client, event: Event):
    register(event)
    response = save(organiser, f"/en/admin/events/event/{event.pk}/change/", **{"days-0-pool": ""})
    assert "Places of this pool are taken" in response.content.decode()


def test_a_translator_edits_texts_but_adds_and_deletes_nothing(client: Client, event: Event):
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    page = event.pages.get()
    assert save(client, page_address(page), title_en="Privacy").status_code == 302
    assert client.post(f"/en/admin/events/page/{page.pk}/delete/", {"post": "yes"}).status_code == 403


def test_deleting_a_page_makes_the_public_pages_anew_and_is_logged(organiser: Client, event: Event):
    page = event.pages.get()
    organiser.post(f"/en/admin/events/page/{page.pk}/delete/", {"post": "yes"})
    event.refresh_from_db()
    assert (event.pages.count(), event.public_version) == (0, 2)
    assert LogEntry.objects.filter(action="deleted", event=event).count() == 1


def test_a_translator_changes_texts_alone(client: Client, event: Event):
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    address = f"/en/admin/events/event/{event.pk}/change/"
    before = Event.objects.rewrite(False).values().get(pk=event.pk)
    edited = {
        "contact_email": "mine@x.example", "contact_phone": "1", "offer_hours": "1", "has_eu_emblem": "",
        "on_site_closes_at_0": "2030-01-01", "on_site_closes_at_1": "12:00", "doors_open_at_0": "", "slug": "1999",
    }  # fmt: skip
    assert save(client, address, venue_name_en="Logomo Hall", **edited).status_code == 302
    after = Event.objects.rewrite(False).values().get(pk=event.pk)
    assert {name for name in after if after[name] != before[name]} == {"venue_name_en", "public_version"}
    assert "info@integration2024.example" in client.get(address).content.decode()
    role = event.roles.get(slug="speaker")
    address = f"/en/admin/events/role/{role.pk}/change/"
    edited = {"slug": "x", "needs_place": "on", "order": "99"}
    assert save(client, address, name_en="Lecturer", **edited).status_code == 302
    role.refresh_from_db()
    assert (role.name_en, role.slug, role.needs_place, role.order) == ("Lecturer", "speaker", False, 1)
    question = event.questions.create(key="why", label_fi="Miksi?", label_sv="Varför?")
    choice = question.choices.create(name_fi="x", name_sv="x")
    edited = {"choices-0-order": "5", "is_required": "on", "label_en": "Why?", "choices-0-name_en": "y"}
    assert save(client, f"/en/admin/events/question/{question.pk}/change/", **edited).status_code == 302
    question.refresh_from_db()
    choice.refresh_from_db()
    assert (question.label_en, question.is_required) == ("Why?", False)
    assert (choice.name_en, choice.order) == ("y", 0)


def test_a_translator_who_also_organises_changes_everything(client: Client, event: Event):
    both = make_organiser(event, "both@ely.example", Membership.Role.TRANSLATOR, Membership.Role.ORGANISER)
    enter(client, both)
    assert save(client, f"/en/admin/events/event/{event.pk}/change/", contact_phone="112").status_code == 302
    event.refresh_from_db()
    assert event.contact_phone == "112"


def test_an_organiser_here_adds_nothing_where_they_only_translate(client: Client, event: Event, other: Event):
    both = make_organiser(event)
    Membership.objects.create(user=both, event=other, role=Membership.Role.TRANSLATOR)
    enter(client, both)
    texts = {"title_fi": "x", "title_sv": "x", "body_fi": "x", "body_sv": "x"}
    data = {"slug": "x", "kind": "page", "order": 0, **texts}
    response = client.post("/en/admin/events/page/add/", {**data, "event": other.pk})
    assert response.context["adminform"].form.errors["event"]
    assert not other.pages.filter(slug="x").exists()
    assert save(client, page_address(other.pages.get()), title_en="Privacy").status_code == 302


def test_an_offer_has_at_least_an_hour_to_answer(organiser: Client, event: Event):
    address = f"/en/admin/events/event/{event.pk}/change/"
    response = save(organiser, address, offer_hours="0")
    assert "Give at least one working hour to answer an offer." in response.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(offer_hours=0)


def test_a_new_event_has_the_participant_s_role(client: Client):
    enter(client, make_user("root@ely.example", is_staff=True, is_superuser=True))
    data = {
        "slug": "2030", "name_fi": "x", "name_sv": "x", "starts_on": "2030-01-01", "ends_on": "2030-01-01",
        "contact_name_fi": "x", "contact_email": "x@x.example", "offer_hours": 8,
        "days-TOTAL_FORMS": 0, "days-INITIAL_FORMS": 0, "partners-TOTAL_FORMS": 0, "partners-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post("/en/admin/events/event/add/", data).status_code == 302
    role = Event.objects.get(slug="2030").roles.get()
    assert (role.slug, role.name_fi, role.name_sv, role.needs_place) == (
        "participant",
        "Osallistuja",
        "Deltagare",
        True,
    )


def test_the_participant_s_role_stays_and_roles_keep_their_short_names(organiser: Client, event: Event):
    role = event.roles.get(slug="participant")
    assert organiser.post(f"/en/admin/events/role/{role.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"}
    organiser.post("/en/admin/events/role/", chosen)
    assert save(organiser, f"/en/admin/events/role/{role.pk}/change/", name_en="Guest", slug="guest").status_code == 302
    role.refresh_from_db()
    assert (role.name_en, role.slug) == ("Guest", "participant")


def test_the_languages_column_says_what_is_missing(organiser: Client, event: Event):
    Page.objects.filter(event=event).update(body_en="")
    assert "fi · sv · –" in organiser.get("/en/admin/events/page/").content.decode()


def test_the_post_shows_words_but_no_usable_link(organiser: Client, event: Event):
    registration = register(event)
    mail = Mail.objects.about(registration).get()
    html = organiser.get(f"/en/admin/events/mail/{mail.pk}/change/").content.decode()
    assert "[personal" in html
    assert "/r/" not in html.replace("/admin/r/", "")
    drawn = organiser.get(f"/en/admin/events/mail/{mail.pk}/html/")
    assert "sandbox" in drawn["Content-Security-Policy"]
    assert "script-src" not in drawn["Content-Security-Policy"]
    assert "/r/" not in drawn.content.decode()


def test_a_failed_mail_is_sent_again_alone_and_in_bulk(organiser: Client, event: Event):
    mail = Mail.objects.about(register(event)).get()
    Mail.objects.update(status=Mail.Status.FAILED, last_error="550 no such user")
    assert "550 no such user" in organiser.get("/en/admin/events/mail/").content.decode()
    organiser.post(f"/en/admin/events/mail/{mail.pk}/send-again/")
    mail.refresh_from_db()
    assert (mail.status, mail.last_error) == ("queued", "")
    Mail.objects.update(status=Mail.Status.FAILED)
    chosen = {"action": "send_again", "_selected_action": [mail.pk]}
    assert organiser.post("/en/admin/events/mail/", chosen).status_code == 200  # asks first
    mail.refresh_from_db()
    assert mail.status == "failed"
    organiser.post("/en/admin/events/mail/", {**chosen, "confirmed": "yes"})
    mail.refresh_from_db()
    assert mail.status == "queued"
    assert LogEntry.objects.filter(action="mail sent again").count() == 2


def test_a_document_is_downloaded_once_it_is_made(organiser: Client, event: Event):
    registration = register(event)
    document = Document.objects.get(about_id=registration.pk, kind="badge")
    address = f"/en/admin/events/document/{document.pk}"
    assert '<meta http-equiv="refresh"' in organiser.get(f"{address}/change/").content.decode()
    outbox.documents.make_next()
    assert '<meta http-equiv="refresh"' not in organiser.get(f"{address}/change/").content.decode()
    response = organiser.get(f"{address}/download/")
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment")


def test_the_log_is_read_in_the_reader_s_language(organiser: Client, event: Event):
    register(event)
    assert "registered" in organiser.get("/en/admin/events/logentry/").content.decode()
    LogEntry.objects.record(event, "list exported", by=None)
    page = organiser.get("/fi/admin/events/logentry/").content.decode()
    assert ">ilmoittautuminen " in page
    assert "?action=list+exported" in page
    assert not re.search(r">\s*(list exported|registration)\b", page)


def test_the_log_names_tables_that_are_no_more(organiser: Client, event: Event):
    entry = LogEntry.objects.record(event, "edited", by=None)
    LogEntry.objects.update(about_type="gone.table")
    assert f"gone.table {entry.about_id}" in organiser.get("/en/admin/events/logentry/").content.decode()


@pytest.mark.parametrize("table", ["page", "newsitem", "theme", "role", "mail", "document", "logentry"])
def test_lists_cost_the_same_for_1_3_and_30_rows(
    organiser: Client, event: Event, table: str, django_assert_max_num_queries
):
    def cost() -> int:
        with django_assert_max_num_queries(40) as queries:
            assert organiser.get(f"/en/admin/events/{table}/").status_code == 200
        return len(queries)

    organiser.get(f"/en/admin/events/{table}/")  # what Django keeps in memory is there from now on
    costs = set()
    for number in (1, 2, 27):  # 1, 3, 30 rows in all
        for _ in range(number):
            _another_row(event, table)
        costs.add(cost())
    assert len(costs) == 1, costs


def _another_row(event: Event, table: str) -> None:
    order = Theme.objects.count() + Page.objects.count() + event.roles.count() + event.news.count() + 1
    if table in {"theme", "role"}:
        manager = event.themes if table == "theme" else event.roles
        manager.create(slug=f"s{order}", name_fi="x", name_sv="x")
    elif table == "page":
        event.pages.create(slug=f"s{order}", title_fi="x", title_sv="x", body_fi="x", body_sv="x")
    elif table == "newsitem":
        event.news.create(title_fi="x", title_sv="x", lead_fi="x", lead_sv="x", published_at=at("2024-10-01 09:00"))
    else:
        register(event)

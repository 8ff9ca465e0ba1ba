"""Where else webinars are seen: the menu, the home page, one's own page."""

import pytest
from django.test import Client

from events.pagecache import raise_public_version
from tests.factories import at, make_call, make_event
from tests.organisers import make_user
from tests.webinars.helpers import make_webinar, sign_up_one
from webinars.access import personal_token

pytestmark = pytest.mark.django_db


def test_the_home_page_names_the_next_webinar_and_costs_no_query_more(client, django_assert_max_num_queries):
    event = make_event()
    make_webinar(event, "2024-12-10 09:00")
    webinar = make_webinar(event, title_en="")
    with django_assert_max_num_queries(6):
        page = client.get("/en/").content.decode()
    for words in (webinar.title_fi, "Webinar on 12 November 2024, 9.00–10.00", f"/en/webinars/{webinar.slug}/"):
        assert words in page


@pytest.mark.parametrize("fields", [{"is_public": False}, {"cancelled_at": at("2024-10-01 09:00")}])
def test_what_nobody_can_sign_up_for_is_not_open(client, fields):
    webinar = make_webinar(make_event(), **fields)
    assert f"/webinars/{webinar.slug}/" not in client.get("/en/").content.decode()


def test_the_menu_leads_to_webinars_when_there_are_any(client):
    event = make_event()
    assert "/fi/webinars/" not in [entry["url"] for entry in client.get("/fi/").context["menu"]]
    make_webinar(event, "2024-09-10 09:00")
    raise_public_version([event.pk])  # as every step that the public sees goes on
    assert "/fi/webinars/" in [entry["url"] for entry in client.get("/fi/news/").context["menu"]]


def test_my_page_leads_to_ones_webinars():
    webinar = make_webinar(make_event())
    row = sign_up_one(webinar, email="Anna@kunta.example")
    sign_up_one(webinar)
    client = Client()
    client.force_login(make_user("anna@kunta.example"))
    page = client.get("/fi/my/").content.decode()
    assert (f"/fi/w/{personal_token(row)}/" in page, page.count("/fi/w/")) == (True, 1)


def test_the_page_of_a_call_leads_to_its_information_session(client):
    event = make_event()
    call = make_call(event)
    webinar, other = make_webinar(event, call=call), make_webinar(event)
    make_webinar(event, call=call, is_public=False)
    page = client.get(f"/en/calls/{call.slug}/").content.decode()
    assert (page.count("/en/webinars/webinar-"), f"/en/webinars/{webinar.slug}/" in page) == (1, True)
    assert other.title_en not in page

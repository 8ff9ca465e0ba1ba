"""The event's public pages in three languages: home, pages, news, feeds, and where they answer."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from events.models import Event, NewsItem, Page
from tests.factories import at, make_event

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def make_news(event: Event, published_at: str, title: str, **fields: str) -> NewsItem:
    texts = {"title_fi": title, "title_sv": f"{title} sv", "lead_fi": "Ingressi", "lead_sv": "Ingress"}
    return NewsItem.objects.create(event=event, published_at=at(published_at), **{**texts, **fields})


def test_the_root_goes_to_the_browsers_language(client):
    make_event()
    expected = {"sv-FI,sv;q=0.9": "/sv/", "en-GB": "/en/", "de": "/fi/", "fi": "/fi/"}
    asked = {language: client.get("/", headers={"accept-language": language})["Location"] for language in expected}
    assert asked == expected


def test_the_current_event_answers_with_and_without_its_slug_any_other_only_with_it(client):
    make_event()
    make_event(slug="2020", is_current=False, name_fi="Integration 2020", capacity=None)
    titles = {path: client.get(path).context["event"].slug for path in ("/fi/", "/fi/2024/", "/fi/2020/")}
    assert titles == {"/fi/": "2024", "/fi/2024/": "2024", "/fi/2020/": "2020"}
    assert client.get("/fi/2018/").status_code == 404


def test_home_tells_what_is_open_now_with_its_deadline(client, moment):
    make_event()
    cards = client.get("/en/").context["open_now"]
    assert [(card["title"], card["deadline"]) for card in cards] == [
        ("Registration on site", at("2024-10-31 23:59")),
        ("Registration for remote participation", at("2024-11-15 12:00")),
    ]
    moment.move_to(at("2024-11-01 00:00"))
    assert [card["title"] for card in client.get("/en/").context["open_now"]] == [
        "Registration for remote participation"
    ]
    moment.move_to(at("2024-11-16 00:00"))
    assert client.get("/en/").context["open_now"] == []


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_home_costs_at_most_six_queries_whatever_there_is(client, rows, django_assert_max_num_queries):
    event = make_event()
    for number in range(rows):
        make_news(event, "2024-10-01 09:00", f"Uutinen {number}")
        texts = {"title_fi": "Sivu", "title_sv": "Sida", "body_fi": "Teksti", "body_sv": "Text"}
        Page.objects.create(event=event, slug=f"page-{number}", **texts)
    with django_assert_max_num_queries(6):
        client.get("/fi/")


def test_the_funding_statement_stands_on_every_page_in_its_language(client):
    event = make_event()
    make_news(event, "2024-10-01 09:00", "Uutinen")
    statements = {
        "fi": "Euroopan unionin osarahoittama",
        "sv": "Medfinansieras av Europeiska unionen",
        "en": "Co-funded by the European Union",
    }
    for language, statement in statements.items():
        for path in ("", "news/", "privacy/", "register/", "register/link/", "nothing-here/"):
            page = client.get(f"/{language}/{path}").content.decode()
            assert (statement in page, "img/eu.svg" in page) == (True, True), (language, path)


def test_the_language_switch_stays_on_the_same_page(client):
    event = make_event()
    item = make_news(event, "2024-10-01 09:00", "Uutinen")
    page = client.get(f"/fi/news/{item.pk}/").content.decode()
    assert f'href="/sv/news/{item.pk}/"' in page
    assert f'href="/en/news/{item.pk}/"' in page


def test_news_appear_at_their_moment_newest_first(client, moment):
    event = make_event()
    titles = ["Vanha", "Uusi", "Tuleva"]
    for title, published in zip(titles, ("2024-09-01 09:00", "2024-10-01 09:00", "2024-10-15 09:00"), strict=True):
        make_news(event, published, title)
    assert [item.title for item in client.get("/fi/news/").context["news"]] == ["Uusi", "Vanha"]
    coming = NewsItem.objects.get(title_fi="Tuleva")
    assert client.get(f"/fi/news/{coming.pk}/").status_code == 404
    moment.move_to(at("2024-10-15 09:00"))
    assert [item.title for item in client.get("/fi/news/").context["news"]] == ["Tuleva", "Uusi", "Vanha"]


def test_a_text_that_falls_back_says_in_which_language_it_is(client):
    event = make_event()
    item = make_news(event, "2024-10-01 09:00", "Uutinen")
    assert '<h1 lang="fi">Uutinen</h1>' in client.get(f"/en/news/{item.pk}/").content.decode()
    assert "<h1>Uutinen sv</h1>" in client.get(f"/sv/news/{item.pk}/").content.decode()


def test_organisers_markdown_can_do_nothing_but_be_read(client):
    event = make_event()
    body = "# Otsikko\n\n<script>alert(1)</script>\n\n[linkki](javascript:alert(1)) <img src=x onerror=alert(1)>"
    Page.objects.create(event=event, slug="sivu", title_fi="Sivu", title_sv="Sida", body_fi=body, body_sv=body)
    page = client.get("/fi/sivu/").content.decode()
    prose = page.split('class="prose"')[1].split("</article>")[0]
    assert ("<h2>Otsikko</h2>" in prose, "<script" in prose, "javascript:" in prose, "onerror" in prose) == (
        True,
        *[False] * 3,
    )


@pytest.mark.parametrize(("language", "title"), [("fi", "Uutinen"), ("sv", "Uutinen sv"), ("en", "Uutinen")])
def test_there_is_a_feed_in_each_language(client, settings, language, title):
    event = make_event()
    item = make_news(event, "2024-10-01 09:00", "Uutinen")
    response = client.get(f"/{language}/news/feed/")
    feed = ET.fromstring(response.content)
    entry = feed.find(f"{ATOM}entry")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert (entry.findtext(f"{ATOM}title"), entry.find(f"{ATOM}link").get("href")) == (
        title,
        f"{settings.SITE_URL}/{language}/2024/news/{item.pk}/",
    )


def test_the_lead_is_plain_text_in_the_feed_as_on_the_pages(client):
    make_news(make_event(), "2024-10-01 09:00", "Uutinen", lead_fi="*Ei* <b>merkintöjä</b>", body_fi="**Teksti**")
    entry = ET.fromstring(client.get("/fi/news/feed/").content).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}summary") == (
        "<p>*Ei* &lt;b&gt;merkintöjä&lt;/b&gt;</p><p><strong>Teksti</strong></p>"
    )


def test_unknown_pages_say_so_in_the_language_of_the_address(client):
    make_event()
    response = client.get("/sv/finns-inte/")
    assert (response.status_code, '<html lang="sv">' in response.content.decode()) == (404, True)


def test_without_any_event_the_site_still_answers(client):
    assert [client.get(path).status_code for path in ("/fi/", "/", "/status/", "/robots.txt")] == [404, 302, 200, 200]


def test_public_pages_hold_no_cookie_and_no_form_token(client):
    make_event()
    response = Client().get("/fi/")
    assert (len(response.cookies), "csrfmiddlewaretoken" in response.content.decode()) == (0, False)


def test_every_page_forbids_what_it_does_not_need(client):
    make_event()
    response = client.get("/fi/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert ("unsafe-inline" in policy, "unsafe-eval" in policy) == (False, False)
    assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")


def test_the_menu_of_an_event_that_is_over_does_not_invite_to_register(client, moment):
    make_event()
    labels = [entry["url"] for entry in client.get("/fi/").context["menu"]]
    moment.move_to(at("2024-11-16 00:00"))
    assert (labels, [entry["url"] for entry in client.get("/fi/").context["menu"]]) == (
        ["/fi/register/", "/fi/news/"],
        ["/fi/news/"],
    )

import re
from pathlib import Path

import pytest
from django.test import Client

from events import clock
from tests.factories import at

BAR = '<aside class="demo-bar"'


@pytest.mark.parametrize(
    "address", ["/fi/", "/sv/register/", "/en/accounts/login/", "/fi/nothing-here/", "/demo/mail/"]
)
def test_every_page_has_one_bar_and_its_style_sheet(demo, client: Client, address: str) -> None:
    response = client.get(address)
    page = response.content.decode()
    assert page.count(BAR) == 1
    assert page.count("css/demo.css") == 1
    assert page.index(BAR) < page.index("<header")
    assert 'class="skip"' in page[: page.index(BAR)]
    assert int(response["Content-Length"]) == len(response.content)
    assert "<script" not in page[page.index(BAR) : page.index("</aside>")]
    assert "style=" not in page[page.index(BAR) : page.index("</aside>")]


@pytest.mark.parametrize("address", ["/robots.txt", "/status/", "/fi/news/feed/", "/"])
def test_other_answers_are_left_alone(demo, client: Client, address: str) -> None:
    assert BAR not in client.get(address).content.decode()


def test_the_bar_stands_outside_the_cache_and_is_always_fresh(demo, client: Client) -> None:
    first = client.get("/fi/")
    clock.travel(at("2024-11-14 08:00"))
    second = client.get("/fi/", headers={"if-none-match": first.get("ETag", '"any"')})
    assert (first.status_code, second.status_code) == (200, 200)
    assert "ETag" not in first
    assert "14.10.2024 klo 9.00" in first.content.decode()
    assert "14.11.2024 klo 8.00" in second.content.decode()
    third = client.get("/fi/")  # from the cache
    assert third.content.decode().count(BAR) == 1


def test_the_bar_speaks_the_language_of_the_page_from_the_cache_too(demo, client: Client) -> None:
    for _ in range(2):
        assert '<aside class="demo-bar" lang="sv"' in client.get("/sv/").content.decode()
        assert '<aside class="demo-bar" lang="en"' in client.get("/en/").content.decode()


def test_the_bar_comes_back_to_its_page(demo, client: Client) -> None:
    page = client.get('/fi/news/?page=1&x="><b>').content.decode()
    assert 'name="next" value="/fi/news/?page=1&amp;x=%22%3E%3Cb%3E"' in page


def test_every_named_moment_is_offered_in_the_order_of_time(demo, client: Client) -> None:
    values = re.findall(r'<option value="([^"]+)"', client.get("/en/").content.decode())
    assert values == [
        "2024-02-13T09:00:00+02:00",
        "2024-03-04T09:00:00+02:00",
        "2024-09-02T09:00:00+03:00",
        "2024-10-14T09:00:00+03:00",
        "2024-10-31T23:00:00+02:00",
        "2024-11-01T09:00:00+02:00",
        "2024-11-04T09:00:00+02:00",
        "2024-11-14T08:00:00+02:00",
        "2024-11-15T08:00:00+02:00",
        "2024-11-29T09:00:00+02:00",
    ]


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("2024-10-14 09:00", ["2024-10-31T23:00:00+02:00"]),
        ("2024-11-14 08:00", ["2024-11-15T08:00:00+02:00"]),
        ("2024-12-01 12:00", []),
    ],
)
def test_the_next_moment_is_proposed(demo, client: Client, now: str, proposed: list[str]) -> None:
    clock.travel(at(now))
    assert re.findall(r'<option value="([^"]+)" selected', client.get("/en/").content.decode()) == proposed


def test_without_an_event_there_is_nothing_to_travel_to_but_the_page_comes(demo, client: Client) -> None:
    demo.is_current = False
    demo.save(update_fields=["is_current"])
    page = client.get("/fi/accounts/login/").content.decode()
    assert BAR in page
    assert "<option" not in page[page.index(BAR) : page.index("</aside>")]


def test_the_bar_counts_the_mail(demo, client: Client, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    for number in range(3):
        (tmp_path / "mail" / f"20241014T06000{number}.000001-a@b.example.eml").write_bytes(b"Subject: x\r\n\r\n")
    assert "Mail (3)" in client.get("/en/").content.decode()


@pytest.mark.django_db
def test_outside_the_demo_there_is_nothing_of_it(client: Client) -> None:
    assert client.get("/demo/mail/").status_code == 404
    assert BAR not in client.get("/fi/accounts/login/").content.decode()

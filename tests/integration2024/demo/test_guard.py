import pytest
from django.test import Client, RequestFactory

from events import clock
from integration2024.demo.guard import is_loopback, is_same_origin

TRAVEL = {"moment": "2024-11-14T08:00", "next": "/fi/"}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["", "10.0.0.1", "192.168.1.2", "::ffff:10.0.0.1", "2001:db8::1", "localhost"])
def test_other_machines(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize("address", ["/demo/travel/", "/demo/be/organiser/"])
def test_other_machines_are_refused(demo, client: Client, address: str) -> None:
    before = clock.demo_offset()
    assert client.post(address, TRAVEL, REMOTE_ADDR="192.0.2.1").status_code == 403
    assert clock.demo_offset() == before
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
@pytest.mark.parametrize("address", ["/demo/travel/", "/demo/be/organiser/"])
def test_others_are_refused_behind_a_proxy_on_this_machine(demo, client: Client, address: str, header: str) -> None:
    assert client.post(address, TRAVEL, headers={header: "for=127.0.0.1"}).status_code == 403
    assert client.get("/demo/mail/", headers={header: "for=127.0.0.1"}).status_code == 403


def test_other_machines_read_no_mail(demo, client: Client) -> None:
    assert client.get("/demo/mail/", REMOTE_ADDR="192.0.2.1").status_code == 403


@pytest.mark.parametrize(
    ("headers", "is_same"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "https://testserver"}, False),
        ({"origin": "http://testserver:8000"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_where_a_form_comes_from(headers: dict[str, str], is_same: bool, settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    assert is_same_origin(RequestFactory().post("/demo/travel/", headers=headers)) is is_same


def test_forms_of_other_sites_are_refused_and_no_token_is_needed(demo) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/travel/", TRAVEL, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/demo/travel/", TRAVEL, headers={"sec-fetch-site": "same-origin"}).status_code == 303

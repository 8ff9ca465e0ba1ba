"""Logging in: the pages in three languages, codes by mail, and limits that hit guessers and nobody else."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.factories import make_event, make_organiser
from tests.organisers import make_user

pytestmark = pytest.mark.django_db
PAGES = ["login", "login/code", "signup", "logout"]


@pytest.fixture(autouse=True)
def _mail_in_memory(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def code() -> str:
    found = re.search(r"\n\n([A-Z0-9-]{4,})\n", mail.outbox[-1].body)
    assert found
    return found[1]


def ask(client: Client, email: str, **extra: str):
    return client.post("/en/accounts/login/code/", {"email": email}, **extra)


def guess(client: Client, value: str, **extra: str):
    return client.post("/en/accounts/login/code/confirm/", {"code": value}, **extra)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_have_the_site_s_frame_and_nothing_inline(client: Client, language: str, page: str):
    make_event()
    if page == "logout":
        client.force_login(make_user("maija@kunta.example"))
    html = client.get(f"/{language}/accounts/{page}/").content.decode()
    assert f'<html lang="{language}">' in html
    assert 'class="site-footer"' in html
    assert re.findall(r"<script(?![^>]*(src|application/json))", html) == []
    assert re.findall(r" (?:style|on[a-z]+)=", html) == []


def test_an_organiser_lands_in_the_admin_and_a_participant_on_the_own_page(client: Client):
    make_organiser(make_event())
    for email, target in [("organiser@ely.example", "/en/admin/"), ("maija@kunta.example", "/en/my/")]:
        if "maija" in email:
            make_user(email)
        fresh = Client()
        ask(fresh, email)
        assert guess(fresh, code())["Location"] == target


def test_known_and_unknown_addresses_get_the_same_answer(client: Client):
    make_event()
    make_user("maija@kunta.example")
    known, unknown = ask(Client(), "maija@kunta.example"), ask(Client(), "nobody@kunta.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.subject for message in mail.outbox] == [
        "Your one-time code", "There is no page under this address yet",
    ]  # fmt: skip


def test_five_guesses_and_the_owner_elsewhere_still_gets_in(client: Client):
    make_event()
    make_user("maija@kunta.example")
    attacker = Client(REMOTE_ADDR="10.6.6.6")
    for wrong_guesses in (3, 2):
        ask(attacker, "maija@kunta.example")
        for _ in range(wrong_guesses):
            guess(attacker, "WRONG1")
    guess(attacker, code())  # the sixth would have been right
    assert attacker.get("/en/my/").status_code == 302
    owner = Client(REMOTE_ADDR="10.1.1.1")
    ask(owner, "maija@kunta.example")
    assert guess(owner, code())["Location"] == "/en/my/"


def test_eight_hundred_people_behind_one_address_pass(client: Client):
    make_event()
    statuses = {ask(Client(), f"person{number}@kunta.example").status_code for number in range(60)}
    assert statuses == {302}


def test_a_mail_server_that_is_down_is_said_not_shown_as_an_error(client: Client, settings):
    make_event()
    make_user("maija@kunta.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    response = client.post("/en/accounts/login/code/", {"email": "maija@kunta.example"}, follow=True)
    assert "could not be sent just now" in response.content.decode()

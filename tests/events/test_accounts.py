"""Logging in: the pages in three languages, codes by mail, and limits that hit guessers and nobody else."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.translation import override

from tests.factories import make_event, make_organiser
from tests.organisers import enter, make_user

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


# Every address of allauth × who asks: a stranger, a participant, an organiser. 200 seen, 302 led elsewhere, 403 no way
# to do that, 404 no such key or code of one's own, or not used at all: nobody has a password, and an address is
# corrected by organisers.
TABLE = {
    "account_change_password": "404 404 404",
    "account_confirm_login_code": "302 302 302",
    "account_email": "404 404 404",
    "account_email_verification_sent": "302 302 302",
    "account_inactive": "200 200 200",
    "account_login": "200 302 302",
    "account_logout": "302 200 200",
    "account_reauthenticate": "302 403 403",
    "account_request_login_code": "200 302 302",
    "account_reset_password": "404 404 404",
    "account_reset_password_done": "404 404 404",
    "account_reset_password_from_key": "404 404 404",
    "account_reset_password_from_key_done": "404 404 404",
    "account_set_password": "404 404 404",
    "account_signup": "200 302 302",
    "mfa_activate_totp": "302 200 200",
    "mfa_add_webauthn": "302 200 200",
    "mfa_authenticate": "302 302 302",
    "mfa_deactivate_totp": "302 404 404",
    "mfa_download_recovery_codes": "302 404 404",
    "mfa_edit_webauthn": "302 404 404",
    "mfa_generate_recovery_codes": "302 200 200",
    "mfa_index": "302 200 200",
    "mfa_list_webauthn": "302 200 200",
    "mfa_login_webauthn": "302 302 302",
    "mfa_reauthenticate": "302 403 403",
    "mfa_reauthenticate_webauthn": "302 403 403",
    "mfa_remove_webauthn": "302 404 404",
    "mfa_view_recovery_codes": "302 404 404",
}


def addresses() -> dict[str, str]:
    """The name and the address of every page below accounts/."""

    def walk(patterns: Any, before: str = "") -> Any:
        for pattern in patterns:
            route = f"{before}{pattern.pattern}"
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif route.startswith("en/accounts/") and pattern.name:
                yield pattern.name, route

    with override("en"):
        return dict(walk(get_resolver().url_patterns))


def test_pages_of_passwords_and_addresses_do_not_answer(client: Client):
    event = make_event()
    participant, organiser = Client(), Client()
    participant.force_login(make_user("maija@kunta.example"))
    enter(organiser, make_organiser(event))
    found = {}
    for name, route in addresses().items():
        address = re.sub(r"<int:\w+>|\(\?P.*?\)", "1", route).replace("^", "").replace("$", "")
        statuses = [each.get(f"/{address}").status_code for each in (client, participant, organiser)]
        found[name] = " ".join(map(str, statuses))
    assert found == TABLE


def test_passkeys_are_listed_by_name(client: Client):
    make_event()
    user = make_user("maija@kunta.example")
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Puhelin <b>", "credential": {}})
    client.force_login(user)
    page = client.get("/en/accounts/2fa/webauthn/").content.decode()
    assert "Remove Puhelin &lt;b&gt;" in page
    assert f"/keys/{key.pk}/remove/" in page


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


@pytest.mark.parametrize("credential", ["9" * 5000, "[" * 100_000, "{", "1", "[]", '{"a": 1}'])
def test_what_no_passkey_answers_is_refused_with_words(client: Client, credential: str):
    make_event()
    client.raise_request_exception = False
    response = client.post("/en/accounts/2fa/webauthn/login/", {"credential": credential})
    assert response.status_code in {200, 302}
    enter(client, make_organiser(make_event(slug="2026", is_current=False)))
    assert client.post("/en/accounts/2fa/webauthn/add/", {"credential": credential}).status_code in {200, 302}

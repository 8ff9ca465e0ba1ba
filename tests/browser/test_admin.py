"""The organisers' way in and their pages in a real browser: passkey, authenticator app, no complaint anywhere."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from playwright.sync_api import Page, expect

from events.models import Event
from registration.models import Registration
from tests.factories import make_event, make_organiser, register
from tests.organisers import enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]
LONG = "Kotoutumisen ja osallisuuden palvelukokonaisuuksien kehittämisyksikkö"


@pytest.fixture
def site(live_server, settings) -> str:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def event() -> Event:
    event = make_event()
    for number in range(3):
        register(event, organisation=LONG, last_name=f"Kotoutumisasiantuntija {number}")
    make_organiser(event)
    return event


def code() -> str:
    found = re.search(r"\n\n([A-Z0-9-]{4,})\n", mail.outbox[-1].body)
    assert found
    return found[1]


def log_in_by_mail(page: Page, site: str, language: str = "en") -> None:
    page.goto(f"{site}/{language}/admin/")
    page.locator("input[name=email]").fill("organiser@ely.example")
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=code]").fill(code())
    page.locator("main form button[type=submit]").first.click()


def add_virtual_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_set_up_and_then_logs_in_by_itself(page: Page, site: str, event: Event):
    add_virtual_authenticator(page)
    log_in_by_mail(page, site)
    expect(page.get_by_text("The organisers' pages need a second factor")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("input[name=name]").fill("Telephone")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/2fa/reauthenticate/**")
    page.goto(f"{site}/en/admin/")
    page.locator("#mfa_webauthn_reauthenticate").click()  # this session has to show it, too
    page.wait_for_url(f"{site}/en/admin/")
    page.context.clear_cookies()
    page.goto(f"{site}/en/admin/registration/registration/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{site}/en/admin/registration/registration/")
    expect(page.get_by_role("link", name="Kotoutumisasiantuntija 0 Maija")).to_be_visible()


def totp_code(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_an_authenticator_app_is_set_up_and_asked_for_at_the_next_login(page: Page, site: str, event: Event, moment):
    log_in_by_mail(page, site)
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(totp_code(secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/2fa/reauthenticate/**")
    page.goto(f"{site}/en/admin/")
    page.locator("input[name=code]").fill(totp_code(secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{site}/en/admin/")
    page.context.clear_cookies()
    moment.shift(120)  # a code is good for one use
    log_in_by_mail(page, site)
    assert page.url.startswith(f"{site}/en/accounts/2fa/authenticate/")
    page.locator("input[name=code]").fill(totp_code(secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{site}/en/admin/")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_pages_of_organisers_make_the_browser_complain_about_nothing(
    page: Page, site: str, event: Event, client, language: str
):
    enter(client, make_organiser(event, "second@ely.example"))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    person = f"registration/registration/{Registration.objects.first().pk}"
    mail_pk = event.mails.first().pk
    for address in (
        "", "registration/registration/", "registration/registration/add/", f"{person}/change/",
        f"{person}/cancel/", "registration/needs/", "registration/claim/add/",
        f"events/event/{event.pk}/change/", f"events/page/{event.pages.get().pk}/change/", "events/page/add/",
        f"events/mail/{mail_pk}/change/", f"events/mail/{mail_pk}/html/", "events/logentry/", "events/mail/",
        f"events/pool/{event.pools.get().pk}/change/", "events/question/add/",
    ):  # fmt: skip
        response = page.goto(f"{site}/{language}/admin/{address}")
        assert response is not None
        assert response.status == 200, address
    assert page.problems == []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_list_of_registrations_fits_a_laptop(page: Page, site: str, event: Event, client, language: str):
    event.organisation_types.update(name_fi="Hyvinvointialue tai yhtymä", name_sv="Välfärdsområde eller sammanslutning")
    Registration.objects.update(status="waiting", queued_at=event.on_site_opens_at)
    enter(client, make_organiser(event, "second@ely.example"))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}/{language}/admin/registration/registration/")
    wide, shown = page.locator("#changelist .results").evaluate("part => [part.scrollWidth, part.clientWidth]")
    assert wide <= shown

"""A phone in Swedish: sign up for the series, read the mail, wait for the doors, join, take the certificate home."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from events.models import Event
from tests.browser.axe import findings
from tests.browser.post import CalendarProgram, Post, words_in
from tests.factories import at, make_event
from tests.webinars.helpers import MEETING, make_series, make_webinar, sign_up_one
from webinars import services
from webinars.access import personal_token
from webinars.models import SignUp, Webinar

PHONE = {"locale": "sv-FI", "viewport": {"width": 360, "height": 740}}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(**PHONE)]


@pytest.fixture
def event(site: str) -> Event:
    """The event with two webinars of a series."""
    event = make_event()
    series = make_series(event)
    make_webinar(event, series=series, slug="first")
    make_webinar(event, "2024-12-10 09:00", series=series, slug="second")
    return event


def test_from_the_list_to_the_certificate(page: Page, site: str, event: Event, post: Post, moment):
    page.goto(f"{site}/sv/webinars/")
    page.get_by_role("link", name="Anmäl dig till hela serien").click()
    for box in page.locator("input[name=webinars]").all():
        expect(box).to_be_checked()
    fill_in(page)
    page.get_by_role("button", name="Anmäl dig").click()
    expect(page.get_by_role("heading", name="Din anmälan har skickats")).to_be_visible()
    expect(page.locator(".sent-to")).to_have_text("anna.ek@kommun.example")

    letter = post.deliver_one()
    assert (letter.language, letter.kinds) == ("sv", ["ics"])
    assert letter.subject.strip() == "Integration 2024: du har anmält dig till 2 webbinarier"
    calendar = CalendarProgram()
    calendar.take_in(letter)
    assert [day for day, _ in calendar.days] == ["10.12.", "12.11."]
    link = re.findall(r"http\S+/w/\S+", letter.text)[0]

    moment.move_to(at("2024-11-12 08:44:57"))
    page.goto(link)
    expect(page.get_by_role("timer")).to_contain_text("sekund")
    assert "secret" not in page.content()
    expect(page.get_by_role("button", name="Gå till webbinariet")).to_be_visible(timeout=15_000)  # by itself

    room = f"{site.replace('localhost', '127.0.0.1')}/en/webinars/"  # meetings redirect to hosts of their own
    page.route(MEETING, lambda route: route.fulfill(status=302, headers={"Location": room}))
    page.get_by_role("button", name="Gå till webbinariet").click()
    page.wait_for_url(room)
    row = SignUp.objects.get(webinar__slug="first")
    assert (row.has_attended, len(row.networks)) == (True, 1)

    moment.move_to(at("2024-11-12 10:01"))
    page.goto(link)
    expect(page.get_by_role("heading", name="Det här webbinariet är slut")).to_be_visible()
    page.get_by_role("link", name="Ge respons").click()
    page.get_by_role("radio", name="5 – mycket").check()
    page.get_by_label("Vad lärde du dig?").fill("Allt om seminarier")
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator(".messages")).to_contain_text("Tack för din respons")
    page.get_by_role("link", name="Deltagarintyg (PDF)").click()
    expect(page.get_by_role("status")).to_be_visible()  # it says that it is being made
    post.deliver()  # the worker makes documents too
    with page.expect_download(timeout=15_000) as download:
        pass  # the page looks again by itself
    assert "Anna Ek" in words_in(Path(download.value.path()).read_bytes())


def fill_in(page: Page) -> None:
    """As Anna would."""
    person = {"name": "Anna Ek", "email": "anna.ek@kommun.example", "organisation": "Aurådalens kommun"}
    for name, value in person.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_organisation_type").select_option(index=1)
    page.locator("#id_privacy").check()


# --- For everybody ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_page_is_accessible(page: Page, site: str, event: Event, moment, language: str):
    full = make_webinar(event, "2024-12-11 09:00", places=1, slug="full")
    rows = {name: sign_up_one(webinar, language=language) for name, webinar in (
        ("early", Webinar.objects.get(slug="first")), ("confirmed", full), ("waiting", full),
    )}  # fmt: skip
    over = make_webinar(event, "2024-10-15 09:00", slug="over")
    came = sign_up_one(over, language=language)
    found = {}

    def look(name: str, path: str) -> None:
        page.goto(f"{site}/{language}/{path}")
        found[name] = findings(page)

    look("list", "webinars/")
    look("webinar", "webinars/first/")
    look("form", "webinars/sign-up/")
    page.get_by_role("button").last.click()
    expect(page.locator("main [aria-invalid=true]").first).to_be_visible()
    page.problems.clear()  # the browser complains about the status 422
    found["form with errors"] = findings(page)
    fill_in(page)
    page.locator("input[name=webinars]").first.check()
    page.get_by_role("button").last.click()
    page.locator("main summary").click()
    found["sent"] = findings(page)
    look("links", "webinars/sign-up/links/")
    look("early", f"w/{personal_token(rows['early'])}/")
    look("waiting", f"w/{personal_token(rows['waiting'])}/")
    look("cancel", f"w/{personal_token(rows['early'])}/cancel/")
    services.cancel(rows["confirmed"].pk, by=None)
    look("offered", f"w/{personal_token(rows['waiting'])}/")
    look("ended", f"w/{personal_token(rows['confirmed'])}/")
    moment.move_to(at("2024-10-15 08:50"))
    services.join(came.pk, network="a")
    look("open", f"w/{personal_token(came)}/")
    moment.move_to(at("2024-10-15 10:01"))
    look("over", f"w/{personal_token(came)}/")
    look("feedback", f"w/{personal_token(came)}/feedback/")
    services.call_off(Webinar.objects.get(slug="first").pk, by=None)
    look("cancelled", f"w/{personal_token(rows['early'])}/")
    look("list with a cancelled and a past one", "webinars/")
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.browser(locale="fi-FI", java_script_enabled=False)
def test_without_javascript_the_page_opens_by_itself_too(page: Page, site: str, event: Event, moment):
    row = sign_up_one(Webinar.objects.get(slug="first"))
    moment.move_to(at("2024-11-12 08:44:56"))
    page.goto(f"{site}/fi/w/{personal_token(row)}/")
    expect(page.get_by_role("button", name="Siirry webinaariin")).to_have_count(0)
    expect(page.get_by_role("button", name="Siirry webinaariin")).to_be_visible(timeout=15_000)

"""Every public page, in every language and state, wide and narrow: axe finds nothing, nothing runs off the screen.

A page's states are opened one after the other in one browser page; `look` notes what is wrong and goes on.
"""

from collections.abc import Callable

import pytest
import time_machine
from playwright.sync_api import Page

from events.models import Event, NewsItem
from registration import access, offerings, services
from tests.browser.axe import findings
from tests.factories import register

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ["fi", "sv", "en"]


class Visitor:
    """Goes through pages in a language and notes what is wrong with each."""

    def __init__(self, page: Page, site: str, language: str) -> None:
        self.page, self.site, self.language = page, site, language
        self.wrong: dict[str, list[str]] = {}

    def open(self, path: str, *, status: int = 200) -> None:
        """Open a page and look at it."""
        answer = self.page.goto(f"{self.site}/{self.language}/{path}")
        assert answer
        assert (path, answer.status) == (path, status)
        if status >= 400:
            self.expect_complaint(status)
        self.look(path)

    def look(self, state: str) -> None:
        """Look at what is on the screen now."""
        if found := findings(self.page):
            self.wrong[state] = found
        self.page.problems.clear()

    def send(self, state: str, *, status: int = 200) -> None:
        """Press the form's first button and look at what comes."""
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()
        if status >= 400:
            self.expect_complaint(status)
        self.look(state)

    def expect_complaint(self, status: int) -> None:
        """The browser notes every page that is an error; nothing else."""
        assert f"status of {status}" in self.page.problems.pop()


@pytest.fixture
def visit(page: Page, site: str) -> Callable[[str], Visitor]:
    return lambda language: Visitor(page, site, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_everybody(visit: Callable[[str], Visitor], demo_event: Event, language: str) -> None:
    visitor = visit(language)
    news = NewsItem.objects.for_event(demo_event).filter(published_at__lt=demo_event.on_site_closes_at).latest("pk")
    for path in ("", "news/", f"news/{news.pk}/", "register/", "register/link/", "accounts/login/", "2020/"):
        visitor.open(path)
    for slug in demo_event.pages.values_list("slug", flat=True):
        visitor.open(f"{slug}/")
    visitor.open("2020/register/")  # closed
    visitor.open("r/no-such-link/", status=404)
    assert visitor.wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_filled_refused_and_sent(
    visit: Callable[[str], Visitor], demo_event: Event, fill: Callable[..., None], language: str
) -> None:
    visitor = visit(language)
    page = visitor.page
    page.goto(f"{visitor.site}/{language}/register/")
    page.locator("#id_attendance_0").check()
    page.locator("#id_dietary").fill("x")
    visitor.send("register, refused", status=422)
    fill(page, email="anna.ek@gmial.com")
    page.locator("#id_municipality").press_sequentially("tu")
    page.get_by_role("listbox").wait_for()
    visitor.look("register, filled")
    page.keyboard.press("Escape")
    page.locator("#id_needs_consent").check()
    visitor.send("register, sent")
    page.locator("summary").click()
    page.locator("details input[type=email]").fill("no address")
    page.locator("details button[type=submit]").click()
    page.locator("details .error").wait_for()
    visitor.expect_complaint(422)
    visitor.look("sent, address refused")
    page.goto(f"{visitor.site}/{language}/register/link/")
    visitor.send("link, refused", status=422)
    page.locator("#id_email").fill("anna.ek@kommun.example")
    visitor.send("link, sent")
    assert visitor.wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_personal_pages(visit: Callable[[str], Visitor], demo_event: Event, language: str) -> None:
    """In every standing, with all that one can do there."""
    visitor, people = visit(language), cast(demo_event)
    for name in ("offered", "waiting", "remote", "cancelled", "giver"):
        visitor.open(people[name])
    visitor.open(f"{people['confirmed']}badge.pdf", status=202)
    for step in ("", "cancel/", "remote/"):
        visitor.open(f"{people['confirmed']}{step}")
    visitor.open(f"{people['remote']}on-site/")

    visitor.open(f"{people['confirmed']}change/")
    visitor.page.locator("#id_first_name").fill("")
    visitor.send("change, refused", status=422)
    visitor.page.locator("#id_first_name").fill("Åsa")
    visitor.send("change, done")
    visitor.open(f"{people['confirmed']}colleague/")
    visitor.send("colleague, refused", status=422)
    visitor.page.locator("#id_email").fill("kollega@kommun.example")
    visitor.send("colleague, done")
    assert visitor.wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_given_and_closed_doors(
    visit: Callable[[str], Visitor], demo_event: Event, moment: time_machine.Traveller, language: str
) -> None:
    visitor = visit(language)
    giver, late = register(demo_event), register(demo_event)
    handover, taken_back = [
        services.give_to_colleague(row.pk, to_email="kollega@kommun.example", language=language, by=None)
        for row in (giver, late)
    ]
    services.keep_after_all(late.pk, by=None)
    visitor.open(path_of(offerings.handover_link(handover, language)))
    visitor.open(path_of(offerings.handover_link(taken_back, language)), status=410)
    speaker = demo_event.roles.get(slug="speaker")
    claim = services.reserve(demo_event, speaker, list(demo_event.days.all()), by=None)
    visitor.open(path_of(offerings.claim_link(claim, language)))
    visitor.send("claim, refused", status=422)
    moment.move_to("2024-11-05T09:00+02:00")
    visitor.open("register/")  # remote only
    moment.move_to("2024-08-01T09:00+03:00")
    for path in ("", "register/"):
        visitor.open(path)  # not yet open
    assert visitor.wrong == {}


@pytest.mark.browser(color_scheme="dark")
@pytest.mark.parametrize("language", LANGUAGES)
def test_dark(visit: Callable[[str], Visitor], demo_event: Event, language: str) -> None:
    """What has colours of its own: hero, cards, notes, errors, standings, QR code."""
    visitor, people = visit(language), cast(demo_event)
    for path in ("", "register/", "practical-information/", people["confirmed"], people["offered"], people["waiting"]):
        visitor.open(path)
    visitor.open(f"{people['confirmed']}cancel/")
    visitor.page.goto(f"{visitor.site}/{language}/register/")
    visitor.send("register, refused", status=422)
    assert visitor.wrong == {}


def test_what_is_wrong_is_found(page: Page) -> None:
    """The control: a picture without words, a line too wide, a broken word, a complaint of the browser."""
    page.goto("data:text/html,<html lang=fi><title>x</title><main><h1>Tietosuojaselosteluettelotaulukko</h1></main>")
    page.evaluate("""document.querySelector("h1").style = "width: 5em; overflow-wrap: anywhere";
        document.querySelector("main").innerHTML += '<img src="data:,"><p style="width: 900px">x</p>'""")
    page.problems.append("complaint")
    found = " ".join(findings(page))
    page.problems.clear()
    for wanted in ("complaint", "320 px: the page is 9", "'Tietosuojaselosteluettelotaulukko' is broken", "image-alt"):
        assert wanted in found


def cast(event: Event) -> dict[str, str]:
    """Somebody in every standing, and where their personal page is."""
    services.set_capacity(event.pools.get().pk, 4, by=None)
    needs = {"dietary": "Vegan", "accessibility": "Hörslinga", "has_assistant": True}
    people = {"confirmed": register(event, **needs), "giver": register(event), "cancelled": register(event)}
    people |= {name: register(event) for name in ("offered", "waiting")}
    people["remote"] = register(event, attendance="remote")
    services.give_to_colleague(people["giver"].pk, to_email="kollega@kommun.example", language="sv", by=None)
    services.cancel(people["cancelled"].pk, by=None)
    return {name: f"r/{access.personal_token(row)}/" for name, row in people.items()}


def path_of(address: str) -> str:
    """What comes after the language."""
    return address.split("/", 4)[4]

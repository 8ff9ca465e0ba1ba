"""Journeys at the exhibition: organisers place booths by keys and by hand, visitors filter and open one, exhibitors
order badges and a colleague registers; all of it looked at by axe in three languages."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from booths import access
from booths.models import Booth
from events.models import Event
from registration.models import Registration
from tests.browser.axe import findings
from tests.exhibition import make_booth, make_exhibition, make_hall, make_place
from tests.factories import make_event, make_organiser, make_theme
from tests.organisers import enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def plan(event: Event, page: Page, live_server, client: Client) -> str:
    """The address of the floor plan; the browser is an organiser's."""
    site = live_server.url.replace("127.0.0.1", "localhost")
    enter(client, make_organiser(event))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    return f"{site}/en/admin/booths/booth/plan/"


def words(page: Page) -> Locator:
    return page.locator("[data-allocation-words]")


def place_of(booth: Booth) -> str:
    return str(Booth.objects.select_related("place").get(pk=booth.pk).place or "")


def test_an_organiser_places_swaps_and_frees_booths_by_keys_alone(event: Event, page: Page, plan: str):
    hall = make_hall(event)
    one, two = make_place(hall), make_place(hall)
    first, waiting = (
        make_booth(event, one, organisation="Silta"),
        make_booth(event, organisation="Ovi", needs_power=True),
    )
    page.goto(plan)
    card = page.locator(f"#booth-{waiting.pk}")
    card.focus()
    page.keyboard.press("Enter")
    expect(words(page)).to_contain_text("Ovi is in your hand.")
    page.keyboard.press("ArrowRight")
    expect(words(page)).to_have_text("Place A2, 3 × 2 m · no power there")
    page.keyboard.press("ArrowLeft")
    expect(words(page)).to_contain_text("Silta stands there: the two would change places")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(words(page)).to_have_text("Ovi: place A2.")
    expect(page.locator(f"#place-{two.pk}")).to_be_focused()
    for key in ("Enter", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(words(page)).to_contain_text("Ovi: place A1.")
    assert (place_of(first), place_of(waiting)) == ("A2", "A1")
    page.locator(f"#place-{one.pk}").focus()
    for key in ("Enter", "Escape"):
        page.keyboard.press(key)
    expect(words(page)).to_have_text("Ovi stays where it was.")
    for key in ("Enter", "Delete"):
        page.keyboard.press(key)
    expect(words(page)).to_have_text("Ovi has no place now.")
    expect(page.locator(f"#booth-{waiting.pk}")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(words(page)).to_have_text("Undone: Ovi: place A1.")
    assert place_of(waiting) == "A1"


def drag(page: Page, source: Locator, target: Locator) -> None:
    source.scroll_into_view_if_needed()
    begin, end = source.bounding_box(), target.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 20, begin["y"] + 20)
    page.mouse.down()
    page.mouse.move(begin["x"] + 40, begin["y"] + 40, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()


def test_an_organiser_drags_booths_onto_places_onto_each_other_and_aside(event: Event, page: Page, plan: str):
    hall = make_hall(event)
    one, two = make_place(hall), make_place(hall)
    first, second = make_booth(event, one, organisation="Silta"), make_booth(event, organisation="Ovi")
    page.goto(plan)
    drag(page, page.locator(f"#booth-{second.pk}"), page.locator(f"#place-{two.pk}"))
    expect(words(page)).to_have_text("Ovi: place A2.")
    drag(page, page.locator(f"#place-{two.pk}"), page.locator(f"#place-{one.pk}"))
    expect(words(page)).to_contain_text("Ovi: place A1.")
    assert (place_of(first), place_of(second)) == ("A2", "A1")
    drag(page, page.locator(f"#place-{one.pk}"), page.locator("[data-waiting]"))
    expect(words(page)).to_have_text("Ovi has no place now.")


def test_what_somebody_else_has_moved_meanwhile_is_told_and_drawn(event: Event, page: Page, plan: str):
    hall = make_hall(event)
    one, two, three = make_place(hall), make_place(hall), make_place(hall)
    booth = make_booth(event, one, organisation="Silta")
    page.goto(plan)
    Booth.objects.filter(pk=booth.pk).update(place=three)
    drag(page, page.locator(f"#place-{one.pk}"), page.locator(f"#place-{two.pk}"))
    expect(words(page)).to_contain_text("Somebody else has moved this booth meanwhile.")
    expect(page.locator(f"#place-{three.pk}")).to_have_attribute("data-name", "Silta")
    page.problems[:] = [problem for problem in page.problems if "409" not in problem]  # the browser notes the refusal


@pytest.mark.parametrize("javascript", [True, False])
def test_a_visitor_filters_and_opens_a_booth_with_or_without_scripts(
    event: Event, browser, live_server, javascript: bool
):
    hall = make_hall(event)
    work = make_theme(event, "work", name_fi="Työ", name_sv="Arbete", name_en="Work")
    make_booth(event, make_place(hall), organisation="Silta", slug="silta", themes=[work])
    make_booth(event, make_place(hall), organisation="Ovi")
    context = browser.new_context(locale="en-GB", java_script_enabled=javascript)
    visitor = context.new_page()
    visitor.goto(f"{live_server.url}/en/")
    visitor.get_by_role("link", name="Display booths").click()
    visitor.get_by_label("Theme").select_option("work")
    visitor.get_by_role("button", name="Show").click()
    assert visitor.locator("[role=status]").inner_text() == "1 booth matches."
    assert visitor.get_by_role("link", name="A2: Ovi").count() == 0
    visitor.get_by_role("link", name="A1: Silta").click()
    assert visitor.get_by_role("heading", level=1).inner_text() == "Silta"
    assert visitor.locator("dd .booth-number").inner_text() == "A1"
    context.close()


def test_an_exhibitor_orders_a_badge_and_a_colleague_registers_by_the_link(
    event: Event, page: Page, site: str, fill: Callable[..., None]
):
    make_exhibition(event, badges=2)
    booth = make_booth(event, make_place(make_hall(event)), organisation="Silta")
    page.goto(f"{site}/en/b/{access.booth_token(booth)}/")
    page.get_by_label("How many badges").fill("2")
    page.get_by_role("button", name="Order the links").click()
    expect(page.locator(".pass-on")).to_have_count(2)
    link = page.locator(".pass-on a").first.get_attribute("href")
    assert link
    page.goto(link)
    expect(page.get_by_text("Exhibitor", exact=False).first).to_be_visible()
    fill(page)
    page.get_by_role("button", name="Take the place").click()
    expect(page).not_to_have_url(link)
    assert Registration.objects.get().role.slug == "exhibitor"
    page.goto(f"{site}/en/b/{access.booth_token(booth)}/")
    expect(page.get_by_text("Badge 1: Anna Ek has registered.")).to_be_visible()
    page.get_by_role("button", name="Take link 2 back").click()
    expect(page.get_by_text("The link no longer works.")).to_be_visible()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_exhibition_is_accessible(event: Event, page: Page, site: str, language: str):
    make_exhibition(event)
    hall = make_hall(event)
    hall.landmarks.create(kind="area", label_fi="Elokuvat", label_sv="Filmer", x=1, y=7, width=5, depth=2, page="news/")
    booth = make_booth(event, make_place(hall), organisation="Kahden suunnan silta ry", slug="silta")
    make_booth(event, make_place(hall))
    own = f"b/{access.booth_token(booth)}/"
    found = {}
    for path in ("booths/", "booths/?language=sv", "booths/silta/", own, *(f"{own}{name}/" for name in PAGES)):
        page.goto(f"{site}/{language}/{path}")
        found[path] = findings(page)
        page.problems.clear()  # of axe itself
    assert {path: told for path, told in found.items() if told} == {}


PAGES = ("texts", "about", "needs")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_floor_plan_of_organisers_is_accessible(event: Event, page: Page, plan: str, language: str):
    hall = make_hall(event)
    make_booth(event, make_place(hall), needs_power=True)
    make_booth(event)
    make_place(hall)
    page.goto(plan.replace("/en/", f"/{language}/"))
    found = findings(page)
    page.problems.clear()
    assert found == []

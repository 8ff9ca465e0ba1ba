"""The public programme in a real browser: nothing for axe to find, columns and lists, filters without JavaScript."""

import pytest
import time_machine
from django.test import override_settings
from playwright.sync_api import Browser, Page

from events.models import Event
from programme.models import Session, SessionFeedback
from tests.browser.axe import findings
from tests.factories import at, make_event
from tests.programme.helpers import make_programme

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(site: str, settings, tmp_path) -> Event:
    settings.MEDIA_ROOT = tmp_path
    return make_event(summary_fi="Tapahtuma", summary_sv="Evenemang", summary_en="Event")


def first_session() -> Session:
    found = Session.objects.filter(kind="session", starts_at__isnull=False).order_by("starts_at", "room__order").first()
    assert found
    return found


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nothing_is_wrong_with_any_page(
    page: Page, site: str, event: Event, moment: time_machine.Traveller, language: str
) -> None:
    wrong: dict[str, list[str]] = {}

    def look(path: str) -> None:
        page.goto(f"{site}/{language}/programme/{path}")
        if found := findings(page):
            wrong[path] = found
        page.problems.clear()

    look("")
    make_programme(event, count=20)
    moment.move_to(at("2024-11-14 09:40"))
    session = first_session()
    speaker = session.speakers.first()
    assert speaker
    for path in (
        "", "?theme=work&day=2024-11-14", "?streamed=1&language=en&theme=inclusion", "search/", "search/?q=mentor",
        "search/?q=zzz", "changes/", f"session/{session.slug}/", f"speaker/{speaker.pk}/",
        f"session/{session.slug}/feedback/", f"session/{session.slug}/feedback/thanks/", "room/hall-1/feedback/",
        "room/hall-8/feedback/",
    ):  # fmt: skip
        look(path)
    page.goto(f"{site}/{language}/programme/session/{session.slug}/feedback/")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    page.problems.clear()  # 422
    if found := findings(page):
        wrong["feedback, refused"] = found
    page.problems.clear()
    assert wrong == {}


def test_rooms_are_columns_where_there_is_space_and_a_list_on_a_phone(page: Page, site: str, event: Event) -> None:
    make_programme(event, count=16)
    page.set_viewport_size({"width": 1680, "height": 900})
    page.goto(f"{site}/fi/programme/")
    day = page.locator("section.day").first
    slots = [day.locator("li", has_text=f"Sali {number}").first for number in (1, 2)]
    left, right = [slot.bounding_box() for slot in slots]
    assert left
    assert right
    assert (left["y"], left["x"] + left["width"] < right["x"]) == (right["y"], True)
    assert day.locator(".room-name").all_inner_texts() == [f"Sali {number}" for number in range(1, 9)]
    assert not day.locator(".slot-room").first.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})  # eight columns would break long words: cards, four in a row
    cards = [day.locator(".slots").first.locator("> li").nth(number).bounding_box() for number in (0, 3, 4)]
    assert all(cards)
    first, fourth, fifth = [(card["x"], card["y"]) for card in cards if card]
    assert (first[0] < fourth[0], first[1], first[0]) == (True, fourth[1], fifth[0])
    assert day.locator(".slot-room").first.is_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    left, right = [slot.bounding_box() for slot in slots]
    assert left
    assert right
    assert (left["x"], left["y"] + left["height"] <= right["y"]) == (right["x"], True)
    assert day.locator(".slot-room").first.is_visible()


def test_filters_work_without_javascript_and_the_address_can_be_shared(
    browser: Browser, site: str, event: Event
) -> None:
    make_programme(event, count=16)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site}/en/programme/")
    page.locator("#id_theme").select_option("work")
    page.locator("#id_day").select_option("2024-11-14")
    with page.expect_navigation():
        page.locator(".filters button").click()
    titles = page.locator("h4").all_inner_texts()
    assert "day=2024-11-14" in page.url
    assert "theme=work" in page.url
    assert (len(titles), page.locator("section.day").count()) == (3, 1)
    page.locator(".languages a[lang=sv], .languages li[lang=sv] a").click()
    assert (page.locator("#id_theme").input_value(), page.locator("h4").count()) == ("work", 3)
    context.close()


def test_what_is_ones_own_is_fetched_into_the_page(page: Page, site: str, event: Event) -> None:
    make_programme(event, count=2)
    page.goto(f"{site}/fi/programme/session/{first_session().slug}/")
    page.locator("[data-fragment] form").first.wait_for()


@override_settings(SESSION_COOKIE_SECURE=False)
def test_feedback_on_a_phone(page: Page, site: str, event: Event, moment: time_machine.Traveller) -> None:
    make_programme(event, count=4)
    moment.move_to(at("2024-11-14 09:40"))
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site}/fi/programme/room/hall-1/feedback/")
    page.locator("main .link-list a").first.click()
    page.locator("input[name=usefulness][value='5']").check()
    page.locator("#id_to_speaker").fill("Kiitos!")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    assert page.url.endswith("/feedback/thanks/")
    given = SessionFeedback.objects.get()
    assert (given.usefulness, given.to_speaker) == (5, "Kiitos!")

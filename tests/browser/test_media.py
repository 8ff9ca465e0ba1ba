"""The personal page on paper and in forced colours."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from events.models import Event
from registration import access
from tests.browser.post import picture_of_page, qr_in, words_in
from tests.factories import register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]


@pytest.fixture
def personal_page(page: Page, site: str, demo_event: Event) -> Page:
    registration = register(demo_event, language="en", first_name="Anna", last_name="Ek")
    page.goto(f"{site}/en/r/{access.personal_token(registration)}/")
    return page


def test_on_paper_it_is_a_ticket(personal_page: Page) -> None:
    """Standing, name and a code that can be read; nothing to press; the funder."""
    shown = qr_in(personal_page.get_by_role("img", name="QR code of your badge").screenshot())
    printed = personal_page.pdf(format="A4")
    words = " ".join(words_in(printed).split())
    assert qr_in(picture_of_page(printed)) == shown
    for wanted in ("You have a place on site", "Anna Ek", "Thursday 14 November", "Co-funded by the European Union"):
        assert wanted in words
    for unwanted in ("Suomi", "Practical information", "Change your answers", "Download", "Add to my calendar"):
        assert unwanted not in words


def test_in_forced_colours_frames_and_choices_can_be_seen(personal_page: Page) -> None:
    personal_page.emulate_media(forced_colors="active", color_scheme="dark")
    for selector in (".status", ".button", ".qr-panel"):
        expect(personal_page.locator(selector).first).not_to_have_css("border-top-style", "none")
    picture = personal_page.get_by_role("img", name="QR code of your badge").screenshot()
    assert Image.open(io.BytesIO(picture)).convert("L").getextrema() == (0, 255)
    assert qr_in(picture)

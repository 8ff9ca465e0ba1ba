"""On site is full: somebody waits, a place becomes free, is offered, accepted, and the badge comes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from events.models import Event
from registration.models import Registration
from tests.browser.post import Letter, Post, picture_of_page, qr_in
from tests.factories import make_event, register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]


def test_full_then_waiting_then_offered_then_accepted(
    page: Page, site: str, post: Post, fill: Callable[..., None]
) -> None:
    event = make_event(capacity=1)
    register(event, language="en", email="first@kommun.example")
    first = post.deliver_one()

    waiting = join_the_queue(page, site, post, fill)
    page.goto(waiting.link("/r/"))
    expect(page.get_by_role("heading", name="You are number 1 on the waiting list")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of your badge")).to_have_count(0)

    page.goto(first.link("/r/"))
    page.get_by_role("link", name="Cancel my registration").click()
    page.get_by_role("button", name="Cancel my registration").click()
    expect(page.get_by_role("heading", name="Your registration is cancelled")).to_be_visible()

    offer, farewell = sorted(post.deliver(), key=lambda letter: letter.to)
    assert (offer.to, farewell.to) == ("anna.ek@kommun.example", "first@kommun.example")
    page.goto(offer.link("/r/"))
    expect(page.get_by_text("Answer by 15 October 2024, 9.00")).to_be_visible()
    page.get_by_role("button", name="Accept the place").click()
    expect(page.locator(".messages")).to_contain_text("The place is yours.")
    expect(page.get_by_role("heading", name="You have a place on site")).to_be_visible()

    confirmation = post.deliver_one()
    assert (confirmation.to, confirmation.kinds) == ("anna.ek@kommun.example", ["ics", "pdf", "png"])
    shown = page.get_by_role("img", name="QR code of your badge").screenshot()
    assert qr_in(picture_of_page(confirmation.file(".pdf"))) == qr_in(shown)
    assert places_taken(event) == {"confirmed": 1, "cancelled": 1}


def join_the_queue(page: Page, site: str, post: Post, fill: Callable[..., None]) -> Letter:
    """The form says what will happen before it is sent."""
    page.goto(f"{site}/en/register/")
    expect(page.get_by_text("The places on site are full: you join the waiting list.")).to_be_visible()
    page.get_by_role("radio", name="On site").check()
    fill(page)
    page.get_by_role("button", name="Send the registration").click()
    expect(page).to_have_url(f"{site}/en/register/sent/")
    letter = post.deliver_one()
    assert (letter.subject, letter.kinds) == ("Integration 2024: you are number 1 on the waiting list", [])
    return letter


def places_taken(event: Event) -> dict[str, int]:
    statuses = Registration.objects.for_event(event).values_list("status", flat=True)
    return {status: list(statuses).count(status) for status in statuses}

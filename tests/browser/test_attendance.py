"""Switching to remote and back; what it does to the badge and to the person's calendar."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.post import CalendarProgram, Post, qr_in
from tests.factories import make_event, register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]

VENUE = "Logomo, Köydenpunojankatu 14"
REMOTE = "Remote participation"


def test_to_remote_and_back_and_out(page: Page, site: str, post: Post) -> None:
    registration = register(make_event(), language="en")
    calendar = CalendarProgram()
    letter = post.deliver_one()
    calendar.take_in(letter)
    assert calendar.days == [("14.11.", VENUE), ("15.11.", VENUE)]

    page.goto(letter.link("/r/"))
    code = qr_in(page.get_by_role("img", name="QR code of your badge").screenshot())
    page.get_by_role("link", name="Take part remotely instead").click()
    page.get_by_role("button", name="Take part remotely").click()
    expect(page.get_by_role("heading", name="You take part remotely")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of your badge")).to_have_count(0)
    letter = post.deliver_one()
    assert letter.kinds == ["ics"]
    calendar.take_in(letter)
    assert calendar.days == [("14.11.", REMOTE), ("15.11.", REMOTE)]

    # Back on site, but on Friday only: Thursday leaves the calendar.
    page.get_by_role("link", name="Take part on site instead").click()
    page.get_by_role("checkbox", name="Thursday 14 November").uncheck()
    page.get_by_role("button", name="Take part on site").click()
    expect(page.get_by_role("heading", name="You have a place on site")).to_be_visible()
    assert qr_in(page.get_by_role("img", name="QR code of your badge").screenshot()) == code  # may be printed
    letter = post.deliver_one()
    assert letter.kinds == ["ics", "ics", "pdf", "png"]
    calendar.take_in(letter)
    assert calendar.days == [("15.11.", VENUE)]

    page.get_by_role("link", name="Cancel my registration").click()
    page.get_by_role("button", name="Cancel my registration").click()
    calendar.take_in(post.deliver_one())
    assert calendar.days == []
    registration.refresh_from_db()
    assert registration.status == "cancelled"

"""A place passes to a colleague, who confirms in English on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.post import Post, picture_of_page, qr_in
from tests.factories import make_event, register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="fi-FI")]

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "locale": "en-GB"}


def test_a_place_given_to_a_colleague(
    page: Page, browser: Browser, site: str, post: Post, fill: Callable[..., None]
) -> None:
    register(make_event(capacity=1), language="fi", email="giver@kunta.example")
    own_page = post.deliver_one().link("/r/")

    page.goto(own_page)
    old_code = qr_in(page.locator(".qr-panel img").screenshot())
    page.get_by_role("link", name="Luovuta paikkani työkaverille").click()
    page.get_by_role("textbox").fill("taker@kommun.example")
    page.get_by_role("radio", name="English").check()
    page.locator("main form button").click()
    expect(page.get_by_text("taker@kommun.example")).to_be_visible()
    expect(page.locator(".qr-panel img")).to_be_visible()  # still the giver's place

    invitation = post.deliver_one()
    assert (invitation.to, invitation.language) == ("taker@kommun.example", "en")
    context = browser.new_context(**PHONE)
    phone = context.new_page()
    phone.goto(invitation.link("/colleague/"))
    expect(phone.get_by_role("heading", name="Take over a colleague's place")).to_be_visible()
    expect(phone.get_by_label("E-mail")).to_have_value("taker@kommun.example")
    fill(phone, first_name="Tara", last_name="Quist", email="taker@kommun.example")
    phone.get_by_role("button", name="Take the place").tap()
    expect(phone).to_have_url(f"{site}/en/register/sent/")

    letters = {letter.to: letter for letter in post.deliver()}
    assert sorted(letters) == ["giver@kunta.example", "taker@kommun.example"]
    confirmation = letters["taker@kommun.example"]
    assert (confirmation.language, confirmation.kinds) == ("en", ["ics", "pdf", "png"])
    phone.goto(confirmation.link("/r/"))
    code = qr_in(phone.get_by_role("img", name="QR code of your badge").screenshot())
    assert code == qr_in(picture_of_page(confirmation.file(".pdf"))) != old_code
    context.close()

    page.goto(own_page)
    expect(page.get_by_role("heading", name="Luovutit paikkasi työkaverille")).to_be_visible()
    expect(page.locator(".qr-panel")).to_have_count(0)
    assert page.request.get(f"{own_page}qr.png").status == 404
    assert page.request.get(f"{own_page}badge.pdf").status == 404

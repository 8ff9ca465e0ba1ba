"""What can go wrong around the send button: a wrong address, a double click, the back button."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from registration.models import Registration
from tests.browser.post import Post
from tests.factories import make_event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]


def test_a_wrong_address_is_corrected_in_the_same_browser(
    page: Page, site: str, post: Post, fill: Callable[..., None]
) -> None:
    make_event()
    page.goto(f"{site}/en/register/")
    page.get_by_role("radio", name="Remotely").check()
    fill(page, email="anna.ek@gmial.com")
    expect(page.get_by_text("Did you mean anna.ek@gmail.com?")).to_be_visible()
    page.get_by_role("button", name="Send the registration").click()
    wrong = post.deliver_one()
    assert wrong.to == "anna.ek@gmial.com"

    expect(page.locator(".sent-to")).to_have_text("anna.ek@gmial.com")
    page.get_by_text("The address is wrong").click()
    page.get_by_label("E-mail").fill("anna.ek@kommun")
    page.locator("details button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert "422" in page.problems.pop()
    page.get_by_label("E-mail").fill("anna.ek@kommun.example")
    page.locator("details button[type=submit]").click()
    expect(page.locator(".sent-to")).to_have_text("anna.ek@kommun.example")

    right = post.deliver_one()
    assert right.to == "anna.ek@kommun.example"
    assert page.request.get(wrong.link("/r/")).status == 404
    assert page.request.get(right.link("/r/")).status == 200
    assert Registration.objects.count() == 1


def test_a_suggested_address_is_taken_with_one_press(page: Page, site: str, fill: Callable[..., None]) -> None:
    make_event()
    page.goto(f"{site}/en/register/")
    fill(page, email="anna.ek@gmial.com")
    page.get_by_role("button", name="Use this address").click()
    expect(page.get_by_label("E-mail")).to_have_value("anna.ek@gmail.com")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_text("Did you mean")).to_have_count(0)


def double_click_and_back(page: Page, site: str, post: Post, fill: Callable[..., None]) -> None:
    make_event()
    page.goto(f"{site}/en/register/")
    page.get_by_role("radio", name="Remotely").check()
    fill(page)
    page.get_by_role("button", name="Send the registration").dblclick()
    expect(page).to_have_url(f"{site}/en/register/sent/")
    assert post.deliver_one().to == "anna.ek@kommun.example"
    page.go_back()
    page.get_by_role("button", name="Send the registration").click()
    expect(page).to_have_url(f"{site}/en/register/sent/")
    assert post.deliver_one().subject == "Integration 2024: you are already registered"
    assert Registration.objects.count() == 1


def test_a_double_click_and_the_back_button_register_once(
    page: Page, site: str, post: Post, fill: Callable[..., None]
) -> None:
    double_click_and_back(page, site, post, fill)


@pytest.mark.browser(locale="en-GB", java_script_enabled=False)
def test_a_double_click_registers_once_without_javascript(
    page: Page, site: str, post: Post, fill: Callable[..., None]
) -> None:
    double_click_and_back(page, site, post, fill)

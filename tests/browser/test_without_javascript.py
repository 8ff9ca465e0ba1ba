"""Without JavaScript: register, change, cancel."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.post import Post
from tests.factories import make_event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser(locale="en-GB", java_script_enabled=False),
]


def test_register_change_cancel(page: Page, site: str, post: Post, fill: Callable[..., None]) -> None:
    make_event()
    page.goto(f"{site}/en/register/")
    fill(page)
    page.locator("select#id_municipality").select_option(label="Turku (Åbo)")
    page.get_by_role("button", name="Send the registration").click()

    # How one takes part was not chosen: the list of errors says so.
    page.get_by_role("alert").get_by_role("link", name="Attendance").click()
    assert "422" in page.problems.pop()
    page.get_by_role("radio", name="On site").check()
    expect(page.locator("select#id_municipality option:checked")).to_have_text("Turku (Åbo)")
    page.get_by_role("button", name="Send the registration").click()
    expect(page.locator(".sent-to")).to_have_text("anna.ek@kommun.example")

    page.goto(post.deliver_one().link("/r/"))
    expect(page.get_by_role("definition").filter(has_text="Turku (Åbo)")).to_be_visible()
    page.get_by_role("link", name="Change your answers").click()
    page.locator("select#id_municipality").select_option(label="Vaasa (Vasa)")
    page.get_by_label("Dietary requirements").fill("Vegan")
    page.get_by_role("checkbox", name="I agree").check()
    page.get_by_role("button", name="Save the changes").click()
    expect(page.locator(".messages")).to_contain_text("Your changes are saved.")
    expect(page.get_by_role("definition").filter(has_text="Vaasa (Vasa)")).to_be_visible()
    assert "Vaasa" not in post.deliver_one().subject

    page.get_by_role("link", name="Cancel my registration").click()
    page.get_by_role("button", name="Cancel my registration").click()
    expect(page.get_by_role("heading", name="Your registration is cancelled")).to_be_visible()
    assert post.deliver_one().subject == "Integration 2024: your registration is cancelled"

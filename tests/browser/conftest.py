"""Journeys: a real browser, the real site, a real mail server. Nothing is driven past what a person can do."""

from collections.abc import Callable

import pytest

from events.models import Event
from integration2024.demo import loader
from tests.browser.post import Post
from tests.unreliable import Catcher


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of the site, which links in mails begin with too."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def post(site: str, smtp: Catcher) -> Post:
    """Brings the mail: `post.deliver()` is what a worker does, and returns the letters that came."""
    return Post(smtp)


@pytest.fixture
def demo_event(site: str) -> Event:
    """The event as the demo has it, with all its pages, news, partners and questions; 2020 is there too."""
    return loader.load()[0]


@pytest.fixture
def fill(site: str) -> Callable[..., None]:
    """Fills the registration form by its labels' fields: fill(page, first_name="Anna", …)."""

    def fill_in(page, **given: str) -> None:
        for name, value in {**PERSON, **given}.items():
            page.locator(f"#id_{name}").fill(value)
        page.locator("#id_organisation_type").select_option(index=1)
        page.locator("#id_privacy").check()

    return fill_in


PERSON = {
    "first_name": "Anna",
    "last_name": "Ek",
    "email": "anna.ek@kommun.example",
    "organisation": "Aurådalens kommun",
}

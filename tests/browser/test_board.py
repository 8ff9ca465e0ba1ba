"""The live board and the page of a pairing code keep themselves fresh in a real browser, and disturb nobody."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from events.models import Event
from registration import services
from registration.admin.door import devices, lists
from registration.checkin import pair, take
from tests.browser.axe import findings
from tests.door import EVENT_MORNING, batch, code_of, item, make_device, make_gate, make_list
from tests.factories import at, make_event, make_organiser, register
from tests.organisers import enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser(locale="en-GB")]
BOARD = "en/admin/registration/checkinlist/board/"


@pytest.fixture
def event(moment) -> Event:
    event = make_event(on_site_closes_at=at("2024-11-15 12:00"))
    moment.move_to(at(EVENT_MORNING))
    return event


@pytest.fixture
def office(page: Page, site: str, event: Event, client: Client, monkeypatch) -> Page:
    """An organiser's browser, in which pages look again after two seconds."""
    monkeypatch.setattr(lists, "REFRESH_SECONDS", 2)
    monkeypatch.setattr(devices, "REFRESH_SECONDS", 2)
    enter(client, make_organiser(event))
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    return page


def test_arrivals_appear_while_the_table_stays_open_and_the_focus_where_it_is(office: Page, site: str, event: Event):
    device, _token = make_device(event, name="Phone")
    people = [register(event) for _ in range(3)]
    take(device, batch(item(device, code_of(people[0]), happened=at("2024-11-14 08:02"))))
    office.goto(f"{site}/{BOARD}")
    expect(office.locator(".board-sum")).to_have_text("1 of 3 have arrived, 2 still expected")
    office.get_by_text("The same as a table").click()
    office.get_by_role("link", name="Phone").focus()
    take(device, batch(item(device, code_of(people[1]), happened=at("2024-11-14 08:07"))))
    expect(office.locator(".board-sum")).to_have_text("2 of 3 have arrived, 1 still expected")
    expect(office.get_by_role("cell", name="8.05–8.10")).to_be_visible()
    assert office.evaluate("document.activeElement.textContent") == "Phone"
    assert findings(office) == []
    office.problems.clear()  # axe brings styles of its own


def test_without_a_connection_the_board_says_that_its_figures_are_old(office: Page, site: str, event: Event):
    make_list(event)
    office.goto(f"{site}/{BOARD}")
    warning = office.get_by_text("No connection to the server")
    expect(warning).to_be_hidden()
    office.context.set_offline(True)
    expect(warning).to_be_visible()
    office.context.set_offline(False)
    expect(warning).to_be_hidden()
    office.problems.clear()  # the browser notes the failed request


def test_a_stopped_board_stays_as_it_is(office: Page, site: str, event: Event):
    device, _token = make_device(event)
    office.goto(f"{site}/{BOARD}")
    office.get_by_role("link", name="Stop updating").click()
    take(device, batch(item(device, code_of(register(event)))))
    office.wait_for_timeout(3000)
    expect(office.locator(".board-sum")).to_have_text("0 of 0 have arrived, 0 still expected")
    office.get_by_role("link", name="Update by itself again").click()
    expect(office.locator(".board-sum")).to_have_text("1 of 1 have arrived, 0 still expected")


def test_the_page_of_the_code_turns_when_the_phone_has_paired(office: Page, site: str, event: Event):
    device = services.make_device(
        event, make_gate(event), make_list(event), name="Phone", language="fi", is_help_desk=False, by=None
    )
    office.goto(f"{site}/en/admin/registration/device/{device.pk}/pair/")
    link = office.get_by_label("Or copy this link")
    expect(link).to_have_value(services.pairing_link(device))
    assert findings(office) == []
    office.problems.clear()  # axe brings styles of its own
    link.select_text()
    office.wait_for_timeout(3000)
    assert office.evaluate("document.activeElement.id") == "pairing-link"  # nothing was replaced under one's hands
    pair(services.pairing_token(device), name="Phone", language="fi", version="1")
    expect(office.get_by_text("The phone has paired.")).to_be_visible()
    expect(link).to_have_count(0)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_pages_of_the_door_make_the_browser_complain_about_nothing(
    office: Page, site: str, event: Event, language: str
):
    device, _token = make_device(event)
    take(device, batch(item(device, code_of(register(event))), item(device, "I24-" + "A" * 26)))
    check_in_list, conflict = device.check_in_list.pk, event.conflicts.get().pk
    for address in (
        "", "gate/", "gate/add/", f"gate/{device.gate.pk}/change/", "checkinlist/", "checkinlist/add/",
        f"checkinlist/{check_in_list}/change/", f"checkinlist/{check_in_list}/people/", "checkinlist/board/",
        "device/", "device/add/", f"device/{device.pk}/change/", f"device/{device.pk}/pair/",
        f"device/{device.pk}/revoke/", "scan/", f"scan/{event.scans.first().pk}/change/", "conflict/",
        f"conflict/{conflict}/change/", f"conflict/{conflict}/close/",
    ):  # fmt: skip
        path = f"registration/{address}" if address else ""
        response = office.goto(f"{site}/{language}/admin/{path}")
        assert response is not None
        assert response.status == 200, address
    assert office.problems == []

"""The engine and the real server understand each other."""

import pytest
from playwright.sync_api import Page

from registration import services
from registration.models import Admission, Device, Scan
from tests.door import EVENT_MORNING, code_of, make_gate, make_list
from tests.door_engine.conftest import Device as Tab
from tests.factories import at, make_event, register

START = """async (token) => {
    const { Door } = await import("/static/js/door/engine.js");
    window.shift = 0; window.events = [];
    window.door = await Door.open({ version: "test", now: () => Date.now() + window.shift });
    door.addEventListener("wiped", () => events.push("wiped"));
    if (token) await door.pair(token, "Ovi 1", "sv");
}"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser(service_workers="block")
def test_a_morning_at_the_door(page: Page, live_server, settings, moment):
    settings.SITE_URL = live_server.url
    event = make_event()
    anna, bo, eva = (register(event, first_name=name, email=f"{name}@kommun.example") for name in ("Anna", "Bo", "Eva"))
    codes = [code_of(person) for person in (anna, bo, eva)]
    moment.move_to(at(EVENT_MORNING))
    check_in_list, gate = make_list(event, is_return_normal=False), make_gate(event)
    device = Device.objects.create(event=event, gate=gate, check_in_list=check_in_list,
                                   pairing_ends_at=at("2024-11-14 09:00"), is_help_desk=True)  # fmt: skip
    page.goto(f"{live_server.url}/robots.txt")  # any page without an engine of its own
    page.evaluate(START, services.pairing_link(device).partition("pair=")[2])
    tab = Tab(page)
    state = tab.state
    assert (state["list"], state["gate"], state["expected"], state["helpDeskPeople"]) == (
        check_in_list.number, gate.pk, 3, 3,
    )  # fmt: skip
    scan = tab.read(codes[0])
    assert (scan["tone"], scan["person"]["registration"]) == ("go", anna.pk)
    tab.wait(lambda state: state["recent"][0]["certain"] and not state["unsent"], "the live answer")

    page.context.set_offline(True)
    assert [tab.read(code)["reason"] for code in codes[1:]] == ["admit", "admit"]
    tab.do("door.undo(given)", tab.state["recent"][0]["id"])
    tab.later(4_000)
    page.context.set_offline(False)
    tab.sync()
    assert tab.state["unsent"] == 0
    assert tab.state["arrivedHere"] == 2
    inside = Admission.objects.exclude(scan_id=None).values_list("registration", flat=True)
    assert sorted(inside) == [anna.pk, bo.pk]
    assert sorted(Scan.objects.values_list("kind", flat=True)) == ["read", "read", "read", "undo"]

    services.revoke_device(device.pk, by=None)
    page.context.set_offline(True)
    tab.later(11_000)
    tab.read(codes[2])
    page.context.set_offline(False)
    tab.later(4_000)
    tab.sync()
    assert (tab.state["paired"], tab.events) == (False, ["wiped"])
    assert Scan.objects.count() == 5, "what was unsent came before the end"
    page.goto("about:blank")
    page.problems[:] = [text for text in page.problems if "Failed to load resource" not in text]

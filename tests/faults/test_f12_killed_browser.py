"""F12: the phone's browser is killed with scans in its queue, the server is gone, the phone is reloaded: nothing is
lost. Real Chromium, a real web server that is really stopped, a camera that films badges."""

import time
from collections.abc import Callable, Generator
from pathlib import Path
from statistics import median

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserType, expect

from benchmarks.installation import Installation
from benchmarks.people import many
from events.models import Event
from integration2024.local.processes import Child
from registration import services
from registration.models import Admission, Badge, CheckInList, Conflict, Device, Scan
from tests.door import make_gate, make_list
from tests.faults.conftest import IS_FULL, size
from tests.faults.phone import Phone, film

KILLS = size(small=2, full=50)
SCANS_BEFORE_A_KILL = 4
SCANS_OFFLINE = 20
FILMED = 3
FRAME_TO_VERDICT_MS, USABLE_AFTER_RELOAD_MS = 150, 1000
USABLE = """() => new Promise(done => {
    const isUsable = () => document.querySelector("#scanning:not([hidden]) #list-name")?.textContent;
    const look = () => isUsable() ? done(performance.now()) : requestAnimationFrame(look);
    look();
})"""
NOT_WRITTEN = """() => {
    const { put, add, get } = IDBObjectStore.prototype;
    const isQueue = store => /scan|queue/.test(store.name);
    IDBObjectStore.prototype.put = function (...given) { return (isQueue(this) ? get : put).apply(this, given); };
    IDBObjectStore.prototype.add = function (...given) { return (isQueue(this) ? get : add).apply(this, given); };
}"""
CAMERA_OFF = "document.getElementById('video').srcObject.getTracks().forEach(track => track.stop())"
READ = """async () => {
    const done = asked => new Promise(resolve => { asked.onsuccess = () => resolve(asked.result); });
    const base = await done(indexedDB.open("i24-door"));
    return (await done(base.transaction("scans").objectStore("scans").getAll())).map(({ id, ticket }) => [id, ticket]);
}"""
KEPT = """async () => {
    const done = asked => new Promise(resolve => { asked.onsuccess = () => resolve(asked.result); });
    const counts = [];
    for (const { name } of await indexedDB.databases()) {
        const base = await done(indexedDB.open(name));
        for (const store of base.objectStoreNames)
            counts.push([store, (await done(base.transaction(store).objectStore(store).getAllKeys())).length]);
    }
    return counts.filter(([name, count]) => count && /ticket|arrival|people|scan|queue/.test(name));
}"""


class Door:
    """An event with a dinner, its web server, and phones."""

    def __init__(self, installation: Installation, event: Event, chromium: BrowserType, folder: Path) -> None:
        self.installation, self.event, self.chromium, self.folder = installation, event, chromium, folder
        self.list = make_list(event, "Illallinen", is_return_normal=False)
        self.gates = [make_gate(event, name) for name in ("Pääovi", "Sali")]
        self.phones: list[Phone] = []
        self.web: Child | None = None

    def start_server(self) -> None:
        self.web = self.installation.start_web()

    def stop_server(self) -> None:
        if self.web:
            self.installation.processes.stop(self.web)
        self.web = None

    def phone(self, gate: int = 0, film: Path | None = None) -> tuple[Phone, Device]:
        """A phone that has opened the organiser's link; the server must be running."""
        device = services.make_device(
            self.event, self.gates[gate], self.list, name="", language="en", is_help_desk=False, by=None
        )
        site = self.installation.environment["SITE_URL"]
        phone = Phone(self.chromium, self.folder / f"phone-{device.pk}", site, film)
        self.phones.append(phone)
        phone.start()
        phone.pair(f"{site}/door/#pair={services.pairing_token(device)}")
        return phone, device


@pytest.fixture
def people(open_event: Callable[..., Event]) -> list[Badge]:
    return many(open_event(), size(small=40, full=400))


@pytest.fixture
def door(installation: Installation, people: list[Badge], tmp_path: Path, browser: Browser) -> Generator[Door]:
    door = Door(installation, people[0].registration.event, browser.browser_type, tmp_path)
    door.start_server()
    yield door
    for phone in door.phones:
        phone.close()
    door.stop_server()
    nobody_is_connected()


def nobody_is_connected() -> None:
    """A server that was killed in the middle of an answer is still connected for a moment."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    end = time.monotonic() + 20
    with connection.cursor() as cursor:
        while cursor.execute(others).fetchone()[0] and time.monotonic() < end:
            time.sleep(0.05)


def inside(row: CheckInList) -> set[int]:
    return set(
        Admission.objects.filter(check_in_list=row, scan_id__isnull=False).values_list("registration", flat=True)
    )


def test_a_killed_browser_loses_no_scan(door: Door, people: list[Badge], figure: Callable[..., None]):
    phone, _device = door.phone()
    door.stop_server()
    codes = iter(people)
    scanned = []
    for _kill in range(KILLS):
        for badge in [next(codes) for _ in range(SCANS_BEFORE_A_KILL)]:
            phone.scan(badge.code)
            scanned.append(badge)
        phone.kill()
        phone.start()
        phone.open()
    phone.says(f"unsent: {len(scanned)}")
    door.start_server()
    phone.says("all sent")
    lost = {badge.registration_id for badge in scanned} - inside(door.list)
    figure("scans lost", f"{len(lost)} of {len(scanned)} in {KILLS} kills", "0")
    assert lost == set()
    assert Scan.objects.count() == len(scanned)


def test_a_queue_that_is_not_written_is_lost(door: Door, people: list[Badge]):
    """The control: what a phone holds in its memory alone does not outlive a kill."""
    phone, _device = door.phone()
    door.stop_server()
    phone.page.evaluate(NOT_WRITTEN)
    phone.scan(people[0].code)
    phone.kill()
    phone.start()
    phone.open()
    phone.says("all sent")


def test_a_badge_is_read_from_the_camera_and_a_reload_needs_no_server(
    door: Door, people: list[Badge], tmp_path: Path, figure: Callable[..., None]
):
    filmed, typed = people[:FILMED], people[FILMED : FILMED + SCANS_OFFLINE]
    codes = [code for badge in filmed for code in (badge.code, "")]
    phone, _device = door.phone(film=film(tmp_path / "badges.y4m", codes))
    door.stop_server()
    reload_ms = []
    for _ in range(size(small=2, full=10)):
        phone.page.reload()
        reload_ms.append(phone.page.evaluate(USABLE))
    phone.says("unsent")
    while len(seen(phone)) < FILMED:
        phone.page.wait_for_timeout(200)
    verdicts = phone.page.evaluate("performance.getEntriesByName('reading to verdict').map(({duration}) => duration)")
    figure("camera frame to verdict, offline, ms (median)", round(median(verdicts)), f"{FRAME_TO_VERDICT_MS}")
    figure("usable after a reload without server, ms (median)", round(median(reload_ms)), f"{USABLE_AFTER_RELOAD_MS}")
    assert not IS_FULL or median(verdicts) <= FRAME_TO_VERDICT_MS
    assert not IS_FULL or median(reload_ms) <= USABLE_AFTER_RELOAD_MS
    phone.page.evaluate(CAMERA_OFF)
    for badge in typed:
        phone.scan(badge.code)
    read = [scan for scan, _ticket in phone.page.evaluate(READ)]
    assert len(read) >= FILMED + SCANS_OFFLINE
    door.start_server()
    phone.says("all sent")
    assert inside(door.list) == {badge.registration_id for badge in [*filmed, *typed]}
    assert sorted(str(scan) for scan in Scan.objects.values_list("pk", flat=True)) == sorted(read), "each exactly once"
    assert list(Conflict.objects.all()) == []


def seen(phone: Phone) -> set[str]:
    """Whom the phone has read, by what is on its disk; a badge of the film may come twice before another."""
    phone.page.keyboard.press("Escape")
    return {ticket for _scan, ticket in phone.page.evaluate(READ)}


def test_two_phones_without_network_that_let_one_badge_in_are_one_conflict(door: Door, people: list[Badge]):
    one, other = door.phone(0)[0], door.phone(1)[0]
    door.stop_server()
    for phone in (one, other):
        phone.scan(people[0].code)
        expect(phone.page.locator("#verdict-name")).to_contain_text("Maija")
    door.start_server()
    for phone in (one, other):
        phone.says("all sent")
    conflict = Conflict.objects.get()
    assert (conflict.kind, conflict.registration_id, conflict.closed_at) == ("double", people[0].registration_id, None)
    assert Scan.objects.filter(is_admitting=True).count() == 2


@pytest.mark.parametrize("held", [1, 0], ids=["something to send", "nothing to send"])
def test_a_revoked_phone_gives_what_it_holds_and_forgets_everything(door: Door, people: list[Badge], held: int):
    phone, device = door.phone()
    door.stop_server()
    for badge in people[:held]:
        phone.scan(badge.code)
    phone.page.wait_for_timeout(2000)  # a slow answer moves a scan's moment; it is to lie before the revoking
    services.revoke_device(device.pk, by=None)
    door.start_server()
    expect(phone.page.locator("#pair-note")).to_contain_text("has been emptied", timeout=60_000)
    assert inside(door.list) == {badge.registration_id for badge in people[:held]}
    phone.page.reload()
    expect(phone.page.locator("#pairing")).to_be_visible()
    assert phone.page.evaluate(KEPT) == []
    device.refresh_from_db()
    assert device.wiped_at is not None

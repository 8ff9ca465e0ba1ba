"""The engine in a real browser, on an empty page, against a small server of the tests' own."""

import time
from collections.abc import Callable, Generator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.door_engine.server import LINK, Server
from tests.node import DOOR

ORIGIN = "http://localhost:9"  # nothing listens there: every request is answered by the tests
EMPTY = """<!doctype html><html lang="en"><title>Door</title><link rel="icon" href="data:,">
<script>
  window.isDown = false;
  const send = window.fetch;
  window.fetch = (...given) => (window.isDown ? Promise.reject(new TypeError("Failed to fetch")) : send(...given));
</script>
<script type="module">import { Door } from "/engine.js"; window.Door = Door;</script>"""
OPEN = """async (upgrades) => {
  while (!window.Door) await new Promise((later) => setTimeout(later, 5));
  window.shift = 0; window.events = [];
  const more = upgrades ? { upgrades: [null, (db) => db.createObjectStore("newer")] } : {};
  window.door = await Door.open({ version: "test", now: () => Date.now() + window.shift, ...more });
  door.addEventListener("answer", ({ detail }) => events.push(detail));
  for (const name of ["forgotten", "wiped"]) door.addEventListener(name, () => events.push(name));
}"""


class Device:
    """A tab with the engine in it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, *, is_newer: bool = False) -> "Device":
        self.page.goto(f"{ORIGIN}/door/")
        self.page.evaluate(OPEN, is_newer)
        return self

    def do(self, expression: str, given: Any = None) -> Any:
        """The value of an expression that may await, with `door` and `given`; {code} when it throws one."""
        wrapped = f"async (given) => {{ try {{ return await ({expression}); }} catch (error) {{ \
            if (!error.code) throw error; return {{ code: error.code }}; }} }}"
        return self.page.evaluate(wrapped, given)

    def pair(self) -> "Device":
        assert self.do("door.pair(given, 'Ovi 1', 'fi')", LINK) is None
        return self

    def read(self, text: str) -> dict[str, Any]:
        return self.do("door.read(given, { typed: true })", text)

    def sync(self) -> None:
        self.do("door.sync()")

    def later(self, milliseconds: int) -> None:
        """The device's clock jumps."""
        self.page.evaluate("(more) => { window.shift += more; }", milliseconds)

    @property
    def state(self) -> dict[str, Any]:
        return self.page.evaluate("door.state")

    @property
    def events(self) -> list[Any]:
        return self.page.evaluate("events")

    def wait(
        self, condition: Callable[[dict[str, Any]], Any], what: str = "the state", *, seconds: float = 10
    ) -> dict[str, Any]:
        """The state, once it is as wanted."""
        ends = time.monotonic() + seconds
        while not condition(state := self.state):
            assert time.monotonic() < ends, f"{what} did not come: {state}"
            self.page.wait_for_timeout(20)
        return state


def serve(context: BrowserContext, server: Server) -> None:
    """The modules as they are, an empty page, and the server of the test."""

    def module(route: Route) -> None:
        path = DOOR / route.request.url.rsplit("/", 1)[1]
        route.fulfill(body=path.read_text(encoding="utf-8"), content_type="text/javascript")

    context.route(f"{ORIGIN}/*.js", module)

    def empty(route: Route) -> None:
        is_down = str(server.is_down).lower()
        route.fulfill(
            body=EMPTY.replace("window.isDown = false", f"window.isDown = {is_down}"), content_type="text/html"
        )

    server.context = context
    context.route(f"{ORIGIN}/door/", empty)
    context.route(f"{ORIGIN}/door/api/**", server.handle)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def device(page: Page, server: Server) -> Generator[Device]:
    """A paired device; the server knows nobody yet."""
    serve(page.context, server)
    yield Device(page).open().pair()
    for tab in page.context.pages:
        tab.goto("about:blank")
    page.problems[:] = [text for text in page.problems if "Failed to load resource" not in text]  # networks fail here


@pytest.fixture
def another_tab(page: Page, device: Device) -> Device:
    """Of the same browser."""
    return Device(page.context.new_page()).open()

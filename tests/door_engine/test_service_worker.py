"""The service worker in a real browser, with a real small web server that goes away."""

import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from playwright.sync_api import Page

ADDRESSES = '["/door/", "/static/a.js", "/static/a.css"]'
PAGE = """<!doctype html><html lang="fi"><title>Door {version}</title><link rel="icon" href="data:,">
<script src="/static/a.js"></script>"""


class Site:
    """Serves version after version, counts what is asked, and can be shut."""

    def __init__(self) -> None:
        self.version, self.missing, self.asked = "1", "", []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        self.asked.append(path)
        context = {"version": self.version, "addresses_json": mark_safe(ADDRESSES)}
        kinds = {
            "/door/": ("text/html", PAGE.format(version=self.version)),
            "/door/sw.js": ("text/javascript", render_to_string("registration/door_sw.js", context)),
            "/static/a.js": ("text/javascript", f"window.version = '{self.version}';"),
            "/static/a.css": ("text/css", ""),
            "/door/api/time": ("application/json", str(len(self.asked))),
        }
        kind, body = kinds.get(path, ("text/plain", ""))
        request.send_response(404 if path == self.missing or path not in kinds else 200)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body.encode())

    def shut(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()


@pytest.fixture
def site(page: Page) -> Generator[Site]:
    """The page is open and its service worker is in charge."""
    site = Site()
    page.goto(f"{site.address}/door/")
    page.evaluate("""async () => {
        await navigator.serviceWorker.register("/door/sw.js", { updateViaCache: "none" });
        if (navigator.serviceWorker.controller) return;
        await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
    }""")
    yield site
    page.goto("about:blank")
    site.shut()
    page.problems[:] = [text for text in page.problems if "Failed to load resource" not in text]


def look_for_a_new_version(page: Page) -> str:
    """What becomes of it: installed (it waits), or redundant (it could not be installed)."""
    return page.evaluate("""async () => {
        const registration = await navigator.serviceWorker.getRegistration("/door/");
        const found = new Promise((done) => registration.addEventListener("updatefound", done));
        await registration.update().catch(() => {});
        await found;
        const worker = registration.installing ?? registration.waiting;
        if (!worker) return "redundant";
        while (worker.state === "installing") await new Promise((done) => setTimeout(done, 10));
        return worker.state;
    }""")


def caches_of(page: Page) -> list[str]:
    return page.evaluate("caches.keys()")


def test_the_page_opens_when_the_server_is_gone(page: Page, site: Site):
    site.shut()
    page.goto(f"{site.address}/door/?from=home#pair=x")
    assert page.title() == "Door 1"
    assert page.evaluate("window.version") == "1"
    assert page.evaluate("fetch('/door/api/time').then(() => 'answered', () => 'nothing')") == "nothing"


def test_what_is_kept_is_not_asked_again_and_what_is_told_is_always_asked(page: Page, site: Site):
    site.asked.clear()
    page.reload()
    assert {"/door/", "/static/a.js"} & set(site.asked) == set()
    first, second = (page.evaluate("fetch('/door/api/time').then((answer) => answer.json())") for _ in range(2))
    assert first < second


def test_a_new_version_waits_until_the_page_takes_it_and_the_old_files_go(page: Page, site: Site):
    site.version = "2"
    assert look_for_a_new_version(page) == "installed"
    page.reload()
    assert page.evaluate("window.version") == "1", "nothing changes by itself"
    assert sorted(caches_of(page)) == ["i24-door-1", "i24-door-2"]
    page.evaluate("""async () => {
        const changed = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
        const registration = await navigator.serviceWorker.getRegistration("/door/");
        registration.waiting.postMessage({ type: "update" });
        await changed;
    }""")
    site.shut()
    page.reload()
    assert (page.title(), page.evaluate("window.version")) == ("Door 2", "2")
    assert caches_of(page) == ["i24-door-2"]


def test_a_version_of_which_a_file_is_missing_does_not_replace_the_old_one(page: Page, site: Site):
    site.version, site.missing = "2", "/static/a.css"
    assert look_for_a_new_version(page) == "redundant"
    site.shut()
    page.reload()
    assert (page.title(), page.evaluate("window.version")) == ("Door 1", "1")

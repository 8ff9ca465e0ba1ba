"""The door's page: the same for everybody, kept whole by the device, its words in three languages."""

import json
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from integration2024.demo.middleware import is_page
from registration import door_page
from registration.door_texts import TEXTS

SCRIPTS = Path(settings.BASE_DIR / "static/js/door")
TEMPLATES = Path(settings.BASE_DIR / "templates/registration")
PLACES = re.compile(r"%\((\w+)\)s")
SESSION = "a" * 32  # as long as a real key
ADDRESSES = ["/door/", "/door/sw.js", "/door/manifest.webmanifest"]


def policy(response) -> dict[str, set[str]]:
    """The content security policy, by directive."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in parts}


def data(client: Client) -> dict:
    """What the page gives its scripts."""
    html = client.get("/door/").content.decode()
    found = re.search(r'<script id="door-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_the_door_may_run_web_assembly_and_workers(client, address):
    found = policy(client.get(address))
    usual = {name: set(sources) for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()}
    usual = {name: {str(source) for source in sources} for name, sources in usual.items()}
    assert found == usual | {"script-src": {"'self'", "'wasm-unsafe-eval'"}, "worker-src": {"'self'"}}


@pytest.mark.django_db
def test_other_pages_keep_the_usual_policy(client):
    client.get("/door/")
    assert policy(client.get("/robots.txt"))["script-src"] == {"'self'"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_the_same_for_everybody(client, address):
    """And asks no database: a test without the mark for it may not."""
    first = client.get(address, headers={"accept-language": "sv"})
    second = Client().get(address, headers={"accept-language": "en", "cookie": f"session={SESSION}"})
    assert first.content == second.content
    assert (first.cookies, second.cookies) == (SimpleCookie(), SimpleCookie())
    assert "Cookie" not in first.get("Vary", "")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_new_version_is_found_and_an_old_one_not_sent_again(client, address):
    response = client.get(address)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-cache")
    again = client.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post(address).status_code == 405


def test_the_kinds_of_file(client):
    kinds = [client.get(address)["Content-Type"].split(";")[0] for address in ADDRESSES]
    assert kinds == ["text/html", "text/javascript", "application/manifest+json"]
    assert client.get("/door/manifest.webmanifest").json()["scope"] == "/door/"


def test_the_demos_bar_stays_away(client):
    assert not is_page(client.get("/door/"))


def test_nothing_is_inline(client):
    html = client.get("/door/").content.decode()
    assert re.findall(r"<style|<[^>]+\s(?:style|on\w+)=", html) == []
    scripts = re.findall(r"<script([^>]*)>", html)
    assert sorted("src=" in script or 'type="application/json"' in script for script in scripts) == [True, True]


# --- What is kept ---------------------------------------------------------------------------------------------------
def test_everything_that_is_kept_is_there(client):
    kept = door_page.kept_files()
    assert kept[:2] == ["/door/", "/door/manifest.webmanifest"]
    assert len(kept) == len(set(kept))
    files = [address.removeprefix(settings.STATIC_URL) for address in kept[2:]]
    assert [name for name in files if not finders.find(name)] == []
    assert [client.get(address).status_code for address in kept[:2]] == [200, 200]


def test_everything_that_the_page_names_is_kept(client):
    kept = set(door_page.kept_files())
    css = Path(str(finders.find("css/door.css"))).read_text(encoding="utf-8")
    fonts = {f"/static/{name}" for name in re.findall(r'url\("\.\./(fonts/[^"]+)"\)', css)}
    linked = set(re.findall(r'(?:href|src)="(/[^"#]+)"', client.get("/door/").content.decode()))
    imported = {
        f"/static/js/door/{name}"
        for path in SCRIPTS.glob("*.js")
        for name in re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8"))
    }
    named = fonts | linked | imported | set(data(client)["addresses"].values())
    assert len(fonts) == 10
    assert sorted(named - kept) == []


def test_the_worker_knows_the_version_and_every_address(client):
    worker = client.get("/door/sw.js").content.decode()
    assert f'"i24-door-{data(client)["version"]}"' in worker
    assert [address for address in door_page.kept_files() if json.dumps(address) not in worker] == []


@pytest.fixture
def hashed(settings, tmp_path):
    """Static files with hashes in their names, as collectstatic writes them down: hashed(changed="js/door/main.js")."""
    plain = [address.removeprefix("/static/") for address in door_page.kept_files()[2:]]

    def write(changed: str = "") -> None:
        paths = {name: f"{name}.{'new' if name == changed else 'old'}" for name in plain}
        (tmp_path / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": paths, "hash": ""}))
        storages = settings.STORAGES | {"staticfiles": {"BACKEND": "integration2024.storage.HashedFiles"}}
        settings.STATIC_ROOT, settings.STORAGES = tmp_path, storages

    return write


@pytest.mark.parametrize("changed", ["js/door/camera.js", "css/door.css", "zxing-wasm/zxing_reader.wasm"])
def test_a_changed_file_makes_a_new_version(hashed, changed):
    hashed()
    assert staticfiles_storage.url(changed) == f"/static/{changed}.old"
    before = door_page.version()
    assert door_page.version() == before
    hashed(changed=changed)
    assert door_page.version() != before


def test_a_changed_word_makes_a_new_version(monkeypatch):
    before = door_page.version()
    monkeypatch.setitem(TEXTS, "torch", "Lamp")
    assert door_page.version() != before


# --- Words ----------------------------------------------------------------------------------------------------------
def test_the_page_holds_every_word_in_three_languages(client):
    texts = data(client)["texts"]
    assert list(texts) == ["fi", "sv", "en"]
    assert {language: set(told) for language, told in texts.items()} == dict.fromkeys(texts, set(TEXTS))
    assert texts["en"] == TEXTS
    places = {
        language: {key: set(PLACES.findall(text)) for key, text in told.items()} for language, told in texts.items()
    }
    assert places["fi"] == places["sv"] == places["en"]


def named_words() -> set[str]:
    """Every key that scripts and templates name as such."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("door*.html"))
    in_pages = re.findall(r'data-t(?:-label)?="(\w+)"', pages) + re.findall(r' text="(\w+)"', pages)
    return {*re.findall(r'\bt\("(\w+)"', scripts), *in_pages}


def test_every_word_that_is_named_is_there():
    assert named_words() - set(TEXTS) == set()
    assert len(named_words()) > 80


def test_every_answer_of_the_rule_has_its_words():
    vectors = json.loads((Path(__file__).parent / "verdicts.json").read_text(encoding="utf-8"))
    answers = {(vector["tone"], vector["reason"]) for vector in vectors}
    assert len(answers) >= 12
    missing = [f"{tone}_{reason}" for tone, reason in answers if tone != "go" and f"{tone}_{reason}" not in TEXTS]
    assert missing == []
    assert [reason for _, reason in answers if f"reason_{reason}" not in TEXTS] == []
    assert {f"word_{tone}" for tone, _ in answers} <= set(TEXTS)


def test_without_javascript_the_page_says_so_in_three_languages(client):
    html = client.get("/door/").content.decode()
    found = re.search(r"<noscript>(.*?)</noscript>", html, re.DOTALL)
    assert found
    assert set(re.findall(r'lang="(\w+)"', found[1])) == {"fi", "sv", "en"}

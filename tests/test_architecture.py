"""What holds for the whole project: whom an address answers, and which file names are taken."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from integration2024.logs import mask
from tests.exhibition import make_booth, make_hall, make_place
from tests.factories import at, make_call, make_event
from tests.programme.helpers import make_one_of_everything
from tests.webinars.helpers import make_one_of_each

ROOT = Path(__file__).parent.parent

# Whoever adds an address that answers strangers adds it here, on purpose. All others must show the way to the login.
PUBLIC = {
    "root", "status", "robots", "home", "page", "news", "news-item", "news-feed",
    "register", "register-sent", "register-correct-address", "register-link",
    "account_login", "account_logout", "account_inactive", "account_signup", "account_request_login_code",
    "admin:logout", "door", "door-worker", "door-manifest", "door-pair",
    "my-programme", "session-actions", "session-book",
    "live", "live-hall", "live-now", "live-ask", "live-stay-away",
    "session-favourite", "calls", "call", "call-form", "calls-link",
    "programme", "programme-search", "programme-changes", "programme-feed", "programme-calendar", "programme-json",
    "programme-pdf", "programme-xml", "programme-picture", "speaker", "room-feedback", "session", "session-calendar",
    "session-feedback", "session-feedback-thanks", "session-material",
    "booths", "booth", "booth-logo",
    "webinars", "webinars-calendar", "series-calendar", "webinar", "webinar-calendar", "webinar-material",
    "webinar-sign-up", "webinar-sent", "webinar-correct-address", "webinar-links",
}  # fmt: skip
# Known to nobody without the link of a mail.
BY_LINK = {
    "personal", "personal-change", "personal-on-site", "personal-remote", "personal-meanwhile", "personal-colleague",
    "personal-keep", "personal-offer", "personal-cancel", "personal-forget-needs", "personal-badge", "personal-qr",
    "personal-calendar", "take-over", "use-claim", "submission", "submission-edit", "submission-withdraw",
    "submission-again", "submission-answer", "submission-file", "proposal-co-presenter", "co-presenter",
    "my-programme-link", "personal-sessions", "live-link", "live-certificate",
    "webinar-personal", "webinar-join", "webinar-personal-calendar", "webinar-cancel", "webinar-offer",
    "webinar-feedback", "webinar-certificate",
    "exhibitor", "exhibitor-texts", "exhibitor-about", "exhibitor-needs", "exhibitor-badges", "exhibitor-badge-mail",
    "exhibitor-badge-back", "exhibitor-sign", "exhibitor-codes", "exhibitor-logo",
    "speaker-page", "speaker-picture", "speaker-material", "speaker-file", "speaker-take-back",
}  # fmt: skip
# To devices at the door alone, and to pages that play a stream: they show their token.
BY_DEVICE = {"door-roster", "door-people", "door-scan", "door-scans", "door-on-site", "door-card", "live-beat"}
# Of allauth, and not used: nobody has a password, and organisers correct addresses.
UNUSED = {
    "account_change_password", "account_email", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_set_password", "None",
}  # fmt: skip
# Of Django's own auth views; a template of ours with such a name would be shown by them in our place, or by the admin.
NAMES_OF_DJANGO = {
    "logged_out.html", "login.html", "password_change_done.html", "password_change_form.html",
    "password_reset_complete.html", "password_reset_confirm.html", "password_reset_done.html",
    "password_reset_email.html", "password_reset_form.html", "password_reset_subject.txt",
}  # fmt: skip
LOGIN = re.compile(r"/fi/(admin|accounts)/login/")
SAMPLES = {"event_slug": "2024", "booth_slug": "silta", "session_slug": "talk", "room_slug": "hall",
           "webinar_slug": "webinar", "series_slug": "tutuksi",
           "call_slug": "programme", "page_slug": "privacy", "app_label": "events",
           "uidb36": "1", "kind": "csv", "layout": "one", "object_id": "1", "content_type_id": "1",
           "url": "nothing-here"}  # fmt: skip
PLACEHOLDER = re.compile(r"<(?:(?P<type>\w+):)?(?P<name>\w+)>")
GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^()]*\)")


def sample(found: re.Match[str]) -> str:
    """Something that fits a placeholder."""
    return SAMPLES.get(found["name"], "1")


def addresses(resolver: URLResolver, path: str = "/", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the site: its name and an example."""
    for entry in resolver.url_patterns:
        pattern = GROUP.sub(sample, str(entry.pattern)).replace("^", "").replace("$", "")
        here = path + PLACEHOLDER.sub(sample, pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            assert isinstance(entry, URLPattern)
            yield f"{namespace}{entry.name}", here


def answer(method: str, path: str) -> str:
    """How a stranger fares: sent to the login, asked for a device's token, refused, nothing there, or answered."""
    response = getattr(Client(), method)(path)
    if response.status_code == 302 and LOGIN.match(response["Location"]):
        return "login"
    return {401: "token", 403: "refused", 404: "nothing", 405: "refused"}.get(response.status_code, "answered")


@pytest.mark.django_db
def test_only_public_addresses_answer_a_stranger_and_links_answer_nobody_without_one(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    event = make_event()
    make_call(event)
    make_one_of_everything(event)
    make_booth(event, make_place(make_hall(event)), slug="silta", logo_id=1)
    make_one_of_each(event)
    event.news.create(pk=1, title_fi="Uutinen", title_sv="Nyhet", published_at=at("2024-10-01 09:00"))
    answered: dict[str, set[str]] = {}
    for name, path in addresses(get_resolver()):
        for method in ("get", "post"):
            answered.setdefault(answer(method, path), set()).add(name)
    assert answered.pop("answered") == PUBLIC
    assert answered.pop("nothing") - UNUSED == BY_LINK
    assert answered.pop("token") == BY_DEVICE


def test_no_template_takes_a_name_of_djangos_own():
    assert {path.name for path in (ROOT / "templates/registration").rglob("*")} & NAMES_OF_DJANGO == set()


def test_every_template_that_another_one_names_exists():
    named = {
        name
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
        for name in re.findall(r"""{% (?:include|extends) ["']([^"']+)["']""", path.read_text())
    }
    assert len(named) > 50
    for name in sorted(named):
        get_template(name)


def test_no_log_keeps_the_secret_part_of_an_address(monkeypatch: pytest.MonkeyPatch):
    secret = "7-1.Qx_3-y"
    monkeypatch.setitem(SAMPLES, "token", secret)
    assert [name for name, path in addresses(get_resolver()) if secret in mask(path)] == []

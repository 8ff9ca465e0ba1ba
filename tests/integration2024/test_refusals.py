"""What is refused before a view or the database sees it."""

import io

import pytest
from django.conf import settings
from django.test import Client

from events.models import Event, Mail
from registration.models import Registration
from tests.factories import form_data, make_event

pytestmark = pytest.mark.django_db
PAGES = ["/fi/", "/fi/my/", "/fi/register/", "/fi/register/sent/", "/fi/admin/registration/registration/"]


@pytest.fixture
def visitor() -> Client:
    """Who gets an answer 500 as a browser would, not as an exception."""
    make_event()
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages", "anything"])
def test_nul_in_a_cookie(visitor, path, name):
    visitor.cookies[name] = "abcdefgh\0"
    response = visitor.get(path)
    is_kept = path == "/fi/" and response.status_code == 200  # a page for everybody may be answered without a look
    assert is_kept or response.status_code == 400


@pytest.mark.parametrize("path", PAGES[1:])
@pytest.mark.parametrize("query", ["q=%00", "next=%00", "%00", "page=1&q=a%00b"])
def test_nul_in_the_query(visitor, path, query):
    response = visitor.get(f"{path}?{query}")
    assert (response.status_code, "Content-Security-Policy" in response) == (400, True)


@pytest.mark.parametrize("path", ["/fi/a%00/", "/fi/r/abc%00def/", "/fi/2024%00/", "/%00", "/fi/admin/events/%00/"])
def test_nul_in_the_path(visitor, path):
    assert visitor.get(path).status_code == 400


def test_an_ordinary_percent_sign_is_none(visitor):
    assert visitor.get("/fi/register/?q=100%2500").status_code == 200


def test_a_form_with_a_file_is_refused_and_the_file_kept_nowhere(visitor, monkeypatch):
    monkeypatch.setattr("tempfile.NamedTemporaryFile", None)  # whoever makes one fails
    monkeypatch.setattr("django.core.files.uploadedfile.InMemoryUploadedFile", None)
    form = form_data(Event.objects.get())
    for size in (10, 10_000_000):
        response = visitor.post("/fi/register/", {**form, "extra": io.BytesIO(b"x" * size)})
        assert response.status_code == 400
    assert (Registration.objects.count(), Mail.objects.count()) == (0, 0)


def test_the_same_form_without_a_file_is_accepted(visitor):
    assert visitor.post("/fi/register/", form_data(Event.objects.get())).status_code == 303

"""Public pages kept as bytes: for everybody, until something changes, never without asking, never in the way."""

import time

import pytest
from django.core.cache import caches
from django.db.models import F
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from events import pagecache
from events.models import Event
from events.pagecache import PatientRedisCache, PublicPageCache, public_page
from tests.factories import at, make_event


class Site:
    """A view behind the cache that counts how often it is asked."""

    def __init__(self, view=None):
        self.calls = 0
        self.view = view or public_page(lambda request: HttpResponse(f"answer {self.calls}", headers={"X-Kept": "yes"}))
        self.cache = PublicPageCache(self.count)

    def count(self, request):
        self.calls += 1
        return self.view(request)

    def get(self, path="/fi/", **headers):
        return self.cache(RequestFactory().get(path, **headers))


@pytest.fixture(autouse=True)
def _not_silent(monkeypatch):
    monkeypatch.setattr(PatientRedisCache, "_silent_until", 0.0)


@pytest.mark.django_db
class TestPages:
    def test_the_second_visitor_gets_the_same_bytes_and_headers(self):
        site = Site()
        first, second = site.get(), site.get()
        assert site.calls == 1
        assert second.content == first.content
        assert dict(second.items()) == dict(first.items())
        assert second["X-Kept"] == "yes"

    def test_the_browser_that_has_it_already_gets_304(self):
        site = Site()
        response = site.get(HTTP_IF_NONE_MATCH=site.get()["ETag"])
        assert (response.status_code, response.content) == (304, b"")

    def test_a_page_is_kept_for_the_minute(self, moment):
        site = Site()
        moment.move_to(at("2024-10-14 09:00"), tick=False)
        site.get()
        moment.shift(59)
        site.get()
        assert site.calls == 1
        moment.shift(1)
        site.get()
        assert site.calls == 2

    def test_a_page_is_not_kept_into_the_minute_in_which_a_window_opens(self, moment):
        """Drawn in the last moment of a minute, and finished in the next one."""
        moment.move_to(at("2024-10-14 09:00").replace(second=59), tick=False)

        @public_page
        def slow(request):
            moment.shift(2)
            return HttpResponse("before")

        site = Site(slow)
        site.get()
        site.get()
        assert site.calls == 2

    def test_a_change_of_public_content_is_seen_at_once(self):
        make_event()
        site = Site()
        site.get()
        Event.objects.update(public_version=F("public_version") + 1)
        assert site.get().content == b"answer 2"

    @pytest.mark.parametrize(
        ("one", "other", "is_same"),
        [
            ("/fi/", "/sv/", False),
            ("/fi/", "/fi/?utm_source=x", True),
            ("/fi/?q=a", "/fi/?q=b", True),
        ],
    )
    def test_pages_differ_by_path_alone(self, one, other, is_same):
        site = Site()
        site.get(one)
        site.get(other)
        assert site.calls == (1 if is_same else 2)

    @override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
    def test_an_answer_over_https_is_not_given_over_http(self):
        site = Site()
        site.get(HTTP_X_FORWARDED_PROTO="https")
        site.get()
        assert site.calls == 2

    def test_hosts_are_kept_apart(self):
        site = Site()
        site.get(HTTP_HOST="localhost")
        site.get(HTTP_HOST="127.0.0.1")
        assert site.calls == 2

    @pytest.mark.parametrize(
        "view",
        [
            lambda request: HttpResponse("for one person"),
            public_page(lambda request: HttpResponse("missing", status=404)),
        ],
    )
    def test_what_is_personal_or_missing_is_never_kept(self, view):
        site = Site(view)
        site.get()
        response = site.get()
        assert site.calls == 2
        assert "ETag" not in response

    def test_a_post_is_never_answered_from_the_cache(self):
        site = Site()
        site.get()
        site.cache(RequestFactory().post("/fi/"))
        assert site.calls == 2

    def test_an_answer_to_head_has_the_headers_of_get(self):
        site = Site()
        etag = site.get()["ETag"]
        assert site.cache(RequestFactory().head("/fi/"))["ETag"] == etag


@pytest.mark.django_db
def test_the_home_page_is_answered_from_the_cache_with_one_query(client, django_assert_num_queries):
    make_event()
    first = client.get("/fi/")
    assert first.status_code == 200
    with django_assert_num_queries(1):
        second = client.get("/fi/")
    assert second.content == first.content
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert client.get("/fi/", headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/fi/", "/fi/news/", "/fi/privacy/"])
def test_a_page_for_everybody_does_not_repeat_what_one_visitor_asked(client, path):
    make_event()
    assert "stranger" not in client.get(f"{path}?day=stranger&utm=stranger").content.decode()
    assert "stranger" not in client.get(path).content.decode()


@pytest.mark.django_db
def test_the_language_switch_of_other_pages_keeps_what_was_asked(client):
    make_event()
    assert (
        'href="/sv/accounts/login/?next=%2Fadmin%2F"'
        in client.get("/fi/accounts/login/?next=%2Fadmin%2F").content.decode()
    )


@pytest.mark.django_db
def test_the_home_page_asks_the_database_at_most_six_times(client, django_assert_max_num_queries):
    make_event()
    with django_assert_max_num_queries(6):
        client.get("/fi/")


# --- When Redis fails -------------------------------------------------------------------------------------------------
@pytest.fixture
def cache(settings, redis_server):
    """The cache of the settings, in this test's own Redis."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": redis_server.url}}
    return caches["default"]


def seconds(step) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def test_a_well_cache_keeps(cache):
    cache.set("name", "value", 10)
    assert cache.get("name") == "value"
    assert cache.add("name", "other") is False
    cache.set("count", 1)
    assert cache.incr("count") == 2
    assert cache.delete("name") is True
    assert cache.get("name", "nothing") == "nothing"


def test_a_dead_cache_misses(cache, redis_server):
    redis_server.stop()
    assert cache.get("name", "nothing") == "nothing"
    assert cache.set("name", "value") is None
    assert cache.add("name", "value") is True
    assert cache.incr("count") == 1
    assert cache.delete("name") is False


def test_a_frozen_cache_costs_one_short_wait_and_is_left_alone_for_a_while(cache, redis_server, monkeypatch):
    cache.set("name", "value")
    redis_server.freeze()
    assert seconds(lambda: cache.get("name")) < 0.6
    assert seconds(lambda: cache.get("name")) < 0.05
    redis_server.thaw()
    assert cache.get("name") is None
    monkeypatch.setattr(PatientRedisCache, "_silent_until", time.monotonic())
    assert cache.get("name") == "value"


@pytest.mark.django_db
def test_pages_are_answered_while_redis_is_frozen(cache, redis_server):
    site = Site()
    redis_server.freeze()
    assert site.get().status_code == 200
    assert seconds(site.get) < 0.1
    assert site.calls == 2
    assert pagecache.SILENCE_SECONDS == 30

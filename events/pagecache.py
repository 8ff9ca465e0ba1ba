"""Public pages kept as bytes, by the outermost middleware.

A page says that it is public with `@public_page`. It is kept under its address, the version of the public content of
all events - any save that changes public content raises that version - and the minute, because windows open and close
to the minute. Of the query only what the view names with `@reads` counts, in one order: such a view reads
`request.known_query` and nothing else, and sends values that mean nothing back to an address without them, so that
nobody can fill the cache. When Redis fails the answer is "miss", and it is left alone for a while.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import get_conditional_response
from redis.exceptions import RedisError

from events import clock
from events.models import Event

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 30.0
KEEP_SECONDS = 60  # a key is asked for during one minute only


class PatientRedisCache(RedisCache):
    """Django's Redis cache that misses instead of failing, and does not ask again for half a minute."""

    _silent_until = 0.0

    def _try(self, method: str, default: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < PatientRedisCache._silent_until:
            return default
        try:
            return getattr(super(), method)(*args, **kwargs)
        except (RedisError, OSError) as error:
            PatientRedisCache._silent_until = time.monotonic() + SILENCE_SECONDS
            logger.warning("The cache is left alone for %d s: %s", SILENCE_SECONDS, error)
            return default

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """A value, or the default."""
        return self._try("get", default, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value if possible."""
        return self._try("set", None, key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep a value unless there is one; says yes when nobody can tell."""
        return self._try("add", True, key, value, *args, **kwargs)

    def delete(self, key: Any, version: Any = None) -> Any:
        """Forget a value."""
        return self._try("delete", False, key, version)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Count; one when nobody can tell."""
        return self._try("incr", delta, key, delta, version)


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view's answer holds nothing of a person, no form token, no message: it may be kept for everybody."""

    @wraps(view)
    def public(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.is_for_everybody = True  # type: ignore[attr-defined]
        request.known_query = _known(request, names_read(public))  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.is_public_page = True  # type: ignore[attr-defined]
        return response

    return public


def reads(*names: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The names in the query that a public page reads; `@public_page` stands above it."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.reads_query = names  # type: ignore[attr-defined]
        return view

    return mark


def names_read(view: Any) -> tuple[str, ...]:
    """The names in the query that a view reads, in one order."""
    return tuple(sorted(getattr(view, "reads_query", ())))


def _known(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    """What the query says of them, without what is empty."""
    return {name: value for name in names if (value := request.GET.get(name, "").strip())}


class PublicPageCache:
    """Answers a GET of a public page from Redis; 304 when the browser has it already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One look into PostgreSQL for the version, one into Redis for the bytes."""
        if request.method not in {"GET", "HEAD"} or not _may_be_public(request.path_info):
            return self.get_response(request)
        key = _key(request)
        if kept := cache.get(key):
            response = HttpResponse(kept[0], headers=kept[1])
            return get_conditional_response(request, etag=kept[1]["ETag"], response=response) or response
        response = self.get_response(request)
        if getattr(response, "is_public_page", False):
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            response["Cache-Control"] = "no-cache"
            cache.set(key, (response.content, dict(response.items())), KEEP_SECONDS)
        return response


def _may_be_public(path: str) -> bool:
    return path[:4] in {"/fi/", "/sv/", "/en/"}


def _key(request: HttpRequest) -> str:
    address = f"{request.scheme}://{request.get_host()}{request.path_info}?{_query(request)}"
    return f"page:{public_version()}:{minute()}:{hashlib.sha256(address.encode()).hexdigest()}"


def minute() -> int:
    """The minute that it is, counted from long ago: windows open and close to the minute."""
    return int(clock.now().timestamp()) // 60


def _query(request: HttpRequest) -> str:
    """Of an address without a query nothing needs to be looked up."""
    if not request.META.get("QUERY_STRING"):
        return ""
    return urlencode(_known(request, _names_read(request.path_info)))


@lru_cache(maxsize=256)
def _names_read(path: str) -> tuple[str, ...]:
    """What the view of an address reads of the query; looking for the view costs more than the answer from Redis."""
    with translation.override(path[1:3]):  # addresses answer under their own language only
        try:
            return names_read(resolve(path).func)
        except Resolver404:
            return ()


def raise_public_version(event_ids: Iterable[int | None]) -> None:
    """Public content has changed: pages kept for everyone are made anew."""
    keys = [pk for pk in event_ids if pk]
    Event.objects.filter(pk__in=keys).update(public_version=F("public_version") + 1)


def public_version() -> int:
    """Grows with every change of public content of any event."""
    return Event.objects.aggregate(version=Sum("public_version"))["version"] or 0

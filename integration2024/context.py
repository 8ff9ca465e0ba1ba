"""What every page knows: its event, the menu, the footer, the languages."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booths.models import Booth
from events import clock
from events.addresses import event_url
from events.dates import moment
from events.kinds import KINDS
from events.models import Call, Event, Page
from programme.models import Release, Stream
from webinars.models import Webinar

LIVE_BEFORE = timedelta(days=1)  # the streams stand in the menu from the eve of the event
CARD = ("slug", "title_fi", "title_sv", "title_en", "starts_at", "ends_at")  # what the card of a webinar is made of
LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every template. Nothing is asked of the database until a template asks."""
    if request.path_info.startswith(tuple(f"/{code}/admin/" for code in LANGUAGE_NAMES)):
        return {}
    shown = SimpleLazyObject(lambda: _Shown(request))
    return {
        "event": SimpleLazyObject(lambda: shown.event),
        "menu": SimpleLazyObject(lambda: shown.menu),
        "footer_pages": SimpleLazyObject(lambda: shown.footer_pages),
        "next_webinar": SimpleLazyObject(lambda: shown.next_webinar),
        "home_url": SimpleLazyObject(lambda: shown.home_url),
        "languages": languages(request),
        "site_name": "Integration",
    }


class _Shown:
    """The event of a page and what its header and footer link to."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path_info
        self.event: Event | None = getattr(request, "event", None) or Event.objects.current().first()
        pages: list[Page] = list(self.event.pages.annotate(**self.what_there_is())) if self.event else []
        self.footer_pages = [self.entry(page) for page in pages if page.is_in_footer]
        self.home_url = event_url(self.event, "home") if self.event else f"/{get_language()}/"
        self.menu = self.menu_entries(pages) if self.event else []
        self.next_webinar = self.webinar_card(pages) if self.event else None

    def menu_entries(self, pages: list[Page]) -> list[dict[str, Any]]:
        """Registration until the event is over, what there is of programme and open calls, news, organisers' pages."""
        assert self.event is not None
        at = clock.now()
        is_over = clock.day_of(at) > self.event.ends_on
        has_programme, has_booths, has_calls, has_webinars, has_streams = (
            any(getattr(page, name) for page in pages[:1])
            for name in ("released", "exhibited", "called", "has_webinars", "streamed")
        )
        is_near = not is_over and clock.day_of(at) >= self.event.starts_on - LIVE_BEFORE
        entries = [
            *([] if is_over else [("register", _("Register"))]),
            *([("live", _("Live"))] if has_streams and is_near else []),
            *([("programme", _("Programme"))] if has_programme else []),
            *([("booths", _("Display booths"))] if has_booths else []),
            *([("calls", _("Calls"))] if has_calls else []),
            *([("webinars", _("Webinars"))] if has_webinars else []),
            ("news", _("News")),
        ]
        fixed = [self.link(event_url(self.event, name), label) for name, label in entries]
        return [*fixed, *(self.entry(page) for page in pages if page.is_in_menu)]

    def what_there_is(self) -> dict[str, Any]:
        """Whether there are a programme, booths, an open call, webinars, streams; and the next webinar. One query."""
        releases = Release.objects.filter(event=OuterRef("event")).visible()
        calls = Call.objects.filter(event=OuterRef("event")).open_at(clock.now()).of_kind(*KINDS)
        booths = Booth.objects.filter(event=OuterRef("event")).public()
        webinars = Webinar.objects.public().filter(event=OuterRef("event"))
        streams = Stream.objects.filter(event=OuterRef("event"))
        told = JSONObject(**{name: name for name in CARD})
        coming = webinars.open_for_sign_up(clock.now()).annotate(told=told).values("told")
        return {
            "released": Exists(releases), "exhibited": Exists(booths), "called": Exists(calls),
            "has_webinars": Exists(webinars), "streamed": Exists(streams),
            "coming": Subquery(coming[:1], output_field=JSONField()),
        }  # fmt: skip

    def webinar_card(self, pages: list[Page]) -> dict[str, Any] | None:
        """The next webinar for the home page, among what is open now."""
        told = next((getattr(page, "coming", None) for page in pages[:1]), None)
        if not told:
            return None
        assert self.event is not None
        webinar = Webinar(**{**told, **{name: parse_datetime(told[name]) for name in ("starts_at", "ends_at")}})
        assert webinar.ends_at
        return {
            "title": webinar.title,
            "text": _("Webinar on %(moment)s") % {"moment": moment(webinar.starts_at, webinar.ends_at)},
            "action": _("Read more and sign up"),
            "url": event_url(self.event, "webinar", webinar_slug=webinar.slug),
        }

    def entry(self, page: Page) -> dict[str, Any]:
        """A link to a page."""
        assert self.event is not None
        return self.link(event_url(self.event, "page", page_slug=page.slug), page.title)

    def link(self, url: str, label: str) -> dict[str, Any]:
        """A link that knows whether one is there."""
        return {"url": url, "label": label, "current": self.path == url}


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in each language; a page that is kept for everybody repeats of the query only what it reads."""
    known = urlencode(getattr(request, "known_query", {}))
    whole = f"{request.path}?{known}" if known else request.path
    here = whole if hasattr(request, "is_for_everybody") else request.get_full_path()
    return [
        {
            "code": code,
            "name": name,
            "current": code == get_language(),
            "url": translate_url(here, code) if request.resolver_match else f"/{code}/",
        }
        for code, name in LANGUAGE_NAMES.items()
    ]

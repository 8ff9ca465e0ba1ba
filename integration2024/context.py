"""What every page knows: its event, the menu, the footer, the languages."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.cache import cache
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
from events.models import Call, Event
from events.pagecache import KEEP_SECONDS, minute
from programme import live
from programme.models import Release, Stream
from webinars.models import Webinar

CARD = ("slug", "title_fi", "title_sv", "title_en", "starts_at", "ends_at")  # what the card of a webinar is made of
LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


class PageLink(NamedTuple):
    """What a menu needs of a page of the organisers."""

    slug: str
    title: str
    is_in_menu: bool
    is_in_footer: bool


class Frame(NamedTuple):
    """What the header and the footer of an event's pages link to, in the language of the moment."""

    pages: list[PageLink]
    has_programme: bool
    has_booths: bool
    has_calls: bool
    has_webinars: bool
    has_streams: bool
    coming: Webinar | None  # the next one that takes sign-ups, for the home page alone


NOTHING = Frame([], False, False, False, False, False, None)


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
        self.home_url = event_url(self.event, "home") if self.event else f"/{get_language()}/"
        there_is = kept_frame(self.event, is_home=self.path == self.home_url) if self.event else NOTHING
        self.footer_pages = [self.entry(page) for page in there_is.pages if page.is_in_footer]
        self.menu = self.menu_entries(there_is) if self.event else []
        self.next_webinar = self.webinar_card(there_is.coming)

    def webinar_card(self, webinar: Webinar | None) -> dict[str, Any] | None:
        """The next webinar for the home page, among what is open now."""
        if webinar is None:
            return None
        assert self.event is not None
        assert webinar.ends_at
        return {
            "title": webinar.title,
            "text": _("Webinar on %(moment)s") % {"moment": moment(webinar.starts_at, webinar.ends_at)},
            "action": _("Read more and sign up"),
            "url": event_url(self.event, "webinar", webinar_slug=webinar.slug),
        }

    def menu_entries(self, there_is: Frame) -> list[dict[str, Any]]:
        """Registration until the event is over, what there is of programme and open calls, news, organisers' pages."""
        assert self.event is not None
        at = clock.now()
        is_over = clock.day_of(at) > self.event.ends_on
        entries = [
            *([] if is_over else [("register", _("Register"))]),
            *([("live", _("Live"))] if there_is.has_streams and live.is_near(self.event, at) else []),
            *([("programme", _("Programme"))] if there_is.has_programme else []),
            *([("booths", _("Display booths"))] if there_is.has_booths else []),
            *([("calls", _("Calls"))] if there_is.has_calls else []),
            *([("webinars", _("Webinars"))] if there_is.has_webinars else []),
            ("news", _("News")),
        ]
        fixed = [self.link(event_url(self.event, name), label) for name, label in entries]
        return [*fixed, *(self.entry(page) for page in there_is.pages if page.is_in_menu)]

    def entry(self, page: PageLink) -> dict[str, Any]:
        """A link to a page."""
        assert self.event is not None
        return self.link(event_url(self.event, "page", page_slug=page.slug), page.title)

    def link(self, url: str, label: str) -> dict[str, Any]:
        """A link that knows whether one is there."""
        return {"url": url, "label": label, "current": self.path == url}


def kept_frame(event: Event, *, is_home: bool) -> Frame:
    """Asked once for all pages of an event, until its public content changes or the minute is over."""
    key = f"frame:{event.pk}:{event.public_version}:{minute()}:{get_language()}:{is_home}"
    frame = cache.get(key)
    if frame is None:
        frame = asked_frame(event, is_home=is_home)
        cache.set(key, frame, KEEP_SECONDS)
    return frame


def asked_frame(event: Event, *, is_home: bool) -> Frame:
    """One query, from the pages: there is always one, the privacy notice."""
    of_event, at = {"event": OuterRef("event")}, clock.now()
    webinars = Webinar.objects.public().filter(**of_event)
    pages = event.pages.annotate(
        has_programme=Exists(Release.objects.filter(**of_event).visible()),
        has_booths=Exists(Booth.objects.filter(**of_event).public()),
        has_calls=Exists(Call.objects.filter(**of_event).open_at(at).of_kind(*KINDS)),
        has_webinars=Exists(webinars),
        has_streams=Exists(Stream.objects.filter(**of_event)),
    )
    if is_home:
        told = JSONObject(**{name: name for name in CARD})
        coming = webinars.open_for_sign_up(at).annotate(told=told).values("told")
        pages = pages.annotate(told=Subquery(coming[:1], output_field=JSONField()))
    found = list(pages)
    if not found:
        return NOTHING
    links = [PageLink(page.slug, page.title, page.is_in_menu, page.is_in_footer) for page in found]
    facts = {name: getattr(found[0], name) for name in Frame._fields if name.startswith("has_")}
    return Frame(links, **facts, coming=_webinar(getattr(found[0], "told", None)))


def _webinar(told: dict[str, Any] | None) -> Webinar | None:
    moments = {name: parse_datetime(told[name]) for name in ("starts_at", "ends_at")} if told else {}
    return Webinar(**{**told, **moments}) if told else None


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

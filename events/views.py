"""The event's public pages: what it is, pages, news."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from events import clock, richtext
from events.addresses import event_url, for_event
from events.models import Event, NewsItem
from events.pagecache import public_page

HOME_NEWS = 4

# What is open now in an event: the apps above add their functions of (event, moment) in AppConfig.ready.
OPEN_NOW: list[Any] = []


@public_page
@for_event
def home(request: HttpRequest, event: Event) -> HttpResponse:
    """What it is, when, where, what is open now, news."""
    at = clock.now()
    context = {
        "open_now": [card for cards in OPEN_NOW for card in cards(event, at)],
        "news": NewsItem.objects.for_event(event).published(at)[:HOME_NEWS],
        "news_url": event_url(event, "news"),
    }
    return render(request, "events/home.html", context)


@public_page
@for_event
def news_list(request: HttpRequest, event: Event) -> HttpResponse:
    """All news of the event, newest first."""
    context = {
        "news": NewsItem.objects.for_event(event).published(clock.now()),
        "feed_url": event_url(event, "news-feed"),
    }
    return render(request, "events/news_list.html", context)


@public_page
@for_event
def news_item(request: HttpRequest, event: Event, pk: int) -> HttpResponse:
    """One piece of news."""
    item = get_object_or_404(NewsItem.objects.for_event(event).published(clock.now()), pk=pk)
    context = {"item": item, "body": richtext.render(item.body), "news_url": event_url(event, "news")}
    return render(request, "events/news_item.html", context)


@public_page
@for_event
def page(request: HttpRequest, event: Event, page_slug: str) -> HttpResponse:
    """A page that organisers have written."""
    found = get_object_or_404(event.pages.all(), slug=page_slug)
    return render(request, "events/page.html", {"page": found, "body": richtext.render(found.body)})

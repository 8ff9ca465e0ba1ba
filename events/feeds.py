"""News as feeds, one a language: other sites pick them up."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from events import clock, richtext
from events.addresses import event_of, event_url
from events.models import Event, NewsItem

FEED_NEWS = 30


class AtomFeed(Atom1Feed):
    """Atom, with the address of each item as its lasting name."""

    mime_type = "application/atom+xml; charset=utf-8"


class NewsFeed(Feed):
    """Date, kind, title, lead and text of every published piece of news."""

    feed_type = AtomFeed

    def get_object(self, request: HttpRequest, event_slug: str | None = None) -> Event:
        """The event of the address."""
        return event_of(event_slug)

    def title(self, event: Event) -> str:
        """The feed's name."""
        return f"{event.name}: {_('News')}"

    def subtitle(self, event: Event) -> str:
        """What the event is."""
        return event.tagline

    def link(self, event: Event) -> str:
        """The page with the same content."""
        return event_url(event, "news", is_lasting=True)

    def feed_url(self, event: Event) -> str:
        """The feed's own address."""
        return event_url(event, "news-feed", is_lasting=True)

    def items(self, event: Event) -> Any:
        """What is published by now."""
        return NewsItem.objects.for_event(event).published(clock.now()).select_related("event")[:FEED_NEWS]

    def item_title(self, item: NewsItem) -> str:
        """As on the page."""
        return item.title

    def item_description(self, item: NewsItem) -> str:
        """The lead, which is plain text, and the text as HTML that is already clean."""
        return f"{linebreaks(item.lead, autoescape=True)}{richtext.render(item.body)}"

    def item_link(self, item: NewsItem) -> str:
        """The page of the item, by an address that outlives the page."""
        return event_url(item.event, "news-item", pk=item.pk, is_lasting=True)

    def item_categories(self, item: NewsItem) -> list[str]:
        """The kind."""
        return [item.get_kind_display()]

    def item_pubdate(self, item: NewsItem) -> datetime:
        """When it was published."""
        return item.published_at

    def item_updateddate(self, item: NewsItem) -> datetime:
        """When it was last edited, never before it was published."""
        return max(item.updated_at, item.published_at)

"""What organisers write for everyone: pages and dated news, in three languages."""

from datetime import datetime
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.event import Event
from events.plaintext import LineField, TextField

PAGE_SLUG = RegexValidator(r"^[a-z][a-z0-9-]*$", _("A page's address begins with a letter; small letters and hyphens."))


class Page(models.Model):
    """A page of the event, written in Markdown."""

    class Kind(models.TextChoices):
        """Pages that the law or the software asks for are found by their kind."""

        PAGE = "page", _("page")
        PRACTICAL = "practical", _("practical information")
        SAFER_SPACE = "safer_space", _("safer space principles")
        PRIVACY = "privacy", _("privacy notice")
        ACCESSIBILITY = "accessibility", _("accessibility statement")
        COOKIES = "cookies", _("cookies")
        ABOUT = "about", _("about the project")
        CONTACT = "contact", _("contact")

    event = models.ForeignKey(Event, models.CASCADE, related_name="pages", verbose_name=_("event"))
    slug = models.CharField(_("address part"), max_length=60, validators=[PAGE_SLUG])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PAGE)
    title = LineField(_("title"), max_length=160)
    body = TextField(
        _("text"), max_length=40_000, help_text=_("Markdown: # heading, **bold**, - list, [link](address).")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    is_in_menu = models.BooleanField(_("in the menu"), default=False)
    is_in_footer = models.BooleanField(_("in the footer"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="page_slug_once")]

    def __str__(self) -> str:
        return self.title


class NewsQuerySet(models.QuerySet["NewsItem"]):
    """Questions about news."""

    def for_event(self, event: Event) -> Self:
        """Of one event."""
        return self.filter(event=event)

    def published(self, at: datetime) -> Self:
        """What the public may read by then, newest first."""
        return self.filter(published_at__lte=at).order_by("-published_at", "-pk")


class NewsItem(models.Model):
    """A dated piece of news; published when its moment comes."""

    class Kind(models.TextChoices):
        """What sort of news."""

        NEWS = "news", pgettext_lazy("kind of news", "News")
        CHANGE = "change", pgettext_lazy("kind of news", "Change")
        CALL = "call", pgettext_lazy("kind of news", "Open call")

    event = models.ForeignKey(Event, models.CASCADE, related_name="news", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEWS)
    published_at = models.DateTimeField(_("published"))
    title = LineField(_("title"), max_length=160)
    lead = TextField(_("lead"), max_length=500)
    body = TextField(_("text"), max_length=20_000, blank=True, help_text=_("Markdown."))
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.title

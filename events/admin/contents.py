"""The event's facts, texts and choices, in three languages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events import richtext
from events.admin_base import (
    LANGUAGES,
    EventInline,
    OneEventForm,
    OwnRowsFilter,
    TranslatedEventAdmin,
    TranslatedTable,
    shown,
)
from events.models import (
    Day,
    Event,
    NewsItem,
    OrganisationType,
    Page,
    Partner,
    Question,
    QuestionChoice,
    Role,
    Theme,
)


class DayForm(OneEventForm):
    """A day, which keeps its pool while places of it are taken: they are counted there."""

    def clean_pool(self) -> Any:
        """Another pool only while the present one is empty."""
        pool, before = self.cleaned_data["pool"], self.instance.pool
        if before and before != pool and before.taken:
            raise ValidationError(_("Places of this pool are taken: the day has to stay in it."))
        return pool


class DayInline(EventInline):
    """The days."""

    model = Day
    form = DayForm


class PartnerInline(TranslatedTable):
    """The bodies behind the event, in the order in which they are named."""

    model = Partner
    fields = ["role", "name", "url", "order"]


@admin.register(Event)
class EventsAdmin(TranslatedEventAdmin):
    """The event's facts and texts, by purpose."""

    is_public = True
    list_display = ["name", "slug", "starts_on", "ends_on", "is_current", "languages"]
    inlines = [DayInline, PartnerInline]
    fieldsets = [
        (_("What it is"), {"fields": ["slug", "is_current", "is_virtual", "name", "tagline", "summary"]}),
        (
            _("When and where"),
            {"fields": [("starts_on", "ends_on"), "doors_open_at", "venue_name", "venue_address", "city"]},
        ),
        (_("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        (
            _("Registration"),
            {
                "description": _("To the minute, in Helsinki time; the closing minute is still open."),
                "fields": [
                    "on_site_opens_at", "on_site_closes_at", "remote_opens_at", "remote_closes_at", "needs_until",
                    "offer_hours",
                ],
            },
        ),
        (_("Funding"), {"fields": ["funding_statement", "funding_note", "has_eu_emblem"]}),
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Which event is the current one, and its address, are for operation."""
        fixed = [] if request.user.is_superuser else ["slug", "is_current", "is_virtual"]
        return [*super().get_readonly_fields(request, obj), *fixed]


class TextsAdmin(TranslatedEventAdmin):
    """Texts written in Markdown, with a look at how they read."""

    is_public = True
    readonly_fields = ["preview"]

    @admin.display(description=_("As it reads, saved last"))
    def preview(self, row: Any) -> SafeString:
        """The three languages, through the sanitiser."""
        texts = [(code, richtext.render(getattr(row, f"body_{code}") or "")) for code in LANGUAGES]
        return format_html_join("", '<div class="text-preview" lang="{}">{}</div>', texts)


@admin.register(Page)
class PageAdmin(TextsAdmin):
    """Pages. A change of the text raises the version, which registrations keep for the privacy notice."""

    list_display = ["title", "slug", "kind", "languages", "version", "is_in_menu", "is_in_footer", "order", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    search_fields = ["title_fi", "title_sv", "title_en", "slug"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Count the versions of the text."""
        super().save_model(request, obj, form, change)
        if change and any(name.startswith("body_") for name in form.changed_data):
            Page.objects.filter(pk=obj.pk).update(version=F("version") + 1)


@admin.register(NewsItem)
class NewsAdmin(TextsAdmin):
    """News, published when its moment comes."""

    list_display = ["title", "kind", "published", "languages", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    search_fields = ["title_fi", "title_sv", "title_en"]

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, item: NewsItem) -> str:
        """Since when, or when it will be."""
        return shown(item.published_at)


@admin.register(OrganisationType, Theme)
class ChoicesAdmin(TranslatedEventAdmin):
    """What people choose from."""

    is_public = True
    list_display = ["name", "slug", "languages", "order", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]
    search_fields = ["name_fi", "name_sv", "name_en", "slug"]


@admin.register(Role)
class RoleAdmin(ChoicesAdmin):
    """What people are at the event."""

    list_display = ["name", "slug", "needs_place", "languages", "order", "event"]


class ChoiceInline(TranslatedTable):
    """The choices of a question."""

    model = QuestionChoice


@admin.register(Question)
class QuestionAdmin(TranslatedEventAdmin):
    """Extra questions on the registration form."""

    list_display = ["label", "kind", "audience", "is_required", "languages", "order", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    inlines = [ChoiceInline]

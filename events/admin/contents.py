"""The event's facts, texts and choices, in three languages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events import richtext
from events.admin_base import (
    LANGUAGES,
    EventInline,
    OneEventForm,
    OwnRowsFilter,
    TranslatedEventAdmin,
    TranslatedTable,
    comers,
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
from events.models.event import PARTICIPANT


class DayForm(OneEventForm):
    """A day, which keeps its pool while places of it are taken: they are counted there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pool: Any = self.fields.get("pool")  # who only translates has no such field
        if pool:
            pool.queryset = pool.queryset.of_registrations()

    def clean_pool(self) -> Any:
        """Another pool only while the present one is empty."""
        pool, before = self.cleaned_data["pool"], self.instance.pool
        if before and before != pool and before.taken:
            raise ValidationError(_("Places of this pool are taken: the day has to stay in it."))
        if self.instance.pk and before != pool:
            _refuse_if_anybody_comes_on(self.instance, role__needs_place=True)
        return pool


class Days(BaseInlineFormSet):
    """All days of an event."""

    def clean(self) -> None:
        """A day goes only when nobody comes on it."""
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk:  # a day that was added and removed again is none yet
                _refuse_if_anybody_comes_on(form.instance)


def _refuse_if_anybody_comes_on(day: Day, **where: Any) -> None:
    if count := comers(days=day, **where):
        text = ngettext(
            "%(count)d registration or reserved place has this day. Change its days or cancel it first.",
            "%(count)d registrations or reserved places have this day. Change their days or cancel them first.",
            count,
        )
        raise ValidationError(text % {"count": count}, code="held")


class DayInline(EventInline):
    """The days."""

    model = Day
    form = DayForm
    formset = Days


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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new event can be registered for: it has the role that registering gives."""
        super().save_model(request, obj, form, change)
        if not change:
            names = {"name_fi": "Osallistuja", "name_sv": "Deltagare", "name_en": "Participant"}
            obj.roles.create(slug=PARTICIPANT, **names)


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


class RoleForm(OneEventForm):
    """A role, which counts or does not count while people have it."""

    def clean_needs_place(self) -> bool:
        """Switched only while nobody comes in this role: places are counted when they are given."""
        needs_place: bool = self.cleaned_data["needs_place"]
        is_switched = "needs_place" in self.changed_data and needs_place != self.instance.needs_place
        if is_switched and self.instance.pk and (count := comers(role=self.instance)):
            text = ngettext(
                "%(count)d registration or reserved place has this role. Cancel it first, or make a new role.",
                "%(count)d registrations or reserved places have this role. Cancel them first, or make a new role.",
                count,
            )
            raise ValidationError(text % {"count": count}, code="held")
        return needs_place


@admin.register(Role)
class RoleAdmin(ChoicesAdmin):
    """What people are at the event."""

    form = RoleForm
    list_display = ["name", "slug", "needs_place", "languages", "order", "event"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The software knows roles by their short names."""
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without the participant's role nobody could register."""
        return super().has_delete_permission(request, obj) and not (obj and obj.slug == PARTICIPANT)


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

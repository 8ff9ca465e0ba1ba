"""What the devices read: seen and searched, never changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events.admin_base import OwnRowsFilter, ReadOnlyAdmin
from events.dates import moment
from registration.admin.door.words import ANSWERS, FRAMES, answer
from registration.models import Scan


class AnswerFilter(admin.SimpleListFilter):
    """By what the device showed."""

    title, parameter_name = _("answer"), "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every answer."""
        return list(ANSWERS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with the answer; other words are no filter."""
        return queryset.filter(reason=self.value()) if self.value() in ANSWERS else queryset


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    """One line a scan; rehearsals are marked."""

    list_display = ["happened", "person", "told", "way", "check_in_list", "gate", "device", "code"]
    list_filter = [
        ("event", OwnRowsFilter), ("check_in_list", OwnRowsFilter), ("gate", OwnRowsFilter), ("device", OwnRowsFilter),
        "kind", AnswerFilter, "is_live",
    ]  # fmt: skip
    list_select_related = ["event", "check_in_list", "gate", "device", "registration"]
    search_fields = ["registration__first_name", "registration__last_name", "=code"]
    search_help_text = _("Name, or the code of a badge")
    fields = [
        "event", "happened", "person", "told", "way", "check_in_list", "gate", "device", "code", "is_live",
        "by_its_clock", "received", "id",
    ]  # fmt: skip
    readonly_fields = ["happened", "person", "told", "way", "by_its_clock", "received"]
    show_full_result_count = False
    change_form_template = "admin/registration/scan/change_form.html"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """There is none: what was read is never changed."""
        raise Http404

    @admin.display(description=_("happened"), ordering="corrected_at")
    def happened(self, scan: Scan) -> str:
        """By our clock."""
        return moment(scan.corrected_at)

    @admin.display(description=_("by the device's clock"))
    def by_its_clock(self, scan: Scan) -> str:
        """As the device had it."""
        return moment(scan.scanned_at)

    @admin.display(description=_("received"))
    def received(self, scan: Scan) -> str:
        """When it reached us."""
        return moment(scan.received_at)

    @admin.display(description=_("person"), ordering="registration__sort_key")
    def person(self, scan: Scan) -> str | SafeString:
        """With the way to the person's page."""
        if scan.registration is None:
            return "–"
        address = reverse("admin:registration_registration_change", args=[scan.registration_id])
        assistant = format_html(" ({})", _("assistant")) if scan.is_assistant else ""
        return format_html('<a href="{}">{}</a>{}', address, scan.registration, assistant)

    @admin.display(description=_("answer"), ordering="reason")
    def told(self, scan: Scan) -> SafeString:
        """The word, framed."""
        return format_html('<span class="state state-{}">{}</span>', FRAMES.get(scan.tone, "cancelled"), answer(scan))

    @admin.display(description=_("kind"), ordering="kind")
    def way(self, scan: Scan) -> str | SafeString:
        """How; a rehearsal stands out."""
        kind = scan.get_kind_display()
        return format_html('<strong class="rehearsal">{}</strong>', kind) if scan.kind == Scan.Kind.TEST else str(kind)

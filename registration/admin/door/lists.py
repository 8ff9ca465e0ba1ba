"""Gates and check-in lists, the people put on a list by name, and the live board."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from events import access, clock
from events.admin_base import OwnRowsFilter, TranslatedEventAdmin, page, shown
from registration import services
from registration.admin.door.putting import AddressesForm, say_put, say_taken
from registration.admin.door.words import admits, without_shortcuts
from registration.board import Headcount, board, drawn, headcounts
from registration.models import CheckInList, Gate, Registration

REFRESH_SECONDS = 10
WITHOUT_SCRIPT_SECONDS = 30  # the whole page is loaded anew, which takes the reader's place away


class KeptWhenUsed(TranslatedEventAdmin):
    """Rows that scans and devices point at are kept; the refusal says what holds them."""

    actions: Any = None

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Refused at once, with the reason, where Django would list every scan."""
        row = self.get_object(request, object_id)
        if row and self.has_delete_permission(request, row) and (refusal := self._refusal(row)):
            messages.error(request, refusal)
            return redirect(f"admin:registration_{self.opts.model_name}_change", row.pk)
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError:  # a device has read its first badge since
            messages.error(request, gettext("It has been used meanwhile and is kept."))
            return redirect(f"admin:registration_{self.opts.model_name}_changelist")

    def _refusal(self, row: Any) -> str:
        scans, devices = self.scans_of(row).count(), row.devices.count()
        if not scans and not devices:
            return ""
        held_by = [
            ngettext("%(count)d scan", "%(count)d scans", scans) % {"count": scans},
            ngettext("%(count)d device", "%(count)d devices", devices) % {"count": devices},
        ]
        text = gettext("“%(name)s” is kept, because it has %(scans)s and %(devices)s. What was read is never deleted.")
        return text % {"name": row, "scans": held_by[0], "devices": held_by[1]}

    def scans_of(self, row: Any) -> QuerySet[Any]:
        """What was read there."""
        raise NotImplementedError


@admin.register(Gate)
class GateAdmin(KeptWhenUsed):
    """Where people come in."""

    list_display = ["name", "order", "languages", "event"]
    fields = ["event", "name", "order"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]

    def scans_of(self, row: Gate) -> QuerySet[Any]:
        """At this gate."""
        return row.event.scans.filter(gate=row)


@admin.register(CheckInList)
class CheckInListAdmin(KeptWhenUsed):
    """What people come to, whom it admits, and how many that makes."""

    list_display = ["name", "admitted", "expected", "arrived", "opens", "closes", "is_return_normal", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]
    fields = [
        "event", "name", "opens_at", "closes_at", "attendance", "days", "roles", "has_names_only", "is_return_normal",
        "order",
    ]  # fmt: skip
    formfield_overrides = {
        **TranslatedEventAdmin.formfield_overrides,
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    }
    change_list_template = "admin/registration/checkinlist/change_list.html"
    change_form_template = "admin/registration/checkinlist/change_form.html"

    def scans_of(self, row: CheckInList) -> QuerySet[Any]:
        """For this list."""
        return row.scans.all()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what says whom a list admits."""
        return super().get_queryset(request).prefetch_related("days", "roles", "entries")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Days and roles are ticked here and made elsewhere; each half of a moment says which one it is."""
        field = without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))
        if isinstance(db_field, models.DateTimeField):
            for part, word in zip(field.widget.widgets, (gettext("date"), gettext("time")), strict=True):
                part.attrs["aria-label"] = f"{capfirst(db_field.verbose_name)}: {word}"
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What follows from the rest, once there is a list."""
        known = ["number", "admitted", "expected", "arrived", "people"] if obj else []
        return [*super().get_readonly_fields(request, obj), *known]

    # --- What it tells ------------------------------------------------------------------------------------------------
    @admin.display(description=_("admits"))
    def admitted(self, row: CheckInList) -> str:
        """In words."""
        return admits(row)

    @admin.display(description=_("expected"))
    def expected(self, row: Any) -> int:
        """How many people that makes, without assistants."""
        return self._numbers(row).expected

    @admin.display(description=_("arrived"))
    def arrived(self, row: Any) -> int:
        """How many of all have come."""
        return self._numbers(row).arrived

    @admin.display(description=_("opens"), ordering="opens_at")
    def opens(self, row: CheckInList) -> str:
        """When."""
        return shown(row.opens_at)

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes(self, row: CheckInList) -> str:
        """When."""
        return shown(row.closes_at)

    @admin.display(description=_("people on the list"))
    def people(self, row: CheckInList) -> SafeString:
        """The way to those who were put on it by name."""
        count = len(row.entries.all())
        text = ngettext("%(count)d person put on the list", "%(count)d people put on the list", count)
        address = reverse("admin:registration_checkinlist_people", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, text % {"count": count})

    def _numbers(self, row: Any) -> Headcount:
        if not hasattr(row, "numbers"):
            row.numbers = headcounts(row.event)[row.pk]
        return row.numbers

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, each row with its numbers, which are counted once an event."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        counts = {event: headcounts(event) for event in {row.event for row in changelist.result_list}}
        for row in changelist.result_list:
            row.numbers = counts[row.event][row.pk]
        return changelist

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """The people of a list, and the live board."""
        own = [
            page(self, "board/", self.live, "board"),
            page(self, "<int:pk>/people/", self.people_page, "people"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_safe)
    def live(self, request: HttpRequest) -> HttpResponse:
        """The live board of an event: a list at a time, the open one unless another is chosen."""
        events = list(access.events_of(request.user, "view", model=CheckInList))
        event = access.chosen_event(events, request.GET.get("event"))
        if event is None:
            raise PermissionDenied
        wanted, at = request.GET.get("list", ""), clock.now()
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 4 else None
        figures = board(event, number=number, at=at)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Live board of the door"),
            "opts": self.opts,
            "event": event,
            "events": events,
            "board": figures,
            "chart": drawn(figures.chart),
            "at": at,
            "is_stopped": "stop" in request.GET,
            "seconds": REFRESH_SECONDS,
            "without_script_seconds": WITHOUT_SCRIPT_SECONDS,
        }
        return TemplateResponse(request, "admin/registration/board.html", context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def people_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who was put on a list by name; putting on by address, taking off by ticking."""
        row: CheckInList = get_object_or_404(self.get_queryset(request), pk=pk)
        may_change = access.may(request.user, "change", CheckInList, row.event_id)
        form = AddressesForm(row.event, request.POST if "put" in request.POST else None)
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            if self._put_or_take(request, row, form):
                return redirect("admin:registration_checkinlist_people", pk)
        rows = Registration.objects.filter(list_entries__check_in_list=row).select_related("role").in_alphabet()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("People on the list"),
            "opts": self.opts,
            "row": row,
            "people": rows,
            "form": form,
            "may_change": may_change,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/registration/checkinlist/people.html", context, status=status)

    def _put_or_take(self, request: HttpRequest, row: CheckInList, form: AddressesForm) -> bool:
        by: Any = request.user
        if "put" not in request.POST:
            keys = [int(key) for key in request.POST.getlist("person") if key.isdecimal() and len(key) < 19]
            say_taken(request, row, services.take_off_list(row.pk, keys, by=by))
            return True
        if form.is_valid():
            say_put(request, row, services.put_on_list(row.pk, form.cleaned_data["emails"], by=by))
        return form.is_valid()


def arrivals_of(registration: Registration) -> list[dict[str, Any]]:
    """For a person's page: where and when the person, and the assistant, arrived; one query."""
    rows = registration.admissions.filter(admitted_at__isnull=False).select_related("check_in_list", "gate")
    return [
        {"list": row.check_in_list, "gate": row.gate, "at": row.admitted_at, "is_assistant": row.is_assistant}
        for row in rows.order_by("admitted_at", "pk")
    ]

"""Devices: made here, paired by a phone with the one-time QR code that is shown, revoked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import access, clock, qr
from events.admin_base import EventAdmin, OwnRowsFilter, page, question_page
from events.dates import moment
from events.models import Event
from events.plaintext import LineInput
from events.transitions import Refusal
from registration import board, services
from registration.admin.door.words import without_shortcuts
from registration.models import CheckInList, Device, Gate, Registration

FRAMES = {"in_use": "confirmed", "waits": "waiting", "link_ended": "offered"}  # the others have ended
QR_SCALE = 6
REFRESH_SECONDS = 3


class StateFilter(admin.SimpleListFilter):
    """In use, waiting for a phone, or ended."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The three."""
        return [("in_use", _("in use")), ("waits", _("waits for a phone")), ("revoked", _("revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """One of them."""
        wanted = {
            "in_use": Q(revoked_at=None, paired_at__isnull=False),
            "waits": Q(revoked_at=None, paired_at=None),
            "revoked": Q(revoked_at__isnull=False),
        }
        return queryset.filter(wanted.get(self.value() or "", Q()))


class DeviceForm(forms.Form):
    """A device to be."""

    gate: Any = forms.ModelChoiceField(Gate.objects.none(), label=_("Gate"), empty_label=None)
    check_in_list: Any = forms.ModelChoiceField(
        CheckInList.objects.none(), label=_("Check-in list"), empty_label=None, help_text=_("Its user can change both.")
    )
    name = LineInput(label=_("Name"), max_length=80, required=False, help_text=_("Its user may name it when pairing."))
    language = forms.ChoiceField(label=_("Language"), choices=Registration.Language.choices)
    is_help_desk = forms.BooleanField(
        label=_("Help desk"),
        required=False,
        help_text=_("Searches by name and registers newcomers; a lost phone then gives away the names."),
    )

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        choices: Any = self.fields
        lists = event.check_in_lists.all()
        choices["gate"].queryset, choices["check_in_list"].queryset = event.gates.all(), lists
        opened = board.open_list(list(lists), clock.now())
        self.initial.setdefault("check_in_list", opened and opened.pk)
        self.initial.setdefault("language", get_language())


@admin.register(Device)
class DeviceAdmin(EventAdmin):
    """Gate, list, name and language are edited in place; the rest the device tells."""

    list_display = [
        "label", "gate", "check_in_list", "state", "contact", "unsent", "difference", "app_version", "charge"
    ]  # fmt: skip
    list_filter = [
        ("event", OwnRowsFilter), StateFilter, ("gate", OwnRowsFilter), ("check_in_list", OwnRowsFilter)
    ]  # fmt: skip
    list_select_related = ["event", "gate", "check_in_list", "made_by"]
    search_fields = ["name"]
    search_help_text = _("Name of the device")
    actions: Any = None
    fields = [
        "event", "name", "gate", "check_in_list", "language", "is_help_desk", "state", "contact", "unsent",
        "difference", "app_version", "charge", "made_by",
    ]  # fmt: skip
    readonly_fields = ["state", "contact", "unsent", "difference", "app_version", "charge", "made_by"]
    change_form_template = "admin/registration/device/change_form.html"

    # --- What it tells ------------------------------------------------------------------------------------------------
    @admin.display(description=_("name"), ordering="name")
    def label(self, device: Device) -> str:
        """Its name, or its number until somebody names it."""
        return str(device)

    @admin.display(description=_("state"))
    def state(self, device: Device) -> SafeString:
        """The word, framed."""
        word, text = board.state_of(device, clock.now())
        return format_html('<span class="state state-{}">{}</span>', FRAMES.get(word, "cancelled"), text)

    @admin.display(description=_("last contact"), ordering="last_contact_at")
    def contact(self, device: Device) -> str | SafeString:
        """How long ago; marked when it should have come by now."""
        at = clock.now()
        text = board.ago(device.last_contact_at, at)
        return _warned(text) if board.is_silent(device, device.event, at) else text

    @admin.display(description=_("clock difference"), ordering="clock_offset_ms")
    def difference(self, device: Device) -> str | SafeString:
        """Only what is more than a minute."""
        text = board.clock_of(device)
        return _warned(text) if text else "–"

    @admin.display(description=_("battery"), ordering="battery")
    def charge(self, device: Device) -> str | SafeString:
        """Where the browser tells."""
        if device.battery is None:
            return "–"
        text = f"{device.battery} %"
        return _warned(text) if device.battery < board.LOW_BATTERY else text

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Gate and list are chosen here and made elsewhere."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Making, pairing, revoking."""
        own = [
            page(self, "add/", self.make, "add"),
            page(self, "<int:pk>/pair/", self.pair, "pair"),
            page(self, "<int:pk>/revoke/", self.revoke, "revoke"),
        ]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what a device has read stays, and so does who read it."""
        return False

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def make(self, request: HttpRequest) -> HttpResponse:
        """A new device; the next page shows the code for its phone."""
        event = access.chosen_event(
            access.events_of(request.user, "add", model=Device), request.GET.get("event")
        )  # fmt: skip
        if event is None:
            raise PermissionDenied
        if not (event.gates.exists() and event.check_in_lists.exists()):
            messages.warning(request, gettext("A device needs a gate and a check-in list: make these first."))
            return redirect("admin:registration_device_changelist")
        like = {name: request.GET[name] for name in ("gate", "check_in_list") if request.GET.get(name, "").isdecimal()}
        form = DeviceForm(event, request.POST or None, initial=like)
        if request.method == "POST" and form.is_valid() and (device := self._make(request, event, form)):
            return redirect("admin:registration_device_pair", device.pk)
        title = gettext("Add a device for %(event)s") % {"event": event.name}
        return question_page(self, request, title=title, button=gettext("Show the code"), form=form)

    def _make(self, request: HttpRequest, event: Event, form: DeviceForm) -> Device | None:
        by: Any = request.user
        try:
            return services.make_device(event, **form.cleaned_data, by=by)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
            return None

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def pair(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The one-time code and link; the page says when the phone has paired. POST makes another link."""
        device = self._get(request, pk)
        if request.method == "POST":
            self._attempt(
                request, device, services.new_pairing_link, gettext("This is a new link; the old one is dead.")
            )
            return redirect("admin:registration_device_pair", pk)
        is_open = services.can_be_paired(device, clock.now())
        link = services.pairing_link(device) if is_open else ""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Pair a phone"),
            "opts": self.opts,
            "device": device,
            "link": link,
            "state": board.state_of(device, clock.now()).word,
            "image": qr.data_uri(qr.png(qr.text_matrix(link), scale=QR_SCALE)) if link else "",
            "ends": moment(device.pairing_ends_at),
            "seconds": REFRESH_SECONDS,
        }
        return TemplateResponse(request, "admin/registration/device/pair.html", context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, and revoke."""
        device = self._get(request, pk)
        if request.method == "POST":
            self._attempt(request, device, services.revoke_device, gettext("The device is revoked."))
            return redirect("admin:registration_device_change", pk)
        explain = gettext(
            "At its next contact the device sends what it has not sent yet, deletes everything it holds and stops "
            "working. Until then it goes on with what it knows. Nothing that it has read is lost."
        )
        label = gettext("Revoke the device")
        return question_page(self, request, title=label, button=label, explain=explain, about=device)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With what can be done with it."""
        device = self.get_object(request, object_id)
        context = {
            "may_pair": bool(device and not device.paired_at and not device.revoked_at),
            "may_revoke": bool(device and not device.revoked_at),
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _get(self, request: HttpRequest, pk: int) -> Device:
        device: Device = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(request.user, "change", Device, device.event_id):
            raise PermissionDenied
        return device

    def _attempt(self, request: HttpRequest, device: Device, act: Any, done: str) -> None:
        try:
            act(device.pk, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, done)


def _warned(text: str) -> SafeString:
    """Marked with a sign as well as the colour."""
    return format_html('<strong class="warned"><span aria-hidden="true">⚠</span> {}</strong>', text)

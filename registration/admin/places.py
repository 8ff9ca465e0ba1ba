"""Pools of places and places reserved without a person."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import access
from events.admin_base import OwnRowsFilter, ReadOnlyAdmin, TranslatedEventAdmin, columns, page, question_page, shown
from events.dates import short_day
from events.models import Place, Pool
from events.places import NoPlaces, PlacesTaken
from registration import offerings, services
from registration.admin.filters import shown_event
from registration.admin.forms import PoolForm, ReserveForm
from registration.admin.steps import attempt
from registration.models import Claim

SHOWN_ONCE = "claim_link_to_show"


@admin.register(Pool)
class PoolAdmin(TranslatedEventAdmin):
    """How many places there are; a rise is offered to the queue in the same moment."""

    form = PoolForm
    list_display = ["name", "capacity", "taken", "free", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]
    readonly_fields = ["taken"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of a session or a webinar are set on its own page."""
        return super().get_queryset(request).of_registrations()  # type: ignore[attr-defined]

    @admin.display(description=_("free"))
    def free(self, pool: Pool) -> int:
        """Places that nobody holds."""
        return pool.free

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The capacity through its service, first, because it locks all pools in order; then the other columns."""
        if not change:
            return super().save_model(request, obj, form, change)
        if "capacity" in form.changed_data:
            try:
                services.set_capacity(obj.pk, form.cleaned_data["capacity"], by=request.user)  # type: ignore[arg-type]
            except (PlacesTaken, services.NotPossible) as refusal:  # taken since the form was checked, or of a session
                messages.error(request, str(refusal.message))
        if fields := columns(obj, set(form.changed_data) - {"capacity"}):
            obj.save(update_fields=fields)
        return None


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Places kept for somebody: whoever opens the link first registers on it."""

    list_display = ["__str__", "role", "on_days", "state", "given_by", "given", "registration", "event"]
    list_filter = [("event", OwnRowsFilter), "status"]
    list_select_related = ["event", "role", "given_by", "registration"]
    search_fields = ["note"]
    fields = ["event", "note", "role", "on_days", "state", "given_by", "given", "registration"]
    readonly_fields = ["on_days", "state", "given", "registration"]
    change_form_template = "admin/registration/claim/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the days at hand."""
        return super().get_queryset(request).prefetch_related("days")

    @admin.display(description=_("days"))
    def on_days(self, claim: Claim) -> str:
        """Which days."""
        return ", ".join(short_day(day.date) for day in claim.days.all())

    @admin.display(description=_("status"), ordering="status")
    def state(self, claim: Claim) -> SafeString:
        """The word, framed."""
        frames = {Place.Status.RESERVED: "offered", Place.Status.PASSED_ON: "confirmed"}
        frame = frames.get(Place.Status(claim.status), "cancelled")
        return format_html('<span class="state state-{}">{}</span>', frame, claim.get_status_display())

    @admin.display(description=_("given"), ordering="given_at")
    def given(self, claim: Claim) -> str:
        """When."""
        return shown(claim.given_at)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Organisers reserve."""
        return access.may(request.user, "add", Claim)

    def get_urls(self) -> list[URLPattern]:
        """Reserving and taking back."""
        own = [page(self, "add/", self.reserve, "add"), page(self, "<int:pk>/revoke/", self.revoke, "revoke")]
        return [*own, *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def reserve(self, request: HttpRequest) -> HttpResponse:
        """Keep a place; the link is shown once, on the next page."""
        event = shown_event(request)
        if event is None or not access.may(request.user, "add", Claim, event.pk):
            raise PermissionDenied
        form = ReserveForm(event, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                claim = services.reserve(event, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except NoPlaces as refusal:
                form.add_error(None, str(refusal.message))
            else:
                request.session[SHOWN_ONCE] = [claim.pk, form.cleaned_data["language"]]
                return redirect("admin:registration_claim_change", claim.pk)
        title = gettext("Reserve a place for %(event)s") % {"event": event.name}
        return question_page(self, request, title=title, button=gettext("Reserve"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The link right after reserving, and never again."""
        claim = self.get_object(request, object_id)
        context: dict[str, Any] = {
            "may_change": bool(claim and access.may(request.user, "change", Claim, claim.event_id))
        }
        kept = request.session.get(SHOWN_ONCE)
        if claim and kept and kept[0] == claim.pk:
            context["link"] = offerings.claim_link(claim, request.session.pop(SHOWN_ONCE)[1])
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a reserved place back; the queue gets it."""
        claim: Claim = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(request.user, "change", Claim, claim.event_id):
            raise PermissionDenied
        if request.method == "POST":
            by: Any = request.user
            attempt(request, lambda: services.revoke_claim(pk, by=by), gettext("The place is free again."))
            return redirect("admin:registration_claim_change", pk)
        explain = gettext("Take the place back? The link stops working, and the place goes to the queue at once.")
        label = gettext("Take the place back")
        return question_page(self, request, title=label, button=label, explain=explain, about=claim)

"""Conflicts: what somebody has to look into, told in a sentence, and closed with a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import access
from events.admin_base import OwnRowsFilter, ReadOnlyAdmin, page, question_page
from events.dates import moment
from events.plaintext import TextInput
from registration import services
from registration.admin.door.words import details, scans_of, story
from registration.models import Conflict


class OpenFilter(admin.SimpleListFilter):
    """Open or closed."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two."""
        return [("open", _("open")), ("closed", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """One of them."""
        wanted = {"open": True, "closed": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(closed_at__isnull=wanted)


class ReasonForm(forms.Form):
    """What came of it."""

    reason = TextInput(
        label=_("What came of it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: two people with the same name; both may be in."),
    )


@admin.register(Conflict)
class ConflictAdmin(ReadOnlyAdmin):
    """Open ones first."""

    list_display = ["happened", "kind", "found", "state", "event"]
    list_filter = [("event", OwnRowsFilter), OpenFilter, "kind", ("check_in_list", OwnRowsFilter)]
    list_select_related = ["event", "check_in_list", "registration", "device", "closed_by"]
    ordering = [F("closed_at").desc(nulls_first=True), "-found_at", "-pk"]
    search_fields = ["registration__first_name", "registration__last_name"]
    search_help_text = _("Name")
    fields = ["event", "kind", "check_in_list", "person", "device", "told", "found", "state", "reason"]
    readonly_fields = ["person", "told", "found", "state"]
    change_form_template = "admin/registration/conflict/change_form.html"

    @admin.display(description=_("what happened"))
    def happened(self, conflict: Any) -> str:
        """The sentence; the list has read the scans of all its rows at once."""
        return story(conflict, conflict.scans_behind)

    @admin.display(description=_("person"))
    def person(self, conflict: Conflict) -> str | SafeString:
        """With the way to the person's page."""
        if conflict.registration is None:
            return "–"
        address = reverse("admin:registration_registration_change", args=[conflict.registration_id])
        return format_html('<a href="{}">{}</a>', address, conflict.registration)

    @admin.display(description=_("detail"))
    def told(self, conflict: Conflict) -> str | SafeString:
        """What came along, such as the name of a newcomer who could not be registered."""
        is_of_a_machine = conflict.kind == Conflict.Kind.BROKEN  # for who looks after the software, in English
        line = '<code lang="en">{}: {}</code>' if is_of_a_machine else "{}: {}"
        return format_html_join(SafeString("<br>"), line, details(conflict)) or "–"

    @admin.display(description=_("found"), ordering="found_at")
    def found(self, conflict: Conflict) -> str:
        """When."""
        return moment(conflict.found_at)

    @admin.display(description=_("state"), ordering="closed_at")
    def state(self, conflict: Conflict) -> SafeString:
        """Open, or closed by whom; nobody when the matter settled itself."""
        if conflict.closed_at is None:
            return format_html('<span class="state state-error">{}</span>', gettext("open"))
        words = {"at": moment(conflict.closed_at), "by": conflict.closed_by or gettext("settled by itself")}
        text = gettext("closed %(at)s (%(by)s)") % words
        return format_html('<span class="state state-cancelled">{}</span>', text)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, each row with the scans behind it."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        scans = scans_of(changelist.result_list)
        for row in changelist.result_list:
            row.scans_behind = scans[row.pk]
        return changelist

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The sentence above the facts, and the button."""
        conflict = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if conflict:
            context["story"] = story(conflict, scans_of([conflict])[conflict.pk])
            context["may_close"] = conflict.closed_at is None and _may_close(request, conflict)
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """Closing."""
        return [page(self, "<int:pk>/close/", self.close, "close"), *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, and close."""
        conflict: Conflict = get_object_or_404(self.get_queryset(request), pk=pk)
        if not _may_close(request, conflict):
            raise PermissionDenied
        form = ReasonForm(request.POST or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            self._close(request, conflict, form.cleaned_data["reason"])
            return redirect("admin:registration_conflict_changelist")
        label, explain = gettext("Close with a reason"), story(conflict, scans_of([conflict])[pk])
        return question_page(self, request, title=label, button=label, explain=explain, form=form, about=conflict)

    def _close(self, request: HttpRequest, conflict: Conflict, reason: str) -> None:
        by: Any = request.user
        try:
            services.close_conflict(conflict.pk, reason, by=by)
        except services.AlreadyClosed as refusal:
            messages.warning(request, str(refusal.message))
        else:
            messages.success(request, gettext("Closed."))


def _may_close(request: HttpRequest, conflict: Conflict) -> bool:
    return access.may(request.user, "change", Conflict, conflict.event_id)

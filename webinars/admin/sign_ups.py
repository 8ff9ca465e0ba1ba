"""Who has signed up for which webinar, and what those who took part thought. Facts are shown; services change them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from events import access, exports
from events.admin.steps import user_of
from events.admin_base import OwnRowsFilter, ReadOnlyAdmin, confirmation, page, question_page, shown
from events.forms import AddressForm
from events.models import Event, LogEntry, Place
from events.transitions import Refusal
from webinars import reports, services
from webinars.models import Feedback, SignUp

FRAMES = {
    Place.Status.CONFIRMED: "confirmed",
    Place.Status.WAITING: "waiting",
    Place.Status.OFFERED: "offered",
}


class PresenceFilter(admin.SimpleListFilter):
    """Who came, and whose link may have been passed on."""

    title = _("came")
    parameter_name = "presence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("came", _("came")), ("missed", _("did not come")), ("several", _("link used in several networks"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """By the notes of joining."""
        if self.value() == "several":
            return rows.filter(networks__len__gt=1)
        if self.value() == "came":
            return rows.exclude(attended_at=None)
        return rows.filter(attended_at=None) if self.value() == "missed" else rows


@admin.register(SignUp)
class SignUpAdmin(ReadOnlyAdmin):
    """Nothing is edited here in place."""

    list_display = ["name", "employer", "of_webinar", "state", "came", "links", "signed_up"]
    list_filter = [
        ("event", OwnRowsFilter), ("webinar", OwnRowsFilter), "status", PresenceFilter,
        ("organisation_type", OwnRowsFilter), "language",
    ]  # fmt: skip
    list_select_related = ["event", "webinar", "organisation_type"]
    search_fields = ["name", "email", "organisation"]
    fields = [
        "event", "webinar", "state", "name", "email", "organisation", "organisation_type", "language", "signed_up",
        "came", "links", "thanked", "feedback",
    ]  # fmt: skip
    readonly_fields = ["state", "signed_up", "came", "links", "thanked", "feedback"]
    change_list_template = "admin/webinars/sign_up_list.html"
    change_form_template = "admin/webinars/sign_up_form.html"
    actions = ["cancel_all", "send_links_to_all"]

    @admin.display(description=_("organisation"), ordering="organisation")
    def employer(self, row: SignUp) -> SafeString:
        """With its type below."""
        html = '{}<br><span class="quiet">{}</span>'
        return format_html(html, row.organisation, row.organisation_type.name)

    @admin.display(description=_("webinar"), ordering="webinar")
    def of_webinar(self, row: SignUp) -> str:
        """Its title, on as many lines as it takes."""
        return str(row.webinar)

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: SignUp) -> SafeString:
        """The word, framed."""
        frame = FRAMES.get(Place.Status(row.status), "cancelled")
        return format_html('<span class="state state-{}">{}</span>', frame, row.get_status_display())

    @admin.display(description=_("signed up"), ordering="signed_up_at")
    def signed_up(self, row: SignUp) -> str:
        """When."""
        return shown(row.signed_up_at)

    @admin.display(description=_("came"), ordering="attended_at")
    def came(self, row: SignUp) -> str:
        """When they went to the meeting."""
        return shown(row.attended_at)

    @admin.display(description=_("networks"))
    def links(self, row: SignUp) -> str:
        """From how many networks the link was used; several may mean that it was passed on."""
        count = len(row.networks)
        return f"⚠ {count}" if count > 1 else str(count)

    @admin.display(description=_("thanked"))
    def thanked(self, row: SignUp) -> str:
        """When."""
        return shown(row.thanked_at)

    @admin.display(description=_("gave feedback"), boolean=True)
    def feedback(self, row: SignUp) -> bool:
        """Whether; what they wrote stands without their name."""
        return row.has_given_feedback

    # --- The list as a file -------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """The export, and the address of one."""
        own = [
            page(self, "export.<str:kind>", self.export, "export"),
            page(self, "<int:pk>/address/", self.address, "address"),
        ]
        return [*own, *super().get_urls()]

    def _events(self, request: HttpRequest) -> QuerySet[Event]:
        """Where one may take the list along."""
        return access.events_of(request.user, "change", model=SignUp)

    @method_decorator(require_safe)
    def export(self, request: HttpRequest, kind: str) -> HttpResponse:
        """What the list shows with the filters and the search of this address."""
        if kind not in exports.FORMATS:
            raise Http404
        events = list(self._events(request))
        if not events:
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request).filter(event__in=events)
        except IncorrectLookupParameters as error:
            raise Http404 from error
        write, media_type = exports.FORMATS[kind]
        content = write(reports.export_header(), reports.export_rows(rows))
        for event in events:
            count = rows.filter(event=event).count()
            LogEntry.objects.record(event, "list exported", by=user_of(request), count=count, format=kind)
        return HttpResponse(
            content, media_type, headers={"Content-Disposition": f'attachment; filename="webinars.{kind}"'}
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the ways to take the list along."""
        return super().changelist_view(
            request, {"may_export": self._events(request).exists(), **(extra_context or {})}
        )  # fmt: skip

    # --- The address of one -------------------------------------------------------------------------------------------
    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With the way to correct the address, for those who may."""
        row = context["original"]
        context["may_correct"] = row.is_live and access.may(request.user, "change", SignUp, row.event_id)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def address(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Correct it; the links that went to the old one die."""
        row: SignUp = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(request.user, "change", SignUp, row.event_id):
            raise PermissionDenied
        form = AddressForm(request.POST or None, initial={"email": row.email}, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                services.correct_address(pk, form.cleaned_data["email"], by=user_of(request))
            except Refusal as refusal:
                form.add_error("email", str(refusal.message))
            else:
                messages.success(request, gettext("Saved. The person is told by mail."))
                return redirect("admin:webinars_signup_change", pk)
        explain = gettext(
            "All sign-ups that came on the same form get the new address. The links sent to the old one stop working."
        )
        title = gettext("Correct the address")
        return question_page(
            self, request, title=title, button=gettext("Save"), explain=explain, form=form, about=row
        )  # fmt: skip

    # --- Steps for several --------------------------------------------------------------------------------------------
    def has_steps_permission(self, request: HttpRequest) -> bool:
        """Whether one may change sign-ups anywhere."""
        return access.may(request.user, "change", SignUp)

    @admin.action(description=_("Cancel these sign-ups"), permissions=["steps"])
    def cancel_all(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """Their places go to the queue, and they are told by mail."""
        question = gettext("Cancel these sign-ups? The people are told by mail.")
        return self._for_all(request, rows, question, gettext("Cancel these sign-ups"), _cancel)

    @admin.action(description=_("Send the links again"), permissions=["steps"])
    def send_links_to_all(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """One mail for each person."""
        question = gettext("Mail the links of their webinars to these people again?")
        return self._for_all(request, rows, question, gettext("Send the links again"), _send_links)

    def _for_all(
        self, request: HttpRequest, rows: QuerySet[Any], question: str, button: str, step: Any
    ) -> HttpResponse | None:
        rows = rows.filter(event__in=self._events(request)).select_related("event")
        if answer := confirmation(self, request, rows, question=question, button=button):
            return answer
        done = sum(_taken(step, row, user_of(request)) for row in rows)
        messages.success(request, gettext("%(step)s: done for %(count)d.") % {"step": button, "count": done})
        return None


def _taken(step: Any, row: SignUp, by: Any) -> bool:
    """What is not possible for one does not stop the others."""
    try:
        step(row, by)
    except Refusal:
        return False
    return True


def _cancel(row: SignUp, by: Any) -> None:
    services.cancel(row.pk, by=by)


def _send_links(row: SignUp, by: Any) -> None:
    services.send_links(row.event, row.email, by=by)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin):
    """What people took along; nobody is named."""

    list_display = ["webinar", "usefulness", "learned", "will_use", "given"]
    list_filter = [("webinar", OwnRowsFilter), "usefulness"]
    list_select_related = ["webinar"]
    fields = ["webinar", "usefulness", "learned", "will_use", "given"]
    readonly_fields = ["given"]

    @admin.display(description=_("given"), ordering="given_at")
    def given(self, row: Feedback) -> str:
        """When."""
        return shown(row.given_at)

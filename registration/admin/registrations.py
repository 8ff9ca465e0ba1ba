"""The list of registrations and one person's page. Facts are shown; what changes them are the services."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import access, clock, exports, places
from events.admin_base import EventFilter, ReadOnlyAdmin, confirmation, page, question_page, shown
from events.forms import AddressForm
from events.models import Event, LogEntry, Mail, Place
from registration import reports, services
from registration.admin.door.lists import arrivals_of
from registration.admin.door.putting import ACTIONS as LIST_ACTIONS
from registration.admin.filters import DayFilter, RoleFilter, TypeFilter, shown_event
from registration.admin.forms import AnswersForm, HandForm
from registration.admin.printing import ask_for_badges
from registration.admin.steps import REFUSALS, STEPS, Step, attempt, take_for_all
from registration.forms import OnSiteForm
from registration.models import Needs, Registration
from registration.services.mailing import begin_mailing

FRAMES = {
    Place.Status.CONFIRMED: "confirmed",
    Place.Status.WAITING: "waiting",
    Place.Status.OFFERED: "offered",
    Place.Status.RESERVED: "offered",
}
FACTS: Any = [
    "event", "role", "state", "attendance", "days", "email", "organisation", "organisation_type", "job_title",
    "municipality_name", "badge_name", "photo", "has_assistant", "remote_meanwhile", "languages", "language",
    "privacy_version", "registered", "registered_by",
]  # fmt: skip


def bulk(step: Step) -> Callable[..., HttpResponse | None]:
    """An action of the list that takes a step for all who are chosen, after asking."""

    @admin.action(description=step.label, permissions=["steps"])
    def take(
        model_admin: "RegistrationAdmin", request: HttpRequest, rows: QuerySet[Registration]
    ) -> HttpResponse | None:
        rows = rows.filter(event=model_admin.refuse_others(request, shown_event(request)))
        if answer := confirmation(model_admin, request, rows, question=str(step.question), button=str(step.label)):
            return answer
        take_for_all(request, step, list(rows))
        return None

    take.__name__ = f"{step.name}_all"
    return take


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """Nothing is edited here in place: every button calls a service."""

    list_display = ["name", "employer", "attendance", "state", "on_days", "language", "registered"]
    list_filter = [EventFilter, "status", "attendance", DayFilter, TypeFilter, "language", RoleFilter]
    search_fields = ["first_name", "last_name", "email", "organisation", "=badges__code"]
    search_help_text = _("Name, e-mail, organisation or the code of a badge")
    fields = FACTS
    readonly_fields = ["state", "registered", "municipality_name"]
    actions = [
        "print_one_to_a_page", "print_four_to_a_page", "write_to_chosen",
        *LIST_ACTIONS, *(bulk(STEPS[name]) for name in ("resend", "offer", "cancel")),
    ]  # fmt: skip
    change_list_template = "admin/registration/registration/change_list.html"
    change_form_template = "admin/registration/registration/change_form.html"

    # --- The list -----------------------------------------------------------------------------------------------------
    @admin.display(description=_("name"), ordering="sort_key")
    def name(self, registration: Registration) -> str:
        """Family name first, as lists are read."""
        return f"{registration.last_name} {registration.first_name}"

    @admin.display(description=_("organisation"), ordering="organisation")
    def employer(self, registration: Registration) -> SafeString:
        """With its type below, which leaves room for the other columns."""
        html = '{}<br><span class="quiet">{}</span>'
        return format_html(html, registration.organisation, registration.organisation_type.name)

    @admin.display(description=_("status"), ordering="status")
    def state(self, registration: Registration) -> SafeString:
        """The word, framed."""
        frame = FRAMES.get(Place.Status(registration.status), "cancelled")
        return format_html('<span class="state state-{}">{}</span>', frame, registration.get_status_display())

    @admin.display(description=_("days"))
    def on_days(self, registration: Registration) -> str:
        """Which days, as short as a column needs."""
        return " ".join(f"{day.date:%-d.%-m.}" for day in registration.days.all())

    @admin.display(description=_("registered"), ordering="registered_at")
    def registered(self, registration: Registration) -> str:
        """When."""
        return shown(registration.registered_at)

    @admin.display(description=_("municipality"))
    def municipality_name(self, registration: Registration) -> str:
        """In the language of the page."""
        return reports.municipality(registration) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what the list and the pages name."""
        rows = super().get_queryset(request).select_related("event", "role", "organisation_type")
        return rows.prefetch_related("days")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the numbers of its event above."""
        event = shown_event(request)
        context = {
            "shown_event": event,
            "numbers": reports.numbers(event) if event else None,
            "may_change": bool(event and self._may_step(request, event)),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def _may_step(self, request: HttpRequest, event: Event) -> bool:
        return access.may(request.user, "change", Registration, event.pk)

    def has_steps_permission(self, request: HttpRequest) -> bool:
        """Who may change registrations of the event that is shown may use the actions; door leads only look."""
        event = shown_event(request)
        return event is not None and self._may_step(request, event)

    def refuse_others(self, request: HttpRequest, event: Event | None) -> Event:
        """The event, if one may change its registrations."""
        if event is None or not self._may_step(request, event):
            raise PermissionDenied
        return event

    def _filtered(self, request: HttpRequest) -> QuerySet[Registration]:
        """What the list shows with the filters and the search of this address."""
        try:
            rows: QuerySet[Registration] = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404 from error
        return rows.filter(event=self.refuse_others(request, shown_event(request)))

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """The pages besides Django's own."""
        own = [
            page(self, "add/", self.by_hand, "add"),
            page(self, "export.<str:kind>", self.export, "export"),
            page(self, "write/", self.write_to_filtered, "write"),
            page(self, "badges/<str:layout>/", self.print_filtered, "badges"),
            page(self, "<int:pk>/answers/", self.answers, "answers"),
            page(self, "<int:pk>/address/", self.address, "address"),
            page(self, "<int:pk>/on-site/", self.on_site, "on_site"),
            *(page(self, f"<int:pk>/{name}/", partial(self.step, name=name), name) for name in STEPS),
        ]
        return [*own, *super().get_urls()]

    # --- The whole list -----------------------------------------------------------------------------------------------
    @method_decorator(require_safe)
    def export(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The filtered list as a file; never the needs."""
        if kind not in exports.FORMATS:
            raise Http404
        rows = self._filtered(request)
        event = self.refuse_others(request, shown_event(request))
        write, media_type = exports.FORMATS[kind]
        content = write(reports.export_header(event), reports.export_rows(rows, event))
        LogEntry.objects.record(event, "list exported", by=_user(request), count=rows.count(), format=kind)
        disposition = f'attachment; filename="registrations-{event.slug}.{kind}"'
        return HttpResponse(content, media_type, headers={"Content-Disposition": disposition})

    @method_decorator(require_POST)
    def write_to_filtered(self, request: HttpRequest) -> HttpResponse:
        """Begin a message to everyone in the filtered list."""
        return self._begin_mailing(request, self._filtered(request))

    @admin.action(description=_("Write to these people"), permissions=["steps"])
    def write_to_chosen(self, request: HttpRequest, rows: QuerySet[Registration]) -> HttpResponse:
        """Begin a message to those who are ticked."""
        return self._begin_mailing(request, rows)

    def _begin_mailing(self, request: HttpRequest, rows: QuerySet[Registration]) -> HttpResponse:
        event = self.refuse_others(request, shown_event(request))
        keys = rows.filter(event=event).order_by().values_list("pk", flat=True)
        if not keys:
            messages.warning(request, gettext("There is nobody in this list to write to."))
            return redirect("admin:registration_registration_changelist")
        mailing = begin_mailing(event, keys, by=_user(request), chosen_by=request.GET.urlencode())
        return redirect("admin:events_mailing_change", mailing.pk)

    @method_decorator(require_POST)
    def print_filtered(self, request: HttpRequest, layout: str) -> HttpResponse:
        """The badges of everyone in the filtered list."""
        return self._print(request, self._filtered(request), layout)

    @admin.action(description=_("Print badges, one to a page"), permissions=["steps"])
    def print_one_to_a_page(self, request: HttpRequest, rows: QuerySet[Registration]) -> HttpResponse | None:
        """Of those who are ticked."""
        return self._print(request, rows, "one")

    @admin.action(description=_("Print badges, four to a page"), permissions=["steps"])
    def print_four_to_a_page(self, request: HttpRequest, rows: QuerySet[Registration]) -> HttpResponse | None:
        """Of those who are ticked, with cut marks."""
        return self._print(request, rows, "four")

    def _print(self, request: HttpRequest, rows: QuerySet[Registration], layout: str) -> HttpResponse:
        event = self.refuse_others(request, shown_event(request))
        document = ask_for_badges(event, rows, layout=layout, by=_user(request))
        if document is None:
            messages.warning(request, gettext("Nobody of them has a badge: it is for those confirmed on site."))
            return redirect("admin:registration_registration_changelist")
        return redirect("admin:events_document_change", document.pk)

    # --- By hand ------------------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Organisers register people who have telephoned."""
        return access.may(request.user, "add", Registration)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def by_hand(self, request: HttpRequest) -> HttpResponse:
        """Register somebody, also when registration is closed."""
        event = self.refuse_others(request, shown_event(request))
        form = HandForm(event, request.POST or None, at=clock.now())
        if request.method == "POST" and form.is_valid() and (made := self._register(request, form)):
            return redirect("admin:registration_registration_change", made.pk)
        title = gettext("Register somebody for %(event)s") % {"event": event.name}
        return question_page(self, request, title=title, button=gettext("Register this person"), form=form)

    def _register(self, request: HttpRequest, form: HandForm) -> Registration | None:
        try:
            made = services.register(
                form.event, form.details(), form_key=form.cleaned_data["form_key"], by=_user(request),
                role=form.cleaned_data["role"],
            ).registration  # fmt: skip
        except services.AlreadyRegistered as known:
            form.add_error("email", _already_registered(known))
            return None
        except REFUSALS as refusal:
            form.add_error(None, str(refusal.message))
            return None
        messages.success(request, gettext("%(name)s is registered; the confirmation is on its way.") % {"name": made})
        return made

    # --- One person ---------------------------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Facts, steps, badges, mails and history."""
        registration = self.get_object(request, object_id)
        context = self._context_of(request, registration) if registration else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _context_of(self, request: HttpRequest, registration: Registration) -> dict[str, Any]:
        may_change = self._may_step(request, registration.event)
        questions = registration.event.questions.prefetch_related("choices")
        return {
            "may_change": may_change,
            "steps": [
                (step, reverse(f"admin:registration_registration_{step.name}", args=[registration.pk]))
                for step in STEPS.values()
                if may_change and step.is_possible(registration)
            ],
            "can_come": registration.is_live and not registration.is_on_site and not registration.event.is_virtual,
            "position": places.position(registration) if registration.is_waiting else None,
            "offer_ends": shown(registration.offer_ends_at) if registration.is_offered(clock.now()) else "",
            "badges": registration.badges.all(),
            "arrivals": arrivals_of(registration),
            "answered": [(question.label, reports.answer(registration, question)) for question in questions],
            "entries": LogEntry.objects.about(registration).select_related("by"),
            "mails": Mail.objects.about(registration).order_by("created_at", "pk"),
        }

    def _get(self, request: HttpRequest, pk: int) -> Registration:
        registration: Registration = get_object_or_404(self.get_queryset(request), pk=pk)
        self.refuse_others(request, registration.event)
        return registration

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """A step without further questions: the page asks, the post acts."""
        registration, step = self._get(request, pk), STEPS[name]
        if request.method == "POST":
            attempt(request, lambda: step.act(registration, _user(request)), step.done)
            return redirect("admin:registration_registration_change", pk)
        words = {"title": str(step.label), "button": str(step.label), "explain": str(step.question)}
        return question_page(self, request, about=registration, **words)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def answers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the answers for somebody."""
        registration = self._get(request, pk)
        may_read_needs = access.may(request.user, "view", Needs, registration.event_id)
        form = AnswersForm(registration, request.POST or None, at=clock.now(), may_read_needs=may_read_needs)
        if may_read_needs and request.method != "POST":
            LogEntry.objects.record(registration, "needs read", by=_user(request))
        return self._ask(request, registration, form, gettext("Change the answers"), _change)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def address(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Correct the address; the link that went to the old one dies."""
        registration = self._get(request, pk)
        form = AddressForm(request.POST or None, initial={"email": registration.email}, label_suffix="")
        return self._ask(request, registration, form, gettext("Correct the address"), _correct)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def on_site(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody comes to the venue after all: a place, or the end of the queue."""
        registration = self._get(request, pk)
        if registration.event.is_virtual:
            raise Http404
        form = OnSiteForm(registration, request.POST or None, at=clock.now())
        return self._ask(request, registration, form, gettext("Switch to on site"), _come)

    def _ask(
        self, request: HttpRequest, registration: Registration, form: Any, title: str, act: Callable[..., Any]
    ) -> HttpResponse:
        """A form about a registration; a refusal becomes an error of the form, and what was typed stays."""
        if request.method == "POST" and form.is_valid():
            try:
                act(registration, form, _user(request))
            except services.AlreadyRegistered as known:
                form.add_error("email", _already_registered(known))
            except REFUSALS as refusal:
                form.add_error(None, str(refusal.message))
            else:
                messages.success(request, gettext("Saved. The person is told by mail."))
                return redirect("admin:registration_registration_change", registration.pk)
        return question_page(self, request, title=title, button=gettext("Save"), form=form, about=registration)


def _change(registration: Registration, form: AnswersForm, by: Any) -> None:
    services.change(registration.pk, form.details(), by=by)


def _correct(registration: Registration, form: AddressForm, by: Any) -> None:
    services.correct_address(registration.pk, form.cleaned_data["email"], by=by)


def _come(registration: Registration, form: OnSiteForm, by: Any) -> None:
    services.switch_to_on_site(registration.pk, form.details(), by=by)


def _already_registered(known: services.AlreadyRegistered) -> SafeString:
    address = reverse("admin:registration_registration_change", args=[known.registration.pk])
    return format_html('{} <a href="{}">{}</a>', str(known.message), address, known.registration)


def _user(request: HttpRequest) -> Any:
    """Whoever is in the admin is a user."""
    return request.user

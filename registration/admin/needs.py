"""Dietary and accessibility needs: counts for organisers, answers for those who may read them; readings are logged."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables

from events import access
from events.admin_base import ReadOnlyAdmin
from events.models import Event, LogEntry
from registration import reports
from registration.models import Needs, Registration


@admin.register(Needs)
class NeedsAdmin(ReadOnlyAdmin):
    """One page instead of a list: nobody looks at these answers by the way."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The counts are for everyone who sees registrations; a single row has no page."""
        return obj is None and any(access.may(request.user, "view", model) for model in (Registration, Needs))

    @method_decorator(sensitive_variables("answers"))
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """GET counts; POST shows the answers, if one may read them, and writes down that one did."""
        event = self._event(request)
        may_read = access.may(request.user, "view", Needs, event.pk)
        answers = self._read(request, event) if request.method == "POST" else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.opts.verbose_name_plural,
            "event": event,
            "numbers": reports.needs_numbers(event),
            "may_read": may_read,
            "answers": answers,
        }
        return TemplateResponse(request, "admin/registration/needs.html", context)

    def _event(self, request: HttpRequest) -> Event:
        events = access.events_of(request.user, "view", model=Registration)
        events = events | access.events_of(request.user, "view", model=Needs)
        event = access.chosen_event(events, request.GET.get("event"))
        if event is None:
            raise PermissionDenied
        return event

    def _read(self, request: HttpRequest, event: Event) -> list[Needs]:
        if not access.may(request.user, "view", Needs, event.pk):
            raise PermissionDenied
        answers = list(reports.needs_of(event).prefetch_related("registration__days"))
        LogEntry.objects.record(event, "needs read", by=request.user, count=len(answers))  # type: ignore[arg-type]
        return answers

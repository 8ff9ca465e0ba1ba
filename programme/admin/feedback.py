"""What people thought of the sessions: all of them beside each other, one with its comments, and as a file."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from events import access, exports
from events.admin.steps import user_of
from events.admin_base import TranslatedEventAdmin, page
from events.models import Event, LogEntry
from programme import feedback
from programme.models import Session


class FeedbackAdmin(TranslatedEventAdmin):
    """The pages of session feedback, for organisers: who only translates does not see them."""

    def get_urls(self) -> list[URLPattern]:
        """The sessions, one of them, the file."""
        own = [
            page(self, "feedback/", self.feedback, "feedback"),
            page(self, "feedback/export.<str:kind>", self.feedback_file, "feedback_file"),
            page(self, "<int:pk>/feedback/", self.feedback_of_one, "feedback_of_one"),
        ]
        return [*own, *super().get_urls()]

    def _told_event(self, request: HttpRequest) -> Event:
        event = access.chosen_event(access.events_of(request.user, "add", model=Session), request.GET.get("event"))
        if event is None:
            raise PermissionDenied
        return event

    @method_decorator(require_safe)
    def feedback(self, request: HttpRequest) -> HttpResponse:
        """Mean, number and spread of each session."""
        event = self._told_event(request)
        found = feedback.opinions(event)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": gettext("Feedback on the sessions"), "chosen": event, "opinions": found,
            "answers": sum(one.answers for one in found), "comments": sum(one.comments for one in found),
        }  # fmt: skip
        return TemplateResponse(request, "admin/programme/feedback.html", context)

    @method_decorator(require_safe)
    def feedback_of_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was written about a session."""
        session = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(request.user, "add", Session, session.event_id):
            raise PermissionDenied
        rows = list(session.feedback.order_by("usefulness", "pk"))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": gettext("Feedback on “%(session)s”") % {"session": session},
            "session": session, "opinion": next(iter(feedback.opinions(session.event, session)), None),
            "to_organisers": [row for row in rows if row.to_organisers],
            "to_speaker": [row for row in rows if row.to_speaker],
        }  # fmt: skip
        return TemplateResponse(request, "admin/programme/feedback_of_one.html", context)

    @method_decorator(require_safe)
    def feedback_file(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Every answer, without anything that tells who has given it."""
        event = self._told_event(request)
        if kind not in exports.FORMATS:
            raise Http404
        write, media_type = exports.FORMATS[kind]
        content = write(feedback.header(), feedback.export_rows(event))
        LogEntry.objects.record(event, "list exported", by=user_of(request), format=kind)
        disposition = f'attachment; filename="session-feedback-{event.slug}.{kind}"'
        headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
        return HttpResponse(content, media_type, headers=headers)

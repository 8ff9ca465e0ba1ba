"""Following remotely: the hosts and streams of an event, questions to speakers, and how much was followed."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events import access, exports
from events.admin.steps import user_of
from events.admin_base import EventAdmin, OwnRowsFilter, page
from events.dates import moment
from events.models import LogEntry
from programme import live
from programme.models import LivePage, LiveQuestion, Session, Stream
from programme.services import questions

Status = LiveQuestion.Status


@admin.register(LivePage)
class LivePageAdmin(EventAdmin):
    """Which hosts an event takes streams from; beside it, how much was followed."""

    list_display = ["event", "hosts", "support_phone"]
    list_select_related = ["event"]
    change_form_template = "admin/programme/live_page_form.html"

    def get_urls(self) -> list[URLPattern]:
        """The figures, as a page and as a file."""
        own = [
            page(self, "<int:pk>/figures/", self.figures, "figures"),
            page(self, "<int:pk>/export.<str:kind>", self.export, "export"),
        ]
        return [*own, *super().get_urls()]

    def _own(self, request: HttpRequest, pk: int) -> LivePage:
        return get_object_or_404(self.get_queryset(request).select_related("event"), pk=pk)

    @method_decorator(require_safe)
    def figures(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How many people followed each session, and for how many minutes."""
        row = self._own(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Followed remotely"),
            "original": row,
            "rows": live.figures(row.event),
        }
        return TemplateResponse(request, "admin/programme/live_figures.html", context)

    @method_decorator(require_safe)
    def export(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """The same as a file; nobody is named."""
        row = self._own(request, pk)
        if kind not in exports.FORMATS:
            raise Http404
        write, media_type = exports.FORMATS[kind]
        header = [gettext("session"), gettext("room"), gettext("begins"), gettext("people"), gettext("minutes")]
        lines = [
            [str(session), str(session.room or ""), _when(session), followed.people, followed.minutes]
            for session, followed in live.figures(row.event)
        ]
        LogEntry.objects.record(row.event, "minutes exported", by=user_of(request), count=len(lines), format=kind)
        disposition = f'attachment; filename="followed-{row.event.slug}.{kind}"'
        return HttpResponse(write(header, lines), media_type, headers={"Content-Disposition": disposition})


def _when(session: Session) -> str:
    return moment(session.starts_at) if session.starts_at else ""


@admin.register(Stream)
class StreamAdmin(EventAdmin):
    """Where pictures, interpretation and captions come from."""

    list_display = ["place", "channel", "url", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event", "room", "session"]
    search_fields = ["room__name_fi", "room__name_sv", "session__title_fi", "session__title_sv", "url"]
    fields = ["event", "room", "session", "kind", "language", "url"]
    is_public = True  # the menu shows that there is something to follow

    @admin.display(description=_("room or session"))
    def place(self, row: Stream) -> str:
        """Which of the two it belongs to."""
        return str(row.room or row.session)

    @admin.display(description=_("channel"))
    def channel(self, row: Stream) -> str:
        """With its language."""
        return row.channel


@admin.register(LiveQuestion)
class LiveQuestionAdmin(EventAdmin):
    """What was asked; nobody else reads a question before it is shown here."""

    list_display = ["text", "session", "registration", "asked_at", "status"]
    list_filter = ["status", ("session", OwnRowsFilter)]
    list_select_related = ["session", "registration"]
    search_fields = ["text"]
    fields = ["event", "session", "registration", "text", "asked_at", "status"]
    readonly_fields = ["event", "session", "registration", "text", "asked_at", "status"]
    actions = ["show", "mark_answered", "hide"]

    @admin.action(description=_("Show"), permissions=["change"])
    def show(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """To everybody who follows."""
        self._moderate(request, rows, Status.SHOWN)

    @admin.action(description=_("Mark as answered"), permissions=["change"])
    def mark_answered(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """They stay to be read."""
        self._moderate(request, rows, Status.ANSWERED)

    @admin.action(description=_("Hide"), permissions=["change"])
    def hide(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """From everybody."""
        self._moderate(request, rows, Status.HIDDEN)

    def _moderate(self, request: HttpRequest, rows: QuerySet[Any], status: str) -> None:
        events = access.event_ids(request.user, "change", model=LiveQuestion)
        own = rows if events is None else rows.filter(event__in=events)
        count = questions.moderate(list(own.values_list("pk", flat=True)), status, by=user_of(request))
        text = ngettext("%(count)d question is changed.", "%(count)d questions are changed.", count)
        messages.success(request, text % {"count": count})

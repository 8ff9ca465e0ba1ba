"""Speakers: what is told of them, what they have agreed to, and their link."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events import uploads
from events.admin.steps import user_of
from events.admin_base import EventFilter, TranslatedEventAdmin, confirmation, page, shown
from programme.models import Speaker
from programme.services import speaking


@admin.register(Speaker)
class SpeakerAdmin(TranslatedEventAdmin):
    """Who speaks. They write about themselves on their own page, to which a link is mailed."""

    list_display = [
        "name",
        "organisation",
        "in_sessions",
        "is_coming",
        "may_be_streamed",
        "may_be_recorded",
        "answered",
    ]
    list_filter = [EventFilter, "may_be_streamed", "may_be_recorded"]
    list_select_related = ["event", "registration", "claim__registration"]
    search_fields = ["name", "organisation", "email"]
    readonly_fields = ["picture_shown", "answered", "is_coming", "in_sessions"]
    exclude = ["picture", "registration"]
    actions = ["send_link"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of sessions, in the same query."""
        return super().get_queryset(request).annotate(session_count=Count("slots"))

    @admin.display(description=_("sessions"), ordering="session_count")
    def in_sessions(self, row: Any) -> str:
        """In how many sessions they speak."""
        return str(getattr(row, "session_count", 0))

    @admin.display(description=_("registration"))
    def is_coming(self, row: Speaker) -> str:
        """Whether they have registered, or on whom a place still waits."""
        if registration := row.own_registration:
            return str(registration)
        return gettext("a place is kept") if row.has_open_claim else "–"

    @admin.display(description=_("told about themselves"), ordering="answered_at")
    def answered(self, row: Speaker) -> str:
        """When they last filled in their page."""
        return shown(row.answered_at)

    @admin.display(description=_("picture"))
    def picture_shown(self, row: Speaker) -> SafeString | str:
        """As they have sent it."""
        return format_html('<a href="picture/">{}</a>', _("Look at the picture")) if row.picture_id else "–"

    def get_urls(self) -> list[URLPattern]:
        """The picture, for those who may see the speaker."""
        return [page(self, "<int:pk>/change/picture/", self.picture, "picture"), *super().get_urls()]

    @method_decorator(require_safe)
    def picture(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Served to those who may see the speaker."""
        row = self.get_queryset(request).filter(pk=pk).select_related("picture").first()
        if row is None or row.picture is None:
            raise Http404
        return uploads.serve(row.picture)

    @admin.action(description=_("Send the link to the speaker's own page"), permissions=["change"])
    def send_link(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """Asks first; each gets one mail."""
        asked = confirmation(
            self, request, rows, question=str(_("Send these speakers the link to their own page?")),
            button=str(_("Send the link")),
        )  # fmt: skip
        if asked:
            return asked
        count = len([speaking.welcome_speaker(row.pk, by=user_of(request), is_again=True) for row in rows])
        text = ngettext("%(count)d link is on its way.", "%(count)d links are on their way.", count)
        messages.success(request, text % {"count": count})
        return None

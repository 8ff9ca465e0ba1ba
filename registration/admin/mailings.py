"""Messages to many: write in three languages, look, try on oneself, send once."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from events import access, outbox
from events.admin_base import OwnRowsFilter, TranslatedEventAdmin, page, question_page, shown
from events.models import Mailing
from registration import services
from registration.admin.forms import MailingForm, placeholder_help
from registration.admin.steps import attempt
from registration.services import mailing as letters


@admin.register(Mailing)
class MailingAdmin(TranslatedEventAdmin):
    """Begun from the list of registrations, which chooses the recipients."""

    form = MailingForm
    list_display = ["__str__", "languages", "how_many", "created_by", "begun", "sent", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event", "created_by"]
    fields = ["subject", "text"]
    change_form_template = "admin/events/mailing/change_form.html"

    @admin.display(description=_("chosen"))
    def how_many(self, mailing: Mailing) -> int:
        """Recipients chosen."""
        return len(mailing.recipients)

    @admin.display(description=_("begun"), ordering="created_at")
    def begun(self, mailing: Mailing) -> str:
        """When."""
        return shown(mailing.created_at)

    @admin.display(description=_("sent"), ordering="queued_at")
    def sent(self, mailing: Mailing) -> str:
        """When it was put into the outbox."""
        return shown(mailing.queued_at)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A group for each language, because each is written as a whole."""
        names = [("fi", _("Finnish")), ("sv", _("Swedish")), ("en", _("English"))]
        return [
            (name, {"fields": [f"subject_{code}", f"text_{code}"], "description": placeholder_help()})
            for code, name in names
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The event is not among the fields."""
        return []

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only from a list of people."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is sent is sent."""
        return super().has_change_permission(request, obj) and not (obj and obj.queued_at)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only, one by one."""
        return bool(obj) and super().has_delete_permission(request, obj) and not obj.queued_at

    def get_urls(self) -> list[URLPattern]:
        """Trying and sending."""
        own = [page(self, "<int:pk>/try/", self.try_it, "try"), page(self, "<int:pk>/send/", self.send, "send")]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the counts and, for each language that is saved, how it reads for its first reader."""
        mailing = self.get_object(request, object_id)
        context = self._context_of(mailing) if mailing else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _context_of(self, mailing: Mailing) -> dict[str, Any]:
        people = letters.recipients(mailing)
        names = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}
        counts = letters.count_languages(people)
        return {
            "counts": [(names[code], count) for code, count in counts.items()],
            "people": len(people),
            "problems": [] if mailing.queued_at else letters.problems(mailing, people),
            "previews": [(code, names[code], *shown) for code in names if (shown := _preview(mailing, code, people))],
        }

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay: after writing comes looking."""
        messages.success(request, gettext("Saved. Look at the preview below."))
        return redirect("admin:events_mailing_change", obj.pk)

    def _get(self, request: HttpRequest, pk: int) -> Mailing:
        mailing: Mailing = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(request.user, "change", Mailing, mailing.event_id):
            raise PermissionDenied
        return mailing

    @method_decorator(require_POST)
    def try_it(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A test mail to oneself in each language that is written."""
        by: Any = request.user
        mailing = self._get(request, pk)
        try:
            count = services.try_mailing(mailing, by=by)
        except letters.NobodyChosen as refusal:
            messages.error(request, str(refusal.message))
            return redirect("admin:events_mailing_change", pk)
        if count:
            text = ngettext(
                "%(count)d test mail is on its way to %(to)s.",
                "%(count)d test mails are on their way to %(to)s.",
                count,
            )
            messages.success(request, text % {"count": count, "to": by.email})
        else:
            messages.warning(request, gettext("There is nothing to send yet: write and save a text first."))
        return redirect("admin:events_mailing_change", pk)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more with the number, then queue. Pressed twice, it is sent once."""
        mailing, by = self._get(request, pk), request.user
        if request.method == "POST":
            done = gettext("The message is in the outbox and leaves at once.")
            attempt(request, lambda: services.send_mailing(mailing.pk, by=by), done)  # type: ignore[arg-type]
            return redirect("admin:events_mailing_change", pk)
        count = len(letters.recipients(mailing))
        title = ngettext("Send this message to %(count)d person?", "Send this message to %(count)d people?", count)
        title = title % {"count": count}
        return question_page(self, request, title=title, button=gettext("Send"), about=mailing)


def _preview(mailing: Mailing, language: str, people: list[Any]) -> tuple[Any, str, str] | None:
    """For whom, subject and text as the first reader of the language gets them; None when nothing is written."""
    reader = next((person for person in people if person.language == language), next(iter(people), None))
    if not reader or not all(mailing.words(language)):
        return None
    words = letters.fill(letters.letter(mailing, language), reader, outbox.Links()["personal"])
    return reader, words.subject, outbox.preview(words.text)

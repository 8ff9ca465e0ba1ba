"""What the software writes: mails, documents, the log. Seen, searched, sent again; never edited."""

import re
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from events import access, documents, outbox
from events.admin_base import (
    OwnRowsFilter,
    ReadOnlyAdmin,
    confirmation,
    page,
    shown,
)
from events.alphabet import sort_key
from events.log_words import describe
from events.models import (
    Document,
    LogEntry,
    Mail,
)

ATTACHED_IMAGE = re.compile(r'src="cid:[^"]*"')  # comes with the mail, not with its words
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """The post: what was sent, when, to whom, how it reads, what went wrong."""

    list_display = ["subject", "to_email", "language", "state", "created", "sent", "attempts", "last_error"]
    list_filter = ["status", ("event", OwnRowsFilter), "language", "message"]
    search_fields = ["to_email", "subject"]
    actions = ["send_again"]
    change_form_template = "admin/events/mail/change_form.html"
    fields = [
        "event", "subject", "to_email", "language", "state", "created", "sent", "attempts", "next_try", "last_error",
        "attachments", "words",
    ]  # fmt: skip
    readonly_fields = ["state", "created", "sent", "next_try", "words"]

    @admin.display(description=_("status"), ordering="status")
    def state(self, mail: Mail) -> SafeString:
        """The word, framed."""
        frames = {Mail.Status.QUEUED: "waiting", Mail.Status.SENT: "confirmed", Mail.Status.FAILED: "error"}
        frame = frames[Mail.Status(mail.status)]
        return format_html('<span class="state state-{}">{}</span>', frame, mail.get_status_display())

    @admin.display(description=_("written"), ordering="created_at")
    def created(self, mail: Mail) -> str:
        """When it was written."""
        return shown(mail.created_at)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, mail: Mail) -> str:
        """When the mail server took it."""
        return shown(mail.sent_at)

    @admin.display(description=_("next attempt"))
    def next_try(self, mail: Mail) -> str:
        """When it will be tried next."""
        return shown(mail.next_attempt_at) if mail.status == Mail.Status.QUEUED else "–"

    @admin.display(description=_("text"))
    def words(self, mail: Mail) -> SafeString:
        """As it reads, without usable links."""
        return format_html('<div class="mail-preview" lang="{}">{}</div>', mail.language, outbox.preview(mail.text))

    def get_urls(self) -> list[URLPattern]:
        """Sending again, and the mail as a mail program draws it."""
        own = [
            page(self, "<int:pk>/send-again/", self.send_one_again, "send_again"),
            page(self, "<int:pk>/html/", self.html, "html"),
        ]
        return [*own, *super().get_urls()]

    def _get(self, request: HttpRequest, pk: int, action: str) -> Mail:
        mail: Mail = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(request.user, action, Mail, mail.event_id):
            raise PermissionDenied
        return mail

    @method_decorator(require_POST)
    def send_one_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue it once more."""
        mail = self._get(request, pk, "change")
        _send_again(mail, request)
        messages.success(request, gettext("The mail is on its way again."))
        return redirect("admin:events_mail_change", mail.pk)

    @method_decorator(require_safe)
    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As a mail program draws it, in a sandbox: it can run nothing and reach nothing."""
        mail = self._get(request, pk, "view")
        drawn = ATTACHED_IMAGE.sub('src="data:,"', outbox.preview(mail.html))
        return HttpResponse(drawn, headers={"Content-Security-Policy": MAIL_POLICY})

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may change mails may send them again."""
        return access.may(request.user, "change", Mail)

    @admin.action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Mail]) -> HttpResponse | None:
        """Several at once; those still waiting to be sent are left alone."""
        rows = rows.exclude(status=Mail.Status.QUEUED)
        question = ngettext("Send %(count)d mail again?", "Send %(count)d mails again?", len(rows)) % {
            "count": len(rows)
        }
        if answer := confirmation(self, request, rows, question=question, button=gettext("Send again")):
            return answer
        for mail in rows:
            _send_again(mail, request)
        messages.success(request, gettext("The mails are on their way again."))
        return None


def _send_again(mail: Mail, request: HttpRequest) -> None:
    outbox.send_again(mail)
    LogEntry.objects.record(mail, "mail sent again", by=request.user)  # type: ignore[arg-type]


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Badges, batches, certificates: how far they are, and the file."""

    list_display = ["what", "language", "asked", "by", "state", "event"]
    list_filter = [("event", OwnRowsFilter), "kind", "language"]
    list_select_related = ["event", "asked_by"]
    change_form_template = "admin/events/document/change_form.html"
    fields = ["event", "what", "language", "asked", "by", "state", "last_error"]
    readonly_fields = ["what", "asked", "by", "state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the bytes."""
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("document"), ordering="kind")
    def what(self, document: Document) -> str:
        """How the file is called."""
        return documents.filename(document)

    @admin.display(description=_("asked for"), ordering="asked_at")
    def asked(self, document: Document) -> str:
        """When."""
        return shown(document.asked_at)

    @admin.display(description=_("asked for by"), ordering="asked_by")
    def by(self, document: Document) -> str:
        """Who; nobody when a service did."""
        return str(document.asked_by or "")

    @admin.display(description=_("state"))
    def state(self, document: Document) -> SafeString:
        """Made, failed, or how far it is."""
        if document.failed_at:
            return format_html('<span class="state state-error">{}</span>', gettext("could not be made"))
        if document.made_at:
            return format_html('<span class="state state-confirmed">{}</span>', shown(document.made_at))
        done = documents.progress(document)
        return format_html('<progress max="100" value="{}">{}</progress> {} %', done, done, done)

    def get_urls(self) -> list[URLPattern]:
        """The file."""
        return [page(self, "<int:pk>/download/", self.download, "download"), *super().get_urls()]

    @method_decorator(require_safe)
    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file, once it is made."""
        document: Document = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        if not document.made_at:
            return redirect(reverse("admin:events_document_change", args=[document.pk]))
        disposition = f'attachment; filename="{documents.filename(document)}"'
        media_type = documents.KINDS[document.kind].media_type
        return HttpResponse(documents.content(document), media_type, headers={"Content-Disposition": disposition})


class ActionFilter(admin.AllValuesFieldListFilter):
    """The actions in the language of whoever reads, in its alphabet."""

    def choices(self, changelist: Any) -> Any:
        """All, then each action."""
        everything, *actions = super().choices(changelist)
        told: list[Any] = [{**choice, "display": gettext(str(choice["display"]))} for choice in actions]
        yield everything
        yield from sorted(told, key=lambda choice: sort_key(choice["display"]))


@admin.register(LogEntry)
class LogAdmin(ReadOnlyAdmin):
    """Who did what, when."""

    list_display = ["moment", "by", "what", "row", "event"]
    list_display_links = None
    list_filter = [("event", OwnRowsFilter), ("action", ActionFilter)]
    fields = ["event", "moment", "by", "what", "row"]
    readonly_fields = ["moment", "what", "row"]
    list_select_related = ["event", "by"]
    search_fields = ["action", "by__email"]
    date_hierarchy = "at"

    @admin.display(description=_("at"), ordering="at")
    def moment(self, entry: LogEntry) -> str:
        """When."""
        return shown(entry.at)

    @admin.display(description=_("action"), ordering="action")
    def what(self, entry: LogEntry) -> str:
        """In the language of whoever reads."""
        return describe(entry)

    @admin.display(description=_("concerns"), ordering="about_type")
    def row(self, entry: LogEntry) -> str:
        """The table in the language of whoever reads, and the number of the row."""
        try:
            name = str(apps.get_model(entry.about_type)._meta.verbose_name)
        except LookupError:  # a table that is no more
            name = entry.about_type
        return f"{name} {entry.about_id}"

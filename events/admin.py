"""The admin of the event: its facts, texts, choices, people, post, documents, log."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from events import access, documents, outbox, richtext
from events.admin_base import (
    LANGUAGES,
    EventInline,
    OneEventForm,
    OwnRowsFilter,
    ReadOnlyAdmin,
    TranslatedEventAdmin,
    TranslatedTable,
    confirmation,
    page,
    shown,
)
from events.log_words import describe
from events.models import (
    Day,
    Document,
    Event,
    LogEntry,
    Mail,
    Membership,
    NewsItem,
    OrganisationType,
    Page,
    Partner,
    Question,
    QuestionChoice,
    Role,
    Theme,
    User,
)

ATTACHED_IMAGE = re.compile(r'src="cid:[^"]*"')  # comes with the mail, not with its words
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"


class DayForm(OneEventForm):
    """A day, which keeps its pool while places of it are taken: they are counted there."""

    def clean_pool(self) -> Any:
        """Another pool only while the present one is empty."""
        pool, before = self.cleaned_data["pool"], self.instance.pool
        if before and before != pool and before.taken:
            raise ValidationError(_("Places of this pool are taken: the day has to stay in it."))
        return pool


class DayInline(EventInline):
    """The days."""

    model = Day
    form = DayForm


class PartnerInline(TranslatedTable):
    """The bodies behind the event, in the order in which they are named."""

    model = Partner
    fields = ["role", "name", "url", "order"]


@admin.register(Event)
class EventsAdmin(TranslatedEventAdmin):
    """The event's facts and texts, by purpose."""

    is_public = True
    list_display = ["name", "slug", "starts_on", "ends_on", "is_current", "languages"]
    inlines = [DayInline, PartnerInline]
    fieldsets = [
        (_("What it is"), {"fields": ["slug", "is_current", "is_virtual", "name", "tagline", "summary"]}),
        (
            _("When and where"),
            {"fields": [("starts_on", "ends_on"), "doors_open_at", "venue_name", "venue_address", "city"]},
        ),
        (_("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        (
            _("Registration"),
            {
                "description": _("To the minute, in Helsinki time; the closing minute is still open."),
                "fields": [
                    "on_site_opens_at", "on_site_closes_at", "remote_opens_at", "remote_closes_at", "needs_until",
                    "offer_hours",
                ],
            },
        ),
        (_("Funding"), {"fields": ["funding_statement", "funding_note", "has_eu_emblem"]}),
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Which event is the current one, and its address, are for operation."""
        fixed = [] if request.user.is_superuser else ["slug", "is_current", "is_virtual"]
        return [*super().get_readonly_fields(request, obj), *fixed]


class TextsAdmin(TranslatedEventAdmin):
    """Texts written in Markdown, with a look at how they read."""

    is_public = True
    readonly_fields = ["preview"]

    @admin.display(description=_("As it reads, saved last"))
    def preview(self, row: Any) -> SafeString:
        """The three languages, through the sanitiser."""
        texts = [(code, richtext.render(getattr(row, f"body_{code}") or "")) for code in LANGUAGES]
        return format_html_join("", '<div class="text-preview" lang="{}">{}</div>', texts)


@admin.register(Page)
class PageAdmin(TextsAdmin):
    """Pages. A change of the text raises the version, which registrations keep for the privacy notice."""

    list_display = ["title", "slug", "kind", "languages", "version", "is_in_menu", "is_in_footer", "order", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    search_fields = ["title_fi", "title_sv", "title_en", "slug"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Count the versions of the text."""
        super().save_model(request, obj, form, change)
        if change and any(name.startswith("body_") for name in form.changed_data):
            Page.objects.filter(pk=obj.pk).update(version=F("version") + 1)


@admin.register(NewsItem)
class NewsAdmin(TextsAdmin):
    """News, published when its moment comes."""

    list_display = ["title", "kind", "published", "languages", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    search_fields = ["title_fi", "title_sv", "title_en"]

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, item: NewsItem) -> str:
        """Since when, or when it will be."""
        return shown(item.published_at)


@admin.register(OrganisationType, Theme)
class ChoicesAdmin(TranslatedEventAdmin):
    """What people choose from."""

    is_public = True
    list_display = ["name", "slug", "languages", "order", "event"]
    list_filter = [("event", OwnRowsFilter)]
    list_select_related = ["event"]
    search_fields = ["name_fi", "name_sv", "name_en", "slug"]


@admin.register(Role)
class RoleAdmin(ChoicesAdmin):
    """What people are at the event."""

    list_display = ["name", "slug", "needs_place", "languages", "order", "event"]


class ChoiceInline(TranslatedTable):
    """The choices of a question."""

    model = QuestionChoice


@admin.register(Question)
class QuestionAdmin(TranslatedEventAdmin):
    """Extra questions on the registration form."""

    list_display = ["label", "kind", "audience", "is_required", "languages", "order", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    inlines = [ChoiceInline]


class OperatorAdmin(admin.ModelAdmin):
    """Accounts and rights: for whoever runs the installation."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)


@admin.register(User)
class UserAdmin(OperatorAdmin):
    """Those who log in. Nobody has a password: the way in is a code by mail or a passkey."""

    list_display = ["email", "name", "is_staff", "is_superuser", "is_active"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_staff", "is_superuser", "is_active"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new user has no password to guess."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


class MembershipForm(OneEventForm):
    """A right; its themes are the event's."""


@admin.register(Membership)
class MembershipAdmin(OperatorAdmin):
    """Who may do what where."""

    form = MembershipForm
    list_display = ["user", "event", "role"]
    list_filter = ["event", "role"]
    list_select_related = ["user", "event"]
    search_fields = ["user__email", "user__name"]
    autocomplete_fields = ["user"]


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

    list_display = ["what", "language", "asked", "asked_by", "state", "event"]
    list_filter = [("event", OwnRowsFilter), "kind", "language"]
    list_select_related = ["event", "asked_by"]
    change_form_template = "admin/events/document/change_form.html"
    fields = ["event", "what", "language", "asked", "asked_by", "state", "last_error"]
    readonly_fields = ["what", "asked", "state"]

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


@admin.register(LogEntry)
class LogAdmin(ReadOnlyAdmin):
    """Who did what, when."""

    list_display = ["moment", "by", "what", "about_type", "about_id", "event"]
    list_display_links = None
    list_filter = [("event", OwnRowsFilter), "action"]
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

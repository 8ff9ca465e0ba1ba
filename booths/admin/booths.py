"""Booths: texts in three languages, needs, place; why one is not public."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booths import documents, texts
from booths.admin.allocation import AllocationAdmin
from booths.models import Booth, BoothChange
from booths.models.needs import LANGUAGES, Shown
from booths.services import exhibiting, keeping
from booths.texts import NAMES
from events import access, clock, text_states, uploads
from events.admin_base import OneEventForm, OwnRowsFilter, page, question_page, shown
from events.pagecache import raise_public_version
from events.papers import paper
from events.transitions import Refusal

CONTACT = ("name", "email", "phone")


class BoothForm(OneEventForm):
    """Languages and what is shown are ticked."""

    languages = forms.MultipleChoiceField(
        label=_("languages spoken at the booth"), required=False, choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    shown = forms.MultipleChoiceField(
        label=_("what is shown"), required=False, choices=Shown.choices, widget=forms.CheckboxSelectMultiple
    )


class LackFilter(admin.SimpleListFilter):
    """What still has to be done."""

    title = _("what is missing")
    parameter_name = "lack"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Confirmation, texts, a place, publishing, an answer to a change."""
        return [
            ("confirmed", _("not confirmed")), ("fi", _("Finnish is missing")), ("sv", _("Swedish is missing")),
            ("en", _("English is missing")), ("place", _("has no place")), ("published", _("not published")),
            ("change", _("has asked for a change")),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Cancelled booths need nothing."""
        value = self.value()
        if value is None:
            return rows
        rows = rows.filter(cancelled_at=None)
        if value in text_states.LANGUAGES:
            return rows.filter(Q(**{f"title_{value}": None}) | Q(**{f"title_{value}": ""}))
        chosen = {
            "confirmed": Q(confirmed_at=None), "place": Q(place=None), "published": Q(published_at=None),
            "change": Q(changes__status=BoothChange.Status.ASKED),
        }  # fmt: skip
        return rows.filter(chosen[value]) if value in chosen else rows


@admin.register(Booth)
class BoothAdmin(AllocationAdmin):
    """Booths of the exhibition."""

    form = BoothForm
    is_public = True
    change_form_template = "admin/booths/booth_form.html"
    change_list_template = "admin/booths/booth_list.html"
    list_display = ["organisation", "title", "where", "language_states", "public", "event"]
    list_filter = [("event", OwnRowsFilter), LackFilter, "needs_power", ("themes", OwnRowsFilter)]
    list_select_related = ["event", "place"]
    search_fields = ["organisation", "title_fi", "title_sv", "title_en", "email", "place__number"]
    readonly_fields = ["where", "logo_shown", "of_application", "confirmed"]
    exclude = ["logo"]
    actions = ["publish", "unpublish", "send_link"]
    fieldsets = [
        (None, {"fields": ["event", "organisation", "where"]}),
        (_("Texts"), {"fields": ["title", "description", "website", "logo_shown"]}),
        (_("About"), {"fields": ["shown", "themes", "languages"]}),
        (
            _("Needs"),
            {
                "fields": [
                    "size", "needs_power", "needs_network", "needs_table", "needs_wall", "more_needs", "staff_expected",
                    "set_up", "take_down",
                ]
            },
        ),
        (_("Contact"), {"fields": ["name", "email", "phone", "language", "most_badges"]}),
        (_("Address and origin"), {"fields": ["slug", "of_application", "confirmed"]}),
    ]  # fmt: skip
    prepopulated_fields = {"slug": ["organisation"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what the list tells, in a fixed number of queries."""
        return super().get_queryset(request).prefetch_related("texts")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only for a new row: an address that has been given out stays, and who translates does not see it."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    # --- Whom to write to is no business of those who only translate --------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without it for them."""
        groups = super().get_fieldsets(request, obj)
        if obj is None or self._may_organise(request, obj):
            return groups
        return [
            (title, {**group, "fields": [name for name in group["fields"] if name not in CONTACT]})
            for title, group in groups
        ]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Searching would tell it too."""
        may_organise = self.has_add_permission(request)
        return [name for name in self.search_fields if may_organise or name not in CONTACT]

    # --- What the list and the page tell ------------------------------------------------------------------------------
    @admin.display(description=_("place"), ordering="place")
    def where(self, row: Booth) -> str:
        """Its place, or none."""
        return str(row.place or "–")

    @admin.display(description=_("texts"))
    def language_states(self, row: Booth) -> str:
        """Each language with a word where it is not simply written."""
        return " · ".join(
            code if state == text_states.State.WRITTEN else f"{code} ({state.label})"
            for code, state in texts.states(row).items()
        )

    @admin.display(description=_("public"))
    def public(self, row: Booth) -> str:
        """Yes, or why not."""
        return ", ".join(row.why_not_public) or gettext("yes")

    @admin.display(description=_("confirmed"))
    def confirmed(self, row: Booth) -> str:
        """When the exhibitor said yes."""
        return shown(row.confirmed_at)

    @admin.display(description=_("booth application"))
    def of_application(self, row: Booth) -> str:
        """Whether it was made of one."""
        return str(row.application or "–")

    @admin.display(description=_("logo"))
    def logo_shown(self, row: Booth) -> SafeString | str:
        """As they have sent it."""
        if not row.logo_id:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:booths_booth_logo", args=[row.pk]), _("Look at the logo")
        )

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With why it is not public, how far the languages are, and what has been asked for."""
        row = context.get("original")
        if row is not None:
            context |= {
                "not_public": row.why_not_public,
                "language_lines": [(NAMES[code], state) for code, state in texts.states(row).items()],
                "open_change": row.changes.filter(status=BoothChange.Status.ASKED).first(),
                "may_place": self._may_organise(request, row),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Saving -------------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """In the same step: which languages are out of date now."""
        before = keeping.locked(obj.pk) if change else None
        raise_public_version([obj.event_id])  # who writes a booth holds the event already
        if not change:
            obj.added_at = clock.now()
        super().save_model(request, obj, form, change)
        exhibiting.note_edit(Booth.objects.get(pk=obj.pk), before, at=clock.now())

    # --- Steps --------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Confirm, publish, cancel, the link, the signs, the logo."""
        own = [
            page(self, "signs.pdf", self.signs, "signs"),
            page(self, "<int:pk>/step/", self.step, "step"),
            page(self, "<int:pk>/cancel/", self.cancel, "cancel"),
            page(self, "<int:pk>/logo/", self.logo, "logo"),
        ]
        return [*own, *super().get_urls()]

    def _may_organise(self, request: HttpRequest, row: Booth) -> bool:
        """Who only translates decides nothing."""
        return access.may(request.user, "add", Booth, row.event_id)

    def _own(self, request: HttpRequest, pk: int) -> Booth:
        """A booth that one may decide about; 404 when one does not see it."""
        row: Booth = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_organise(request, row):
            raise PermissionDenied
        return row

    @method_decorator(require_POST)
    def step(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One of the buttons above the form."""
        row, by = self._own(request, pk), request.user
        steps: dict[str, tuple[Callable[..., Any], Any]] = {
            "confirm": (keeping.confirm, _("Confirmed. The exhibitor gets the link to their page.")),
            "publish": (keeping.publish, _("Published.")),
            "unpublish": (keeping.unpublish, _("The public no longer sees it.")),
            "link": (keeping.send_link, _("The link is on its way.")),
            "new_link": (keeping.new_link, _("The old link no longer works; a new one is on its way.")),
            "again": (keeping.take_up_again, _("It takes place after all. Give it a place.")),
        }
        chosen = steps.get(request.POST.get("step", ""))
        if chosen is None:
            raise Http404
        try:
            chosen[0](row.pk, by=by)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, chosen[1])
        return redirect("admin:booths_booth_change", pk)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Nothing will come of it; asks first."""
        row = self._own(request, pk)
        if request.method == "POST":
            keeping.cancel(pk, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The booth is cancelled."))
            return redirect("admin:booths_booth_change", pk)
        explain = gettext("Its place is free, the public no longer sees it, and links that nobody has used end.")
        return question_page(
            self, request, title=gettext("Cancel this booth?"), button=gettext("Cancel the booth"), explain=explain,
            about=row,
        )  # fmt: skip

    @method_decorator(require_safe)
    def logo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Served to those who may see the booth."""
        row = self.get_queryset(request).filter(pk=pk).select_related("logo").first()
        if row is None or row.logo is None:
            raise Http404
        return uploads.serve(row.logo)

    @method_decorator(require_safe)
    def signs(self, request: HttpRequest) -> HttpResponse:
        """The signs of all placed booths in one PDF."""
        event = self._planned_event(request, request.GET.get("event"))
        if not Booth.objects.for_event(event).live().exclude(place=None).exists():
            messages.error(request, _("No booth has a place yet."))
            return redirect("admin:booths_booth_changelist")
        return paper(request, documents.ask_all(event, by=request.user))  # type: ignore[arg-type]

    def has_organise_permission(self, request: HttpRequest) -> bool:
        """Whether one may add booths: who only translates decides nothing."""
        return self.has_add_permission(request)

    @admin.action(description=_("Publish"), permissions=["organise"])
    def publish(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Those that lack nothing; the others are named with what they lack."""
        self._each(request, rows, keeping.publish)

    @admin.action(description=_("Take off the public pages"), permissions=["organise"])
    def unpublish(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """The public no longer sees them."""
        self._each(request, rows, keeping.unpublish)

    @admin.action(description=_("Send the link to the exhibitor's own page"), permissions=["organise"])
    def send_link(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Once a minute at most."""
        self._each(request, rows.filter(cancelled_at=None), keeping.send_link)

    def _each(self, request: HttpRequest, rows: QuerySet[Any], step: Callable[..., Any]) -> None:
        allowed, done = access.event_ids(request.user, "add", model=Booth), 0
        for row in rows if allowed is None else rows.filter(event__in=allowed):
            try:
                step(row.pk, by=request.user)
            except Refusal as refusal:
                messages.warning(request, str(refusal.message))
            else:
                done += 1
        text = ngettext("Done for %(count)d booth.", "Done for %(count)d booths.", done)
        messages.success(request, text % {"count": done})

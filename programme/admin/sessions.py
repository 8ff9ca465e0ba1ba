"""Sessions of the programme: texts in three languages with how far each is, facts, speakers; why one is not public."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Greatest
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import access, clock, dates, text_states, uploads
from events.admin.steps import attempt, user_of
from events.admin_base import EventFilter, EventInline, OneEventForm, OwnRowsFilter, page, question_page
from events.models import LogEntry
from events.models.call import LANGUAGES
from events.text_states import State
from events.transitions import Refusal
from programme import live, texts
from programme.admin.feedback import FeedbackAdmin
from programme.admin.schedule import ScheduleAdmin
from programme.admin.translations import TranslationsAdmin
from programme.models import Material, Release, ReleasedSession, Session, SessionText, SpeakerSlot
from programme.services import scheduling
from programme.services import texts as text_services

SIGNS = {State.MISSING: "–", State.WRITTEN: "", State.REVIEWED: "✓", State.OUTDATED: "⚠"}
NEWEST = Release.objects.order_by("event_id", "-number").distinct("event_id").values("pk")
IN_NEWEST = ReleasedSession.objects.filter(session=OuterRef("pk"), release__in=NEWEST)


class SessionForm(OneEventForm):
    """Languages are ticked."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    interpreted_into = forms.MultipleChoiceField(
        label=_("Interpreted into"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[*LANGUAGES, ("fse", _("Finnish sign language"))],
    )  # fmt: skip


class SpeakerLines(BaseInlineFormSet):
    """The speakers of a session; nobody is in two places."""

    def clean(self) -> None:
        """Say who is elsewhere before the database does."""
        super().clean()
        session = self.instance
        if not session.starts_at or session.is_all_day or session.cancelled_at:
            return
        for form in self.forms:
            speaker = form.cleaned_data.get("speaker") if hasattr(form, "cleaned_data") else None
            if speaker is None or form.cleaned_data.get("DELETE"):
                continue
            slots = SpeakerSlot.objects.filter(
                speaker=speaker, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
            )
            if slot := slots.exclude(session=session).select_related("session").first():
                raise ValidationError(scheduling.SpeakerIsElsewhere(speaker.name, slot.session).message)


class SpeakerTable(EventInline):
    """Who speaks, in which part and order."""

    model = SpeakerSlot
    formset = SpeakerLines
    fields = ["speaker", "part", "order"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their names."""
        return super().get_queryset(request).select_related("speaker")


class MaterialTable(EventInline):
    """What was handed in; organisers may add links."""

    model = Material
    fields = ["title", "url", "file"]
    readonly_fields = ["file"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the files."""
        return super().get_queryset(request).select_related("upload")

    @admin.display(description=_("file"))
    def file(self, row: Material) -> SafeString | str:
        """To look at what a speaker has sent."""
        if not row.upload:
            return "–"
        address = reverse("admin:programme_session_material", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, row.upload.name)


class LackFilter(admin.SimpleListFilter):
    """What still has to be done."""

    title = _("what is missing")
    parameter_name = "lack"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Texts, a slot, being ready."""
        return [
            ("fi", _("Finnish is missing")), ("sv", _("Swedish is missing")), ("en", _("English is missing")),
            ("outdated", _("a language is out of date")), ("slot", _("has no time")), ("ready", _("not ready")),
            ("speakers", _("has no speakers")), ("captions", _("the recording has no captions")),
            ("consent", _("a speaker has not agreed")),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Cancelled sessions need nothing."""
        value = self.value()
        if value is None:
            return rows
        rows = rows.filter(cancelled_at=None)
        if value in text_states.LANGUAGES:
            return rows.filter(Q(**{f"title_{value}": None}) | Q(**{f"title_{value}": ""}))
        if value == "outdated":
            newer = SessionText.objects.filter(session=OuterRef("session"), changed_at__gt=OuterRef("seen_at"))
            seen = SessionText.objects.annotate(seen_at=Greatest("changed_at", "reviewed_at"))  # without a null
            stale = seen.filter(Exists(newer))
            return rows.filter(pk__in=stale.values("session"))
        if value == "consent":
            slots = SpeakerSlot.objects.filter(session=OuterRef("pk"))
            unseen, unheard = slots.exclude(speaker__may_be_streamed=True), slots.exclude(speaker__may_be_recorded=True)
            return rows.filter(Q(Exists(unseen), is_streamed=True) | Q(Exists(unheard)) & ~Q(recording_url=""))
        chosen = {"slot": Q(starts_at=None, is_all_day=False), "ready": Q(is_ready=False),
                  "speakers": Q(kind=Session.Kind.SESSION, speaker_slots=None),
                  "captions": Q(has_recording_captions=False) & ~Q(recording_url="")}  # fmt: skip
        return rows.filter(chosen[value]) if value in chosen else rows


@admin.register(Session)
class SessionAdmin(ScheduleAdmin, FeedbackAdmin, TranslationsAdmin):
    """Items of the programme. The public sees them as the newest release has frozen them."""

    form = SessionForm
    change_form_template = "admin/programme/session_form.html"
    change_list_template = "admin/programme/session_list.html"
    list_display = ["title", "kind", "slot", "who", "language_states", "public"]
    list_filter = [EventFilter, LackFilter, "kind", "is_ready", ("format", OwnRowsFilter)]
    list_select_related = ["room", "format"]
    search_fields = ["title_fi", "title_sv", "title_en", "slug", "speakers__name"]
    prepopulated_fields = {"slug": ["title_fi"]}
    readonly_fields = ["slot", "places_taken", "of_proposal"]
    inlines = [SpeakerTable, MaterialTable]
    actions = ["make_ready", "make_unready"]
    fieldsets = [
        (None, {"fields": ["event", ("kind", "is_ready")]}),
        (_("Texts"), {"fields": ["title", "abstract", "access"]}),
        (_("Form"), {"fields": ["format", "themes", "languages", "interpreted_into", "has_captions", "is_streamed"]}),
        (_("Room and time"), {"fields": ["slot", "is_all_day", "places_taken"]}),
        (
            _("Materials and recording"),
            {"fields": ["materials_until", "recording_url", "recorded_on", "has_recording_captions"]},
        ),
        (_("Address and origin"), {"fields": ["slug", "of_proposal"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what the list tells, in a fixed number of queries."""
        slots = SpeakerSlot.objects.select_related("speaker")
        rows = super().get_queryset(request).annotate(is_released=Exists(IN_NEWEST))
        return rows.prefetch_related("texts", Prefetch("speaker_slots", slots))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Speakers and materials once there is a session of one event; who translates sees texts alone."""
        if obj is None or access.only_translates(request.user, Session, obj.event_id):
            return []
        return super().get_inlines(request, obj)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only for a new row: an address that has been given out stays, and who translates does not see it."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    # --- What the list and the page tell ------------------------------------------------------------------------------
    @admin.display(description=_("room and time"), ordering="starts_at")
    def slot(self, row: Session) -> str:
        """Where and when, all day, or not yet."""
        when = (
            dates.moment(row.starts_at, row.ends_at)
            if row.starts_at
            else _("all day")
            if row.is_all_day
            else _("no time yet")
        )
        parts = [str(when), str(row.room or ""), pgettext("session", "cancelled") if row.cancelled_at else ""]
        return " · ".join(part for part in parts if part)

    @admin.display(description=_("speakers"))
    def who(self, row: Session) -> str:
        """In their order."""
        return ", ".join(slot.speaker.name for slot in row.speaker_slots.all()) or "–"

    @admin.display(description=_("texts"))
    def language_states(self, row: Session) -> SafeString:
        """Each language with a sign and, for those who do not see it, a word."""
        told = ((code, SIGNS[state], state.label) for code, state in texts.states(row).items())
        words = format_html_join(" ", '<abbr title="{0}: {2}">{0} {1}</abbr>', told)
        return format_html('<span class="language-states">{}</span>', words)

    @admin.display(description=_("public"))
    def public(self, row: Any) -> str:
        """Yes, or why not."""
        reasons = texts.why_not_public(row, is_released=row.is_released)
        return ", ".join(map(str, reasons)) if reasons else gettext("yes")

    @admin.display(description=_("places"))
    def places_taken(self, row: Session) -> str:
        """How many of how many; they are set by a step of their own."""
        if row.pool is None:
            return gettext("Everybody may come.")
        given = {"taken": row.pool.taken, "capacity": row.pool.capacity}
        return gettext("%(taken)s of %(capacity)s places are taken.") % given

    @admin.display(description=_("proposal"))
    def of_proposal(self, row: Session) -> SafeString | str:
        """What it was made of."""
        if not row.proposal_id:
            return "–"
        address = reverse("admin:programme_proposal_change", args=[row.proposal_id])
        return format_html('<a href="{}">{}</a>', address, row.proposal)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With how far the languages are, and why it is not public."""
        row = context.get("original")
        if row is not None:
            may_edit = self.has_change_permission(request, row)
            is_translator = access.only_translates(request.user, Session, row.event_id)
            states = texts.states(row)
            context |= {
                "language_lines": [
                    (
                        code,
                        name,
                        states[code].label,
                        states[code].value,
                        states[code] in {State.WRITTEN, State.OUTDATED},
                    )
                    for code, name in LANGUAGES
                ],
                "not_agreed": self._not_agreed(row),
                "followed": live.followings(session=row.pk).get(row.pk),
                "hidden_since": self._captions_overdue(row),
                "not_public": texts.why_not_public(row, is_released=row.is_released),
                "may_review_texts": may_edit,
                "may_schedule": may_edit and not is_translator,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _not_agreed(self, row: Session) -> dict[str, str]:
        """Whom one would hear and see without having asked: by what is done with the session."""
        people = [slot.speaker for slot in row.speaker_slots.all()]
        found = {
            "streaming": [one.name for one in people if row.is_streamed and not one.may_be_streamed],
            "recording": [one.name for one in people if row.recording_url and not one.may_be_recorded],
        }
        return {what: ", ".join(names) for what, names in found.items()}

    def _captions_overdue(self, row: Session) -> Any:
        """The day after which the recording is hidden, when that has passed."""
        due = row.captions_due_on
        return due if row.recording_url and due and due < clock.day_of(clock.now()) else None

    # --- Saving -------------------------------------------------------------------------------------------------------
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What the database refuses at the end is told in words; nothing is saved then."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """In the same step: which languages are out of date now."""
        if obj.recording_url and not obj.recorded_on:  # published today, unless another day is given
            obj.recorded_on = clock.day_of(clock.now())
            form.changed_data.append("recorded_on")
        before = text_services.locked(obj.pk) if change else None
        super().save_model(request, obj, form, change)
        text_services.note_edit(before, Session.objects.get(pk=obj.pk))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Speakers are where the session is."""
        super().save_related(request, form, formsets, change)
        scheduling.follow(form.instance.pk)

    # --- Pages and actions --------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Reviewed, cancelled, and the files that were handed in."""
        own = [
            page(self, "<int:pk>/reviewed/", self.reviewed, "reviewed"),
            page(self, "<int:pk>/cancel/", self.cancel, "cancel"),
            page(self, "material/<int:pk>/", self.material, "material"),
        ]
        return [*own, *super().get_urls()]

    def _own(self, request: HttpRequest, pk: int) -> Session:
        """A session that one may change; 404 when one does not see it."""
        row: Session = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    @method_decorator(require_POST)
    def reviewed(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody has read a language beside the others."""
        row, language = self._own(request, pk), request.POST.get("language", "")
        if language not in text_states.LANGUAGES:
            raise Http404
        step = lambda: text_services.mark_reviewed(row.pk, language, by=user_of(request))  # noqa: E731
        attempt(request, step, _("Marked as reviewed."))
        return redirect("admin:programme_session_change", pk)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel it, or take it up again; asks first."""
        row = self._own(request, pk)
        if access.only_translates(request.user, Session, row.event_id):
            raise PermissionDenied
        step = scheduling.take_up_again if row.is_cancelled else scheduling.cancel
        if request.method == "POST":
            done = _("It takes place after all.") if row.is_cancelled else _("The session is cancelled.")
            attempt(request, lambda: step(pk, by=user_of(request)), done)
            return redirect("admin:programme_session_change", pk)
        explain = gettext("The public sees it with the next release.")
        if not row.is_cancelled:
            stays = gettext("It stays in the programme as cancelled; its room and speakers are free.")
            explain = f"{stays} {explain}"
        title = gettext("Take it up again?") if row.is_cancelled else gettext("Cancel this session?")
        button = gettext("Take it up again") if row.is_cancelled else gettext("Cancel the session")
        return question_page(self, request, title=title, button=button, explain=explain, about=row)

    @method_decorator(require_safe)
    def material(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A file that a speaker has handed in."""
        rows = Material.objects.filter(session__in=self.get_queryset(request)).select_related("upload", "session")
        row = rows.filter(pk=pk, upload__isnull=False).first()
        if row is None or row.upload is None or not self.has_view_permission(request, row.session):
            raise Http404
        return uploads.serve(row.upload)

    def has_ready_permission(self, request: HttpRequest) -> bool:
        """Whether one may add sessions: who only translates decides nothing."""
        return self.has_add_permission(request)

    @admin.action(description=_("Ready to be published"), permissions=["ready"])
    def make_ready(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """The next release publishes them."""
        self._mark(request, rows, is_ready=True)

    @admin.action(description=_("Not ready to be published"), permissions=["ready"])
    def make_unready(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """The next release leaves them out."""
        self._mark(request, rows, is_ready=False)

    def _mark(self, request: HttpRequest, rows: QuerySet[Any], *, is_ready: bool) -> None:
        events = access.event_ids(request.user, "add", model=Session)
        chosen = (
            rows.exclude(is_ready=is_ready)
            if events is None
            else rows.exclude(is_ready=is_ready).filter(event__in=events)
        )
        changed = list(chosen)
        for row in changed:
            row.is_ready = is_ready
            row.save(update_fields=["is_ready", "updated_at"])
            LogEntry.objects.record(row, "edited", by=user_of(request), fields=["is_ready"])
        text = ngettext("%(count)d session is changed.", "%(count)d sessions are changed.", len(changed))
        messages.success(request, text % {"count": len(changed)})

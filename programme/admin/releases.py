"""Publishing in the admin: what would change, a note, the release; then the notices, read before they are sent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import access, clock, outbox
from events.admin.steps import attempt, user_of
from events.admin_base import LANGUAGES, EventFilter, ReadOnlyAdmin, narrowed, page, question_page, shown
from events.models import Event
from events.plaintext import LineInput, TextInput
from programme import change_words, releases
from programme.models import Release, Session
from programme.services import booking, releasing

NAMES = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}


class PublishForm(forms.Form):
    """A note in three languages, and a reason where a language is missing."""

    def __init__(self, data: Any, *, has_missing: bool) -> None:
        super().__init__(data, label_suffix="")
        area = {"rows": 3, "cols": 80}
        for code in LANGUAGES:
            label: Any = _("Note, %(language)s") % {"language": NAMES[code]}
            widget = forms.Textarea(attrs={**area, "lang": code})
            self.fields[f"note_{code}"] = TextInput(label=label, max_length=2000, required=False, widget=widget)
        if has_missing:
            label = _("Reason for missing languages")
            self.fields["missing_reason"] = LineInput(label=label, max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Whoever writes a note writes it in both national languages."""
        told = {code: self.cleaned_data.get(f"note_{code}") for code in LANGUAGES}
        for code in releasing.NEEDED:
            if any(told.values()) and not told[code]:
                self.add_error(f"note_{code}", _("Write the note in Finnish and in Swedish, or leave it out."))
        return self.cleaned_data

    def notes(self) -> dict[str, str]:
        """The note by language."""
        return {code: self.cleaned_data[f"note_{code}"] for code in LANGUAGES}


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases are made by publishing, and never change."""

    change_list_template = "admin/programme/release_list.html"
    change_form_template = "admin/programme/release.html"
    list_display = ["number", "published", "urgent", "note", "told", "released_by"]
    list_filter = [EventFilter]
    list_select_related = ["released_by"]
    shown_fields = ["number", "published", "released_by", "missing_reason", "note_fi", "note_sv", "note_en", "told"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The languages of the note one by one."""
        return self.shown_fields

    @admin.display(description=_("published"), ordering="released_at")
    def published(self, release: Release) -> str:
        """When."""
        return shown(release.released_at)

    @admin.display(description=_("urgent"), boolean=True)
    def urgent(self, release: Release) -> bool:
        """Of one session, told at once."""
        return release.is_urgent

    @admin.display(description=_("notices sent"), ordering="notices_at")
    def told(self, release: Release) -> str:
        """When those concerned were told."""
        return shown(release.notices_at)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of it."""
        return self.shown_fields

    def get_urls(self) -> list[URLPattern]:
        """Publishing, notices, and one session at once."""
        own = [
            page(self, "publish/", self.publish, "publish"),
            page(self, "<int:pk>/notices/", self.notices, "notices"),
            page(self, "session/<int:session_pk>/", self.publish_one, "one"),
            page(self, "session/<int:session_pk>/places/", self.places, "places"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to publish."""
        may_publish = access.may(request.user, "add", Release)
        return super().changelist_view(request, {"may_publish": may_publish, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With what it changed."""
        release = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if release:
            context = {
                "changes": lines(releases.differences(releases.before(release), release), release),
                "may_tell": self._may_tell(request, release),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _may_tell(self, request: HttpRequest, release: Release) -> bool:
        is_newest = releases.current(release.event) == release
        return is_newest and not release.notices_at and access.may(request.user, "add", Release, release.event_id)

    # --- Publish ------------------------------------------------------------------------------------------------------
    def _event(self, request: HttpRequest) -> Event:
        events = access.events_of(request.user, "add", model=Release)
        event = access.chosen_event(events, request.GET.get("event"))
        if event is None:
            raise PermissionDenied
        return event

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def publish(self, request: HttpRequest) -> HttpResponse:
        """What would change, then publish. Nobody is told by this."""
        event = self._event(request)
        rehearsal = releasing.rehearse(event)
        form = PublishForm(request.POST or None, has_missing=bool(rehearsal.missing))
        if request.method == "POST" and form.is_valid():
            given = {"notes": form.notes(), "missing_reason": form.cleaned_data.get("missing_reason", "")}
            done = gettext("Published. Now look at the notices and send them.")
            if release := attempt(request, lambda: releasing.publish(event, **given, by=user_of(request)), done):
                return redirect("admin:programme_release_notices", release.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Publish the programme"),
            "chosen": event,
            "rehearsal": rehearsal,
            "changes": lines(rehearsal.changes, None),
            "counts": [(NAMES[code], count) for code, count in rehearsal.counts.items()],
            "concerned": sum(rehearsal.counts.values()),
            "form": form,
        }
        return TemplateResponse(request, "admin/programme/publish.html", context)

    # --- Notices ------------------------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def notices(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The digests as drafts with their number in each language; sending asks for nothing more."""
        release: Release = get_object_or_404(self.get_queryset(request).select_related("event"), pk=pk)
        if not access.may(request.user, "add", Release, release.event_id):
            raise PermissionDenied
        if request.method == "POST":
            done = gettext("The notices are in the outbox.")
            attempt(request, lambda: releasing.send_notices(pk, by=user_of(request)), done)
            return redirect("admin:programme_release_change", pk)
        drafts = releasing.notices(release) if not release.notices_at else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Notices of release %(number)s") % {"number": release.number},
            "release": release,
            "may_tell": self._may_tell(request, release),
            "counts": [(NAMES[code], count) for code, count in drafts.counts.items()] if drafts else [],
            "button": _button(len(drafts.people)) if drafts else "",
            "drafts": previews(drafts) if drafts else [],
            "people": len(drafts.people) if drafts else 0,
            "leave_at": releasing.leave_at(release, clock.now()),
        }
        return TemplateResponse(request, "admin/programme/notices.html", context)

    # --- One session at once ------------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def publish_one(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """The second of two clicks; the first stands on the session's page."""
        session = get_object_or_404(narrowed(Session.objects.all(), request.user, Release), pk=session_pk)
        if not access.may(request.user, "add", Release, session.event_id):
            raise PermissionDenied
        is_incomplete = session in releasing.incomplete(session.event)
        form = ReasonForm(request.POST or None, label_suffix="") if is_incomplete else None
        if request.method == "POST" and (form is None or form.is_valid()):
            reason = form.cleaned_data["missing_reason"] if form else ""
            done = gettext("Published. Those concerned are being told.")
            step = lambda: releasing.publish_one(session_pk, missing_reason=reason, by=user_of(request))  # noqa: E731
            attempt(request, step, done)
            return redirect("admin:programme_session_change", session_pk)
        explain = gettext(
            "Only this session changes on the public pages. Those whom it concerns get a mail at once; before the "
            "event, mails of the night wait until 8."
        )
        title = gettext("Publish “%(session)s” at once?") % {"session": session}
        return question_page(self, request, title=title, button=gettext("Publish and tell"), explain=explain, form=form)

    # --- Places -------------------------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def places(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """How many may sign up; more places are offered to the waiting list at once."""
        session = get_object_or_404(narrowed(Session.objects.all(), request.user, Release), pk=session_pk)
        if not access.may(request.user, "change", Session, session.event_id):
            raise PermissionDenied
        pool = session.pool
        form = PlacesForm(request.POST or None, initial={"capacity": pool.capacity if pool else None}, label_suffix="")
        if request.method == "POST" and form.is_valid():
            step = lambda: booking.set_places(session_pk, form.cleaned_data["capacity"], by=user_of(request))  # noqa: E731
            attempt(request, step, gettext("Saved."))
            return redirect("admin:programme_session_change", session_pk)
        explain = gettext("With places people sign up; without, everybody may come.")
        title = gettext("Places in “%(session)s”") % {"session": session}
        if pool:
            explain = gettext("%(taken)s of %(capacity)s places are taken.") % {
                "taken": pool.taken, "capacity": pool.capacity,
            }  # fmt: skip
        return question_page(self, request, title=title, button=gettext("Save"), explain=explain, form=form)


class PlacesForm(forms.Form):
    """A number of places."""

    capacity = forms.IntegerField(label=_("Places"), min_value=0, max_value=100_000)


class ReasonForm(forms.Form):
    """Why a session is published while a language is missing."""

    missing_reason = LineInput(label=_("Reason for missing languages"), max_length=300)


def lines(changes: list[releases.Change], release: Release | None) -> list[change_words.Line]:
    """The changes in words; nothing is linked, because the admin shows what may not be public yet."""
    return [change_words.line(change, set()) for change in changes if change.shown.kind == Session.Kind.SESSION]


def previews(drafts: releasing.Notices) -> list[tuple[Any, str, Any]]:
    """For each language its first reader's digest, with links named and not usable."""
    found = []
    for code in LANGUAGES:
        reader = next((person for person in drafts.people if person.language == code), None)
        if reader:
            letter = drafts.digests.letter(reader)
            found.append((reader, code, (letter.subject, outbox.preview(letter.text))))
    return found


def _button(count: int) -> str:
    return ngettext("Send %(count)d notice", "Send %(count)d notices", count) % {"count": count}

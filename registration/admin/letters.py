"""The letters of the queues and the papers of the door: proposed, fixed, printed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import access, documents
from events.admin_base import ReadOnlyAdmin, page
from events.models import Document, Event
from registration import door_papers, letters
from registration.admin.steps import attempt
from registration.models import CheckInList, LetterRange, Registration
from registration.services.letters import NotInOrder, fix_letters
from registration.services.papers import ask_for_paper

QUEUES_AT_FIRST = 4
LIST_NAMES = {door_papers.LIST: _("paper list"), door_papers.NIGHTLY_LIST: _("paper list of the night")}
NAMES = {**LIST_NAMES, door_papers.SHEET: _("rehearsal sheet"), door_papers.GUIDE: _("guide for door staff")}


class QueuesForm(forms.Form):
    """How many queues there are at the desk."""

    queues = forms.IntegerField(
        label=_("Number of queues"), min_value=1, max_value=letters.MOST_QUEUES, initial=QUEUES_AT_FIRST
    )


class BordersForm(forms.Form):
    """The letter with which each queue begins, from A on."""

    first = forms.MultipleChoiceField(choices=[(letter, letter) for letter in letters.ALPHABET])

    def clean_first(self) -> list[str]:
        """One after the other."""
        firsts: list[str] = self.cleaned_data["first"]
        if firsts[0] != "A" or sorted(set(firsts), key=letters.ALPHABET.index) != firsts:
            raise ValidationError(NotInOrder.message)
        return firsts


class PaperForm(forms.Form):
    """Which paper, about which list, in which language."""

    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in (door_papers.LIST, door_papers.SHEET, door_papers.GUIDE)]
    )
    list: Any = forms.ModelChoiceField(
        CheckInList.objects.none(), label=_("Who is on the list"), required=False, empty_label=_("Everybody on site")
    )
    language = forms.ChoiceField(choices=Registration.Language.choices, required=False)

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: Any = self.fields["list"]
        lists.queryset = event.check_in_lists.all()

    def ask(self, event: Event, by: Any) -> Document:
        """In the language that was chosen, or that of the page."""
        chosen = self.cleaned_data["list"] if self.cleaned_data["kind"] == door_papers.LIST else None
        language = self.cleaned_data["language"] or get_language() or "fi"
        options = {"list": chosen.pk, "name": chosen.name} if chosen else {}
        return ask_for_paper(event, self.cleaned_data["kind"], language=language, options=options, by=by)


@admin.register(LetterRange)
class LettersAdmin(ReadOnlyAdmin):
    """Two pages instead of a list: the letters, and what is printed for the door."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A proposal, or the borders that were asked for, with how many people stand in each queue."""
        event = self._event(request, request.GET)
        number, borders = QueuesForm(request.GET or None), BordersForm(request.GET or None)
        fixed = letters.fixed(event)
        rows = self._rows(event, number, borders, fixed)
        context = {
            **self._frame(request, event, capfirst(self.opts.verbose_name_plural)),
            "number": number if number.is_valid() else QueuesForm(initial={"queues": len(rows) or QUEUES_AT_FIRST}),
            "problem": NotInOrder.message if "first" in request.GET and not borders.is_valid() else "",
            "rows": rows,
            "letters": letters.ALPHABET[1:],
            "longest": max([row["people"] for row in rows], default=0),
            "people": sum(row["people"] for row in rows),
            "fixed": fixed,
            "fixed_at": fixed[0].fixed_at if fixed else None,
            "older_badges": _older_badges(event, fixed),
            "may_fix": access.may(request.user, "change", LetterRange, event.pk),
            "may_print": access.may(request.user, "change", Registration, event.pk),
        }
        return TemplateResponse(request, "admin/registration/letterrange/letters.html", context)

    def _rows(
        self, event: Event, number: QueuesForm, borders: BordersForm, fixed: Sequence[LetterRange]
    ) -> list[dict[str, Any]]:
        if borders.is_valid():
            firsts = borders.cleaned_data["first"]
        elif number.is_valid() or not fixed:
            queues = number.cleaned_data["queues"] if number.is_valid() else QUEUES_AT_FIRST
            firsts = [share.first for share in letters.propose(event, queues)]
        else:
            firsts = [row.first for row in fixed]
        shares = letters.shares(letters.count(event), map(letters.ALPHABET.index, firsts))
        return [{"first": share.first, "label": str(share), "people": share.people} for share in shares]

    def _event(self, request: HttpRequest, asked: QueryDict) -> Event:
        """The event asked for, if one may see its letters; else one's current one."""
        events = access.events_of(request.user, "view", model=LetterRange)
        event = access.chosen_event(events, asked.get("event"))
        if event is None:
            raise PermissionDenied
        return event

    def _frame(self, request: HttpRequest, event: Event, title: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "event": event}

    def get_urls(self) -> list[URLPattern]:
        """Fixing; the papers and their files."""
        own = [
            page(self, "fix/", self.fix, "fix"),
            page(self, "papers/", self.papers, "papers"),
            page(self, "papers/<int:pk>/", self.download, "download"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def fix(self, request: HttpRequest) -> HttpResponse:
        """Count again, fix, or take the letters away: as the button says."""
        event, by = self._event(request, request.POST), request.user
        if not access.may(by, "change", LetterRange, event.pk):
            raise PermissionDenied
        form, back = BordersForm(request.POST), _address("changelist", event)
        if "take_away" in request.POST:
            done = gettext("Badges and mails made from now on name no box.")
            attempt(request, lambda: fix_letters(event.pk, [], by=by), done)  # type: ignore[arg-type]
        elif "count" in request.POST or not form.is_valid():
            chosen = QueryDict(mutable=True)
            chosen.setlist("first", request.POST.getlist("first"))
            back = f"{back}&{chosen.urlencode()}"
        else:
            done = gettext("The letters are fixed. Badges and mails made from now on name the box.")
            firsts = form.cleaned_data["first"]
            attempt(request, lambda: fix_letters(event.pk, firsts, by=by), done)  # type: ignore[arg-type]
        return redirect(back)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def papers(self, request: HttpRequest) -> HttpResponse:
        """What can be printed, and what has been made; the page looks again while something is being made."""
        event = self._event(request, request.POST if request.method == "POST" else request.GET)
        form = PaperForm(event, request.POST or None)
        if request.method == "POST" and form.is_valid():
            form.ask(event, request.user)
            messages.success(request, gettext("The paper is being made and will be ready in a moment."))
            return redirect(_address("papers", event))
        made = _papers(event)
        context = {
            **self._frame(request, event, _("Papers of the door")),
            "form": form,
            "papers": [_told(event, document) for document in made],
            "is_waiting": any(not document.made_at and not document.has_failed for document in made),
            "guides": Registration.Language.choices,
        }
        status = 422 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/registration/letterrange/papers.html", context, status=status)

    @method_decorator(require_safe)
    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file, once it is made."""
        events = access.events_of(request.user, "view", model=LetterRange)
        document = get_object_or_404(Document, pk=pk, kind__in=door_papers.MAKERS, event__in=events)
        if not document.made_at:
            return redirect(_address("papers", document.event))
        disposition = f'attachment; filename="{documents.filename(document)}"'
        return HttpResponse(
            documents.content(document), "application/pdf", headers={"Content-Disposition": disposition}
        )


def _address(name: str, event: Event) -> str:
    return f"{reverse(f'admin:registration_letterrange_{name}')}?event={event.pk}"


def _older_badges(event: Event, fixed: Sequence[LetterRange]) -> int:
    """Cards stored before the letters were fixed, which do not show them."""
    if not fixed:
        return 0
    return Document.objects.filter(event=event, kind="badge", made_at__lt=fixed[0].fixed_at).count()


def _papers(event: Event) -> QuerySet[Document]:
    rows = Document.objects.filter(event=event, kind__in=door_papers.MAKERS)
    return rows.defer("content").select_related("asked_by", "event").order_by("-asked_at", "-pk")


def _told(event: Event, document: Document) -> dict[str, Any]:
    """A paper in words."""
    about = document.options.get("name") or (gettext("Everybody on site") if document.kind in LIST_NAMES else "")
    return {"document": document, "name": NAMES[document.kind], "about": about, "language": document.language}

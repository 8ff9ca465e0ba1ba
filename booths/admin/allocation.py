"""Who stands where: the floor plan with unplaced booths beside it; moved by hand, by keys or by a plain form.

The page is drawn here, whole, after every step; static/js/allocation.js moves things about and posts the same form.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from booths import plan
from booths.models import Booth, BoothPlace
from booths.services import placing
from events import access
from events.admin import undoing
from events.admin_base import TranslatedEventAdmin, page, question_page
from events.models import Event
from events.transitions import Refusal

UNDO = "allocation-undo"


class MoveForm(forms.Form):
    """One step. Everything that moves a booth about posts this."""

    ACTIONS = (
        ("place", _("Put it there")), ("free", _("Take it off the plan")),
        ("swap", _("Let it change places with the other one")),
    )  # fmt: skip

    action = forms.ChoiceField(choices=ACTIONS, widget=forms.HiddenInput)
    booth: forms.ModelChoiceField = forms.ModelChoiceField(
        Booth.objects.none(), label=_("Booth"), error_messages={"required": _("Choose a booth.")}
    )
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    place: forms.ModelChoiceField = forms.ModelChoiceField(
        BoothPlace.objects.none(), label=_("Place"), required=False, empty_label="–"
    )
    other: forms.ModelChoiceField = forms.ModelChoiceField(
        Booth.objects.none(), label=_("Other booth"), required=False, empty_label="–"
    )
    other_seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "move-%s", **kwargs})
        fields: Any = self.fields
        fields["booth"].queryset = fields["other"].queryset = Booth.objects.for_event(event).live()
        fields["place"].queryset = BoothPlace.objects.for_event(event).select_related("hall")
        fields["place"].label_from_instance = lambda place: f"{place.number} · {place.hall} · {plan.size_words(place)}"

    def clean(self) -> dict[str, Any]:
        """What a step needs."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        needed = {"place": "place", "swap": "other"}.get(cleaned.get("action", ""))
        if needed and cleaned.get(needed) is None and needed not in self.errors:
            self.add_error(needed, _("Fill this in."))
        return cleaned


def as_seen(booth: Booth, text: str) -> Any:
    """The place that the booth had on the page, from "7:12" or "7:-"; one that names another booth says nothing."""
    key, _colon, place = text.partition(":")
    if key != str(booth.pk) or not (place == "-" or place.isdecimal()):
        return placing.UNKNOWN
    return None if place == "-" else int(place)


class AllocationAdmin(TranslatedEventAdmin):
    """The pages of the floor plan."""

    def get_urls(self) -> list[URLPattern]:
        """The plan, the one address that moves, and telling exhibitors."""
        own = [
            page(self, "plan/", self.plan, "plan"),
            page(self, "plan/move/", self.move, "move"),
            page(self, "plan/tell/", self.tell, "tell"),
        ]
        return [*own, *super().get_urls()]

    def _planned_event(self, request: HttpRequest, wanted: str | None) -> Event:
        """The event whose booths one may place; who only translates may not."""
        event = access.chosen_event(access.events_of(request.user, "add", model=Booth), wanted)
        if event is None:
            raise PermissionDenied
        return event

    @method_decorator(require_safe)
    def plan(self, request: HttpRequest) -> HttpResponse:
        """All halls; with ?booth=… or ?place=… the form below is filled in."""
        event = self._planned_event(request, request.GET.get("event"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": _("Floor plan"),
            "events": [one for one in access.events_of(request.user, "add", model=Booth) if one != event],
            **self._board(request, event),
        }  # fmt: skip
        return TemplateResponse(request, "admin/booths/plan.html", context)

    def _board(self, request: HttpRequest, event: Event) -> dict[str, Any]:
        booths = list(Booth.objects.for_event(event).live().with_themes())
        drawings = plan.drawings(plan.floors_of(event), booths, with_clashes=True)
        spots = [spot for drawing in drawings for spot in drawing.spots]
        chosen, place = (_key(request.GET.get(name, "")) for name in ("booth", "place"))
        booth = next((one for one in booths if one.pk == chosen), None)
        initial: dict[str, Any] = {"booth": chosen, "place": place or (booth.place_id if booth else None)}
        initial["seen"] = plan.seen(booth) if booth else ""
        return {
            "event": event, "drawings": drawings, "form": MoveForm(event, initial=initial), "chosen": booth,
            "waiting": [one for one in booths if one.place_id is None],
            "misfits": [spot for spot in spots if spot.clashes],
            "free": sum(spot.booth is None for spot in spots), "taken": sum(spot.booth is not None for spot in spots),
            "untold": sum(_is_untold(one) for one in booths),
            "undo": undoing.kept(request, UNDO, event).get("label", ""), "base": reverse("admin:booths_booth_plan"),
        }  # fmt: skip

    @method_decorator(require_POST)
    def move(self, request: HttpRequest) -> HttpResponse:
        """One step: answered with the plan anew for the script, with a redirect for a plain form."""
        wanted = request.POST.get("event", "")
        event = self._planned_event(request, wanted)
        if str(event.pk) != wanted:
            raise Http404
        form = MoveForm(event, request.POST)
        try:
            undoes = request.POST.get("action") == "undo"
            is_done, words = self._undone(request, event) if undoes else self._moved(request, event, form)
        except Refusal as refusal:
            is_done, words = False, str(refusal.message)
        if "application/json" in request.headers.get("Accept", ""):
            html = render_to_string("admin/booths/_board.html", self._board(request, event), request)
            return JsonResponse({"done": is_done, "words": words, "board": html}, status=200 if is_done else 409)
        (messages.success if is_done else messages.error)(request, words)
        return redirect(f"{reverse('admin:booths_booth_plan')}?event={event.pk}")

    def _moved(self, request: HttpRequest, event: Event, form: MoveForm) -> tuple[bool, str]:
        if not form.is_valid():
            told = [f"{form.fields[name].label or name}: {' '.join(map(str, errors))}" for name, errors in
                    form.errors.items()]  # fmt: skip
            return False, " ".join(told)
        given, by = form.cleaned_data, request.user
        booth = given["booth"]
        seen = as_seen(booth, given["seen"])
        rows = [booth, *([given["other"]] if given["action"] == "swap" else [])]
        before = _places(rows)
        if given["action"] == "swap":
            both = (seen, as_seen(given["other"], given["other_seen"]))
            placing.swap(booth.pk, given["other"].pk, by=by, seen=both)  # type: ignore[arg-type]
        else:
            _put(booth.pk, given["place"].pk if given["action"] == "place" else None, seen, by=by)
        label = " ↔ ".join(str(row) for row in rows)
        undoing.keep(request, UNDO, event, {"label": label, "before": before, "after": _places(rows)})
        return True, self._words(rows)

    def _undone(self, request: HttpRequest, event: Event) -> tuple[bool, str]:
        """The last step of this organiser back; refused when somebody else has moved a booth or taken a place since."""
        step = undoing.kept(request, UNDO, event)
        rows = list(Booth.objects.for_event(event).filter(pk__in=[key for key, _place in step.get("before", [])]))
        if not rows or len(rows) != len(step["before"]):
            return False, gettext("There is nothing to undo.")
        keys, after = zip(*step["after"], strict=True)
        if len(rows) == 2:
            placing.swap(*keys, by=request.user, seen=after)  # type: ignore[arg-type]
        else:
            _put(keys[0], step["before"][0][1], after[0], by=request.user)
        undoing.forget(request, UNDO, event)
        return True, gettext("Undone: %(words)s") % {"words": self._words(rows)}

    def _words(self, rows: list[Booth]) -> str:
        """What happened, for everybody, also for those who do not see it happen."""
        fresh = Booth.objects.filter(pk__in=[row.pk for row in rows]).select_related("place")
        told = []
        for row in fresh:
            words = {"booth": row, "place": row.place}
            text = gettext("%(booth)s: place %(place)s.") if row.place else gettext("%(booth)s has no place now.")
            told.append(text % words)
        return " ".join(told)

    def tell(self, request: HttpRequest) -> HttpResponse:
        """Mail exhibitors their places; asks first."""
        event = self._planned_event(request, request.POST.get("event") or request.GET.get("event"))
        if request.method == "POST":
            count = placing.tell_places(event, by=request.user)  # type: ignore[arg-type]
            text = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", count)
            messages.success(request, text % {"count": count})
            return redirect(f"{reverse('admin:booths_booth_plan')}?event={event.pk}")
        count = Booth.objects.for_event(event).with_untold_place().count()
        text = ngettext(
            "%(count)d exhibitor has a new place and has not been told.",
            "%(count)d exhibitors have new places and have not been told.", count,
        )  # fmt: skip
        return question_page(
            self, request, title=gettext("Tell exhibitors their places?"), button=gettext("Send the mails"),
            explain=text % {"count": count},
        )  # fmt: skip


def _places(rows: list[Booth]) -> list[tuple[int, int | None]]:
    """(booth, its place) as it is now, in this order."""
    now = dict(Booth.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "place"))
    return [(row.pk, now[row.pk]) for row in rows]


def _put(booth_id: int, place_id: int | None, seen: Any, *, by: Any) -> None:
    """To a place, or off the plan."""
    if place_id is None:
        placing.free(booth_id, by=by, seen=seen)
    else:
        placing.place(booth_id, place_id, by=by, seen=seen)


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None


def _is_untold(booth: Booth) -> bool:
    return booth.place_id is not None and booth.confirmed_at is not None and booth.told_place_id != booth.place_id

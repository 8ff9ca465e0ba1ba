"""The schedule of a day: rooms beside each other, five minutes a line; moved by hand, by keys or by a plain form.

The page is drawn here, whole, after every step; static/js/schedule.js moves things about and posts the same form.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from events import access, clock
from events.admin import undoing
from events.admin.steps import user_of
from events.admin_base import TranslatedEventAdmin, page
from events.models import Event
from events.transitions import Refusal
from programme.models import Room, Session, SpeakerSlot
from programme.services import scheduling
from programme.services.scheduling import STEP, Slot, slot_of

MARK = 15  # minutes: lines with a time beside them
FIRST, LAST = 8 * 60, 17 * 60  # a day that says nothing of its hours
USUAL_MINUTES = 45
UNDO = "schedule-undo"


class Cell(NamedTuple):
    """A session, or up to a quarter of an hour that is free."""

    room: str  # its key, or "" for none
    minute: int  # from midnight
    lines: int
    card: "Card | None"


class Card(NamedTuple):
    """A session as the schedule shows it."""

    session: Session
    seen: str
    minutes: int
    speakers: str  # keys
    names: str
    unavailable: str


class Line(NamedTuple):
    """Five minutes."""

    minute: int
    time: str  # beside a quarter of an hour
    cells: list[Cell]


class Column(NamedTuple):
    """A room, or sessions without one."""

    key: str
    room: Room | None


class Board(NamedTuple):
    """A day of the schedule, and what has no slot."""

    columns: list[Column]
    lines: list[Line]
    waiting: list[Card]
    aside: list[Card]  # all day, or cancelled: they take no room


# --- The page's picture of a day --------------------------------------------------------------------------------------
def seen(slot: Slot) -> str:
    """A slot as a form carries it: 3|2024-11-14T07:00:00+00:00|2024-11-14T07:45:00+00:00."""
    return "|".join(
        "" if part is None else part.isoformat() if isinstance(part, datetime) else str(part) for part in slot
    )


def as_seen(text: str) -> Slot:
    """Back again; what is not one of ours was never seen."""
    try:
        room, starts, ends = text.split("|")
        moments = [datetime.fromisoformat(part) if part else None for part in (starts, ends)]
        return Slot(int(room) if room else None, *moments)
    except ValueError as error:
        raise scheduling.MovedMeanwhile from error


def card(session: Session) -> Card:
    """With its speakers and when its proposer cannot come."""
    slots = list(session.speaker_slots.all())
    usual = session.format.minutes if session.format else None
    asked = session.proposal.minutes if session.proposal else None
    return Card(
        session, seen(slot_of(session)), session.minutes or asked or usual or USUAL_MINUTES,
        " ".join(str(slot.speaker_id) for slot in slots), ", ".join(slot.speaker.name for slot in slots),
        session.proposal.unavailable if session.proposal else "",
    )  # fmt: skip


def minute_of(moment: datetime) -> int:
    """Minutes from midnight in Helsinki."""
    local = moment.astimezone(clock.HELSINKI)
    return local.hour * 60 + local.minute


def board(event: Event, on: date) -> Board:
    """In five queries, however many sessions there are."""
    slots = SpeakerSlot.objects.select_related("speaker")
    rows = Session.objects.for_event(event).select_related("room", "format", "proposal")
    cards = [card(row) for row in rows.prefetch_related(Prefetch("speaker_slots", slots))]
    today = [one for one in cards if one.session.starts_at and clock.day_of(one.session.starts_at) == on]
    is_aside = {one.session.pk for one in cards if one.session.is_all_day or one.session.cancelled_at}
    held = [one for one in today if one.session.pk not in is_aside]
    waiting = [one for one in cards if one.session.starts_at is None and one.session.pk not in is_aside]
    aside = [one for one in cards if one.session.pk in is_aside and (one in today or one.session.starts_at is None)]
    columns = _columns(event, held)
    return Board([column for column, _held in columns], _lines(event, on, columns), waiting, aside)


def _columns(event: Event, held: list[Card]) -> list[tuple[Column, list[Card]]]:
    """The rooms; then sessions without one, beside each other where they are at the same time."""
    rooms = [
        (Column(str(room.pk), room), [one for one in held if one.session.room_id == room.pk])
        for room in event.rooms.all()
    ]
    lanes: list[list[Card]] = [[]]
    for one in sorted((one for one in held if one.session.room_id is None), key=_begin):
        free = next((lane for lane in lanes if not lane or _end(lane[-1]) <= _begin(one)), None)
        if free is None:
            lanes.append([one])
        else:
            free.append(one)
    return [*rooms, *((Column("", None), lane) for lane in lanes)]


def _begin(one: Card) -> int:
    assert one.session.starts_at is not None
    return minute_of(one.session.starts_at)


def _end(one: Card) -> int:
    return _begin(one) + one.minutes


def _hours(event: Event, on: date, held: list[Card]) -> tuple[int, int]:
    """Full hours from the day's beginning to its end, and whatever lies outside of them."""
    day = event.days.filter(date=on).first()
    opens = day.starts_at.hour * 60 if day and day.starts_at else FIRST
    closes = day.ends_at.hour * 60 + day.ends_at.minute if day and day.ends_at else LAST
    first = min([opens, *(_begin(one) for one in held)])
    last = max([closes, *(_end(one) for one in held)])
    return max(first // 60 * 60 - 60, 0), min(-(-last // 60) * 60 + 60, 24 * 60)


def _lines(event: Event, on: date, columns: list[tuple[Column, list[Card]]]) -> list[Line]:
    first, last = _hours(event, on, [one for _column, held in columns for one in held])
    found: dict[int, list[Cell]] = {minute: [] for minute in range(first, last, STEP)}
    for column, held in columns:
        for cell in _cells(column.key, held, first, last):
            found[cell.minute].append(cell)
    return [Line(minute, "" if minute % MARK else _clock(minute), cells) for minute, cells in found.items()]


def _cells(room: str, held: list[Card], first: int, last: int) -> list[Cell]:
    """What fills a column from top to bottom."""
    ahead, cells, minute = sorted(held, key=_begin), [], first
    while minute < last:
        if ahead and _begin(ahead[0]) < minute + STEP:
            one = ahead.pop(0)
            cells.append(Cell(room, minute, max(-(-(_end(one) - minute) // STEP), 1), one))
        else:
            until = min([minute // MARK * MARK + MARK, last, *(_begin(one) // STEP * STEP for one in ahead)])
            cells.append(Cell(room, minute, (until - minute) // STEP, None))
        minute += cells[-1].lines * STEP
    return cells


def _clock(minute: int) -> str:
    return f"{minute // 60}.{minute % 60:02}"


# --- The form ---------------------------------------------------------------------------------------------------------
class MoveForm(forms.Form):
    """One step. Everything that moves a session about posts this."""

    ACTIONS = (
        ("place", _("Put it there")), ("unplace", _("Take it out of the schedule")),
        ("swap", _("Let it change places with the other one")), ("undo", _("Undo")),
    )  # fmt: skip

    action = forms.ChoiceField(choices=ACTIONS, widget=forms.HiddenInput)
    session: forms.ModelChoiceField = forms.ModelChoiceField(
        Session.objects.none(), label=_("Session"), required=False, error_messages={"required": _("Choose a session.")}
    )
    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    room: forms.ModelChoiceField = forms.ModelChoiceField(
        Room.objects.none(), label=_("Room"), required=False, empty_label=_("no room")
    )
    on = forms.TypedChoiceField(label=_("Day"), required=False, coerce=date.fromisoformat, empty_value=None)
    start = forms.TimeField(
        label=_("Begins"), required=False, input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": STEP * 60}),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=STEP, max_value=24 * 60, step_size=STEP,
        widget=forms.NumberInput(attrs={"step": STEP}),
    )  # fmt: skip
    other: forms.ModelChoiceField = forms.ModelChoiceField(
        Session.objects.none(), label=_("Changes places with"), required=False, empty_label="–"
    )
    other_seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "move-%s", **kwargs})
        fields: Any = self.fields
        sessions = Session.objects.for_event(event).filter(cancelled_at=None)
        fields["session"].queryset = fields["other"].queryset = sessions
        fields["room"].queryset = event.rooms.all()
        fields["on"].choices = [(day.date.isoformat(), str(day)) for day in event.days.all()]

    def clean(self) -> dict[str, Any]:
        """What a step needs."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        needed = {"place": ("session", "on", "start", "minutes"), "unplace": ("session",), "swap": ("session", "other")}
        for name in needed.get(cleaned.get("action", ""), ()):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Fill this in."))
        return cleaned


class ScheduleAdmin(TranslatedEventAdmin):
    """The pages of the schedule."""

    def get_urls(self) -> list[URLPattern]:
        """The schedule, and the one address that moves."""
        own = [
            page(self, "schedule/", self.schedule, "schedule"),
            page(self, "schedule/move/", self.move, "move"),
        ]
        return [*own, *super().get_urls()]

    def _scheduled_event(self, request: HttpRequest, wanted: str | None) -> Event:
        """The event whose schedule one may change; who only translates may not."""
        events = [
            event
            for event in access.events_of(request.user, "change", model=Session)
            if not access.only_translates(request.user, Session, event.pk)
        ]
        event = access.chosen_event(events, wanted)
        if event is None:
            raise PermissionDenied
        return event

    def _day(self, event: Event, wanted: str | None) -> date:
        days = [day.date for day in event.days.all()]
        return next((day for day in days if day.isoformat() == wanted), days[0] if days else event.starts_on)

    @method_decorator(require_safe)
    def schedule(self, request: HttpRequest) -> HttpResponse:
        """A day; with ?session=… the form below is filled in with that session."""
        event = self._scheduled_event(request, request.GET.get("event"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": _("Schedule"), "can_change_event": True,
            "events": [one for one in access.events_of(request.user, "add", model=Session) if one != event],
            **self._board(request, event, self._day(event, request.GET.get("day"))),
        }  # fmt: skip
        return TemplateResponse(request, "admin/programme/schedule.html", context)

    def _board(self, request: HttpRequest, event: Event, on: date, form: MoveForm | None = None) -> dict[str, Any]:
        picture = board(event, on)
        chosen = request.GET.get("session", "")
        session = (
            Session.objects.for_event(event).filter(pk=int(chosen)).first()
            if chosen.isdecimal() and len(chosen) < 12
            else None
        )
        return {
            "event": event, "board": picture, "on": on, "days": list(event.days.all()), "step": STEP,
            "form": form or MoveForm(event, initial=self._initial(session, on)), "chosen": session,
            "undo": undoing.kept(request, UNDO, event).get("label", ""),
            "base": reverse("admin:programme_session_schedule"),
        }  # fmt: skip

    def _initial(self, session: Session | None, on: date) -> dict[str, Any]:
        """The form as it stands for a session."""
        if session is None:
            return {"on": on.isoformat(), "minutes": USUAL_MINUTES}
        one = card(session)
        local = session.starts_at.astimezone(clock.HELSINKI) if session.starts_at else None
        return {
            "session": session.pk, "room": session.room_id, "minutes": one.minutes,
            "on": (local.date() if local else on).isoformat(), "start": local.time() if local else None,
        }  # fmt: skip

    @method_decorator(require_POST)
    def move(self, request: HttpRequest) -> HttpResponse:
        """One step: answered with the day anew for the script, with a redirect for a plain form."""
        wanted = request.POST.get("event", "")
        event = self._scheduled_event(request, wanted)
        if str(event.pk) != wanted:
            raise Http404
        form = MoveForm(event, request.POST)
        try:
            is_done, words = self._moved(request, event, form)
        except Refusal as refusal:
            is_done, words = False, str(refusal.message)
        on = self._day(event, request.POST.get("day"))
        if "application/json" in request.headers.get("Accept", ""):
            html = render_to_string("admin/programme/_schedule.html", self._board(request, event, on), request)
            return JsonResponse({"done": is_done, "words": words, "board": html}, status=200 if is_done else 409)
        (messages.success if is_done else messages.error)(request, words)
        return redirect(f"{reverse('admin:programme_session_schedule')}?event={event.pk}&day={on.isoformat()}")

    def _moved(self, request: HttpRequest, event: Event, form: MoveForm) -> tuple[bool, str]:
        if not form.is_valid():
            told = [
                f"{form.fields[name].label or name}: {' '.join(map(str, errors))}"
                for name, errors in form.errors.items()
            ]
            return False, " ".join(told)
        given = form.cleaned_data
        if given["action"] == "undo":
            return self._undone(request, event)
        rows = [given["session"], *([given["other"]] if given["action"] == "swap" else [])]
        before = [slot_of(row) for row in rows]
        self._step(given, by=user_of(request))
        after = [slot_of(Session.objects.get(pk=row.pk)) for row in rows]
        self._keep_undo(request, event, rows, before, after)
        return True, self._words(rows, given["action"])

    def _step(self, given: dict[str, Any], *, by: Any) -> None:
        session = given["session"]
        shown = as_seen(given["seen"]) if given["seen"] else None
        if given["action"] == "swap":
            other_shown = as_seen(given["other_seen"]) if given["other_seen"] else None
            both = (shown, other_shown) if shown and other_shown else None
            scheduling.swap(session.pk, given["other"].pk, by=by, seen=both)
        elif given["action"] == "unplace":
            scheduling.unplace(session.pk, by=by, seen=shown)
        else:
            starts_at = moment_of(given["on"], given["start"])
            ends_at = starts_at + timedelta(minutes=given["minutes"])
            scheduling.place(session.pk, given["room"], starts_at, ends_at, by=by, seen=shown)

    def _words(self, rows: list[Session], action: str) -> str:
        """What happened, for everybody, also for those who do not see it happen."""
        fresh = {row.pk: row for row in Session.objects.filter(pk__in=[row.pk for row in rows]).select_related("room")}
        told = []
        for row in (fresh[row.pk] for row in rows):
            words = {"session": row, "room": row.room or gettext("no room"), "when": scheduling.span(row)}
            text = (
                gettext("“%(session)s”: %(room)s, %(when)s.")
                if row.starts_at
                else gettext("“%(session)s” has no time now.")
            )
            told.append(text % words)
        return " ".join(told)

    # --- Undoing the last step ----------------------------------------------------------------------------------------
    def _keep_undo(
        self, request: HttpRequest, event: Event, rows: list[Session], before: list[Slot], after: list[Slot]
    ) -> None:
        kept = {
            "label": " ↔ ".join(str(row) for row in rows), "keys": [row.pk for row in rows],
            "before": [seen(slot) for slot in before], "after": [seen(slot) for slot in after],
        }  # fmt: skip
        undoing.keep(request, UNDO, event, kept)

    def _undone(self, request: HttpRequest, event: Event) -> tuple[bool, str]:
        kept = undoing.kept(request, UNDO, event)
        rows = list(Session.objects.for_event(event).filter(pk__in=kept["keys"])) if kept else []
        if not kept or len(rows) != len(kept["keys"]):
            return False, gettext("There is nothing to undo.")
        by = user_of(request)
        before, after = [as_seen(text) for text in kept["before"]], [as_seen(text) for text in kept["after"]]
        if len(rows) == 2:
            scheduling.swap(*kept["keys"], by=by, seen=(after[0], after[1]))
        else:
            _put_back(kept["keys"][0], before[0], after[0], by=by)
        undoing.forget(request, UNDO, event)
        return True, gettext("Undone: %(words)s") % {"words": self._words(rows, "undo")}


def _put_back(session_id: int, slot: Slot, shown: Slot, *, by: Any) -> None:
    if slot.starts_at is None or slot.ends_at is None:
        scheduling.unplace(session_id, by=by, seen=shown)
        return
    room = Room.objects.filter(pk=slot.room_id).first() if slot.room_id else None
    scheduling.place(session_id, room, slot.starts_at, slot.ends_at, by=by, seen=shown)


def moment_of(on: date, at: time) -> datetime:
    """In Helsinki; a time that the clocks skip or show twice is refused."""
    moment = datetime.combine(on, at, tzinfo=clock.HELSINKI)
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        raise scheduling.AcrossTheClockChange
    return moment

"""Following remotely: which rooms are on, a room's stream, questions, and the heartbeat that counts the minutes.

A foreign host is asked only after a click, and only the page that answers this click may frame it.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from events import clock, tokens
from events.addresses import View, event_url, for_event, see_other
from events.clock import day_of
from events.models import Event
from events.papers import paper
from events.transitions import Refusal
from programme import certificates, live
from programme.live import Hall
from programme.models import LivePage, LiveQuestion
from programme.services import questions
from programme.visitor_forms import QuestionForm
from registration import access, services
from registration.models import Registration

TOKEN = "live"  # what the signed number of a registration in a heartbeat is for
SCHEME = "Live "
LONGEST_BEAT = 200  # bytes


class Follower(NamedTuple):
    """Who looks: a registration that was opened in this browser, or nobody we know."""

    request: HttpRequest
    event: Event
    registration: Registration | None


def for_follower(view: Callable[..., HttpResponse]) -> View:
    """Call the view with whoever looks; never cached, never indexed."""

    @never_cache
    @for_event
    @wraps(view)
    def with_follower(request: HttpRequest, event: Event, **kwargs: Any) -> HttpResponse:
        response = view(Follower(request, event, access.current(request, event)), **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return with_follower


# --- The pages --------------------------------------------------------------------------------------------------------
@require_safe
@for_follower
def halls(follower: Follower) -> HttpResponse:
    """Every streamed room with what is on now and next; for whoever is not registered, how to be."""
    at, context = clock.now(), _context(follower)
    context |= {"halls": live.halls(follower.event, at), "is_past": day_of(at) > follower.event.ends_on}
    if follower.registration and certificates.is_due(follower.registration, at):
        context["certificate_token"] = access.personal_token(follower.registration)
    return render(follower.request, "programme/live.html", context)


@require_safe
@never_cache
@for_event
def open_halls(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """The link of a mail: opens the registration in this browser and goes on to the streams."""
    access.remember(request, access.by_token(event, token))
    return redirect(event_url(event, "live"))


@require_safe
@never_cache
@for_event
def certificate(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """For whoever has followed, as PDF."""
    registration = access.by_token(event, token)
    if not certificates.is_due(registration, clock.now()):
        raise Http404("There is no certificate.")
    return paper(request, certificates.ask(registration), is_kept=True)


@require_safe
@for_follower
def hall(follower: Follower, room_slug: str) -> HttpResponse:
    """One room; with ?channel=… the stream itself, after a click on the notice whose host it comes from."""
    return _hall_page(follower, _hall_of(follower, room_slug), QuestionForm())


def _hall_page(follower: Follower, shown: Hall, form: QuestionForm) -> HttpResponse:
    context, request = _context(follower) | _now(shown), follower.request
    wanted = request.POST.get("channel") or request.GET.get("channel", "")
    channel = shown.channel(wanted) if context["may_follow"] else None
    if channel:
        context |= {"channel": channel, "beat_token": _token(follower)}
    response = render(request, "programme/live_hall.html", context | {"form": form}, status=422 if form.errors else 200)
    if channel:  # this one answer may frame this one host
        response._csp_update = {"frame-src": [channel.origin]}  # type: ignore[attr-defined]  # as csp's decorators do
    return response


@require_safe
@for_follower
def hall_now(follower: Follower, room_slug: str) -> HttpResponse:
    """The part of a room's page that changes, fetched again and again."""
    context = {"event": follower.event, **_now(_hall_of(follower, room_slug))}  # without asking for the menu
    return render(follower.request, "programme/_live_now.html", context)


def _hall_of(follower: Follower, slug: str) -> Hall:
    shown = live.hall(follower.event, slug, clock.now())
    if shown is None:
        raise Http404("This room is not streamed.")
    return shown


def _context(follower: Follower) -> dict[str, Any]:
    """Who looks, what they may do, whom they may call."""
    registration, at = follower.registration, clock.now()
    return {
        "registration": registration,
        "may_follow": live.may_follow(registration),
        "may_stay_away": bool(registration and services.may_stay_away(registration, at)),
        "minutes": live.minutes_of(registration) if registration else 0,
        "page": LivePage.objects.filter(event=follower.event).first(),
        "here": get_language(),
    }


def _now(shown: Hall) -> dict[str, Any]:
    """A room, and what is asked there."""
    rows = LiveQuestion.objects.filter(session=shown.now.session).on_screen() if shown.now else ()
    return {"hall": shown, "questions": list(rows), "here": get_language()}


# --- What one can do --------------------------------------------------------------------------------------------------
@require_POST
@for_follower
def ask(follower: Follower, room_slug: str) -> HttpResponse:
    """Send a question to whoever speaks; what was typed stays when it cannot be sent."""
    form = QuestionForm(follower.request.POST)
    if follower.registration is None:
        return _back(follower, room_slug)
    if form.is_valid():
        try:
            questions.ask(follower.registration.pk, room_slug, form.cleaned_data["text"])
        except Refusal as refusal:
            form.add_error("text", str(refusal.message))
        else:
            messages.success(follower.request, _("Thank you. An organiser reads your question first."))
            return _back(follower, room_slug)
    return _hall_page(follower, _hall_of(follower, room_slug), form)


def _back(follower: Follower, room_slug: str) -> HttpResponse:
    """To the room, where the same channel goes on."""
    channel = follower.request.POST.get("channel", "")
    known = channel if channel.replace("-", "").isalnum() and channel.isascii() else ""
    url = event_url(follower.event, "live-hall", room_slug=room_slug)
    return see_other(f"{url}?channel={known}" if known else url)


@require_POST
@for_follower
def stay_away(follower: Follower) -> HttpResponse:
    """ "I am not coming, I follow online": the place goes to the next in the queue."""
    if follower.registration:
        try:
            services.stay_away(follower.registration.pk, by=None)
        except Refusal as refusal:
            messages.error(follower.request, str(refusal.message))
        else:
            messages.success(
                follower.request, _("Thank you for telling us. You take part remotely; your place is free.")
            )
    return see_other(event_url(follower.event, "live"))


# --- The heartbeat ----------------------------------------------------------------------------------------------------
def _token(follower: Follower) -> str:
    assert follower.registration
    return tokens.make(TOKEN, follower.registration.pk, follower.registration.link_version)


@csrf_exempt  # no cookie tells who follows, but a token that only the page knows
def beat(request: HttpRequest) -> HttpResponse:
    """A tab that plays a room's stream says so each minute, past all middleware (integration2024/thin.py)."""
    if request.method != "POST":
        return JsonResponse({"error": "method"}, status=405)
    given = request.META.get("HTTP_AUTHORIZATION", "")
    token = tokens.read(TOKEN, given.removeprefix(SCHEME)) if given.startswith(SCHEME) else None
    if token is None:
        return JsonResponse({"error": "unknown"}, status=401)
    room = _room_in(request)
    if room is None:
        return JsonResponse({"error": "bad_request"}, status=400)
    try:
        is_new = live.note_minute(token.pk, token.version, room, at=clock.now())
    except DatabaseError:  # restarting, perhaps; the next minute counts again
        return JsonResponse({"error": "later"}, status=503)
    return JsonResponse({"counted": is_new})


def _room_in(request: HttpRequest) -> int | None:
    """The room's number; None for anything else."""
    try:
        body = json.loads(request.read(LONGEST_BEAT))
    except ValueError:
        return None
    room = body.get("room") if isinstance(body, dict) else None
    return room if type(room) is int and 0 < room < 2**63 else None

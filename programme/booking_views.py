"""What one person keeps of the programme: favourites, places in sessions, the calendar. Nothing of it is cached.

Forms post and are answered with 303; the server works without JavaScript. Sessions marked by somebody whom we do not
know are kept in the browser's session; services/favourites.py tells how they become a registration's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events import clock, ics
from events.addresses import View, event_url, for_event, see_other
from events.models import Event
from events.transitions import Refusal
from programme import calendars, releases
from programme.models import Booking, Release, ReleasedSession, Session
from programme.services import booking as places
from programme.services import favourites
from registration import access
from registration.models import Registration


class Visitor(NamedTuple):
    """Who looks: a registration that was opened in this browser, or nobody we know."""

    request: HttpRequest
    event: Event
    registration: Registration | None

    def favourites(self) -> set[int]:
        """The sessions marked."""
        kept = favourites.kept(self.request, self.event)
        return calendars.marked(self.registration) if self.registration else set(kept)

    def mark(self, session_id: int) -> None:
        """Mark a session that is in the programme."""
        kept = favourites.kept(self.request, self.event)
        if self.registration:
            favourites.mark(self.registration, session_id)
        elif not favourites.public(self.event, [session_id]):
            raise favourites.Gone
        elif session_id not in kept:
            favourites.keep(self.request, self.event, [*kept, session_id])

    def unmark(self, session_id: int) -> None:
        """Forget it."""
        kept = favourites.kept(self.request, self.event)
        if self.registration:
            favourites.unmark(self.registration, session_id)
        else:
            favourites.keep(self.request, self.event, [pk for pk in kept if pk != session_id])


def for_visitor(view: Callable[..., HttpResponse]) -> View:
    """Call the view with the visitor; never cached, never indexed."""

    @never_cache
    @for_event
    @wraps(view)
    def with_visitor(request: HttpRequest, event: Event, **kwargs: Any) -> HttpResponse:
        response = view(Visitor(request, event, access.current(request, event)), **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return with_visitor


# --- My programme -----------------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """A session in one's own programme."""

    row: ReleasedSession
    document: dict[str, Any]
    booking: Booking | None
    is_favourite: bool
    is_gone: bool
    is_offered: bool


@require_safe
@for_visitor
def mine(visitor: Visitor) -> HttpResponse:
    """What one has signed up for or marked, by time, and the address of the calendar."""
    event, registration = visitor.event, visitor.registration
    release = releases.current(event)
    lines = _lines(visitor, release) if release else []
    context = {"lines": lines, "registration": registration, "here": _language(), "calendar_url": ""}
    if registration:
        token = calendars.token_of(registration)
        context["calendar_url"] = event_url(event, "personal-sessions", is_lasting=True, token=token)
    return render(visitor.request, "programme/mine.html", context)


def _lines(visitor: Visitor, release: Release) -> list[Line]:
    marked, at = visitor.favourites(), clock.now()
    held: dict[int, Booking] = {}
    if visitor.registration:
        held = {one.session_id: one for one in Booking.objects.of_registration(visitor.registration).live()}
    rows = calendars.last_published(release, marked | held.keys())
    return [
        Line(
            row, row.documents[_language()], held.get(row.session_id), row.session_id in marked,
            row.release_id != release.pk, bool(held.get(row.session_id) and held[row.session_id].is_offered(at)),
        )
        for row in rows
    ]  # fmt: skip


def _language() -> str:
    return (get_language() or "fi")[:2]


@require_safe
@never_cache
@for_event
def open_mine(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """The link of a mail: opens the registration in this browser, as the personal link does, and goes on from there."""
    access.remember(request, access.by_token(event, token))
    return redirect(event_url(event, "my-programme"))


@require_safe
@never_cache
@for_event
def calendar(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """One's own programme for a calendar that fetches it again and again; the address is secret, nobody logs in."""
    registration = calendars.owner(event, token)
    if registration is None:
        raise Http404("This link is not valid.")
    content = calendars.personal(registration)
    response = HttpResponse(content, content_type=ics.MEDIA_TYPE.format(method="PUBLISH"))
    response["Content-Disposition"] = f'inline; filename="{event.slug}-sessions.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


# --- One session ------------------------------------------------------------------------------------------------------
@require_safe
@for_visitor
def actions(visitor: Visitor, session_slug: str) -> HttpResponse:
    """What one can do with a session: a page, or the part of one that the session's page fetches."""
    row = _row(visitor.event, session_slug)
    if row is None:
        return _gone(visitor)
    session, registration, at = row.session, visitor.registration, clock.now()
    rows = Booking.objects.filter(session=session, registration=registration).live() if registration else None
    booking = rows.first() if rows is not None else None
    context = {
        "row": row,
        "document": row.documents[_language()],
        "here": _language(),
        "registration": registration,
        "is_favourite": session.pk in visitor.favourites(),
        "booking": booking,
        "is_offered": bool(booking and booking.is_offered(at)),
        "pool": session.pool,
        "is_open": session.pool is not None and places.is_open(row, at),
    }
    part = visitor.request.headers.get("X-Fragment")
    return render(visitor.request, f"programme/{'_actions' if part else 'actions'}.html", context)


def _row(event: Event, slug: str) -> ReleasedSession | None:
    release = releases.current(event)
    rows = ReleasedSession.objects.filter(release=release, slug=slug, kind=Session.Kind.SESSION)
    return rows.defer("words_fi", "words_sv", "words_en").select_related("session__pool").first() if release else None


def _gone(visitor: Visitor) -> HttpResponse:
    messages.error(visitor.request, str(favourites.Gone.message))
    return see_other(event_url(visitor.event, "my-programme"))


@require_POST
@for_visitor
def favourite(visitor: Visitor, session_slug: str) -> HttpResponse:
    """Mark a session, or forget it; also one that has meanwhile left the programme can be forgotten."""
    session = Session.objects.filter(event=visitor.event, slug=session_slug).first()
    row = _row(visitor.event, session_slug)
    known = row.session if row else session
    if known is None:
        return _gone(visitor)
    if visitor.request.POST.get("wanted") != "yes":
        visitor.unmark(known.pk)
        return _back(visitor, session_slug)
    try:
        visitor.mark(known.pk)
    except favourites.Gone:
        return _gone(visitor)
    return _back(visitor, session_slug)


STEPS: dict[str, Callable[..., Booking | None]] = {
    "book": places.book,
    "cancel": places.cancel_booking,
    "accept": places.accept_booking,
    "decline": places.decline_booking,
}


@require_POST
@for_visitor
def book(visitor: Visitor, session_slug: str) -> HttpResponse:
    """Sign up, give the place up, or answer an offer."""
    row = _row(visitor.event, session_slug)
    session = row.session if row else Session.objects.filter(event=visitor.event, slug=session_slug).first()
    if session is None:
        return _gone(visitor)
    step = visitor.request.POST.get("step", "")
    if visitor.registration is None or step not in STEPS:
        messages.error(visitor.request, _("Open the link in your confirmation first, so that we know who you are."))
        return _back(visitor, session_slug)
    try:
        done = STEPS[step](visitor.registration.pk, session.pk, by=None)
    except Refusal as refusal:
        messages.error(visitor.request, str(refusal.message))
    else:
        messages.success(visitor.request, _told(step, done))
    return _back(visitor, session_slug)


def _told(step: str, booking: Booking | None) -> str:
    """What is now so."""
    if booking is not None and booking.is_waiting:
        return _("All places are taken: you are on the waiting list. We write to you when a place becomes free.")
    if booking is not None and booking.is_confirmed:
        return _("You have a place in this session. A confirmation is on its way.")
    if step == "decline":
        return _("Thank you for telling us. The place goes to the next in the queue.")
    return _("Your place in this session is given up.")


def _back(visitor: Visitor, slug: str) -> HttpResponse:
    """To where the form stood: one's own programme, or the session."""
    if visitor.request.POST.get("back") == "mine" or _row(visitor.event, slug) is None:
        return see_other(event_url(visitor.event, "my-programme"))
    return see_other(event_url(visitor.event, "session-actions", session_slug=slug))

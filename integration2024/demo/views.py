"""The demo's own pages and buttons: travel in time, be somebody else, read the mail that was caught."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_replace, csp_update
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from events import clock
from events.models import Event
from integration2024.context import LANGUAGE_NAMES
from integration2024.demo import audience, mailbox
from integration2024.demo.guard import loopback_only
from integration2024.demo.roles import ROLES
from programme.models import Room, Stream

MAILS_PER_PAGE = 50
SHOWN_IN_BROWSER = {"application/pdf", "image/png", "text/plain"}
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def in_chosen_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The demo's addresses have no language in them: ?language=sv or a field of the form says it, else the browser."""

    @wraps(view)
    def translated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.POST.get("language") or request.GET.get("language")
        language = asked if asked in LANGUAGE_NAMES else translation.get_language_from_request(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = language
        return response

    return translated


@loopback_only
@require_POST
@in_chosen_language
def travel(request: HttpRequest) -> HttpResponse:
    """Go to a moment: an ISO date and time; without an offset it is Helsinki's."""
    try:
        moment = datetime.fromisoformat(request.POST.get("moment", ""))
    except ValueError as error:
        raise BadRequest("This is not a moment.") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.HELSINKI)
    if not EARLIEST <= moment <= LATEST:
        raise BadRequest("This moment is too far away.")
    clock.travel(moment)
    for event in Event.objects.current():
        audience.give_feedback(event)
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the page that the bar stood on."""
    url = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        url = "/"
    return HttpResponseRedirect(url, status=303)


@loopback_only
@require_POST
@in_chosen_language
def be(request: HttpRequest, role: str) -> HttpResponse:
    """Become somebody, and go to where they would be."""
    if role not in ROLES:
        raise Http404("There is no such role.")
    event = get_object_or_404(Event, is_current=True)
    return HttpResponseRedirect(ROLES[role].enter(request, event), status=303)


@loopback_only
@require_safe
@never_cache
@in_chosen_language
def mails(request: HttpRequest) -> HttpResponse:
    """The mailbox, newest first."""
    page = Paginator(mailbox.names(), MAILS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "mails": mailbox.headings(page.object_list), "languages": languages(request)}
    return render(request, "demo/mails.html", context)


@loopback_only
@require_safe
@never_cache
@csp_update({"frame-src": [SELF]})
@in_chosen_language
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its page in a frame that may do nothing, its text, its files."""
    return render(request, "demo/mail.html", {"mail": mailbox.Caught(name), "languages": languages(request)})


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in each language, for the language switch."""
    return [
        {"code": code, "name": name, "current": code == translation.get_language(), "url": f"?language={code}"}
        for code, name in LANGUAGE_NAMES.items()
    ]


@loopback_only
@require_safe
@never_cache
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type] # it is typed for views without arguments only
    {
        "default-src": [NONE],
        "img-src": [SELF, "data:"],
        "style-src": ["'unsafe-inline'"],  # mail programs know no other styles; nothing else may happen in this frame
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """What a mail program shows, for the frame on the mail's page."""
    response = HttpResponse(mailbox.Caught(name).html)
    response.without_demo_bar = True  # type: ignore[attr-defined]
    return response


@loopback_only
@require_safe
@never_cache
def mail_file(request: HttpRequest, name: str, number: str) -> HttpResponse:
    """An attached file: shown if the browser can do so safely, else (and with ?download) saved."""
    found = next((part for part in mailbox.Caught(name).files if part.number == int(number)), None)
    if found is None:
        raise Http404("There is no such file.")
    is_shown = found.media_type in SHOWN_IN_BROWSER and "download" not in request.GET
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(not is_shown, found.filename) or "attachment"
    return response


@loopback_only
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
@in_chosen_language
def stream(request: HttpRequest, room_slug: str) -> HttpResponse:
    """What the player of a streaming service would show; see demo/live.py."""
    room = get_object_or_404(Room, event__is_current=True, slug=room_slug)
    kind, _, language = request.GET.get("channel", "").partition("-")
    channel = Stream(kind=kind if kind in Stream.Kind.values else Stream.Kind.PICTURE, language=language).channel
    context = {"room": room, "channel": channel, "language": translation.get_language()}
    response = render(request, "demo/stream.html", context)
    response.without_demo_bar = True  # type: ignore[attr-defined]
    return response

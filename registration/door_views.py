"""What devices at the door ask. No session, no language, no cookie: they show their token (docs/door.md)."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from events import clock
from registration import checkin, roster
from registration.checkin import BadItem, Refused
from registration.models import Device

SCHEME = "Device "
View = Callable[[HttpRequest], HttpResponse]


def door_api(*methods: str) -> Callable[[View], View]:
    """An address for devices: one method, refusals as JSON. Headers are added on the way (integration2024/thin.py)."""

    def decorate(view: View) -> View:
        @csrf_exempt  # no cookie tells who is asking: another site's page knows no device's token
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            return _answer(view, request) if request.method in methods else _error(405, "method")

        return answer

    return decorate


def _answer(view: View, request: HttpRequest) -> HttpResponse:
    try:
        return view(request)
    except Refused as refusal:
        if refusal.must_wipe:
            return JsonResponse({"wipe": True, "known": refusal.is_known, "now": _now()}, status=401)
        return _error(403 if refusal.word == checkin.HELP_DESK else 409, refusal.word)
    except BadItem:
        return _error(400, "bad_request")
    except RequestDataTooBig:
        return _error(413, "too_large")
    except DatabaseError:  # restarting, perhaps: the device keeps what it has and comes again
        return _error(503, "later")


def _error(status: int, word: str) -> JsonResponse:
    return JsonResponse({"error": word, "now": _now()}, status=status)


def _now() -> int:
    return roster.milliseconds(clock.now())


def _token(request: HttpRequest) -> str:
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if not given.startswith(SCHEME):
        raise Refused("unknown", must_wipe=True)
    return given[len(SCHEME) :]


def _device(request: HttpRequest) -> Device:
    return checkin.authenticate(_token(request))


def _body(request: HttpRequest) -> Any:
    """The JSON sent; RequestDataTooBig when it is more than a batch can be."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadItem("no JSON") from error


@door_api("POST")
def pair(request: HttpRequest) -> HttpResponse:
    """Use up a pairing link."""
    body = _body(request)
    given = [body.get(name) if isinstance(body, dict) else None for name in ("token", "name", "language", "version")]
    value, name, language, version = (text if isinstance(text, str) else "" for text in given)
    try:
        token, device = checkin.pair(value, name=name, language=language, version=version)
    except Refused as refusal:
        return _error(410, refusal.word)
    return JsonResponse({"token": token, "device": roster.describe(device), "now": _now()})


@door_api("GET")
def get_roster(request: HttpRequest) -> HttpResponse:
    """Whom the device has to know, or what has changed since it asked."""
    since = request.GET.get("since", "")
    cursor = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else None
    return HttpResponse(roster.roster(_device(request), cursor), content_type="application/octet-stream")


@door_api("GET")
def get_people(request: HttpRequest) -> HttpResponse:
    """Everybody by name, for help desks."""
    device = _help_desk(request)
    return JsonResponse({"now": _now(), "people": roster.people(device.event)})


@door_api("POST")
def scan(request: HttpRequest) -> HttpResponse:
    """One scan, answered at once."""
    return JsonResponse(checkin.check_in(_token(request), _body(request)))


@door_api("POST")
def scans(request: HttpRequest) -> HttpResponse:
    """What has happened; a revoked device's last words count too."""
    try:
        device, must_wipe = _device(request), False
    except Refused as refusal:
        device, must_wipe = checkin.last_words(refusal), True
    answer = checkin.take(device, _body(request))
    return JsonResponse({**answer, "wipe": True} if must_wipe else answer)


@door_api("POST")
def on_site(request: HttpRequest) -> HttpResponse:
    """From remote to on site, if a place is free."""
    device, body = _device(request), _body(request)
    wanted = body.get("registration") if isinstance(body, dict) else None
    if type(wanted) is not int or not 0 < wanted < 2**63:
        raise BadItem("registration")
    return JsonResponse({"now": _now(), "person": checkin.come_on_site(device, wanted)})


@door_api("GET")
def card(request: HttpRequest) -> HttpResponse:
    """What a badge says, to be printed again."""
    device, wanted = _help_desk(request), request.GET.get("registration", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise BadItem("registration")
    is_assistant = request.GET.get("is_assistant") in {"1", "true"}
    return JsonResponse({"now": _now(), **checkin.card(device, int(wanted), is_assistant=is_assistant)})


def _help_desk(request: HttpRequest) -> Device:
    """A device that may know everybody's name."""
    device = _device(request)
    if not device.is_help_desk:
        raise Refused(checkin.HELP_DESK)
    return device

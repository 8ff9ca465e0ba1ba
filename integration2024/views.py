"""The shell's own pages: the way in, one's own registrations, the state of the system, errors."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Min, Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import clock
from events.kinds import KINDS
from events.models import Mail, User
from registration.models import Registration
from webinars.models import SignUp


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """The site in the browser's language."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@never_cache
@login_required
def my_page(request: HttpRequest) -> HttpResponse:
    """Everything under one's verified address."""
    assert isinstance(request.user, User)  # the decorator has seen to it
    addresses = EmailAddress.objects.filter(user=request.user, verified=True).values_list("email", flat=True)
    rows = Registration.objects.annotate(address=Lower("email")).filter(
        address__in=[address.lower() for address in addresses]
    )
    context = {
        "registrations": rows.select_related("event").order_by("-event__starts_on", "-registered_at"),
        "sign_ups": _webinars_of(addresses),
        "submissions": [row for kind in KINDS.values() for row in _sent_by(kind.rows, addresses)],
    }
    return render(request, "integration2024/my_page.html", context)


def _webinars_of(addresses: Iterable[str]) -> Iterable[SignUp]:
    """One's own sign-ups for webinars that take place, the last webinar first."""
    rows = SignUp.objects.live().annotate(address=Lower("email"))
    mine = rows.filter(address__in=[address.lower() for address in addresses])
    return mine.select_related("event", "webinar").order_by("-webinar__starts_at", "pk")


def _sent_by(table: Any, addresses: Iterable[str]) -> Iterable[Any]:
    """One's own proposals or applications, the newest event's first."""
    wanted = [address.lower() for address in addresses]
    rows = table.objects.annotate(address=Lower("email")).filter(address__in=wanted)
    return rows.select_related("event", "call").order_by("-event__starts_on", "-started_at")


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """For load balancers and operators: does the database answer, does the cache, does the mail leave."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    cache.set("status", "ok", 10)
    at = clock.real_now()
    mails = Mail.objects.open().aggregate(oldest=Min("queued_at"), tried=Count("pk", filter=Q(attempts__gt=0)))
    state = {
        "database": "ok",
        "cache": cache.get("status", "no answer"),
        "oldest_queued_mail_seconds": round((at - (mails["oldest"] or at)).total_seconds()),
        "queued_mails_tried": mails["tried"],
    }
    return JsonResponse(state)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Personal pages and the admin are not for search engines."""
    lines = [
        "User-agent: *",
        *(f"Disallow: /{code}/{part}/" for code in ("fi", "sv", "en") for part in ("admin", "accounts", "my")),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, in the site's own look."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no database is asked."""
    return render(request, "500.html", {"event": None, "menu": [], "footer_pages": []}, status=500)

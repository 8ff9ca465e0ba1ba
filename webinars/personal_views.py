"""One person's page of a webinar, behind a link: it waits for the doors, leads to the meeting, and shows what is left.

GET shows, POST changes: programs that follow the links of mails attend nothing. The address of the meeting stands on no
page; it is the answer to the button while the doors are open.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import clock, places
from events.addresses import by_link, event_url, see_other
from events.papers import paper
from webinars import access, calendars, certificates, services
from webinars.forms import FeedbackForm
from webinars.models import Feedback, SignUp
from webinars.views import about

LOOKS_AGAIN = 15 * 60  # so a page that waits for days hears of a new time
NOT_SET_UP = 20
WAITS_HERE = timedelta(hours=12)  # nobody keeps a page open for days


personal_page = by_link(access.by_token)


def _back(row: SignUp) -> HttpResponse:
    return see_other(event_url(row.event, "webinar-personal", token=access.personal_token(row)))


def _attempt(request: HttpRequest, step: Callable[[], Any], done: str) -> None:
    """Take a step; say on the next page that it is done, or why not."""
    try:
        step()
    except services.Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)


# --- The page ---------------------------------------------------------------------------------------------------------
@require_safe
@personal_page
def personal(request: HttpRequest, row: SignUp) -> HttpResponse:
    """How it stands, and what one can do now."""
    at, webinar = clock.now(), row.webinar
    state = state_of(row, at)
    context = {
        "sign_up": row,
        "token": access.personal_token(row),
        "state": state,
        "position": places.position(row) if row.is_waiting else None,
        "is_set_up": bool(webinar.join_url),
        "seconds": _seconds_until(webinar.doors_open_at, at),
        "is_near": webinar.doors_open_at - at <= WAITS_HERE,
        "can_cancel": row.is_live and not webinar.is_over(at),
        "has_certificate": has_certificate(row, at),
        **about(webinar),
    }
    response = render(request, "webinars/personal.html", context)
    if state == "early":
        response["Refresh"] = str(min(_seconds_until(webinar.doors_open_at, at), LOOKS_AGAIN))
    elif state == "open" and not webinar.join_url:
        response["Refresh"] = str(NOT_SET_UP)
    return response


def state_of(row: SignUp, at: datetime) -> str:
    """What the page is about: cancelled, ended, waiting, offered, over, open or early."""
    webinar = row.webinar
    if webinar.is_cancelled:
        return "cancelled"
    if row.is_confirmed:
        return "over" if webinar.is_over(at) else "open" if webinar.lets_in(at) else "early"
    if row.is_offered(at):
        return "offered"
    return "waiting" if row.is_waiting and not webinar.is_over(at) else "ended"


def has_certificate(row: SignUp, at: datetime) -> bool:
    """For those who went to the meeting, when it is over."""
    return row.has_attended and row.webinar.is_over(at)


def _seconds_until(moment: datetime, at: datetime) -> int:
    return max(ceil((moment - at).total_seconds()), 1)


@require_POST
@personal_page
def join(request: HttpRequest, row: SignUp) -> HttpResponse:
    """On to the meeting; too early or too late back to the page, which says so.

    The answer is a page that leads on by itself, not a redirect: a browser would ask the page's policy of forms about
    every address on the way, and meetings redirect to hosts that nobody knows before.
    """
    try:
        address = services.join(row.pk, network=access.network_of(request, row))
    except services.NoMeeting as refusal:
        messages.error(request, str(refusal.message))
        return _back(row)
    except services.DoorsClosed:
        return _back(row)
    address = iri_to_uri(address)  # it stands in a header
    response = render(request, "webinars/joining.html", {"webinar": row.webinar, "address": address})
    response["Refresh"] = f"0; url={address}"
    return response


@require_safe
@personal_page
def calendar(request: HttpRequest, row: SignUp) -> HttpResponse:
    """The webinar as a calendar file."""
    attachment = calendars.of_sign_up(row)
    if attachment is None or row.webinar.is_cancelled:
        raise Http404
    disposition = f'attachment; filename="{attachment.filename}"'
    return HttpResponse(attachment.content, attachment.media_type, headers={"Content-Disposition": disposition})


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def cancel(request: HttpRequest, row: SignUp) -> HttpResponse:
    """Cancel the sign-up; asks once more."""
    if request.method == "POST":
        _attempt(request, lambda: services.cancel(row.pk, by=None), _("Your sign-up is cancelled."))
        return _back(row)
    return render(request, "webinars/cancel.html", {"webinar": row.webinar, "token": access.personal_token(row)})


@require_POST
@personal_page
def answer_offer(request: HttpRequest, row: SignUp) -> HttpResponse:
    """Accept or decline an offered place."""
    if request.POST.get("answer") == "accept":
        done = _("The place is yours. Your confirmation is on its way.")
        _attempt(request, lambda: services.accept_offer(row.pk, by=None), done)
    else:
        done = _("Thank you for telling us. The place goes to the next in the queue.")
        _attempt(request, lambda: services.decline_offer(row.pk, by=None), done)
    return _back(row)


# --- Afterwards -------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def feedback(request: HttpRequest, row: SignUp) -> HttpResponse:
    """What one took along, without one's name; once."""
    at = clock.now()
    if not has_certificate(row, at) or row.has_given_feedback:
        return render(request, "webinars/feedback_closed.html", {"sign_up": row, "webinar": row.webinar})
    form = FeedbackForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        _keep_feedback(row, form, at=at)
        messages.success(request, _("Thank you for your feedback. It has come without your name."))
        return _back(row)
    context = {"form": form, "webinar": row.webinar}
    return render(request, "webinars/feedback.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _keep_feedback(row: SignUp, form: FeedbackForm, *, at: datetime) -> None:
    """That it was given stands with the person, what was given does not."""
    if SignUp.objects.filter(pk=row.pk, has_given_feedback=False).update(has_given_feedback=True):
        Feedback.objects.create(webinar=row.webinar, given_at=at, **form.cleaned_data)


@require_safe
@personal_page
def certificate(request: HttpRequest, row: SignUp) -> HttpResponse:
    """The certificate as PDF; until the worker has made it, a page that says so and looks again."""
    if not has_certificate(row, clock.now()):
        raise Http404
    certificates.ask(row)
    return paper(request, certificates.find(row), is_kept=True)

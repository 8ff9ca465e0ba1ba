"""Registering: the form, what was sent, the link again, and places that pass to somebody."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import clock, places
from events.addresses import event_url, for_event
from events.models import Event, Place, Pool
from registration import access, services, typos
from registration.forms import AddressForm, PersonForm, PlaceForm, RegistrationForm
from registration.models import Registration

SENT = "just_registered"
CORRECT_MINUTES = 30


def see_other(url: str) -> HttpResponse:
    """After a POST: look there, with a GET."""
    return HttpResponseRedirect(url, status=303)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def register(request: HttpRequest, event: Event) -> HttpResponse:
    """One page, one post, no account. Before and after the windows it says when and what to do."""
    at = clock.now()
    context: dict[str, Any] = {"is_on_site_open": event.on_site_is_open(at), "is_remote_open": event.remote_is_open(at)}
    if request.method == "POST":
        form = RegistrationForm(event, request.POST, at=at)
        if form.is_valid() and (outcome := _try_to_register(event, form)):
            _remember_sent(request, form, outcome)
            return see_other(event_url(event, "register-sent"))
        context["form"] = form
    elif not event.is_open(at):
        return render(request, "registration/closed.html", {"opens_at": event.opens_at(at)})
    else:
        blank = SimpleLazyObject(lambda: RegistrationForm(event, at=at))
        context |= {"blank_form": blank, "form_key": uuid.uuid4()}
    context["places"] = _places_left(event, at)
    return render(request, "registration/register.html", context, status=422 if "form" in context else 200)


def _try_to_register(event: Event, form: RegistrationForm) -> services.Outcome | None:
    try:
        return services.register(event, form.details(), form_key=form.cleaned_data["form_key"], by=None)
    except services.Closed:
        form.add_error(None, _("Registration has closed while you were filling in the form. Nothing was sent."))
    except services.NotPossible as refusal:
        form.add_error(None, str(refusal.message))
    return None


def _places_left(event: Event, at: datetime) -> dict[str, Any] | None:
    """What the form says about places before it is sent; None when on-site places cannot be had or are unlimited."""
    if not event.on_site_is_open(at):
        return None
    pools = list(Pool.objects.of_days(event.pk))
    if not pools:
        return None
    waiting = Registration.objects.for_event(event).filter(status=Place.Status.WAITING).count()
    return {
        "left": min(pool.free for pool in pools),
        "capacity": min(pool.capacity for pool in pools),
        "waiting": waiting,
    }


def _remember_sent(request: HttpRequest, form: PersonForm, outcome: services.Outcome) -> None:
    """What the same browser may see and correct for half an hour. For a known address nothing was made, so what was
    typed is kept, and a correction registers with it: the pages read the same in both cases."""
    email = form.cleaned_data["email"]
    until = clock.real_now() + timedelta(minutes=CORRECT_MINUTES)
    kept: dict[str, Any] = {"email": email, "until": until.timestamp()}
    if outcome.is_new or outcome.registration.form_key == form.cleaned_data["form_key"]:
        kept["registration"] = outcome.registration.pk
    else:
        kept["typed"] = form.data.urlencode() if isinstance(form.data, QueryDict) else ""
    request.session[SENT] = {**request.session.get(SENT, {}), str(form.event.pk): kept}


def _recall_sent(request: HttpRequest, event: Event) -> dict[str, Any] | None:
    kept = request.session.get(SENT, {}).get(str(event.pk))
    return kept if kept and kept["until"] > clock.real_now().timestamp() else None


@never_cache
@require_safe
@for_event
def sent(request: HttpRequest, event: Event) -> HttpResponse:
    """What was sent and to which address; the same for a known and a new one."""
    kept = _recall_sent(request, event)
    if kept is None:
        return see_other(event_url(event, "register"))
    context = {
        "email": kept["email"],
        "suggestion": typos.suggestion(kept["email"]),
        "form": AddressForm(label_suffix=""),
    }
    return render(request, "registration/sent.html", context)


@never_cache
@require_POST
@for_event
def correct_address(request: HttpRequest, event: Event) -> HttpResponse:
    """A mistyped address, mended in the same browser."""
    kept = _recall_sent(request, event)
    if kept is None:
        return see_other(event_url(event, "register"))
    form = AddressForm(request.POST, label_suffix="")
    if not form.is_valid():
        context = {"email": kept["email"], "form": form}
        return render(request, "registration/sent.html", context, status=422)
    email = form.cleaned_data["email"]
    if "registration" in kept:
        _correct(kept["registration"], email)
    else:
        _register_again(request, event, kept, email)
    sent_now = request.session[SENT][str(event.pk)]
    request.session[SENT] = {**request.session[SENT], str(event.pk): {**sent_now, "email": email}}
    return see_other(event_url(event, "register-sent"))


def _correct(registration_id: int, email: str) -> None:
    try:
        services.correct_address(registration_id, email, by=None)
    except services.NotPossible:
        return  # ended meanwhile: the mail that says so is on its way


def _register_again(request: HttpRequest, event: Event, kept: dict[str, Any], email: str) -> None:
    """The first address was known and nothing was made: register what was typed with the right one."""
    typed = QueryDict(kept["typed"], mutable=True)
    typed["email"] = email
    form = RegistrationForm(event, typed, at=clock.now())
    if form.is_valid() and (outcome := _try_to_register(event, form)):
        _remember_sent(request, form, outcome)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def ask_link(request: HttpRequest, event: Event) -> HttpResponse:
    """ "Send me my link again" tells nobody who is registered: the answer is the same for every address."""
    form = AddressForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        for registration in Registration.objects.for_event(event).live().by_email(form.cleaned_data["email"]):
            services.send_link(registration, by=None)
        return render(request, "registration/link_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "registration/ask_link.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def take_over(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """A colleague confirms the place that was given to them, with their own data."""
    handover = access.handover_by_token(event, token)
    if handover.ended_at and not handover.taken_by_id:
        return render(request, "registration/link_used.html", status=410)
    form = PlaceForm(event, request.POST or None, at=clock.now(), initial={"email": handover.to_email})
    if request.method == "POST" and form.is_valid():
        details = form.details(attendance=Registration.Attendance.ON_SITE, days=list(handover.registration.days.all()))
        if taker := _try_place(
            form, lambda: services.take_over(handover.pk, details, form_key=form.cleaned_data["form_key"])
        ):
            _remember_sent(request, form, services.Outcome(taker, True))
            return see_other(event_url(event, "register-sent"))
    context = {"form": form, "giver": handover.registration, "days": handover.registration.days.all()}
    return render(request, "registration/take_over.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def use_claim(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """Register on a reserved place."""
    claim = access.claim_by_token(event, token)
    if not claim.is_live and not claim.registration_id:
        return render(request, "registration/link_used.html", status=410)
    form = PlaceForm(event, request.POST or None, at=clock.now())
    if request.method == "POST" and form.is_valid():
        attendance = Registration.Attendance.REMOTE if event.is_virtual else Registration.Attendance.ON_SITE
        details = form.details(attendance=attendance, days=list(claim.days.all()))
        if taker := _try_place(
            form, lambda: services.register_on_claim(claim.pk, details, form_key=form.cleaned_data["form_key"])
        ):
            _remember_sent(request, form, services.Outcome(taker, True))
            return see_other(event_url(event, "register-sent"))
    context = {"form": form, "claim": claim, "days": claim.days.all(), "language": get_language()}
    return render(request, "registration/use_claim.html", context, status=422 if form.errors else 200)


def _try_place(form: PlaceForm, step: Any) -> Registration | None:
    try:
        taken: Registration = step()
    except (services.AlreadyRegistered, services.LinkUsed, services.NotPossible, places.NoPlaces) as refusal:
        form.add_error(None, str(refusal.message))
        return None
    return taken

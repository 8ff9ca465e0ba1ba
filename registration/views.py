"""Registering: the form, what was sent, the link again, and places that pass to somebody."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import clock, just_sent, typos
from events.addresses import event_url, for_event, see_other
from events.forms import AddressForm
from events.models import Event, Place
from registration import access, services
from registration.forms import PersonForm, PlaceForm, RegistrationForm, initial_of
from registration.models import Registration

SENT = "just_registered"
NEEDS_FIELDS = {"dietary", "accessibility", "needs_consent"}


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def register(request: HttpRequest, event: Event) -> HttpResponse:
    """One page, one post, no account. Before and after the windows it says when and what to do."""
    at = clock.now()
    context: dict[str, Any] = {
        "is_on_site_open": event.on_site_is_open(at),
        "is_remote_open": event.remote_is_open(at),
        "on_site_opens_at": event.on_site_opens_at if event.on_site_opens_at and event.on_site_opens_at > at else None,
    }
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


def _try_to_register(event: Event, form: RegistrationForm, *, is_corrected: bool = False) -> services.Outcome | None:
    key = form.cleaned_data["form_key"]
    try:
        return services.register(event, form.details(), form_key=key, by=None, is_corrected=is_corrected)
    except services.Closed:
        form.add_error(None, _("Registration has closed while you were filling in the form. Nothing was sent."))
    except services.NotPossible as refusal:
        form.add_error(None, str(refusal.message))
    return None


def _places_left(event: Event, at: datetime) -> dict[str, Any] | None:
    """What the form says about places before it is sent; None when on-site places cannot be had or are unlimited.

    Where days have places of their own, each day is told.
    """
    days = [day for day in event.days.select_related("pool") if day.pool] if event.on_site_is_open(at) else []
    pools = {day.pool for day in days}
    if not pools:
        return None
    waiting = Registration.objects.for_event(event).filter(status=Place.Status.WAITING).count()
    left = min(pool.free for pool in pools if pool)
    return {"left": left, "waiting": waiting, "days": days if len(pools) > 1 else []}


def _remember_sent(request: HttpRequest, form: PersonForm, outcome: services.Outcome) -> None:
    """What the same browser may see and correct for half an hour.

    For a known address nothing was made, so what was typed is kept, and a correction registers with it: the pages
    read the same in both cases. Dietary and accessibility answers are not kept there.
    """
    kept: dict[str, Any] = {"email": form.cleaned_data["email"]}
    if outcome.is_own:
        kept["registration"] = outcome.registration.pk
        access.bring_along(request, outcome.registration)
    else:
        kept["typed"] = typed_in(form)
    just_sent.keep(request, SENT, form.event, kept)


def typed_in(form: PersonForm) -> dict[str, list[str]]:
    """What was typed into the form's own fields, without the needs."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    names = [name for name in form.fields if name not in NEEDS_FIELDS]
    return {name: [str(value) for value in data.getlist(name)] for name in names if name in data}


@never_cache
@require_safe
@for_event
def sent(request: HttpRequest, event: Event) -> HttpResponse:
    """What was sent and to which address; the same for a known and a new one."""
    kept = just_sent.recall(request, SENT, event)
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
    kept = just_sent.recall(request, SENT, event)
    if kept is None:
        return see_other(event_url(event, "register"))
    form = AddressForm(request.POST, label_suffix="")
    if not form.is_valid():
        context = {"email": kept["email"], "form": form}
        return render(request, "registration/sent.html", context, status=422)
    email = form.cleaned_data["email"]
    if "registration" in kept:
        kept = _correct(kept, email)
    elif outcome := _register_again(event, kept["typed"], email):
        if outcome.is_own:
            access.bring_along(request, outcome.registration)
        kept = {"until": kept["until"], **({"registration": outcome.registration.pk} if outcome.is_own else kept)}
    just_sent.keep(request, SENT, event, {**kept, "email": email})
    return see_other(event_url(event, "register-sent"))


def _correct(kept: dict[str, Any], email: str) -> dict[str, Any]:
    """Correct the address of what was made; if the right one is known, what was made ends and is kept as typed."""
    before = Registration.objects.select_related("event").get(pk=kept["registration"])
    typed = typed_of(before)
    try:
        after = services.correct_address(before.pk, email, by=None)
    except services.Refusal:
        return kept  # ended meanwhile, or corrected too often: the page reads the same
    return kept if after.is_live else {"until": kept["until"], "typed": typed}


def typed_of(registration: Registration) -> dict[str, list[str]]:
    """What somebody must have typed to make this registration, without the needs."""
    initial = initial_of(registration) | {
        "attendance": registration.attendance,
        "organisation_type": registration.organisation_type_id,
        "privacy": "on",
        "privacy_version": registration.privacy_version,
        "form_key": uuid.uuid4(),
    }
    plain = {name: value for name, value in initial.items() if name not in NEEDS_FIELDS}
    lists = {name: value if isinstance(value, list) else [value] for name, value in plain.items()}
    return {name: [str(value) for value in values if value not in (None, False)] for name, values in lists.items()}


def _register_again(event: Event, typed: dict[str, list[str]], email: str) -> services.Outcome | None:
    """The first address was known and nothing was made: register what was typed with the right one."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    data["email"] = email
    form = RegistrationForm(event, data, at=clock.now())
    return _try_to_register(event, form, is_corrected=True) if form.is_valid() else None


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
    if handover.ended_at and request.method != "POST":
        return render(request, "registration/link_used.html", status=410)
    form = PlaceForm(event, request.POST or None, at=clock.now(), initial={"email": handover.to_email})
    if request.method == "POST" and form.is_valid():
        details = form.details(attendance=Registration.Attendance.ON_SITE)
        if taker := _try_place(
            form, lambda: services.take_over(handover.pk, details, form_key=form.cleaned_data["form_key"])
        ):
            _remember_sent(request, form, services.Outcome(taker, is_new=True, is_own=True))
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
    if not claim.is_live and request.method != "POST":
        return render(request, "registration/link_used.html", status=410)
    form = PlaceForm(event, request.POST or None, at=clock.now())
    if request.method == "POST" and form.is_valid():
        details = form.details(attendance=Registration.Attendance.ON_SITE)
        if taker := _try_place(
            form, lambda: services.register_on_claim(claim.pk, details, form_key=form.cleaned_data["form_key"])
        ):
            _remember_sent(request, form, services.Outcome(taker, is_new=True, is_own=True))
            return see_other(event_url(event, "register-sent"))
    context = {"form": form, "claim": claim, "days": claim.days.all(), "language": get_language()}
    return render(request, "registration/use_claim.html", context, status=422 if form.errors else 200)


def _try_place(form: PlaceForm, step: Any) -> Registration | None:
    try:
        taken: Registration = step()
    except services.Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return None
    return taken

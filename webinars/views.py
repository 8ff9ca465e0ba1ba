"""The public pages of webinars: which come and which were, one of them, signing up, one's links again."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import clock, just_sent, typos, uploads
from events.addresses import event_url, for_event, see_other
from events.forms import AddressForm
from events.models import Event
from events.pagecache import public_page
from webinars import services
from webinars.forms import SignUpForm
from webinars.models import LANGUAGES, Series, Webinar
from webinars.models.webinar import INTERPRETED

SENT = "just_signed_up"


class Group(NamedTuple):
    """Coming webinars that belong together; those without a series come last."""

    series: Series | None
    webinars: list[Webinar]

    @property
    def is_open(self) -> bool:
        """Whether one can sign up for any of them."""
        return any(not webinar.is_cancelled for webinar in self.webinars)


@require_safe
@public_page
@for_event
def webinars(request: HttpRequest, event: Event) -> HttpResponse:
    """The next ones by series, then the past ones with their recordings."""
    at = clock.now()
    found = list(Webinar.objects.for_event(event).public().select_related("series", "pool").order_by("starts_at", "pk"))
    past = [webinar for webinar in reversed(found) if webinar.is_over(at)]
    context = {
        "groups": _groups([webinar for webinar in found if not webinar.is_over(at)]),
        "past": [(webinar, webinar.shows_recording(at)) for webinar in past],
    }
    return render(request, "webinars/webinars.html", context)


def _groups(coming: Sequence[Webinar]) -> list[Group]:
    by_series: dict[Series | None, list[Webinar]] = {}
    for webinar in coming:
        by_series.setdefault(webinar.series, []).append(webinar)
    single = by_series.pop(None, [])
    return [*(Group(series, rows) for series, rows in by_series.items()), *([Group(None, single)] if single else [])]


def _public(event: Event, slug: str) -> Webinar:
    return get_object_or_404(
        Webinar.objects.for_event(event).public().select_related("series", "call", "pool"), slug=slug
    )


@require_safe
@public_page
@for_event
def webinar(request: HttpRequest, event: Event, webinar_slug: str) -> HttpResponse:
    """What it is about, who speaks, when, in which languages; afterwards recording and materials."""
    found, at = _public(event, webinar_slug), clock.now()
    context = {"is_open": found.takes_sign_ups(at), "is_over": found.is_over(at), **about(found)}
    return render(request, "webinars/webinar.html", context)


def about(found: Webinar) -> dict[str, Any]:
    """What every page of one webinar tells."""
    return {
        "webinar": found,
        "speaks": [name for code, name in LANGUAGES if code in found.languages],
        "interpreted": [name for code, name in INTERPRETED if code in found.interpreted_into],
        "speakers": (found.speakers or "").splitlines(),
        "shows_recording": found.shows_recording(clock.now()),
        "materials": list(found.materials.select_related("upload")),
    }


@require_safe
@for_event
def material(request: HttpRequest, event: Event, webinar_slug: str, pk: int) -> HttpResponse:
    """A file that goes with a public webinar."""
    rows = _public(event, webinar_slug).materials.exclude(upload=None).select_related("upload")
    found = get_object_or_404(rows, pk=pk)
    assert found.upload is not None
    return uploads.serve(found.upload)


# --- Signing up -------------------------------------------------------------------------------------------------------
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def sign_up(request: HttpRequest, event: Event) -> HttpResponse:
    """One page, one post, no account; what the address names is ticked already."""
    form = SignUpForm(event, request.POST or None, at=clock.now(), initial={"webinars": _wanted(request, event)})
    if request.method == "POST" and form.is_valid() and _try_to_sign_up(event, form):
        _remember_sent(request, event, form)
        return see_other(event_url(event, "webinar-sent"))
    context = {"form": form, "are_there_any": bool(form.fields["webinars"].queryset)}  # type: ignore[attr-defined]
    return render(request, "webinars/sign_up.html", context, status=422 if form.errors else 200)


def _wanted(request: HttpRequest, event: Event) -> list[int]:
    """The webinar, or the webinars of the series, from whose page one comes."""
    rows = Webinar.objects.for_event(event).open_for_sign_up(clock.now())
    if slug := request.GET.get("webinar"):
        rows = rows.filter(slug=slug)
    elif slug := request.GET.get("series"):
        rows = rows.filter(series__slug=slug)
    else:
        return []
    return list(rows.values_list("pk", flat=True))


def _try_to_sign_up(event: Event, form: SignUpForm) -> bool:
    keys = [chosen.pk for chosen in form.cleaned_data["webinars"]]
    try:
        services.sign_up(event, keys, form.details(), form_key=form.cleaned_data["form_key"], by=None)
    except services.Refusal as refusal:
        form.add_error("webinars", str(refusal.message))
        return False
    return True


def _remember_sent(request: HttpRequest, event: Event, form: SignUpForm) -> None:
    """What the same browser is told next and may correct; the same for a known and a new address."""
    cleaned, details = form.cleaned_data, form.details()
    kept = {
        "email": details.email, "sent_before": [details.email], "form_key": str(cleaned["form_key"]),
        "webinars": [webinar.pk for webinar in cleaned["webinars"]], "organisation_type": details.organisation_type.pk,
        "details": {name: getattr(details, name) for name in ("language", "name", "organisation", "privacy_version")},
    }  # fmt: skip
    just_sent.keep(request, SENT, event, kept)


@never_cache
@require_safe
@for_event
def sent(request: HttpRequest, event: Event) -> HttpResponse:
    """What was sent and to which address."""
    kept = just_sent.recall(request, SENT, event)
    if kept is None:
        return see_other(event_url(event, "webinar-sign-up"))
    return _sent_page(request, event, kept, AddressForm(label_suffix=""))


def _sent_page(request: HttpRequest, event: Event, kept: dict[str, Any], form: AddressForm) -> HttpResponse:
    rows = Webinar.objects.for_event(event).public()
    context = {
        "email": kept["email"],
        "suggestion": "" if form.errors else typos.suggestion(kept["email"]),
        "form": form,
        "chosen": rows.filter(pk__in=kept["webinars"]).order_by("starts_at", "pk"),
    }
    return render(request, "webinars/sent.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@for_event
def correct_address(request: HttpRequest, event: Event) -> HttpResponse:
    """A mistyped address, mended in the same browser: the same form is sent again with the right one."""
    kept = just_sent.recall(request, SENT, event)
    if kept is None:
        return see_other(event_url(event, "webinar-sign-up"))
    form = AddressForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _sent_page(request, event, kept, form)
    email = form.cleaned_data["email"]
    kind = get_object_or_404(event.organisation_types, pk=kept["organisation_type"])
    details = services.Details(email=email, organisation_type=kind, **kept["details"])
    with suppress(services.Refusal):  # ended meanwhile, or corrected too often: the page reads the same
        services.sign_up(
            event, kept["webinars"], details, form_key=uuid.UUID(kept["form_key"]), by=None,
            sent_before=kept["sent_before"],
        )  # fmt: skip
    just_sent.keep(request, SENT, event, {**kept, "email": email, "sent_before": [*kept["sent_before"], email]})
    return see_other(event_url(event, "webinar-sent"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def ask_links(request: HttpRequest, event: Event) -> HttpResponse:
    """ "Send me my link again" tells nobody who has signed up: the answer is the same for every address."""
    form = AddressForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        services.send_links(event, form.cleaned_data["email"], by=None)
        return render(request, "webinars/links_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "webinars/ask_links.html", {"form": form}, status=422 if form.errors else 200)

"""The personal page behind a link: see, change, switch, pass on, cancel. GET shows, POST changes."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import clock, documents, places, qr
from events.addresses import View, by_link, event_url, see_other
from events.papers import paper
from registration import access, calendars, reports, services
from registration.forms import ChangeForm, ColleagueForm, OnSiteForm, PersonForm
from registration.models import Needs, Registration

# What else there is for this person: the apps above add their functions of (registration, moment) in AppConfig.ready.
ALSO: list[Callable[[Registration, datetime], list[dict[str, str]]]] = []


def personal_page(view: View) -> View:
    """The registration behind the link, kept in the session from now on."""

    @by_link(access.by_token)
    @wraps(view)
    def remembered(request: HttpRequest, registration: Registration, *args: Any, **kwargs: Any) -> HttpResponse:
        access.remember(request, registration)
        return view(request, registration, *args, **kwargs)

    return remembered


def address(registration: Registration, name: str) -> str:
    """A page of this registration."""
    return event_url(registration.event, name, token=access.personal_token(registration))


def back(registration: Registration) -> HttpResponse:
    """To the personal page."""
    return see_other(address(registration, "personal"))


def attempt(request: HttpRequest, step: Callable[[], Any], done: str) -> bool:
    """Take a step; say on the next page that it is done, or why not."""
    try:
        step()
    except services.Refusal as refusal:
        messages.error(request, str(refusal.message))
        return False
    messages.success(request, done)
    return True


@require_safe
@personal_page
def personal(request: HttpRequest, registration: Registration) -> HttpResponse:
    """How it stands, and everything one can do."""
    at = clock.now()
    badge = registration.badges.valid().first() if registration.has_badge else None
    document = _badge_document(registration) if badge else None
    context = {
        "registration": registration,
        "token": access.personal_token(registration),
        "days": list(registration.days.all()),
        "needs": Needs.objects.filter(registration=registration).first(),
        "answers": [(question.label, told) for question, told in reports.answers(registration) if told],
        "position": places.position(registration) if registration.is_waiting else None,
        "is_offered": registration.is_offered(at),
        "badge": badge,
        "badge_is_made": bool(document and document.made_at),
        "handover": registration.handovers.filter(ended_at=None).first(),
        "can_change": registration.can_change(at),
        "also": [card for cards in ALSO for card in cards(registration, at)],
        "can_come": not registration.is_on_site and registration.event.on_site_is_open(at),
    }
    return render(request, "registration/personal.html", context)


def _badge_document(registration: Registration) -> Any:
    return documents.find("badge", registration, language=registration.language, version=registration.version)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def change(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Change one's answers."""
    form = ChangeForm(registration, request.POST or None, at=clock.now())
    if request.method == "POST" and form.is_valid():
        step = lambda: services.change(registration.pk, form.details(), by=None)  # noqa: E731
        if attempt_form(request, form, step, _("Your changes are saved. You will get a mail that confirms them.")):
            return back(registration)
    context = {"form": form, "registration": registration, "back_url": address(registration, "personal")}
    return render(request, "registration/change.html", context, status=422 if form.errors else 200)


def attempt_form(request: HttpRequest, form: PersonForm, step: Callable[[], Any], done: str) -> bool:
    """Take a step with a form's answers; a refusal becomes an error of the form, and what was typed stays."""
    try:
        step()
    except services.Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return False
    messages.success(request, done)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def switch_to_on_site(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Come to the venue after all: asks what only concerns the venue."""
    if registration.is_on_site or registration.event.is_virtual:
        return back(registration)
    form = OnSiteForm(registration, request.POST or None, at=clock.now())
    if request.method == "POST" and form.is_valid():
        step = lambda: services.switch_to_on_site(registration.pk, form.details(), by=None)  # noqa: E731
        if attempt_form(request, form, step, _("You are now registered on site. See below how it stands.")):
            return back(registration)
    context = {"form": form, "registration": registration, "back_url": address(registration, "personal")}
    return render(request, "registration/on_site.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def switch_to_remote(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take part remotely instead; asks once more, because the place goes to the next."""
    if request.method == "POST":
        done = _("You now take part remotely. Your place is free for somebody else.")
        attempt(request, lambda: services.switch_to_remote(registration.pk, by=None), done)
        return back(registration)
    return render(
        request,
        "registration/remote.html",
        {"registration": registration, "back_url": address(registration, "personal")},
    )


@require_POST
@personal_page
def follow_remotely(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take part remotely while waiting, or not."""
    wanted = request.POST.get("wanted") == "yes"
    done = _("You take part remotely until you get a place.") if wanted else _("You only wait for a place now.")
    attempt(request, lambda: services.follow_remotely(registration.pk, wanted=wanted, by=None), done)
    return back(registration)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def give_to_colleague(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Offer one's place to a colleague."""
    form = ColleagueForm(request.POST or None, initial={"language": registration.language}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        given = {"to_email": form.cleaned_data["email"], "language": form.cleaned_data["language"]}
        done = _("Your colleague gets a mail with a link. Your place stays yours until they confirm.")
        if attempt(request, lambda: services.give_to_colleague(registration.pk, **given, by=None), done):
            return back(registration)
    context = {"form": form, "registration": registration, "back_url": address(registration, "personal")}
    return render(request, "registration/colleague.html", context, status=422 if form.errors else 200)


@require_POST
@personal_page
def keep_after_all(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take the offer to a colleague back."""
    done = _("The link you sent to your colleague no longer works. You keep your place.")
    attempt(request, lambda: services.keep_after_all(registration.pk, by=None), done)
    return back(registration)


@require_POST
@personal_page
def answer_offer(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Accept or decline an offered place."""
    if request.POST.get("answer") == "accept":
        done = _("The place is yours. Your confirmation is on its way.")
        attempt(request, lambda: services.accept_offer(registration.pk, by=None), done)
    else:
        done = _("Thank you for telling us. The place goes to the next in the queue.")
        attempt(request, lambda: services.decline_offer(registration.pk, by=None), done)
    return back(registration)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def cancel(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Cancel the registration; asks once more."""
    if request.method == "POST":
        attempt(request, lambda: services.cancel(registration.pk, by=None), _("Your registration is cancelled."))
        return back(registration)
    context = {"registration": registration, "back_url": address(registration, "personal")}
    return render(request, "registration/cancel.html", context)


@require_POST
@personal_page
def forget_needs(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Withdraw the consent to keep dietary and accessibility answers."""
    done = _("Your dietary and accessibility answers are deleted.")
    attempt(request, lambda: services.forget_needs(registration.pk, by=None), done)
    return back(registration)


@require_safe
@personal_page
def badge(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The badge as PDF; until the worker has made it, a page that says so and looks again."""
    document = _badge_document(registration) if registration.has_badge else None
    if document is None:
        raise Http404
    return paper(request, document, waiting="registration/badge_waiting.html", is_kept=True)


@require_safe
@personal_page
def qr_image(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The QR code of the badge, for the personal page."""
    found = registration.badges.valid().first() if registration.has_badge else None
    if found is None:
        raise Http404
    return HttpResponse(qr.png(bytes(found.matrix), scale=8), content_type="image/png")


@require_safe
@personal_page
def calendar(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The days as a calendar file."""
    attachment = calendars.calendar(registration)
    if attachment is None:
        raise Http404
    return download(attachment.content, attachment.media_type, attachment.filename)


def download(content: bytes, media_type: str, filename: str) -> HttpResponse:
    """A file to be saved."""
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )

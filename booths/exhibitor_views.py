"""The exhibitor's own page behind a link: what is missing until when, texts, needs, badges for colleagues, papers.

GET shows, POST changes.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booths import access, deadlines, documents, texts
from booths.forms import AboutForm, BadgeByMailForm, BadgesForm, NeedsForm, OwnForm, TextsForm
from booths.models import Booth, BoothBadge, BoothChange, Exhibition
from booths.services import exhibiting
from events import addresses, clock, uploads
from events.addresses import event_url, see_other
from events.models import Place
from events.papers import paper
from events.transitions import Refusal
from registration.offerings import claim_link

SHOWN_METHODS = ["GET", "HEAD", "POST"]


by_link = addresses.by_link(access.booth_by_token)


def address(booth: Booth, name: str = "exhibitor") -> str:
    """A page of this exhibitor."""
    return event_url(booth.event, name, token=access.booth_token(booth))


def exhibition_of(booth: Booth) -> Exhibition | None:
    """Read with the booth."""
    return getattr(booth.event, "exhibition", None)


# --- The page ---------------------------------------------------------------------------------------------------------
@require_safe
@by_link
def exhibitor_page(request: HttpRequest, booth: Booth) -> HttpResponse:
    """Where the booth stands, what is missing until when, and the way to everything."""
    return _page(request, booth)


def _page(request: HttpRequest, booth: Booth, **forms: OwnForm) -> HttpResponse:
    at, exhibition, badges = clock.now(), exhibition_of(booth), exhibiting.badges_of(booth)
    most = exhibiting.most_badges(booth, exhibition)
    context = {
        "booth": booth,
        "token": access.booth_token(booth),
        "exhibition": exhibition,
        "tasks": deadlines.tasks(booth, exhibition, at, has_badges=bool(badges)),
        "change": booth.changes.filter(status=BoothChange.Status.ASKED).first(),
        "knows_place": booth.place_id is not None
        and (booth.told_place_id == booth.place_id or not booth.why_not_public),
        "badges": [_badge(badge, request.LANGUAGE_CODE) for badge in badges],
        "most_badges": most,
        "badges_left": most - len(badges),
        "can_order": exhibition is None or exhibition.is_open("staff", at),
        "states": [(texts.NAMES[code], state) for code, state in texts.states(booth).items()],
        "badges_form": forms.get("badges_form") or BadgesForm(booth),
        "mail_form": forms.get("mail_form") or BadgeByMailForm(booth),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "booths/exhibitor.html", context, status=status)


def _badge(badge: BoothBadge, language: str) -> dict[str, Any]:
    is_open = badge.claim.status == Place.Status.RESERVED
    registration = badge.claim.registration
    return {
        "pk": badge.pk,
        "link": claim_link(badge.claim, language) if is_open else "",
        "name": registration.full_name if registration else "",
    }


# --- Texts, facts, needs ----------------------------------------------------------------------------------------------
def _form_page(
    request: HttpRequest, booth: Booth, form: OwnForm, template: str, what: str, **context: Any
) -> HttpResponse:
    exhibition = exhibition_of(booth)
    is_open = exhibition is None or exhibition.is_open(what, clock.now())
    until = getattr(exhibition, f"{what}_until") if exhibition else None
    given = {"booth": booth, "form": form, "back_url": address(booth), "is_open": is_open, "until": until, **context}
    return render(request, template, given, status=422 if form.errors else 200)


def _attempt(request: HttpRequest, form: OwnForm, step: Callable[[], Any], done: str) -> bool:
    """Take a step with a form's answers; a refusal becomes an error of the form, and what was typed stays."""
    try:
        step()
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return False
    messages.success(request, done)
    return True


@require_http_methods(SHOWN_METHODS)
@by_link
def texts_page(request: HttpRequest, booth: Booth) -> HttpResponse:
    """Title and description; of a public booth an organiser takes them over."""
    change = booth.changes.filter(status=BoothChange.Status.ASKED).first()
    form = TextsForm(
        booth, *([request.POST] if request.method == "POST" else []), asked=change.texts if change else None
    )
    is_public = booth.published_at is not None
    if request.method == "POST" and form.is_valid():
        done = (
            gettext("Thank you. An organiser reads the new texts, and we tell you by mail when they are taken over.")
            if is_public
            else gettext("Thank you, your texts are saved.")
        )
        if _attempt(request, form, lambda: exhibiting.write_texts(booth.pk, form.cleaned_data), done):
            return see_other(address(booth))
    return _form_page(request, booth, form, "booths/exhibitor_texts.html", "texts", is_public=is_public, change=change)


@uploads.takes_files
@require_http_methods(SHOWN_METHODS)
@by_link
def about_page(request: HttpRequest, booth: Booth) -> HttpResponse:
    """The web address, themes, languages, the logo."""
    form = AboutForm(booth, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        step = lambda: exhibiting.tell(booth.pk, form.cleaned_data, logo=form.kept)  # noqa: E731
        if _attempt(request, form, step, gettext("Thank you, your answers are saved.")):
            return see_other(address(booth))
    return _form_page(request, booth, form, "booths/exhibitor_about.html", "texts")


@require_http_methods(SHOWN_METHODS)
@by_link
def needs_page(request: HttpRequest, booth: Booth) -> HttpResponse:
    """What must be there, until the date for it."""
    form = NeedsForm(booth, *([request.POST] if request.method == "POST" else []))
    if request.method == "POST" and form.is_valid():
        step = lambda: exhibiting.tell_needs(booth.pk, form.cleaned_data)  # noqa: E731
        if _attempt(request, form, step, gettext("Thank you, your answers are saved.")):
            return see_other(address(booth))
    return _form_page(request, booth, form, "booths/exhibitor_needs.html", "needs")


# --- Badges -----------------------------------------------------------------------------------------------------------
@require_POST
@by_link
def order_badges(request: HttpRequest, booth: Booth) -> HttpResponse:
    """Links for so many people."""
    form = BadgesForm(booth, request.POST)
    if form.is_valid():
        step = lambda: exhibiting.order_badges(booth.pk, number=form.cleaned_data["number"])  # noqa: E731
        if _attempt(request, form, step, gettext("The links are below: pass each on to one person.")):
            return see_other(f"{address(booth)}#badges")
    return _page(request, booth, badges_form=form)


@require_POST
@by_link
def mail_badge(request: HttpRequest, booth: Booth) -> HttpResponse:
    """A link for a colleague, by mail."""
    form = BadgeByMailForm(booth, request.POST)
    if form.is_valid():
        step = lambda: exhibiting.order_badges(booth.pk, email=form.cleaned_data["email"])  # noqa: E731
        if _attempt(request, form, step, gettext("The link is on its way to your colleague.")):
            return see_other(f"{address(booth)}#badges")
    return _page(request, booth, mail_form=form)


@require_POST
@by_link
def take_badge_back(request: HttpRequest, booth: Booth, pk: int) -> HttpResponse:
    """A link that nobody has used ends."""
    try:
        exhibiting.take_badge_back(booth.pk, pk)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, gettext("The link no longer works. You can order the badge for somebody else."))
    return see_other(f"{address(booth)}#badges")


# --- Papers -----------------------------------------------------------------------------------------------------------
@require_safe
@by_link
def sign(request: HttpRequest, booth: Booth) -> HttpResponse:
    """The sign of the booth as PDF."""
    return paper(request, documents.ask(documents.SIGN, booth))


@require_safe
@by_link
def codes(request: HttpRequest, booth: Booth) -> HttpResponse:
    """Codes that lead to the booth's page, as PDF."""
    return paper(request, documents.ask(documents.CODES, booth))


@require_safe
@by_link
def own_logo(request: HttpRequest, booth: Booth) -> HttpResponse:
    """Their own logo."""
    if booth.logo is None:
        raise Http404
    return uploads.serve(booth.logo)

"""Calls, and what is sent in to them: begin without a password, go on by a link. GET shows, POST changes."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import addresses, calls, clock, richtext, senders, uploads
from events.addresses import event_url, for_event, see_other
from events.forms import AddressForm
from events.forms.submission import SubmissionForm
from events.kinds import KINDS, kind_of
from events.models import Call, Event, Submission
from events.pagecache import public_page
from events.services import answering, submitting
from events.transitions import Refusal

SHOWN_METHODS = ["GET", "HEAD", "POST"]

# Where a call is told about: the apps above add their functions of a call in AppConfig.ready. Each gives what the page
# lists, with title, starts_at, ends_at and url.
INFORMATION_SESSIONS: list[Callable[[Call], list[dict[str, Any]]]] = []


# --- Calls: the same for everybody ------------------------------------------------------------------------------------
@public_page
@for_event
def calls_page(request: HttpRequest, event: Event) -> HttpResponse:
    """Open, coming and past calls."""
    at = clock.now()
    rows = list(Call.objects.filter(event=event).of_kind(*KINDS).order_by("closes_at", "pk"))
    context = {
        "open_calls": [call for call in rows if call.is_open(at)],
        "coming_calls": [call for call in rows if call.opens_at > at],
        "past_calls": [call for call in reversed(rows) if call.is_over(at)],
    }
    return render(request, "events/calls/list.html", context)


@public_page
@for_event
def call_page(request: HttpRequest, event: Event, call_slug: str) -> HttpResponse:
    """What is called for, until when, what is asked and by which criteria it is decided."""
    call, at = _call(event, call_slug), clock.now()
    context = {
        "call": call,
        "body": richtext.render(call.body),
        "criteria": list(call.criteria.all()),
        "choices": list(call.choices.all()),
        "groups": _form(call).groups(),
        "is_open": call.is_open(at),
        "is_over": call.is_over(at),
        "information_sessions": [one for told in INFORMATION_SESSIONS for one in told(call)],
    }
    return render(request, "events/calls/call.html", context)


def _form(call: Call, *args: Any, **kwargs: Any) -> SubmissionForm:
    """The form of this kind of call."""
    form: SubmissionForm = kind_of(call).form(call, *args, **kwargs)
    return form


def _call(event: Event, slug: str) -> Call:
    return get_object_or_404(Call.objects.select_related("event").of_kind(*KINDS), event=event, slug=slug)


# --- Beginning --------------------------------------------------------------------------------------------------------
@uploads.takes_files
@never_cache
@sensitive_post_parameters()
@require_http_methods(SHOWN_METHODS)
@for_event
def begin(request: HttpRequest, event: Event, call_slug: str) -> HttpResponse:
    """A form without an account: saved as a draft at any time, or sent in."""
    call, at = _call(event, call_slug), clock.now()
    if request.method != "POST":
        if not call.is_open(at):
            return see_other(event_url(event, "call", call_slug=call.slug))
        form = _form(call, initial=_prefilled(event, request.GET.get("from", "")))
        return _form_page(request, call, form)
    is_sending = request.POST.get("step") == "send"
    form = _form(call, request.POST, request.FILES, is_sending=is_sending)
    if not call.is_open(at):  # before files are kept
        return _too_late(request, call, form, calls.CallClosed.message)
    if not form.is_valid():
        return _form_page(request, call, form)
    try:
        return _begun(request, form, is_sending=is_sending, at=at)
    except Refusal as refusal:
        return _too_late(request, call, form, refusal.message)


def _prefilled(event: Event, value: str) -> dict[str, Any]:
    """Who is offered this call in a letter need not type their name again."""
    row = senders.prefilled(event, value) if value else None
    names = ("email", "name", "organisation", "municipality", "phone")
    known = {name: getattr(row, name) for name in names} if row else {}
    return known | ({"organisation_type": row.organisation_type_id} if row else {})


def _begun(request: HttpRequest, form: SubmissionForm, *, is_sending: bool, at: datetime) -> HttpResponse:
    """To the page behind the link; a form that comes a second time with other words is shown beside the first."""
    key = form.cleaned_data["form_key"] or uuid.uuid4()
    outcome = submitting.begin(
        form.call, form.answers(), language=form.language, form_key=key, is_sending=is_sending, at=at
    )
    row = outcome.row
    if not outcome.is_new:
        if differences := form.differences(row):
            return _conflict(request, row, form, differences)
        if is_sending:
            row = submitting.send_in(row, at=at)
    return _saved(request, row, is_sending=is_sending)


def _saved(request: HttpRequest, row: Submission, *, is_sending: bool) -> HttpResponse:
    if is_sending:
        words = _("Sent in. A receipt is on its way to %(email)s.")
    else:
        words = _("Your draft is saved. The link to it is in the mail that was sent to %(email)s.")
    messages.success(request, words % {"email": row.email})
    return back(row)


def _form_page(request: HttpRequest, call: Call, form: SubmissionForm, **context: Any) -> HttpResponse:
    """New or not, empty or with errors."""
    row = form.row
    context |= {
        "form": form,
        "call": call,
        "submission": row,
        "action": address(row, "submission-edit") if row else request.path,
        "back_url": address(row, "submission") if row else event_url(call.event, "call", call_slug=call.slug),
        "other_languages": [] if row or form.is_bound else _other_languages(call, form.language),
    }
    status = 422 if form.errors or "differences" in context else 200
    return render(request, "events/calls/form.html", context, status=status)


def _other_languages(call: Call, language: str) -> list[dict[str, str]]:
    """The same form in the other languages: one writes in the language of the page."""
    names = {"fi": "suomi", "sv": "svenska", "en": "English"}
    return [
        {"code": code, "name": name, "url": event_url(call.event, "call-form", language=code, call_slug=call.slug)}
        for code, name in names.items()
        if code != language
    ]


def _conflict(
    request: HttpRequest, row: Submission, form: SubmissionForm, differences: list[tuple[Any, str, str]]
) -> HttpResponse:
    """Both are shown: what is saved, and what was typed here. Saving once more keeps what was typed."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(row.version)
    again = type(form)(row.call, data, row=row)
    again.is_valid()
    again.kept = again.kept or form.kept
    return _form_page(request, row.call, again, differences=differences)


def _too_late(request: HttpRequest, call: Call, form: SubmissionForm, reason: Any) -> HttpResponse:
    """Nothing is saved; what was typed is there to be copied."""
    at = clock.now()
    context = {"call": call, "reason": reason, "typed": form.typed(), "is_over": call.is_over(at)}
    context["is_coming"] = call.opens_at > at
    return render(request, "events/calls/late.html", context, status=409)


# --- Behind the link --------------------------------------------------------------------------------------------------
by_link = addresses.by_link(senders.by_token)


def address(row: Submission, name: str, **kwargs: Any) -> str:
    """A page of this draft or of what was sent in."""
    return event_url(row.event, name, token=senders.token_of(row), **kwargs)


def back(row: Submission) -> HttpResponse:
    """To its page."""
    return see_other(address(row, "submission"))


def attempt(request: HttpRequest, step: Callable[[], Any], done: str) -> None:
    """Take a step; say on the next page that it is done, or why not."""
    try:
        step()
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)


@require_safe
@by_link
def submission(request: HttpRequest, row: Submission) -> HttpResponse:
    """How it stands, and everything one can do."""
    at = clock.now()
    can_edit = row.can_be_edited(at)
    context = {
        "submission": row,
        "call": row.call,
        "token": senders.token_of(row),
        "can_edit": can_edit,
        "is_over": row.call.is_over(at),
        "missing": _form(row.call, row=row).missing() if row.is_draft and can_edit else [],
        "page_part": kind_of(row).page_part,
        "notes": kind_of(row).notes(row),
        "can_withdraw": row.status in {row.Status.DRAFT, row.Status.SUBMITTED, row.Status.RESERVED},
        "can_return": row.status == row.Status.WITHDRAWN and row.call.is_open(at),
        "can_answer": row.status == row.Status.ACCEPTED,
        "can_decline": row.status == row.Status.CONFIRMED,
    }
    return render(request, "events/calls/submission.html", context)


@uploads.takes_files
@require_http_methods(SHOWN_METHODS)
@by_link
def edit(request: HttpRequest, row: Submission) -> HttpResponse:
    """Go on with a draft, send it in, or change what is sent in."""
    at = clock.now()
    if request.method != "POST":
        return _form_page(request, row.call, _form(row.call, row=row)) if row.can_be_edited(at) else back(row)
    is_sending = request.POST.get("step") == "send" or row.is_sent_in
    form = _form(row.call, request.POST, request.FILES, row=row, is_sending=is_sending)
    if not row.can_be_edited(at):
        return _too_late(request, row.call, form, _why_not(row, at))
    if not form.is_valid():
        return _form_page(request, row.call, form)
    return _save(request, form, row, is_sending=is_sending, at=at)


def _why_not(row: Submission, at: datetime) -> Any:
    return submitting.NotEditable.message if row.call.is_open(at) else calls.CallClosed.message


def _save(
    request: HttpRequest, form: SubmissionForm, row: Submission, *, is_sending: bool, at: datetime
) -> HttpResponse:
    seen = form.cleaned_data["version"] or 0
    was_draft = row.is_draft
    try:
        saved = submitting.save(row, form.answers(), seen_version=seen, is_sending=is_sending, at=at)
    except submitting.ChangedMeanwhile:
        fresh = type(row)._default_manager.select_related("event", "call").get(pk=row.pk)
        if differences := form.differences(fresh):
            return _conflict(request, fresh, form, differences)
        saved = submitting.send_in(fresh, at=at) if is_sending else fresh
    except Refusal as refusal:
        return _too_late(request, row.call, form, refusal.message)
    if is_sending and not was_draft:
        messages.success(request, _("Your changes are saved. You will get a mail that confirms them."))
        return back(saved)
    return _saved(request, saved, is_sending=is_sending)


@require_http_methods(SHOWN_METHODS)
@by_link
def withdraw(request: HttpRequest, row: Submission) -> HttpResponse:
    """Take it back; asks first."""
    if request.method == "POST":
        attempt(request, lambda: answering.withdraw(row), _("It is withdrawn. You will get a mail that confirms it."))
        return back(row)
    is_open = row.call.is_open(clock.now())
    context = {"submission": row, "call": row.call, "is_open": is_open, "back_url": address(row, "submission")}
    return render(request, "events/calls/withdraw.html", context)


@require_POST
@by_link
def take_up_again(request: HttpRequest, row: Submission) -> HttpResponse:
    """What was withdrawn is a draft again."""
    attempt(
        request, lambda: submitting.take_up_again(row), _("It is a draft again. Send it in before the call closes.")
    )
    return back(row)


@require_http_methods(SHOWN_METHODS)
@by_link
def answer(request: HttpRequest, row: Submission) -> HttpResponse:
    """Selected: come, or not."""
    if request.method == "POST":
        if request.POST.get("answer") == "confirm":
            done = _("Thank you, you have confirmed that you will take part.")
            attempt(request, lambda: answering.confirm(row), done)
        elif request.POST.get("answer") == "decline":
            done = _("Thank you for telling us that you will not take part.")
            attempt(request, lambda: answering.decline(row), done)
        return back(row)
    if row.status not in {row.Status.ACCEPTED, row.Status.CONFIRMED}:
        return back(row)
    context = {"submission": row, "call": row.call, "back_url": address(row, "submission")}
    return render(request, "events/calls/answer.html", context)


@require_safe
@by_link
def file(request: HttpRequest, row: Submission, pk: int) -> HttpResponse:
    """One's own picture or attachment."""
    files = (getattr(row, name) for name in kind_of(row).form.takes)
    found = next((kept for kept in files if kept and kept.pk == pk), None)
    if found is None:
        raise Http404
    return uploads.serve(found)


# --- The link again ---------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(SHOWN_METHODS)
@for_event
def ask_link(request: HttpRequest, event: Event) -> HttpResponse:
    """ "Send me my link again" tells nobody who has sent something in: the answer is the same for every address."""
    form = AddressForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        submitting.send_links(event, form.cleaned_data["email"])
        return render(request, "events/calls/link_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "events/calls/ask_link.html", {"form": form}, status=422 if form.errors else 200)

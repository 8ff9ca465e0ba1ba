"""Those who speak along: the proposer mends who is asked, they answer by their own link. GET shows, POST changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.addresses import for_event, see_other
from events.call_views import SHOWN_METHODS, address, attempt, back, by_link
from events.models import Event, Submission
from events.transitions import Refusal
from programme import access, services
from programme.forms import AnswerForm, CorrectionForm
from programme.models import CoPresenter, Proposal


@require_http_methods(SHOWN_METHODS)
@by_link
def correct_co_presenter(request: HttpRequest, row: Submission, pk: int) -> HttpResponse:
    """Mend who is asked: the old link ends, the right person is asked."""
    rows = row.co_presenters.all() if isinstance(row, Proposal) else CoPresenter.objects.none()
    person = get_object_or_404(rows, pk=pk)
    if row.has_ended:
        return back(row)
    initial = {"name": person.name, "email": person.email, "organisation": person.organisation}
    form = CorrectionForm(request.POST or None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid():
        mended = services.Person(**{name: form.cleaned_data[name] for name in ("email", "name", "organisation")})
        try:
            services.correct(person.pk, mended)
        except Refusal as refusal:
            form.add_error("email", str(refusal.message))
        else:
            messages.success(request, _("%(name)s is asked with a new link.") % {"name": mended.name})
            return back(row)
    context = {"form": form, "submission": row, "co_presenter": person, "back_url": address(row, "submission")}
    return render(request, "programme/correct_co_presenter.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(SHOWN_METHODS)
@for_event
def co_presenter(request: HttpRequest, event: Event, token: str) -> HttpResponse:
    """Whose invitation it is, to what; yes, no, or "this is not for me"."""
    row = access.co_presenter_by_token(event, token)
    context: dict[str, Any] = {"co_presenter": row, "submission": row.proposal, "call": row.proposal.call}
    if request.method != "POST":
        form = AnswerForm(initial={"name": row.name, "organisation": row.organisation}, label_suffix="")
        return render(request, "programme/co_presenter.html", {**context, "form": form})
    if request.POST.get("answer") == "wrong":
        services.not_me(row.pk)
        return render(request, "programme/co_presenter_wrong.html", context)
    form = AnswerForm(request.POST, label_suffix="")
    if not form.is_valid():
        return render(request, "programme/co_presenter.html", {**context, "form": form}, status=422)
    is_yes = request.POST.get("answer") == "yes"
    step = lambda: services.answer(row.pk, is_yes=is_yes, **form.cleaned_data)  # noqa: E731
    attempt(request, step, _("Thank you, %(name)s has been told.") % {"name": row.proposal.name or row.proposal.email})
    return see_other(request.path)

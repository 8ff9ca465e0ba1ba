"""Putting many people on a check-in list at once: from the list of registrations, or by their addresses."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.admin_base import KEPT_FIELDS, SHOWN_ROWS
from events.models import Event
from events.plaintext import TextInput
from registration import services
from registration.admin.filters import shown_event
from registration.models import CheckInList, Registration

MOST_LETTERS = 100_000


class ListForm(forms.Form):
    """Which list."""

    check_in_list: Any = forms.ModelChoiceField(CheckInList.objects.none(), label=_("Check-in list"))

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        choices: Any = self.fields["check_in_list"]
        choices.queryset = event.check_in_lists.all()


class AddressesForm(forms.Form):
    """Addresses, however they are separated; those that nobody has are named."""

    emails = TextInput(
        label=_("E-mail addresses"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60}),
        help_text=_("One on a line, or separated by commas or spaces, as you copy them."),
    )

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.event = event

    def clean_emails(self) -> list[int]:
        """The keys of the live registrations with these addresses; one query."""
        wanted = {word.casefold() for word in re.split(r"[\s,;<>]+", self.cleaned_data["emails"]) if "@" in word}
        live = Registration.objects.for_event(self.event).live().values_list("email", "pk")
        known = {email.casefold(): pk for email, pk in live}
        if missing := sorted(wanted - known.keys()):
            text = gettext("Nobody is registered with: %(addresses)s. Correct or remove these.")
            raise forms.ValidationError(text % {"addresses": ", ".join(missing)}, code="unknown")
        if not wanted:
            raise forms.ValidationError(gettext("There is no e-mail address in this text."), code="none")
        return [known[email] for email in wanted]


def say_put(request: HttpRequest, check_in_list: CheckInList, added: int) -> None:
    """How many came onto the list."""
    text = ngettext("%(count)d person was put on %(list)s.", "%(count)d people were put on %(list)s.", added)
    messages.success(request, text % {"count": added, "list": check_in_list})


def say_taken(request: HttpRequest, check_in_list: CheckInList, removed: int) -> None:
    """How many left the list."""
    text = ngettext("%(count)d person was taken off %(list)s.", "%(count)d people were taken off %(list)s.", removed)
    messages.success(request, text % {"count": removed, "list": check_in_list})


def _ask(model_admin: Any, request: HttpRequest, rows: QuerySet[Any], form: ListForm, label: Any) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": label,
        "button": label,
        "form": form,
        "rows": rows[:SHOWN_ROWS],
        "more": max(rows.count() - SHOWN_ROWS, 0),
        "kept": [(name, value) for name in KEPT_FIELDS for value in request.POST.getlist(name)],
    }
    return TemplateResponse(request, "admin/registration/choose_list.html", context, status=422 if form.errors else 200)


def _action(name: str, label: Any, act: Callable[..., int], say: Callable[..., None]) -> Any:
    @admin.action(description=label, permissions=["steps"])
    def take(model_admin: Any, request: HttpRequest, rows: QuerySet[Registration]) -> HttpResponse | None:
        event = model_admin.refuse_others(request, shown_event(request))
        rows = rows.filter(event=event)
        if not event.check_in_lists.exists():
            messages.warning(request, gettext("There is no check-in list yet. Make one first."))
            return redirect("admin:registration_checkinlist_changelist")
        form = ListForm(event, request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return _ask(model_admin, request, rows, form, label)
        chosen = form.cleaned_data["check_in_list"]
        keys = list(rows.order_by().values_list("pk", flat=True))
        say(request, chosen, act(chosen.pk, keys, by=request.user))
        return None

    take.__name__ = name
    return take


ACTIONS = [
    _action("put_on_list", _("Put on a check-in list"), services.put_on_list, say_put),
    _action("take_off_list", _("Take off a check-in list"), services.take_off_list, say_taken),
]

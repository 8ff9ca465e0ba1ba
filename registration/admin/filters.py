"""The filters of the list of registrations: it shows one event, and offers that event's own choices."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events import admin_base
from events.dates import long_day
from events.models import Event
from events.plaintext import key_in
from registration.models import Registration


def shown_event(request: HttpRequest) -> Event | None:
    """The event that the list is about."""
    return admin_base.shown_event(request, Registration)


class _OwnChoices(admin.SimpleListFilter):
    """A filter by rows of the event that is shown."""

    path = ""

    def rows(self, event: Event) -> list[tuple[str, str]]:
        """The choices."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those of the event that is shown."""
        event = shown_event(request)
        return self.rows(event) if event else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the key that was chosen; anything else is no key."""
        key = key_in(self.value())
        return queryset if key is None else queryset.filter(**{self.path: key})


class DayFilter(_OwnChoices):
    """By the day on which people come."""

    title, parameter_name, path = _("day"), "day", "days"

    def rows(self, event: Event) -> list[tuple[str, str]]:
        """The days."""
        return [(str(day.pk), long_day(day.date)) for day in event.days.all()]


class TypeFilter(_OwnChoices):
    """By the type of organisation."""

    title, parameter_name, path = _("type of organisation"), "type", "organisation_type"

    def rows(self, event: Event) -> list[tuple[str, str]]:
        """The types."""
        return [(str(row.pk), row.name) for row in event.organisation_types.all()]


class RoleFilter(_OwnChoices):
    """By the role at the event."""

    title, parameter_name, path = pgettext_lazy("at the event", "role"), "role", "role"

    def rows(self, event: Event) -> list[tuple[str, str]]:
        """The roles."""
        return [(str(row.pk), row.name) for row in event.roles.all()]

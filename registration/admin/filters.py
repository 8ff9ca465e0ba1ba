"""The filters of the list of registrations: it shows one event, and offers that event's own choices."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events import access
from events.dates import long_day
from events.models import Event
from events.plaintext import key_in
from registration.models import Registration


def shown_event(request: HttpRequest) -> Event | None:
    """The event that the list is about; asked of the database once a request."""
    if not hasattr(request, "shown_event"):
        events = access.events_of(request.user, "view", model=Registration)
        request.own_events = list(events)  # type: ignore[attr-defined]
        chosen = access.chosen_event(request.own_events, request.GET.get("event"))  # type: ignore[attr-defined]
        request.shown_event = chosen  # type: ignore[attr-defined]
    event: Event | None = request.shown_event  # type: ignore[attr-defined]
    return event


class EventFilter(admin.SimpleListFilter):
    """One event at a time: the current one unless another is chosen."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One's own events."""
        self.event = shown_event(request)
        return [(str(event.pk), event.name) for event in request.own_events]  # type: ignore[attr-defined]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of this event alone."""
        return queryset.filter(event=self.event)

    def choices(self, changelist: Any) -> Any:
        """There is no "all": numbers, exports and messages belong to one event."""
        for key, name in self.lookup_choices:
            yield {
                "selected": self.event is not None and key == str(self.event.pk),
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": name,
            }


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

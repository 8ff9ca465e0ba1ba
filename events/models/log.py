"""The log: who did what to which row, when. Written in the same transaction, only ever added to."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models.event import Event

if TYPE_CHECKING:
    from events.models.user import User


class About(models.Model):
    """A row that is about another row, of any app; `Mail`, `Document` and `LogEntry` are."""

    about_type = models.CharField(max_length=60, editable=False)
    about_id = models.BigIntegerField(editable=False)

    class Meta:
        abstract = True


def about(row: models.Model) -> dict[str, Any]:
    """The two columns that point at a row: {"about_type": "registration.registration", "about_id": 7}."""
    return {"about_type": row._meta.label_lower, "about_id": row.pk}


def _event_id(row: Any) -> int:
    event_id: int = row.pk if isinstance(row, Event) else row.event_id
    return event_id


class LogQuerySet(models.QuerySet["LogEntry"]):
    """Questions about the log."""

    def record(self, row: Any, action: str, *, by: "User | None", **details: Any) -> "LogEntry":
        """Write an entry; details are facts such as counts and states, never what a person answered."""
        [entry] = self.record_all([row], action, by=by, **details)
        return entry

    def record_all(self, rows: Iterable[Any], action: str, *, by: "User | None", **details: Any) -> "list[LogEntry]":
        """The same for several rows."""
        same = {"action": action, "by": by, "details": details, "at": clock.now()}
        entries: Any = [LogEntry(event_id=_event_id(row), **same, **about(row)) for row in rows]
        return list(self.bulk_create(entries))

    def about(self, row: models.Model) -> Self:
        """The history of a row, oldest first."""
        return self.filter(**about(row)).order_by("at", "pk")


class LogEntry(About):
    """One thing that happened."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="log", verbose_name=_("event"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    action = models.CharField(_("action"), max_length=60)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["about_type", "about_id"], name="log_about")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {gettext(self.action)}"

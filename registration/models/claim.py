"""How a place passes to somebody: reserved for a person not known yet, or given to a colleague."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Day, Event, Place, PlaceQuerySet, Role
from events.plaintext import LineField
from registration.models.registration import Registration


class Claim(Place):
    """A place reserved without a person: whoever opens the link first registers on it."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="claims", verbose_name=_("event"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", verbose_name=_("role"))
    days = models.ManyToManyField(Day, blank=True, related_name="+", verbose_name=_("days"))
    note = LineField(_("for whom"), max_length=200, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("given by"),
    )
    given_at = models.DateTimeField(_("given"), editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    registration = models.OneToOneField(
        Registration, models.PROTECT, null=True, blank=True, editable=False, related_name="claim"
    )

    objects = PlaceQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = _("reserved place")
        verbose_name_plural = _("reserved places")
        ordering: ClassVar[list[str]] = ["-given_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Place.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="passed_on", registration__isnull=False)
                | (~Q(status="passed_on") & Q(registration__isnull=True)),
                name="claim_passed_on_has_registration",
            ),
        ]

    def __str__(self) -> str:
        return self.note or str(self.role)


class Handover(models.Model):
    """The offer of one's place to a colleague, who confirms it with their own data."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="handovers")
    to_email = models.EmailField(_("colleague's e-mail"))
    language = models.CharField(max_length=2, choices=Registration.Language.choices)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.OneToOneField(
        Registration, models.SET_NULL, null=True, blank=True, related_name="taken_over_by_handover"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration"], condition=Q(ended_at=None), name="handover_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} → {self.to_email}"

    @property
    def event(self) -> Event:
        """The event of the place."""
        return self.registration.event

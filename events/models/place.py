"""Limited places: pools, and what holds a place in them. The mechanism itself is `events.places`."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.event import Event, is_not_past
from events.plaintext import LineField


class PoolQuerySet(models.QuerySet["Pool"]):
    """Questions about pools."""

    def of_days(self, event_id: int) -> Self:
        """The pools that on-site places of an event come from."""
        return self.filter(pk__in=Pool.objects.filter(days__event=event_id).values("pk"))

    def of_registrations(self) -> Self:
        """Without those that something has of its own and counts its own people in, such as a workshop or webinar."""
        owners = [link.name for link in self.model._meta.related_objects if link.one_to_one]
        return self.filter(**dict.fromkeys(owners))


class Pool(models.Model):
    """A number of places. `taken` is recounted from the rows at every change, and can never exceed the capacity."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="pools", verbose_name=_("event"))
    name = LineField(_("name"), max_length=120)
    capacity = models.PositiveIntegerField(_("capacity"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)

    objects = PoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("pool of places")
        verbose_name_plural = _("pools of places")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")),
                name="pool_not_oversold",
                violation_error_message=_("More places are taken than that."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def free(self) -> int:
        """Places that nobody holds; trustworthy under the pool's lock."""
        return self.capacity - self.taken


class PlaceQuerySet(models.QuerySet[Any]):
    """Questions about places."""

    def taking(self) -> Self:
        """Those that count against their pools: confirmed, offered, reserved."""
        return self.filter(status__in=Place.TAKING)

    def live(self) -> Self:
        """Those that hold a place or wait for one."""
        return self.filter(status__in=Place.LIVE)

    def lapsed(self, at: datetime) -> Self:
        """Offers whose last minute is over; the end is shown to the minute and includes it."""
        return self.filter(status=Place.Status.OFFERED, offer_ends_at__lt=at.replace(second=0, microsecond=0))

    def queue(self) -> Self:
        """Those who wait, in the order in which they came."""
        return self.filter(status=Place.Status.WAITING).order_by("queued_at", "pk")


class Place(models.Model):
    """Somebody's or something's hold on places: the base of registrations, claims, bookings and sign-ups.

    A place names the pools it needs, all or none of them; or no pool at all, when it does not count.
    """

    class Status(models.TextChoices):
        """Waiting, offered, confirmed (or confirmed at once); reserved is for nobody yet; the rest have ended."""

        WAITING = "waiting", _("on the waiting list")
        OFFERED = "offered", _("place offered")
        CONFIRMED = "confirmed", _("confirmed")
        RESERVED = "reserved", _("reserved")
        PASSED_ON = "passed_on", _("passed on")
        CANCELLED = "cancelled", _("cancelled")
        DECLINED = "declined", _("offer declined")
        LAPSED = "lapsed", _("offer not answered")

    TAKING: ClassVar[set[str]] = {Status.CONFIRMED, Status.OFFERED, Status.RESERVED}
    LIVE: ClassVar[set[str]] = TAKING | {Status.WAITING}
    TRANSITIONS: ClassVar[dict[Any, set[Any]]] = {
        Status.WAITING: {Status.OFFERED, Status.CONFIRMED, Status.CANCELLED},
        Status.OFFERED: {Status.CONFIRMED, Status.WAITING, Status.DECLINED, Status.LAPSED, Status.CANCELLED},
        Status.CONFIRMED: {Status.WAITING, Status.CANCELLED, Status.PASSED_ON},
        Status.RESERVED: {Status.PASSED_ON, Status.CANCELLED},
        Status.DECLINED: {Status.CONFIRMED},  # without a pool: takes part remotely instead
        Status.LAPSED: {Status.CONFIRMED},
    }

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, editable=False)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1, editable=False)
    pools = models.ManyToManyField(Pool, blank=True, editable=False, related_name="+", verbose_name=_("pools"))
    queued_at = models.DateTimeField(_("in the queue since"), null=True, blank=True, editable=False)
    offered_at = models.DateTimeField(_("offered"), null=True, blank=True, editable=False)
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(offered_at__isnull=False, offer_ends_at__isnull=False) | ~Q(status="offered"),
                name="%(app_label)s_%(class)s_offer_has_end",
            ),
            models.CheckConstraint(
                condition=Q(queued_at__isnull=False) | ~Q(status="waiting"),
                name="%(app_label)s_%(class)s_queue_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, status__in=["confirmed", "offered", "reserved", "waiting"])
                | Q(ended_at__isnull=False, status__in=["cancelled", "declined", "lapsed", "passed_on"]),
                name="%(app_label)s_%(class)s_end_has_moment",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="%(app_label)s_%(class)s_has_seats"),
        ]

    @property
    def is_live(self) -> bool:
        """Holds a place, or waits for one."""
        return self.status in self.LIVE

    @property
    def is_waiting(self) -> bool:
        """On the waiting list."""
        return self.status == self.Status.WAITING

    @property
    def is_confirmed(self) -> bool:
        """Has what was asked for."""
        return self.status == self.Status.CONFIRMED

    def is_offered(self, at: datetime) -> bool:
        """Has an offer that can still be accepted: it is dead when its last minute is over, whoever notices when."""
        if self.status != self.Status.OFFERED or self.offer_ends_at is None:
            return False
        return is_not_past(self.offer_ends_at, at)

"""Releases: content and slots as they were published. The public site, search, feeds and notices read these alone."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import Event, Place, PlaceQuerySet
from events.plaintext import LineField, TextField
from programme.models.session import Room, Session
from registration.models import Registration


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

    def visible(self) -> Self:
        """What everybody may see: all. Only the demo, which travels back in time, knows of some that lie ahead."""
        return self.filter(released_at__lte=clock.now()) if settings.DEMO else self.all()


class Release(models.Model):
    """A publication of the programme, with a note; the newest is what everybody sees."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="releases", verbose_name=_("event"))
    number = models.PositiveIntegerField(_("number"), editable=False)
    note = TextField(_("note"), max_length=2000, blank=True)
    missing_reason = LineField(
        _("reason for missing languages"), max_length=300, blank=True,
        help_text=_("Publishing needs Finnish and Swedish; where one is missing, say why."),
    )  # fmt: skip
    is_urgent = models.BooleanField(_("urgent"), default=False, editable=False)  # of one session, told at once
    released_at = models.DateTimeField(_("published"), editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("published by"),
    )  # fmt: skip
    notices_at = models.DateTimeField(_("notices sent"), null=True, editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="release_number_once")]

    def __str__(self) -> str:
        return f"{self.event.slug} · {self.number}"


class ReleasedSession(models.Model):
    """A session as a release shows it: one JSON document a language, and what is filtered and sorted by."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="sessions")
    session = models.ForeignKey(Session, models.PROTECT, related_name="released")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    is_all_day = models.BooleanField(default=False)
    is_cancelled = models.BooleanField(default=False)
    is_streamed = models.BooleanField(default=False)
    kind = models.CharField(max_length=10)
    slug = models.SlugField(max_length=60)
    format = models.CharField(max_length=40, blank=True)  # short names, as in the filters' addresses
    themes = ArrayField(models.CharField(max_length=40), default=list)
    languages = ArrayField(models.CharField(max_length=2), default=list)
    sequence = models.PositiveIntegerField(default=0)
    documents = models.JSONField()  # {"fi": {...}, "sv": {...}, "en": {...}}; see programme.releases
    text_hash = models.CharField(max_length=64)  # of the words alone: tells a changed text from a moved slot
    words_fi = SearchVectorField(null=True)
    words_sv = SearchVectorField(null=True)
    words_en = SearchVectorField(null=True)

    class Meta:
        ordering = ["starts_at", "room__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["release", "session"], name="released_session_once")]

    def __str__(self) -> str:
        return f"{self.release_id} · {self.slug}"


class BookingQuerySet(PlaceQuerySet):
    """Questions about places in sessions."""

    def of_registration(self, registration: Registration) -> Self:
        """One person's."""
        return self.filter(registration=registration)


class Booking(Place):
    """A place in a session with limited places: confirmed, or waiting, as registrations are."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="bookings", verbose_name=_("event"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings", verbose_name=_("session"))
    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="bookings", verbose_name=_("registration")
    )
    booked_at = models.DateTimeField(_("booked"), editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = _("place in a session")
        verbose_name_plural = _("places in sessions")
        ordering: ClassVar[list[str]] = ["-booked_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Place.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "registration"],
                condition=models.Q(status__in=sorted(Place.LIVE)),
                name="booking_one_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.registration_id}"


class Favourite(models.Model):
    """A session that somebody who is registered wants to remember."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="favourites")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="favourites")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "registration"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.registration_id}"

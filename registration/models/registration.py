"""A registration: one person's taking part in one event."""

import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import EmailValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from events.alphabet import sort_key
from events.clock import day_of
from events.models import Day, Event, OrganisationType, Place, PlaceQuerySet, Role
from events.plaintext import LineField, TextField

NAME_LENGTH = 120


def new_link_version() -> int:
    """Where the versions of a registration's links begin: at random, so that a link does not tell its history."""
    return secrets.randbelow(1_000_000_000)


class RegistrationQuerySet(PlaceQuerySet):
    """Questions about registrations."""

    def for_event(self, event: Event) -> Self:
        """Of one event."""
        return self.filter(event=event)

    def on_site(self) -> Self:
        """Those who come, or want to come, to the venue."""
        return self.filter(attendance=Registration.Attendance.ON_SITE)

    def remote(self) -> Self:
        """Those who follow from elsewhere."""
        return self.filter(attendance=Registration.Attendance.REMOTE)

    def with_badge(self) -> Self:
        """Those who get a badge: confirmed on site."""
        return self.on_site().filter(status=Place.Status.CONFIRMED)

    def by_email(self, email: str) -> Self:
        """Somebody's registrations; letter case does not matter."""
        return self.filter(email__iexact=email)

    def in_alphabet(self) -> Self:
        """By family name, å ä ö at the end."""
        return self.order_by("sort_key", "pk")


class Registration(Place):
    """One person in one event. Remote registrations need no pool and are confirmed at once."""

    class Attendance(models.TextChoices):
        """Where the person takes part."""

        ON_SITE = "on_site", _("on site")
        REMOTE = "remote", _("remotely")

    class Photo(models.TextChoices):
        """Whether photographs are all right; no answer is no answer."""

        OK = "ok", _("You may photograph me")
        NO_PHOTO = "no_photo", _("Please do not photograph me")

    class Language(models.TextChoices):
        """In their own names, as people look for them."""

        FI = "fi", "suomi"
        SV = "sv", "svenska"
        EN = "en", "English"

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations", verbose_name=_("event"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", verbose_name=_("role"))
    form_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    language = models.CharField(_("language of mail"), max_length=2, choices=Language.choices, default="fi")
    first_name = LineField(_("first name"), max_length=NAME_LENGTH)
    last_name = LineField(_("last name"), max_length=NAME_LENGTH)
    badge_name = LineField(_("name on the badge"), max_length=NAME_LENGTH, blank=True)
    email = models.EmailField(_("e-mail"), validators=[EmailValidator()])
    organisation = LineField(_("organisation"), max_length=160)
    organisation_type = models.ForeignKey(
        OrganisationType, models.PROTECT, related_name="+", verbose_name=_("type of organisation")
    )
    job_title = LineField(_("job title"), max_length=120, blank=True)
    municipality = models.CharField(_("municipality"), max_length=6, blank=True)
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language.choices), verbose_name=_("languages"), default=list, blank=True
    )
    attendance = models.CharField(_("attendance"), max_length=10, choices=Attendance.choices)
    days = models.ManyToManyField(Day, blank=True, related_name="+", verbose_name=_("days"))
    remote_meanwhile = models.BooleanField(_("takes part remotely while waiting"), default=False)
    photo = models.CharField(_("photographs"), max_length=10, choices=Photo.choices, blank=True)
    has_assistant = models.BooleanField(_("a personal assistant comes along"), default=False)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    privacy_version = models.PositiveIntegerField(_("version of the privacy notice"), default=1, editable=False)
    sort_key = models.CharField(max_length=400, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    link_version = models.PositiveIntegerField(default=new_link_version, editable=False)
    registered_at = models.DateTimeField(_("registered"), editable=False)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip

    objects = RegistrationQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering: ClassVar[list[str]] = ["-registered_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["event", "status", "queued_at"], name="registration_queue"),
            models.Index(fields=["event", "sort_key"], name="registration_alphabet"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Place.Meta.constraints,
            models.UniqueConstraint(
                "event", Lower("email"), condition=Q(status__in=sorted(Place.LIVE)), name="registration_one_live"
            ),
            models.CheckConstraint(
                condition=Q(attendance="on_site") | Q(has_assistant=False, photo=""),
                name="registration_remote_is_plain",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def name_on_badge(self) -> str:
        """What the badge says."""
        return self.badge_name or self.full_name

    @property
    def get_languages(self) -> list[str]:
        """The languages understood, by their own names."""
        return [self.Language(code).label for code in self.languages]

    @property
    def is_on_site(self) -> bool:
        """Comes, or wants to come, to the venue."""
        return self.attendance == self.Attendance.ON_SITE

    @property
    def has_badge(self) -> bool:
        """Confirmed on site: may enter, and gets a card that says so."""
        return self.is_on_site and self.is_confirmed

    @property
    def follows_remotely(self) -> bool:
        """May follow the stream: registered remotely, or waiting for a place and following meanwhile."""
        return self.is_live and (not self.is_on_site or self.remote_meanwhile)

    def set_sort_key(self) -> None:
        """Family name, then first name, in the Finnish and Swedish alphabet."""
        self.sort_key = sort_key(f"{self.last_name} {self.first_name}")[:400]

    def can_change(self, at: datetime) -> bool:
        """Whether the person may still change or cancel: until the event has ended."""
        return self.is_live and day_of(at) <= self.event.ends_on


class Needs(models.Model):
    """Dietary and accessibility answers: own table, own permission, told with consent, deleted after the event."""

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="needs", primary_key=True)
    dietary = TextField(_("dietary requirements"), max_length=500, blank=True)
    accessibility = TextField(_("accessibility needs"), max_length=500, blank=True)
    consented_at = models.DateTimeField(_("consent given"))

    class Meta:
        verbose_name = _("dietary and accessibility needs")
        verbose_name_plural = _("dietary and accessibility needs")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class BadgeQuerySet(models.QuerySet["Badge"]):
    """Questions about badges."""

    def valid(self) -> Self:
        """Not revoked."""
        return self.filter(revoked_at=None)


class Badge(models.Model):
    """A code to be read at the door. It stays the same through changes; passed on to a colleague, it dies."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="badges", verbose_name=_("registration")
    )
    code = models.CharField(_("code"), max_length=32, unique=True)
    is_assistant = models.BooleanField(_("assistant"), default=False)
    matrix = models.BinaryField(editable=False)
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["is_assistant", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "is_assistant"], condition=Q(revoked_at=None), name="badge_one_valid"
            )
        ]

    def __str__(self) -> str:
        return self.code

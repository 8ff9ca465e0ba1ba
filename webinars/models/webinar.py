"""Webinars: a series, or single online sessions; the address of the meeting is a secret until the doors open."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.clock import day_of
from events.models import Call, Event, Pool
from events.models.upload import Upload
from events.plaintext import LineField, TextField

LANGUAGES = [("fi", "suomi"), ("sv", "svenska"), ("en", "English")]  # in their own names, as people look for them
INTERPRETED = [*LANGUAGES, ("fse", _("Finnish sign language"))]
PUBLISHED_IN = {"fi": _("the Finnish text is missing"), "sv": _("the Swedish text is missing")}
DOORS_OPEN = timedelta(minutes=15)
CAPTIONS_WITHIN = timedelta(days=14)
A_DAY_AND_AN_HOUR = (24 * 60, 60)
LONGEST_BEFORE = 28 * 24 * 60
SIGN_UP = "sign-up"  # an address of its own beside those of the webinars


def usual_reminders() -> list[int]:
    """A day and an hour before."""
    return list(A_DAY_AND_AN_HOUR)


def refuse_taken_address(slug: str) -> None:
    """Validator: one page of ours stands among the webinars."""
    if slug == SIGN_UP:
        raise ValidationError(_("This address is taken by the sign-up form."), code="taken")


class Series(models.Model):
    """Webinars that belong together, such as one a month about the same thing."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="webinar_series", verbose_name=_("event"))
    slug = models.SlugField(_("address part"), max_length=60)
    title = LineField(_("title"), max_length=160)
    description = TextField(_("description"), max_length=3000, blank=True)

    class Meta:
        verbose_name = _("series of webinars")
        verbose_name_plural = _("series of webinars")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="series_slug_once")]

    def __str__(self) -> str:
        return self.title


class WebinarQuerySet(models.QuerySet["Webinar"]):
    """Questions about webinars."""

    def for_event(self, event: Event) -> Self:
        """Of one event."""
        return self.filter(event=event)

    def public(self) -> Self:
        """What everybody sees; a cancelled one stays visible as cancelled."""
        return self.filter(is_public=True)

    def coming(self, at: datetime) -> Self:
        """Not over yet, the next one first."""
        return self.filter(ends_at__gt=at).order_by("starts_at", "pk")

    def past(self, at: datetime) -> Self:
        """Over, the last one first."""
        return self.filter(ends_at__lte=at).order_by("-starts_at", "-pk")

    def open_for_sign_up(self, at: datetime) -> Self:
        """One may sign up until they end."""
        return self.public().filter(cancelled_at=None).coming(at)


class Webinar(models.Model):
    """One online session, in three languages."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="webinars", verbose_name=_("event"))
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="webinars", verbose_name=_("series")
    )
    call = models.ForeignKey(
        Call, models.SET_NULL, null=True, blank=True, related_name="webinars", verbose_name=_("call"),
        help_text=_("An information session is shown on the page of its call."),
    )  # fmt: skip
    slug = models.SlugField(_("address part"), max_length=60, validators=[refuse_taken_address])
    title = LineField(_("title"), max_length=160)
    abstract = TextField(_("description"), max_length=3000, blank=True)
    speakers = TextField(
        _("speakers"), max_length=2000, blank=True, help_text=_("One a line: name, job title, organisation.")
    )
    languages = ArrayField(
        models.CharField(max_length=2, choices=LANGUAGES), verbose_name=_("languages"), default=list, blank=True
    )
    interpreted_into = ArrayField(
        models.CharField(max_length=3, choices=INTERPRETED), verbose_name=_("interpreted into"), default=list,
        blank=True,
    )  # fmt: skip
    has_captions = models.BooleanField(_("captions"), default=False)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    join_url = models.URLField(
        _("address of the meeting"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])],
        help_text=_("Secret: people are led there when the doors open, 15 minutes before the beginning."),
    )  # fmt: skip
    pool = models.OneToOneField(
        Pool, models.SET_NULL, null=True, blank=True, editable=False, related_name="webinar", verbose_name=_("places")
    )
    reminders = ArrayField(
        models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(LONGEST_BEFORE)]),
        verbose_name=_("reminders"), default=usual_reminders, blank=True, size=5,
        help_text=_("Minutes before the beginning, with commas: 1440 is a day, 60 is an hour."),
    )  # fmt: skip
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Title and description must be there in Finnish and Swedish.")
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of the calendar entries: grows with each move
    recording_url = models.URLField(_("recording"), max_length=500, blank=True)
    recorded_on = models.DateField(_("recording published"), null=True, blank=True)
    has_recording_captions = models.BooleanField(_("the recording has captions"), default=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = WebinarQuerySet.as_manager()

    class Meta:
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="webinar_slug_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="webinar_ends_after_beginning",
                violation_error_message=_("A webinar ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(join_url="") | Q(join_url__startswith="https://"),
                name="webinar_meeting_is_encrypted",
                violation_error_message=_("The address of the meeting begins with https://."),
            ),
            models.CheckConstraint(
                condition=Q(recording_url="") | Q(recorded_on__isnull=False),
                name="webinar_recording_has_day",
                violation_error_message=_("Say on which day the recording was published."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        """It stays visible, as cancelled."""
        return self.cancelled_at is not None

    @property
    def doors_open_at(self) -> datetime:
        """From when on people are let into the meeting."""
        return self.starts_at - DOORS_OPEN

    def is_over(self, at: datetime) -> bool:
        """It has ended."""
        return self.ends_at <= at

    def takes_sign_ups(self, at: datetime) -> bool:
        """One may sign up until it ends."""
        return self.is_public and not self.is_cancelled and not self.is_over(at)

    @property
    def is_full(self) -> bool:
        """Whoever signs up now waits for a place."""
        return self.pool is not None and self.pool.free <= 0

    def lets_in(self, at: datetime) -> bool:
        """The doors are open."""
        return not self.is_cancelled and self.doors_open_at <= at < self.ends_at

    def last_reminder(self, at: datetime) -> datetime | None:
        """The last moment of reminding that has come, before the beginning; None when none has."""
        moments = [self.starts_at - timedelta(minutes=minutes) for minutes in self.reminders]
        return max((moment for moment in moments if moment <= at < self.starts_at), default=None)

    def why_not_public(self) -> list[Any]:
        """What keeps it from being published; texts in Finnish and Swedish are equal."""
        return [
            reason
            for code, reason in PUBLISHED_IN.items()
            if not (getattr(self, f"title_{code}") and getattr(self, f"abstract_{code}"))
        ]

    @property
    def captions_due_on(self) -> date | None:
        """Until when the recording needs captions; None when it has them, or there is no recording."""
        if not self.recording_url or self.has_recording_captions or self.recorded_on is None:
            return None
        return self.recorded_on + CAPTIONS_WITHIN

    def shows_recording(self, at: datetime) -> bool:
        """There is one, and it is not without captions for longer than the law allows."""
        due = self.captions_due_on
        return bool(self.recording_url) and (due is None or day_of(at) <= due)


class Material(models.Model):
    """Slides and links that go with a webinar: a file or a link, shown on its page."""

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="materials", verbose_name=_("webinar"))
    title = LineField(_("title"), max_length=160)
    url = models.URLField(_("web address"), blank=True)
    upload = models.ForeignKey(Upload, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("file"))

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(upload=None) & ~Q(url="") | Q(upload__isnull=False, url=""),
                name="webinar_material_file_or_link",
                violation_error_message=_("A material is a file or a link."),
            )
        ]

    def __str__(self) -> str:
        return self.title

"""The programme as it is being made: rooms, sessions, their speakers and materials. The public reads releases only."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Event, Pool, Theme
from events.models.call import LANGUAGES
from events.models.ranges import OnlyThis
from events.models.upload import Upload
from events.plaintext import LineField, TextField
from programme.models.proposal import Format, Proposal
from registration.models import CheckInList, Claim, Registration

CAPTIONS_WITHIN = timedelta(days=14)  # as the law has it


class TimeSpan(Func):
    """From the beginning to the end, which no longer belongs to it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Room(models.Model):
    """Where sessions take place."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="rooms", verbose_name=_("event"))
    slug = models.SlugField(_("short name"), max_length=40)
    name = LineField(_("name"), max_length=80)
    seats = models.PositiveIntegerField(pgettext_lazy("in a room", "seats"), null=True, blank=True)
    access = LineField(_("accessibility"), max_length=300, blank=True, help_text=_("Lift, induction loop, steps."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="room_once")]

    def __str__(self) -> str:
        return self.name


class Speaker(models.Model):
    """Who speaks, with what is told of them and what they have agreed to."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers", verbose_name=_("event"))
    name = LineField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fi")
    organisation = LineField(_("organisation"), max_length=160, blank=True)
    job_title = LineField(_("job title"), max_length=120, blank=True)
    biography = TextField(_("about the speaker"), max_length=1500, blank=True)
    picture = models.ForeignKey(
        Upload, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    may_be_streamed = models.BooleanField(_("agrees to streaming"), null=True, blank=True)
    may_be_recorded = models.BooleanField(_("agrees to recording"), null=True, blank=True)
    answered_at = models.DateTimeField(_("told about themselves"), null=True, blank=True, editable=False)
    registration = models.ForeignKey(
        Registration, models.SET_NULL, null=True, blank=True, related_name="speaker_of", verbose_name=_("registration")
    )
    claim = models.ForeignKey(  # the place on which somebody registers who was not registered when made a speaker
        Claim,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reserved place"),
    )
    link_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("event", Lower("email"), name="speaker_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def own_registration(self) -> Registration | None:
        """The live registration: the one they had when made a speaker, or the one made since on their place."""
        own = self.registration or (self.claim.registration if self.claim else None)
        return own if own and own.is_live else None

    @property
    def has_open_claim(self) -> bool:
        """Whether a place waits for them to register on it."""
        return self.claim is not None and self.claim.status == Claim.Status.RESERVED


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions."""

    def for_event(self, event: Event) -> Self:
        """Of one event."""
        return self.filter(event=event)

    def with_slot(self) -> Self:
        """Those that have a time."""
        return self.exclude(starts_at=None)

    def without_slot(self) -> Self:
        """Those that still wait for one; what lasts all day needs none."""
        return self.filter(starts_at=None, is_all_day=False, cancelled_at=None)

    def ready(self) -> Self:
        """Those that the next release publishes."""
        return self.filter(is_ready=True)


class Session(models.Model):
    """An item of the programme, in three languages, perhaps with a room and a time."""

    class Kind(models.TextChoices):
        """What it is to the schedule."""

        SESSION = "session", _("session")
        BREAK = "break", _("break")

    event = models.ForeignKey(Event, models.PROTECT, related_name="sessions", verbose_name=_("event"))
    proposal = models.OneToOneField(
        Proposal, models.SET_NULL, null=True, blank=True, editable=False, related_name="session",
        verbose_name=_("proposal"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SESSION)
    slug = models.SlugField(_("address part"), max_length=60)
    title = LineField(_("title"), max_length=160)
    abstract = TextField(_("description"), max_length=3000, blank=True)
    format = models.ForeignKey(
        Format, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("format")
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="sessions", verbose_name=_("themes"))
    languages = ArrayField(
        models.CharField(max_length=2, choices=LANGUAGES), verbose_name=_("languages"), default=list, blank=True
    )
    interpreted_into = ArrayField(
        models.CharField(max_length=3, choices=[*LANGUAGES, ("fse", _("Finnish sign language"))]),
        verbose_name=_("interpreted into"), default=list, blank=True,
    )  # fmt: skip
    has_captions = models.BooleanField(_("captions"), default=False)
    access = LineField(_("accessibility"), max_length=300, blank=True)
    is_streamed = models.BooleanField(_("streamed"), default=False)
    pool = models.OneToOneField(
        Pool, models.SET_NULL, null=True, blank=True, editable=False, related_name="session", verbose_name=_("places")
    )  # with places people sign up; without, everybody may come
    check_in_list = models.OneToOneField(
        CheckInList, models.SET_NULL, null=True, blank=True, editable=False, related_name="session",
        verbose_name=_("check-in list"),
    )  # fmt: skip  # of those who have a place, for the door
    is_all_day = models.BooleanField(_("all day"), default=False)
    is_ready = models.BooleanField(
        _("ready to be published"), default=False, help_text=_("The next release publishes it.")
    )
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("room")
    )
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    cancelled_at = models.DateTimeField(pgettext_lazy("session", "cancelled"), null=True, blank=True, editable=False)
    recording_url = models.URLField(_("recording"), blank=True)
    recorded_on = models.DateField(_("recording published"), null=True, blank=True)
    has_recording_captions = models.BooleanField(_("the recording has captions"), default=False)
    materials_until = models.DateTimeField(_("materials are handed in by"), null=True, blank=True)
    speakers = models.ManyToManyField(Speaker, through="SpeakerSlot", related_name="sessions")
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of the calendar entry: grows with each release
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "room__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="session_slug_once"),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="session_ends_after_beginning",
                violation_error_message=_("A session ends after it begins."),
            ),
            ExclusionConstraint(
                name="session_room_is_free",
                expressions=[
                    (OnlyThis(F("room")), RangeOperators.OVERLAPS),
                    (TimeSpan("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(room__isnull=False, starts_at__isnull=False, is_all_day=False, cancelled_at=None),
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("The room is taken at that time."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        """It stays visible, as cancelled."""
        return self.cancelled_at is not None

    @property
    def captions_due_on(self) -> date | None:
        """The last day on which a recording without captions may be public: 14 days after it was published."""
        return self.recorded_on + CAPTIONS_WITHIN if self.recorded_on and not self.has_recording_captions else None

    def shows_recording(self, on: date) -> bool:
        """Whether the public sees the recording on a day: once it is published, unless its captions are overdue."""
        if not self.recording_url or (self.recorded_on and on < self.recorded_on):
            return False
        due = self.captions_due_on
        return self.has_recording_captions or (due is not None and on <= due)

    @property
    def minutes(self) -> int | None:
        """How long it takes."""
        if self.starts_at is None or self.ends_at is None:
            return None
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class SpeakerSlot(models.Model):
    """A speaker in a session. The times are the session's, written with its slot, so that nobody is in two rooms."""

    class Part(models.TextChoices):
        """What they do there."""

        SPEAKER = "speaker", _("speaker")
        CHAIR = "chair", _("chair")

    session = models.ForeignKey(Session, models.CASCADE, related_name="speaker_slots", verbose_name=_("session"))
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="slots", verbose_name=_("speaker"))
    part = models.CharField(_("part"), max_length=10, choices=Part.choices, default=Part.SPEAKER)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    starts_at = models.DateTimeField(null=True, editable=False)  # None while the session has no slot of its own
    ends_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("speaker of a session")
        verbose_name_plural = _("speakers of a session")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "speaker"], name="speaker_slot_once"),
            ExclusionConstraint(
                name="speaker_is_in_one_place",
                expressions=[
                    (OnlyThis(F("speaker")), RangeOperators.OVERLAPS),
                    (TimeSpan("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(starts_at__isnull=False),
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("The speaker is in another session at that time."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.speaker)


class SessionText(models.Model):
    """How far the texts of a session are in one language: which is out of date because another has changed."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="texts", verbose_name=_("session"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    changed_at = models.DateTimeField(_("changed"))
    reviewed_at = models.DateTimeField(pgettext_lazy("text", "reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("reviewed by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("state of a language")
        verbose_name_plural = _("states of the languages")
        constraints = [models.UniqueConstraint(fields=["session", "language"], name="session_text_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.language}"


class Material(models.Model):
    """What a speaker hands in: a file or a link, shown on the session's page."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="materials", verbose_name=_("session"))
    title = LineField(_("title"), max_length=160)
    url = models.URLField(_("web address"), blank=True)
    upload = models.ForeignKey(Upload, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("file"))
    added_by = models.ForeignKey(Speaker, models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(upload=None) & ~Q(url="") | Q(upload__isnull=False, url=""), name="material_file_or_link"
            )
        ]

    def __str__(self) -> str:
        return self.title


class SessionFeedback(models.Model):
    """What somebody thought of a session; nobody is named."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="feedback", verbose_name=_("session"))
    usefulness = models.PositiveSmallIntegerField(
        _("usefulness"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    to_speaker = TextField(_("to the speaker"), max_length=1000, blank=True)
    to_organisers = TextField(_("to the organisers"), max_length=1000, blank=True)
    form_key = models.UUIDField(unique=True, editable=False)
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("session feedback")
        verbose_name_plural = _("session feedback")
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.usefulness}"

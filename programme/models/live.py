"""Remote participation: where streams come from, what those who follow ask, and which minutes they have followed."""

import re
from datetime import timedelta
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from events.models.call import LANGUAGES
from events.plaintext import LineField, TextField
from programme.models.session import Room, Session
from registration.models import Registration

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
LOOPBACK = {"localhost", "127.0.0.1"}


class LivePage(models.Model):
    """What an event says about following it remotely. A stream comes from one of its hosts, or is not shown."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="live_page", verbose_name=_("event"))
    hosts = ArrayField(
        models.CharField(
            max_length=100,
            validators=[RegexValidator(rf"^{HOST.pattern}$", _("A host's name alone, such as player.example."))],
        ),
        verbose_name=_("hosts that streams may come from"),
        default=list,
        blank=True,
        help_text=_("Names separated by commas, such as player.example, video.example."),
    )
    support_phone = LineField(_("phone number for help with the stream"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("live page")
        verbose_name_plural = _("live pages")

    def __str__(self) -> str:
        return str(self.event)

    def allows(self, url: str) -> bool:
        """Whether a stream may come from this address: https, and a host that is named, letter by letter.

        The demo shows films of its own, on loopback, without https.
        """
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (settings.DEMO and parts.scheme == "http" and parts.hostname in LOOPBACK)
        return is_safe and parts.netloc in self.hosts


class Stream(models.Model):
    """A channel of a room, or of one session in place of its room's: picture, interpretation, captions."""

    class Kind(models.TextChoices):
        """What comes through it."""

        PICTURE = "picture", _("picture and sound")
        INTERPRETATION = "interpretation", _("interpretation")
        CAPTIONS = "captions", _("captions")

    event = models.ForeignKey(Event, models.CASCADE, related_name="streams", verbose_name=_("event"))
    room = models.ForeignKey(
        Room, models.CASCADE, null=True, blank=True, related_name="streams", verbose_name=_("room")
    )
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, related_name="streams", verbose_name=_("session"),
        help_text=_("A session with streams of its own shows these instead of its room's."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PICTURE)
    language = models.CharField(
        _("language"), max_length=3, choices=[*LANGUAGES, ("fse", _("Finnish sign language"))], blank=True,
        help_text=_("Of interpretation and captions."),
    )  # fmt: skip
    url = models.URLField(
        _("embed address"), max_length=500, help_text=_("https, from one of the hosts that the live page allows.")
    )

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        ordering = ["room", "session", "-kind", "language"]  # the picture first
        constraints = [
            models.CheckConstraint(
                condition=Q(room=None, session__isnull=False) | Q(room__isnull=False, session=None),
                name="stream_of_room_or_session",
                violation_error_message=_("A stream belongs to a room or to a session: choose one of them."),
            ),
            models.CheckConstraint(
                condition=Q(kind="picture", language="") | (~Q(kind="picture") & ~Q(language="")),
                name="stream_language_of_channel",
                violation_error_message=_("Interpretation and captions have a language; picture and sound have none."),
            ),
            models.UniqueConstraint(
                fields=["room", "session", "kind", "language"], name="stream_channel_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room or self.session}: {self.channel}"

    @property
    def channel(self) -> str:
        """Interpretation (svenska)"""
        label = str(self.get_kind_display())
        return f"{label} ({self.get_language_display()})" if self.language else label

    @property
    def key(self) -> str:
        """How an address names the channel: "picture", "captions-fi"."""
        return f"{self.kind}-{self.language}" if self.language else self.kind

    @property
    def host(self) -> str:
        """Whose service it is."""
        return urlsplit(self.url).netloc

    @property
    def origin(self) -> str:
        """What the page that shows it may frame, and nothing else."""
        return f"{urlsplit(self.url).scheme}://{self.host}"

    def clean(self) -> None:
        """Refuse what the live page would not show."""
        page = LivePage.objects.filter(event=self.event_id).first() if self.event_id else None
        hosts = page.hosts if page else []
        if self.url and not (page and page.allows(self.url)):
            text = _("Streams of this event come over https from: %(hosts)s. Add the host to the live page first.")
            named = ", ".join(hosts) or _("nowhere yet")
            raise ValidationError({"url": ValidationError(text, params={"hosts": named})})


class LiveQuestionQuerySet(models.QuerySet["LiveQuestion"]):
    """What was asked."""

    def on_screen(self) -> Self:
        """What everybody who follows may read: put there by an organiser, the newest last."""
        return self.filter(status__in=[LiveQuestion.Status.SHOWN, LiveQuestion.Status.ANSWERED]).order_by("asked_at")


class LiveQuestion(models.Model):
    """A question to the speaker. Nobody reads it before an organiser has, and nobody learns who asked."""

    class Status(models.TextChoices):
        """Where it is."""

        WAITING = "waiting", _("not looked at yet")
        SHOWN = "shown", _("shown")
        ANSWERED = "answered", _("answered")
        HIDDEN = "hidden", _("hidden")

    TRANSITIONS: ClassVar[dict[Any, set[Any]]] = {
        Status.WAITING: {Status.SHOWN, Status.ANSWERED, Status.HIDDEN},
        Status.SHOWN: {Status.ANSWERED, Status.HIDDEN},
        Status.ANSWERED: {Status.SHOWN, Status.HIDDEN},
        Status.HIDDEN: {Status.SHOWN, Status.ANSWERED},
    }
    LONGEST: ClassVar[int] = 500
    MOST: ClassVar[int] = 3  # of one person within
    WITHIN: ClassVar[timedelta] = timedelta(minutes=5)

    event = models.ForeignKey(Event, models.CASCADE, related_name="live_questions", verbose_name=_("event"))
    session = models.ForeignKey(Session, models.CASCADE, related_name="live_questions", verbose_name=_("session"))
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="live_questions", verbose_name=_("asked by")
    )
    text = TextField(_("question"), max_length=LONGEST)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING, editable=False
    )
    asked_at = models.DateTimeField(_("asked"), editable=False)

    objects = LiveQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question to a speaker")
        verbose_name_plural = _("questions to speakers")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:80]


class FollowedMinute(models.Model):
    """That somebody followed a session in this minute: one session at a time, in however many tabs."""

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="followed_minutes", db_index=False
    )  # the constraint's index begins with it
    session = models.ForeignKey(Session, models.CASCADE, related_name="followed_minutes")
    minute_at = models.DateTimeField()  # its beginning

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "minute_at"], name="followed_minute_once")]

    def __str__(self) -> str:
        return f"{self.registration_id} · {self.session_id} · {self.minute_at:%H:%M}"

"""The post: every mail is a row before it is sent, every document a row before it is handed out."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from events.models.log import About, about
from events.plaintext import LineField

KILLED_DELAY = timedelta(seconds=20)  # when nobody could write how the first attempt ended
SILENT_ENDS = 2  # so many attempts may end without a word before something is wrong
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60)]


class Job(About):
    """A row that a worker works on until it succeeds, later and later.

    Each attempt is counted, and the next one planned, before it begins: if the worker is killed or cannot write how it
    ended, the row is not due at once again. The lock of `hold`, not a time, keeps the other workers off meanwhile.
    """

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))

    class Meta:
        abstract = True

    def begin(self, at: datetime) -> None:
        """Count an attempt that is about to be made."""
        self.next_attempt_at = at + [KILLED_DELAY, *DELAYS][min(self.attempts, len(DELAYS))]
        self.attempts += 1
        self.save(update_fields=["attempts", "next_attempt_at"])

    def postpone(self, at: datetime) -> None:
        """An attempt has failed: plan the next one; the caller saves."""
        self.next_attempt_at = at + DELAYS[min(self.attempts, len(DELAYS)) - 1]


class JobQuerySet(models.QuerySet):
    """Taking jobs: any number of workers may do it at once, because rows that another one holds are skipped."""

    def open(self) -> Self:
        """Not done and not given up."""
        raise NotImplementedError

    def due(self, at: datetime) -> Self:
        """What may be tried now, oldest first."""
        return self.open().filter(next_attempt_at__lte=at).order_by("next_attempt_at", "pk")

    def begin_next(self, at: datetime) -> int | None:
        """Count an attempt for the next due row, in a transaction of its own; its key."""
        with transaction.atomic():
            row: Any = self.due(at).select_for_update(skip_locked=True, of=("self",)).first()
            if row is None:
                return None
            row.begin(at)
        return row.pk

    def hold(self, pk: int) -> Any:
        """The row, locked for as long as the work takes; None when it was done or taken back meanwhile.

        This waits where `begin_next` skips: another worker's `begin_next` may touch the row for a moment.
        """
        with connection.cursor() as cursor:  # the database waits for a slow mail server or a long print run
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        return self.open().filter(pk=pk).select_for_update(of=("self",)).first()


class MailQuerySet(JobQuerySet):
    """Questions about the post."""

    def open(self) -> Self:
        """What is to be sent."""
        return self.filter(status=Mail.Status.QUEUED)

    def about(self, row: models.Model) -> Self:
        """The mails that concern a row."""
        return self.filter(**about(row))


class Mail(Job):
    """A mail in its recipient's language. Personal links stand in it as placeholders until it is sent."""

    class Status(models.TextChoices):
        """Queued until the mail server has taken it, or has refused it for good."""

        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("refused by the mail server")

    event = models.ForeignKey(Event, models.CASCADE, related_name="mails", verbose_name=_("event"))
    key = models.CharField(max_length=200, unique=True, editable=False)
    message = models.CharField(_("message"), max_length=60)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    to_email = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=2)
    subject = LineField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    attachments = ArrayField(models.CharField(max_length=40), verbose_name=_("attachments"), default=list, blank=True)
    message_id = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField(_("written"))
    queued_at = models.DateTimeField(editable=False)  # in real time, even in the demo
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=Q(status="queued"), name="mail_due"),
            models.Index(fields=["about_type", "about_id"], name="mail_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_email}"


class DocumentQuerySet(JobQuerySet):
    """Questions about documents."""

    def open(self) -> Self:
        """Asked for and not there yet."""
        return self.filter(made_at=None)


class Document(Job):
    """A badge, a batch of badges, a certificate: asked for by a service, made by the worker."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="documents", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=40)
    version = models.PositiveIntegerField(_("version"), default=1)
    language = models.CharField(_("language"), max_length=2)
    options = models.JSONField(default=dict, blank=True, editable=False)
    content = models.BinaryField(null=True, editable=False)
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about_type", "about_id", "version", "language"], name="document_once"
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(content__isnull=False), name="document_made_has_content"
            ),
        ]

    @property
    def has_failed(self) -> bool:
        """Could not be made so far, though it will be tried again; a worker that is killed by it writes no failure."""
        return self.made_at is None and (self.failed_at is not None or self.attempts > SILENT_ENDS)

    def __str__(self) -> str:
        return f"{self.kind} {self.about_type} {self.about_id} ({self.language}, {self.version})"

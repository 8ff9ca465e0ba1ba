"""The post: every mail is a row before it is sent, every document a row before it is handed out."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from events.models.log import About, about
from events.plaintext import LineField


class MailQuerySet(models.QuerySet["Mail"]):
    """Questions about the post."""

    def due(self, at: datetime) -> Self:
        """What may be sent now, oldest first."""
        return self.filter(status=Mail.Status.QUEUED, next_attempt_at__lte=at).order_by("next_attempt_at", "pk")

    def about(self, row: models.Model) -> Self:
        """The mails that concern a row."""
        return self.filter(**about(row))


class Mail(About):
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
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
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


class DocumentQuerySet(models.QuerySet["Document"]):
    """Questions about documents."""

    def to_make(self) -> Self:
        """Asked for and not there yet, oldest first."""
        return self.filter(made_at=None, failed_at=None).order_by("pk")


class Document(About):
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

    def __str__(self) -> str:
        return f"{self.kind} {self.about_type} {self.about_id} ({self.language}, {self.version})"

"""A message that organisers write to many: words in three languages, and to whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from events.plaintext import LineField, TextField


class Mailing(models.Model):
    """Written, looked at, then queued once: one mail for each recipient, in the recipient's language.

    `recipients` are the keys of the rows that were chosen when the writing began; the app above says of which table.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="mailings", verbose_name=_("event"))
    subject = LineField(_("subject"), max_length=150, blank=True)
    text = TextField(_("text"), max_length=10_000, blank=True)
    recipients = ArrayField(models.BigIntegerField(), editable=False)
    chosen_by = models.CharField(_("how they were chosen"), max_length=500, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("begun"), editable=False)
    queued_at = models.DateTimeField(_("sent"), null=True, editable=False)

    class Meta:
        verbose_name = _("message to many")
        verbose_name_plural = _("messages to many")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject or str(self._meta.verbose_name)

    def words(self, language: str) -> tuple[str, str]:
        """Subject and text in exactly this language; empty where nothing is written."""
        return getattr(self, f"subject_{language}") or "", getattr(self, f"text_{language}") or ""

"""Applications for a booth, as they are sent in and reviewed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from booths.models.needs import LANGUAGES, BoothNeeds, Shown
from events.models import Review, Submission, SubmissionQuerySet, Theme, Upload
from events.plaintext import LineField, TextField


class BoothApplication(Submission, BoothNeeds):
    """An application for a booth. A draft needs an e-mail and a title only; the title is in `language`."""

    title = LineField(_("title"), max_length=160)
    description = TextField(_("description"), max_length=3000, blank=True)
    shown = ArrayField(
        models.CharField(max_length=20, choices=Shown.choices),
        verbose_name=_("what you show"),
        default=list,
        blank=True,
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="booth_applications", verbose_name=_("themes"))
    booth_languages = ArrayField(
        models.CharField(max_length=2, choices=LANGUAGES), verbose_name=_("languages spoken at the booth"),
        default=list,
        blank=True,
    )  # fmt: skip
    website = models.URLField(_("web address"), blank=True)
    motivation = TextField(_("why you apply"), max_length=2000, blank=True)
    logo = models.ForeignKey(Upload, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo"))

    objects = SubmissionQuerySet.as_manager()

    class Meta(Submission.Meta):
        verbose_name = _("booth application")
        verbose_name_plural = _("booth applications")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["call", "status"], name="booth_application_of_call"),
            models.Index(Lower("email"), name="booth_application_by_email"),
        ]

    def __str__(self) -> str:
        return self.organisation or self.in_own_language("title") or f"#{self.pk}"

    @property
    def own_title(self) -> str:
        """In the language in which it was written."""
        return self.in_own_language("title")


class BoothApplicationReview(Review):
    """What one reviewer thinks of an application for a booth."""

    application = models.ForeignKey(
        BoothApplication, models.CASCADE, related_name="reviews", verbose_name=_("booth application")
    )

    class Meta(Review.Meta):
        verbose_name = _("review of a booth application")
        verbose_name_plural = _("reviews of booth applications")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Review.Meta.constraints,
            models.UniqueConstraint(fields=["application", "reviewer"], name="booth_application_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.reviewer_id}"

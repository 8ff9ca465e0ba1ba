"""Proposals for the programme, and applications (planning groups, municipalities), as they are sent in and reviewed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import CallChoice, Event, Review, Submission, SubmissionQuerySet, Theme
from events.models.call import LANGUAGES
from events.models.event import Named
from events.models.upload import Upload
from events.plaintext import LineField, TextField


class Format(Named):
    """Lecture, speech, expert discussion, active programme, short film, photography exhibition; data of the event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="formats", verbose_name=_("event"))
    minutes = models.PositiveSmallIntegerField(_("usual length in minutes"), null=True, blank=True)
    is_all_day = models.BooleanField(
        _("all day"), default=False, help_text=_("An exhibition, films in a loop: needs no slot of its own.")
    )

    class Meta(Named.Meta):
        verbose_name = _("format")
        verbose_name_plural = _("formats")
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="format_once")]


class Proposal(Submission):
    """A proposal for the programme. A draft needs an e-mail and a title only; the title is in `language`."""

    title = LineField(_("title"), max_length=160)
    description = TextField(_("description"), max_length=3000, blank=True)
    format = models.ForeignKey(
        Format, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("format")
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="proposals", verbose_name=_("themes"))
    session_languages = ArrayField(
        models.CharField(max_length=2, choices=LANGUAGES), verbose_name=_("languages of the session"), default=list,
        blank=True,
    )  # fmt: skip
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    audience = LineField(_("for whom"), max_length=300, blank=True)
    take_home = TextField(_("what participants take home"), max_length=1000, blank=True)
    good_practice = TextField(_("good practice that is shown"), max_length=1000, blank=True)
    partners = LineField(_("co-operating organisations"), max_length=300, blank=True)
    technical_needs = TextField(_("technical needs"), max_length=1000, blank=True)
    accessibility_needs = TextField(_("accessibility needs"), max_length=1000, blank=True)
    unavailable = LineField(_("when you cannot come"), max_length=300, blank=True)
    picture = models.ForeignKey(
        Upload, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    attachment = models.ForeignKey(
        Upload, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("attachment (PDF)")
    )
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="merged",
        verbose_name=_("merged into"),
    )  # fmt: skip

    objects = SubmissionQuerySet.as_manager()

    class Meta(Submission.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["call", "status"], name="proposal_of_call"),
            models.Index(Lower("email"), name="proposal_by_email"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Submission.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | (~Q(status="merged") & Q(merged_into=None)),
                name="proposal_merged_has_target",
            ),
        ]

    def __str__(self) -> str:
        return self.in_own_language("title") or f"#{self.pk}"

    @property
    def own_title(self) -> str:
        """In the language in which it was written."""
        return self.in_own_language("title")

    def addresses(self) -> list[str]:
        """Of its sender, and of those who speak along unless they have said no."""
        coming = [one.email for one in self.co_presenters.all() if one.status != CoPresenter.Status.DECLINED]
        return [self.email, *coming]


class CoPresenter(models.Model):
    """Somebody named in a proposal, who is asked by mail and says yes or no."""

    MOST: ClassVar[int] = 10

    class Status(models.TextChoices):
        """Asked, and what they said."""

        INVITED = "invited", pgettext_lazy("a co-presenter", "asked")
        ACCEPTED = "accepted", _("comes along")
        DECLINED = "declined", _("does not come")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="co_presenters", verbose_name=_("proposal"))
    email = models.EmailField(_("e-mail"))
    name = LineField(_("name"), max_length=120)
    organisation = LineField(_("organisation"), max_length=160, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.INVITED)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    invited_at = models.DateTimeField(pgettext_lazy("a co-presenter", "asked"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    class Meta:
        verbose_name = _("co-presenter")
        verbose_name_plural = _("co-presenters")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("proposal", Lower("email"), name="co_presenter_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def event(self) -> Event:
        """Of the proposal."""
        return self.proposal.event

    @property
    def event_id(self) -> int:
        """Of the proposal."""
        return self.proposal.event_id


class ProposalReview(Review):
    """What one reviewer thinks of a proposal."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="reviews", verbose_name=_("proposal"))

    class Meta(Review.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Review.Meta.constraints,
            models.UniqueConstraint(fields=["proposal", "reviewer"], name="proposal_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} · {self.reviewer_id}"


class Application(Submission):
    """An application to a planning group, or of a municipality; what can be chosen is data of the call."""

    choices = models.ManyToManyField(CallChoice, blank=True, related_name="applications", verbose_name=_("choices"))
    motivation = TextField(_("why you apply"), max_length=3000, blank=True)
    experience = TextField(_("what you bring along"), max_length=3000, blank=True)
    is_first_time = models.BooleanField(_("takes part for the first time"), default=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta(Submission.Meta):
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["call", "status"], name="application_of_call"),
            models.Index(Lower("email"), name="application_by_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.organisation or self.email

    @property
    def title(self) -> str:
        """What stands in lists and letters."""
        return str(self)


class ApplicationReview(Review):
    """What one reviewer thinks of an application."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="reviews", verbose_name=_("application"))

    class Meta(Review.Meta):
        verbose_name = _("review of an application")
        verbose_name_plural = _("reviews of applications")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Review.Meta.constraints,
            models.UniqueConstraint(fields=["application", "reviewer"], name="application_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.reviewer_id}"

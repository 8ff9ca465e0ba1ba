"""Open calls: a window in which something is sent in, criteria, reviews, and decisions that are told by letter.

Proposals for the programme, applications to planning groups, municipalities' applications, booth applications differ in
their fields only: each app makes a table of `Submission` and one of `Review`. The mechanism is `events.calls`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.event import Event, Named, OrganisationType, is_not_past
from events.models.user import User
from events.plaintext import LineField, TextField

SCORES = range(6)  # 0 to 5 for each criterion
LANGUAGES = [("fi", "suomi"), ("sv", "svenska"), ("en", "English")]


class CallQuerySet(models.QuerySet["Call"]):
    """Questions about calls."""

    def open_at(self, at: datetime) -> Self:
        """Those in which something may be sent in now; both ends are shown to the minute and included."""
        return self.filter(opens_at__lte=at, closes_at__gte=at.replace(second=0, microsecond=0))

    def of_kind(self, *kinds: str) -> Self:
        """Calls for proposals, applications or booths."""
        return self.filter(kind__in=kinds)


class Call(models.Model):
    """An open call of an event: what is asked, until when, and by which criteria it is decided. All of it is public."""

    class Kind(models.TextChoices):
        """What is sent in; each is a table of its own."""

        PROGRAMME = "programme", _("programme proposals")
        APPLICATION = "application", _("applications")
        BOOTHS = "booths", _("display booths")

    event = models.ForeignKey(Event, models.PROTECT, related_name="calls", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    slug = models.SlugField(_("address part"), max_length=60)
    title = LineField(_("title"), max_length=160)
    summary = LineField(_("in one line"), max_length=300, blank=True)
    body = TextField(
        _("text"), max_length=20_000, help_text=_("Markdown: # heading, **bold**, - list, [link](address).")
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"), help_text=_("The whole of the minute shown still counts."))
    decided_by_on = models.DateField(
        _("decisions are told by"), null=True, blank=True, help_text=_("Told to everybody who sends something in.")
    )
    chosen_at_most = models.PositiveSmallIntegerField(
        _("chosen at most"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    is_blind = models.BooleanField(
        _("blind review"), default=False, help_text=_("Reviewers do not see who has sent something in.")
    )
    is_by_assignment = models.BooleanField(
        _("assigned reviews only"),
        default=False,
        help_text=_("Reviewers see only what is assigned to them, instead of everything in their themes."),
    )
    offered_instead = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("offered to those not selected"),
        help_text=_("The letter then links to this call, filled in beforehand."),
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-opens_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="call_slug_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_opening",
                violation_error_message=_("A call closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, at: datetime) -> bool:
        """Whether something may be sent in, or edited, now."""
        return self.opens_at <= at and is_not_past(self.closes_at, at)

    def is_over(self, at: datetime) -> bool:
        """Closed for good."""
        return not is_not_past(self.closes_at, at)


class Criterion(models.Model):
    """What a submission is judged by, from 0 to 5; the weight says how much it counts."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria", verbose_name=_("call"))
    name = LineField(_("name"), max_length=120)
    description = LineField(_("what is looked at"), max_length=400, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class CallChoice(Named):
    """Something to choose in a call, such as a planning group with its task."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="choices", verbose_name=_("call"))
    description = LineField(_("task"), max_length=400, blank=True)

    class Meta(Named.Meta):
        verbose_name = _("choice of a call")
        verbose_name_plural = _("choices of a call")
        constraints = [models.UniqueConstraint(fields=["call", "slug"], name="call_choice_once")]


class SubmissionQuerySet(models.QuerySet[Any]):
    """Questions about what has been sent in."""

    def for_event(self, event: Event) -> Self:
        """Of one event."""
        return self.filter(event=event)

    def drafts(self) -> Self:
        """Begun and not sent in."""
        return self.filter(status=Submission.Status.DRAFT)

    def sent_in(self) -> Self:
        """All that reviewers and organisers deal with: sent in, whatever became of it, except withdrawn and merged."""
        return self.exclude(status__in=[Submission.Status.DRAFT, Submission.Status.WITHDRAWN, Submission.Status.MERGED])

    def undecided(self) -> Self:
        """Sent in, and nobody has decided even quietly."""
        return self.filter(status=Submission.Status.SUBMITTED, decision="")

    def decided_quietly(self) -> Self:
        """Decided, and the letter has not gone out."""
        return self.filter(status=Submission.Status.SUBMITTED).exclude(decision="")

    def chosen(self) -> Self:
        """Told that they are in, and not said no."""
        return self.filter(status__in=[Submission.Status.ACCEPTED, Submission.Status.CONFIRMED])

    def reserve_list(self) -> Self:
        """In the order in which they move up."""
        return self.filter(status=Submission.Status.RESERVED).order_by("reserve_order", "pk")

    def by_email(self, email: str) -> Self:
        """Somebody's own; letter case does not matter."""
        return self.filter(email__iexact=email)


class Submission(models.Model):
    """Something sent in to a call by somebody without an account; the base of proposals and applications.

    A decision is taken quietly first (`decision`, the status stays "submitted"); releasing the letter makes it so.
    """

    class Status(models.TextChoices):
        """The way of a submission."""

        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("sent in")
        ACCEPTED = "accepted", _("selected")
        RESERVED = "reserved", _("on the reserve list")
        REJECTED = "rejected", _("not selected")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined by the sender")
        WITHDRAWN = "withdrawn", _("withdrawn")
        CANCELLED = "cancelled", pgettext_lazy("a submission", "cancelled")
        MERGED = "merged", _("merged into another")

    class Decision(models.TextChoices):
        """What is decided quietly."""

        ACCEPT = "accept", _("select")
        RESERVE = "reserve", _("put on the reserve list")
        REJECT = "reject", _("do not select")

    OUTCOMES: ClassVar[dict[str, str]] = {
        Decision.ACCEPT: Status.ACCEPTED,
        Decision.RESERVE: Status.RESERVED,
        Decision.REJECT: Status.REJECTED,
    }
    ENDED: ClassVar[set[str]] = {
        Status.REJECTED, Status.DECLINED, Status.WITHDRAWN, Status.CANCELLED, Status.MERGED,
    }  # fmt: skip
    TRANSITIONS: ClassVar[dict[Any, set[Any]]] = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.ACCEPTED, Status.RESERVED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED},
        Status.RESERVED: {Status.ACCEPTED, Status.REJECTED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN, Status.CANCELLED},
        Status.CONFIRMED: {Status.DECLINED, Status.CANCELLED},
        Status.REJECTED: {Status.ACCEPTED, Status.RESERVED},  # an organiser thinks again: another letter
        Status.WITHDRAWN: {Status.DRAFT},  # taken up again while the call is open
    }

    event = models.ForeignKey(Event, models.PROTECT, related_name="%(class)ss", verbose_name=_("event"))
    call = models.ForeignKey(Call, models.PROTECT, related_name="%(class)ss", verbose_name=_("call"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fi")
    email = models.EmailField(_("e-mail"))
    name = LineField(_("your name"), max_length=120, blank=True)
    organisation = LineField(_("organisation"), max_length=160, blank=True)
    organisation_type = models.ForeignKey(
        OrganisationType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("type of organisation"),
    )
    municipality = models.CharField(_("municipality"), max_length=6, blank=True)
    phone = LineField(_("phone"), max_length=40, blank=True)
    form_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True, editable=False)
    decision_reason = TextField(
        _("reason"), max_length=2000, blank=True, help_text=_("Told in the letter, in the language of the letter.")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reserve_order = models.PositiveIntegerField(_("place on the reserve list"), null=True, blank=True, editable=False)
    letters = models.PositiveSmallIntegerField(_("letters sent"), default=0, editable=False)
    started_at = models.DateTimeField(_("begun"), editable=False)
    edited_at = models.DateTimeField(_("last edited"), editable=False)
    submitted_at = models.DateTimeField(_("sent in"), null=True, blank=True, editable=False)
    letter_at = models.DateTimeField(_("letter sent"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    privacy_version = models.PositiveIntegerField(_("version of the privacy notice"), default=1, editable=False)

    class Meta:
        abstract = True
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="%(app_label)s_%(class)s_sent_in_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="%(app_label)s_%(class)s_decision_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "reserved", "rejected", "confirmed"]) | Q(letter_at__isnull=False),
                name="%(app_label)s_%(class)s_outcome_has_letter",
            ),
            models.CheckConstraint(
                condition=Q(status="reserved", reserve_order__isnull=False)
                | (~Q(status="reserved") & Q(reserve_order=None)),
                name="%(app_label)s_%(class)s_reserve_has_order",
            ),
        ]

    @property
    def own_title(self) -> str:
        """What it is called in lists and mails; what has no title is called by its call."""
        return str(self.call.title)

    def in_own_language(self, field: str) -> str:
        """A text that has a column a language, in the language in which it was written, else in any."""
        order = [self.language, *(code for code, _name in LANGUAGES)]
        return next((text for code in order if (text := getattr(self, f"{field}_{code}", ""))), "")

    def addresses(self) -> list[str]:
        """The e-mail of everybody from whom it comes."""
        return [self.email]

    @property
    def is_draft(self) -> bool:
        """Begun and not sent in."""
        return self.status == self.Status.DRAFT

    @property
    def is_sent_in(self) -> bool:
        """Sent in and not decided as far as its sender knows."""
        return self.status == self.Status.SUBMITTED

    @property
    def is_chosen(self) -> bool:
        """Told so, and not said no."""
        return self.status in {self.Status.ACCEPTED, self.Status.CONFIRMED}

    @property
    def has_ended(self) -> bool:
        """Nothing more will come of it."""
        return self.status in self.ENDED

    @property
    def outcome(self) -> str:
        """The status that the quiet decision will become; "" while there is none."""
        return self.OUTCOMES.get(self.decision, "")

    def can_be_edited(self, at: datetime) -> bool:
        """By its sender: until the call closes, draft or sent in."""
        return self.status in {self.Status.DRAFT, self.Status.SUBMITTED} and self.call.is_open(at)


class Review(models.Model):
    """What one reviewer thinks of a submission; the base of reviews, each with a key to its own kind of submission.

    An empty one (`reviewed_at` is None) is an assignment. A reviewer with a conflict of interest gives no scores.
    """

    reviewer = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("reviewer"))
    scores = models.JSONField(_("scores"), default=dict, blank=True)  # key of the criterion as text → 0-5
    comment = TextField(
        _("comment"),
        max_length=4000,
        blank=True,
        help_text=_("May be disclosed on request to the one who has sent it in."),
    )
    has_conflict = models.BooleanField(_("conflict of interest"), default=False)
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(has_conflict=False) | Q(scores={}), name="%(app_label)s_%(class)s_conflict_has_no_scores"
            )
        ]

    @property
    def is_given(self) -> bool:
        """A judgement, as opposed to an assignment or a conflict of interest."""
        return bool(self.scores)

    def mean(self, weights: Mapping[str, int]) -> float | None:
        """The weighted mean of the scores, 0 to 5; criteria that were added later do not count."""
        return weighted_mean(self.scores, weights)


def weighted_mean(scores: Mapping[str, int], weights: Mapping[str, int]) -> float | None:
    """Of the criteria that have a score; None when there is none."""
    scored = {key: weight for key, weight in weights.items() if key in scores}
    total = sum(scored.values())
    return sum(scores[key] * weight for key, weight in scored.items()) / total if total else None


def spread(values: Iterable[float]) -> float:
    """How far apart the reviewers are: the highest mean less the lowest."""
    known = list(values)
    return max(known) - min(known) if known else 0.0

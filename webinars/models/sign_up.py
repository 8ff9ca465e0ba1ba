"""Who takes part in a webinar: a place of its own for each webinar, behind a personal link; and what they thought."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from events.models import Event, OrganisationType, Place, PlaceQuerySet
from events.plaintext import LineField, TextField
from webinars.models.webinar import LANGUAGES, Webinar

NETWORK_LETTERS = 16
MOST_NETWORKS = 20


class SignUpQuerySet(PlaceQuerySet):
    """Questions about sign-ups."""

    def by_email(self, email: str) -> Self:
        """Somebody's own; letter case does not matter."""
        return self.filter(email__iexact=email)

    def confirmed(self) -> Self:
        """Those who have a place."""
        return self.filter(status=Place.Status.CONFIRMED)

    def attended(self) -> Self:
        """Those who went to the meeting."""
        return self.exclude(attended_at=None)

    def told_before(self, moment: datetime) -> Self:
        """Those who have not been told the time and the link since then."""
        return self.filter(told_at__lt=moment)

    def seen_in_several_networks(self) -> Self:
        """Those whose link was used from more than one network: it may have been passed on."""
        return self.filter(networks__len__gt=1)


class SignUp(Place):
    """One person in one webinar."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="webinar_sign_ups", verbose_name=_("event"))
    webinar = models.ForeignKey(Webinar, models.PROTECT, related_name="sign_ups", verbose_name=_("webinar"))
    form_key = models.UUIDField(null=True, blank=True, editable=False)  # the same for all webinars of one form
    language = models.CharField(_("language of mail"), max_length=2, choices=LANGUAGES, default="fi")
    name = LineField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    organisation = LineField(_("organisation"), max_length=160)
    organisation_type = models.ForeignKey(
        OrganisationType, models.PROTECT, related_name="+", verbose_name=_("type of organisation")
    )
    privacy_version = models.PositiveIntegerField(_("version of the privacy notice"), default=1, editable=False)
    signed_up_at = models.DateTimeField(_("signed up"), editable=False)
    told_at = models.DateTimeField(
        _("last told the time"), editable=False
    )  # a reminder is due when its moment is newer
    attended_at = models.DateTimeField(_("came"), null=True, blank=True, editable=False)
    networks = ArrayField(
        models.CharField(max_length=NETWORK_LETTERS), verbose_name=_("networks"), default=list, blank=True,
        editable=False,
    )  # fmt: skip  # from which the link was used, each as a sign that tells nothing else
    thanked_at = models.DateTimeField(_("thanked"), null=True, blank=True, editable=False)
    # No moment: beside that of the feedback it would tell who has written what.
    has_given_feedback = models.BooleanField(_("gave feedback"), default=False, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)

    objects = SignUpQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering: ClassVar[list[str]] = ["-signed_up_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webinar", "status", "queued_at"], name="sign_up_queue"),
            models.Index("event", Lower("email"), name="sign_up_person"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Place.Meta.constraints,
            models.UniqueConstraint(
                "webinar", Lower("email"), condition=Q(status__in=sorted(Place.LIVE)), name="sign_up_one_live"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_attended(self) -> bool:
        """Went to the meeting."""
        return self.attended_at is not None


class Feedback(models.Model):
    """What somebody took along from a webinar; nobody is named."""

    webinar = models.ForeignKey(Webinar, models.CASCADE, related_name="feedback", verbose_name=_("webinar"))
    usefulness = models.PositiveSmallIntegerField(
        _("usefulness"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    learned = TextField(_("what was learned"), max_length=1000, blank=True)
    will_use = TextField(_("what will be used"), max_length=1000, blank=True)
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("feedback on a webinar")
        verbose_name_plural = _("feedback on webinars")
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.webinar_id}: {self.usefulness}"

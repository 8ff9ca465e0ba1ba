"""Booths, and what exhibitors and organisers agree about them."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from booths.models.application import BoothApplication
from booths.models.needs import LANGUAGES, MOST_STAFF, BoothNeeds, Shown
from booths.models.plan import BoothPlace
from events import clock
from events.models import Event, Theme, Upload
from events.models.event import is_not_past
from events.plaintext import LineField, TextField
from registration.models import Claim

PUBLISHED = ("fi", "sv")  # the languages that the public must find


class Exhibition(models.Model):
    """The exhibition area of an event: what visitors are told, and until when exhibitors say what."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="exhibition", verbose_name=_("event"))
    intro = TextField(_("for visitors"), max_length=1000, blank=True, help_text=_("Above the list of exhibitors."))
    set_up = LineField(_("set-up"), max_length=200, blank=True, help_text=_("When and where, for exhibitors."))
    take_down = LineField(_("taking down"), max_length=200, blank=True)
    texts_until = models.DateTimeField(_("texts until"), null=True, blank=True)
    needs_until = models.DateTimeField(_("needs until"), null=True, blank=True)
    staff_until = models.DateTimeField(_("staff until"), null=True, blank=True)
    badges = models.PositiveSmallIntegerField(
        _("badges of a booth"), default=4, validators=[MaxValueValidator(MOST_STAFF)],
        help_text=_("How many people an exhibitor can order badges for."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("exhibition")
        verbose_name_plural = _("exhibitions")

    def __str__(self) -> str:
        return str(self.event)

    def is_open(self, what: str, at: datetime) -> bool:
        """Whether exhibitors can still say this ("texts", "needs", "staff"): to the end of the minute that is shown."""
        until = getattr(self, f"{what}_until")
        return until is None or is_not_past(until, at)


class BoothQuerySet(models.QuerySet["Booth"]):
    """Questions about booths."""

    def for_event(self, event: Event) -> Self:
        """Of one event."""
        return self.filter(event=event)

    def live(self) -> Self:
        """Those that are not cancelled."""
        return self.filter(cancelled_at=None)

    def public(self) -> Self:
        """Those that visitors see: `Booth.why_not_public` says what others lack."""
        written = ~Q(title_fi="") & ~Q(title_sv="") & Q(title_fi__isnull=False, title_sv__isnull=False)
        return self.live().filter(
            written, published_at__lte=clock.now(), confirmed_at__isnull=False, place__isnull=False
        )

    def with_themes(self) -> Self:
        """Each with `theme_rows`: [{"slug": …, "fi": …, "sv": …, "en": …}], without a further query."""
        chosen = Booth.themes.through._default_manager.filter(booth=OuterRef("pk")).order_by("theme__order", "theme")
        names = {code: F(f"theme__name_{code}") for code in ("fi", "sv", "en")}
        return self.annotate(theme_rows=ArraySubquery(chosen.values(row=JSONObject(slug=F("theme__slug"), **names))))

    def unplaced(self) -> Self:
        """Those that still wait for a place."""
        return self.live().filter(place=None)

    def with_untold_place(self) -> Self:
        """Those whose exhibitors have said yes and do not know of their place, or of another one."""
        known = Q(told_place=F("place"))
        return self.live().filter(~known | Q(told_place=None), place__isnull=False, confirmed_at__isnull=False)


class Booth(BoothNeeds):
    """A booth: what the public reads of it, what it needs, and where it stands."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="booths", verbose_name=_("event"))
    application = models.OneToOneField(
        BoothApplication, models.SET_NULL, null=True, blank=True, editable=False, related_name="booth",
        verbose_name=_("booth application"),
    )  # fmt: skip
    slug = models.SlugField(_("address part"), max_length=60)
    organisation = LineField(_("organisation"), max_length=160)
    title = LineField(_("title"), max_length=160)
    description = TextField(_("description"), max_length=3000, blank=True)
    website = models.URLField(_("web address"), blank=True)
    logo = models.ForeignKey(Upload, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo"))
    shown = ArrayField(
        models.CharField(max_length=20, choices=Shown.choices),
        verbose_name=_("what is shown"),
        default=list,
        blank=True,
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="booths", verbose_name=_("themes"))
    languages = ArrayField(
        models.CharField(max_length=2, choices=LANGUAGES), verbose_name=_("languages spoken at the booth"),
        default=list,
        blank=True,
    )  # fmt: skip
    name = LineField(_("contact person"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = LineField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language of mails"), max_length=2, choices=LANGUAGES, default="fi")
    most_badges = models.PositiveSmallIntegerField(
        _("badges"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(50)],
        help_text=_("Empty: as many as the exhibition gives to each booth."),
    )  # fmt: skip
    theme_rows: list[dict[str, str]]  # of a booth read by `with_themes()`
    place = models.ForeignKey(
        BoothPlace, models.PROTECT, null=True, blank=True, editable=False, related_name="booths",
        verbose_name=_("place"),
    )  # fmt: skip  # one booth at most: a deferred constraint lets two booths change places
    told_place = models.ForeignKey(
        BoothPlace, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("place that the exhibitor knows of"),
    )  # fmt: skip
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    added_at = models.DateTimeField(_("added"), editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)

    objects = BoothQuerySet.as_manager()

    class Meta:
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        ordering = ["organisation", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "slug"], name="booth_slug_once"),
            models.UniqueConstraint(fields=["place"], name="booth_place_once", deferrable=Deferrable.DEFERRED),
            models.CheckConstraint(condition=Q(cancelled_at=None) | Q(place=None), name="booth_cancelled_has_no_place"),
        ]

    def __str__(self) -> str:
        return self.organisation

    @property
    def shown_labels(self) -> list[str]:
        """What is shown, in words."""
        labels = dict(Shown.choices)
        return [str(labels[value]) for value in self.shown if value in labels]

    @property
    def is_cancelled(self) -> bool:
        """Nothing more will come of it."""
        return self.cancelled_at is not None

    @property
    def why_not_publishable(self) -> list[str]:
        """What publishing demands and is missing. A place may follow later."""
        if self.is_cancelled:
            return [str(_("cancelled"))]
        names = {"fi": _("no Finnish title"), "sv": _("no Swedish title")}
        unconfirmed = [] if self.confirmed_at else [_("the exhibitor has not confirmed")]
        reasons = [*unconfirmed, *(names[code] for code in PUBLISHED if not getattr(self, f"title_{code}"))]
        return [str(reason) for reason in reasons]

    @property
    def why_not_public(self) -> list[str]:
        """What keeps a booth from the public, or nothing when visitors see it; the same as `public()`, in words."""
        if self.is_cancelled:
            return self.why_not_publishable
        no_place = [] if self.place_id else [str(_("no place on the plan"))]
        is_published = self.published_at is not None and self.published_at <= clock.now()
        not_published = [] if is_published else [str(_("not published"))]
        return [*self.why_not_publishable, *no_place, *not_published]


class BoothText(models.Model):
    """As of when the texts of a booth hold in one language: another that changed later has left it behind."""

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="texts", verbose_name=_("booth"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("state of a language")
        verbose_name_plural = _("states of the languages")
        constraints = [models.UniqueConstraint(fields=["booth", "language"], name="booth_text_once")]

    def __str__(self) -> str:
        return f"{self.booth_id} {self.language}"


class BoothChange(models.Model):
    """New texts that an exhibitor asks for after the booth has become public; an organiser takes them over or not."""

    class Status(models.TextChoices):
        """The way of a change."""

        ASKED = "asked", _("asked for")
        ACCEPTED = "accepted", _("taken over")
        DECLINED = "declined", _("not taken over")
        REPLACED = "replaced", _("replaced by a newer one")

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="changes", verbose_name=_("booth"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ASKED)
    texts = models.JSONField(_("texts"), default=dict)  # column of the booth → its new text
    asked_at = models.DateTimeField(_("asked for"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    reason = TextField(_("reason"), max_length=1000, blank=True, help_text=_("Told to the exhibitor."))

    class Meta:
        verbose_name = _("change of a booth")
        verbose_name_plural = _("changes of booths")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["booth"], condition=Q(status="asked"), name="booth_change_one_open"),
            models.CheckConstraint(
                condition=Q(status="asked", decided_at=None) | (~Q(status="asked") & Q(decided_at__isnull=False)),
                name="booth_change_decision_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return str(self.booth)


class BoothBadge(models.Model):
    """A badge that an exhibitor has ordered: a reserved place for somebody who works at the booth."""

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="badges", verbose_name=_("booth"))
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="booth_badge", verbose_name=_("reserved place"))

    class Meta:
        verbose_name = _("badge of a booth")
        verbose_name_plural = _("badges of a booth")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.booth_id} · {self.claim_id}"

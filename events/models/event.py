"""An event (one edition) and what organisers say about it: days, partners, roles, questions. All of it is data."""

from datetime import datetime
from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.plaintext import LineField, TextField

AT_LEAST_ONE_HOUR = _("Give at least one working hour to answer an offer.")
PARTICIPANT = "participant"  # the role of everyone who simply registers


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about events."""

    def current(self) -> Self:
        """The one event that answers at /<lang>/."""
        return self.filter(is_current=True)


class Event(models.Model):
    """One edition, with its own dates, host, texts and windows."""

    slug = models.CharField(
        _("address part"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[0-9][a-z0-9-]*$", _("An event's address begins with a digit, such as 2024."))],
    )
    is_current = models.BooleanField(_("current event"), default=False)
    is_virtual = models.BooleanField(
        _("virtual"), default=False, help_text=_("A virtual event asks neither attendance nor diet and makes no badge.")
    )
    name = LineField(_("name"), max_length=120)
    tagline = LineField(_("in one line"), max_length=200, blank=True)
    summary = TextField(_("what it is, in two or three sentences"), max_length=1000, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    venue_name = LineField(_("venue"), max_length=120, blank=True)
    venue_address = LineField(_("address"), max_length=200, blank=True)
    city = LineField(_("town"), max_length=80, blank=True)
    contact_name = LineField(pgettext_lazy("who answers questions", "contact"), max_length=120)
    contact_email = models.EmailField(_("contact e-mail"))
    contact_phone = LineField(_("contact phone"), max_length=40, blank=True)
    funding_statement = LineField(_("funding statement"), max_length=200, blank=True)
    funding_note = TextField(_("more about the funding"), max_length=600, blank=True)
    has_eu_emblem = models.BooleanField(_("show the EU emblem"), default=True)
    on_site_opens_at = models.DateTimeField(_("on-site registration opens"), null=True, blank=True)
    on_site_closes_at = models.DateTimeField(_("on-site registration closes"), null=True, blank=True)
    remote_opens_at = models.DateTimeField(_("remote registration opens"), null=True, blank=True)
    remote_closes_at = models.DateTimeField(_("remote registration closes"), null=True, blank=True)
    needs_until = models.DateTimeField(_("dietary and accessibility answers until"), null=True, blank=True)
    doors_open_at = models.DateTimeField(
        _("doors open"), null=True, blank=True, help_text=_("No place is offered after this moment.")
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("working hours to answer an offer"),
        default=8,
        validators=[MinValueValidator(1, AT_LEAST_ONE_HOUR)],
        help_text=_("Counted Monday to Friday 8–16, without holidays."),
    )
    public_version = models.PositiveIntegerField(default=1, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(F("is_current"), condition=Q(is_current=True), name="event_one_is_current"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="event_ends_after_start",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(on_site_closes_at__gt=F("on_site_opens_at")),
                name="event_on_site_window",
                violation_error_message=_("On-site registration must open before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(remote_closes_at__gt=F("remote_opens_at")),
                name="event_remote_window",
                violation_error_message=_("Remote registration must open before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(offer_hours__gte=1),
                name="event_offer_has_hours",
                violation_error_message=AT_LEAST_ONE_HOUR,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def on_site_is_open(self, at: datetime) -> bool:
        """Whether people may register on site."""
        return not self.is_virtual and is_within(self.on_site_opens_at, at, self.on_site_closes_at)

    def remote_is_open(self, at: datetime) -> bool:
        """Whether people may register remotely."""
        return is_within(self.remote_opens_at, at, self.remote_closes_at)

    def is_open(self, at: datetime) -> bool:
        """Whether people may register at all."""
        return self.on_site_is_open(at) or self.remote_is_open(at)

    def opens_at(self, at: datetime) -> datetime | None:
        """The next opening of a registration, if one lies ahead."""
        ahead = [moment for moment in (self.on_site_opens_at, self.remote_opens_at) if moment and moment > at]
        return min(ahead, default=None)

    def needs_can_change(self, at: datetime) -> bool:
        """Whether the caterer can still be told."""
        return not self.is_virtual and (self.needs_until is None or is_not_past(self.needs_until, at))

    @property
    def partners_by_role(self) -> list[tuple[str, list["Partner"]]]:
        """The bodies behind the event in the order in which they are named; one query. The supervisor is not one."""
        partners = [partner for partner in self.partners.all() if partner.role != Partner.Role.SUPERVISOR]
        groups = [(role, [partner for partner in partners if partner.role == role]) for role in Partner.Role]
        return [(str(role.label), named) for role, named in groups if named]


def is_not_past(limit: datetime, at: datetime) -> bool:
    """A limit shown as 23.59 includes that whole minute."""
    return at.replace(second=0, microsecond=0) <= limit


def is_within(opens_at: datetime | None, at: datetime, closes_at: datetime | None) -> bool:
    """Inclusive as written: from the opening minute to the end of the closing minute. Without an opening: closed."""
    return opens_at is not None and opens_at <= at and (closes_at is None or is_not_past(closes_at, at))


class Day(models.Model):
    """A day of the event, and the pool that its on-site places come from (none: unlimited)."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="days", verbose_name=_("event"))
    date = models.DateField(_("date"))
    pool = models.ForeignKey(
        "events.Pool", models.PROTECT, related_name="days", null=True, blank=True, verbose_name=_("places")
    )
    starts_at = models.TimeField(_("starts"), null=True, blank=True)
    ends_at = models.TimeField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["event", "date"], name="day_once_per_event")]

    def __str__(self) -> str:
        return f"{self.date:%-d.%-m.%Y}"


class Partner(models.Model):
    """A body behind the event: its name is data, because names of authorities change."""

    class Role(models.TextChoices):
        """In the order in which they are named on the pages."""

        ORGANISER = "organiser", _("Organiser")
        CO_ORGANISER = "co_organiser", _("In cooperation with")
        PARTNER = "partner", _("Partners")
        STEERING_GROUP = "steering_group", _("Steering group")
        FUNDER = "funder", _("Funding")
        SUPERVISOR = "supervisor", _("Supervisory authority")

    event = models.ForeignKey(Event, models.CASCADE, related_name="partners", verbose_name=_("event"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    name = LineField(_("name"), max_length=200)
    url = models.URLField(_("web address"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Named(models.Model):
    """A choice that an event offers, named in three languages."""

    slug = models.SlugField(_("short name"), max_length=40)
    name = LineField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class OrganisationType(Named):
    """What kind of organisation a participant comes from."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="organisation_types", verbose_name=_("event"))

    class Meta(Named.Meta):
        verbose_name = _("organisation type")
        verbose_name_plural = _("organisation types")
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="organisation_type_once")]


class Theme(Named):
    """A theme of the event's programme."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="themes", verbose_name=_("event"))

    class Meta(Named.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="theme_once")]


class Role(Named):
    """What a person is at the event; it stands on the badge."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="roles", verbose_name=_("event"))
    needs_place = models.BooleanField(
        _("needs a place"), default=True, help_text=_("Counts against the on-site places of the event.")
    )

    class Meta(Named.Meta):
        verbose_name = pgettext_lazy("at the event", "role")
        verbose_name_plural = pgettext_lazy("at the event", "roles")
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="role_once")]


class Question(models.Model):
    """An extra question on the registration form."""

    class Kind(models.TextChoices):
        """How it is answered."""

        TEXT = "text", _("text")
        CHOICE = "choice", _("one choice")
        SEVERAL = "several", _("several choices")

    class Audience(models.TextChoices):
        """Who is asked."""

        ALL = "all", _("everyone")
        ON_SITE = "on_site", _("those on site")
        REMOTE = "remote", _("those taking part remotely")

    event = models.ForeignKey(Event, models.CASCADE, related_name="questions", verbose_name=_("event"))
    key = models.SlugField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    audience = models.CharField(_("asked of"), max_length=10, choices=Audience.choices, default=Audience.ALL)
    label = LineField(_("question"), max_length=200)
    help_text = LineField(_("hint"), max_length=300, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("extra question")
        verbose_name_plural = _("extra questions")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="question_key_once")]

    def __str__(self) -> str:
        return self.label


class QuestionChoice(models.Model):
    """A choice of an extra question."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices", verbose_name=_("question"))
    name = LineField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

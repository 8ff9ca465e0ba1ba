"""The floor plan: halls, the places in them and what else is to be seen there. It is drawn from these rows alone.

All measures are metres from the upper left corner of the hall.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Q
from django.utils.translation import gettext_lazy as _

from events.models import Event
from events.models.ranges import OnlyThis
from events.plaintext import LineField

LONGEST = 200  # metres; the side of a hall
NEAR = Decimal("0.5")  # metres between places that are beside each other


def metres(label: object, *, least: str = "0", **options: object) -> models.DecimalField:
    """A measure to the centimetre."""
    checks = [MinValueValidator(Decimal(least)), MaxValueValidator(Decimal(LONGEST))]
    return models.DecimalField(label, max_digits=5, decimal_places=2, validators=checks, **options)  # type: ignore[arg-type]


def plain(number: Decimal) -> str:
    """Without zeros that say nothing: 20, 2,5."""
    return f"{number.normalize():f}".replace(".", ",")


class Stretch(Func):
    """From here for so many metres; what begins where another ends lies beside it."""

    template = "numrange(%(expressions)s)"
    output_field = DecimalRangeField()


class Hall(models.Model):
    """A hall or lobby with booths."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="halls", verbose_name=_("event"))
    slug = models.SlugField(_("short name"), max_length=40)
    name = LineField(_("name"), max_length=80)
    access = LineField(_("accessibility"), max_length=300, blank=True, help_text=_("Lift, induction loop, steps."))
    width = metres(_("width in metres"), least="1")
    depth = metres(_("depth in metres"), least="1")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="hall_once"),
            models.CheckConstraint(condition=Q(width__gt=0, depth__gt=0), name="hall_has_size"),
        ]

    def __str__(self) -> str:
        return self.name


class InHall(models.Model):
    """Something that takes a rectangle of a hall."""

    x = metres(_("from the left"))
    y = metres(_("from the top"))
    width = metres(_("width in metres"), least="0.1")
    depth = metres(_("depth in metres"), least="0.1")

    class Meta:
        abstract = True

    def clean(self) -> None:
        """It lies within its hall."""
        hall = getattr(self, "hall", None)
        if hall is None or None in (self.x, self.y, self.width, self.depth):
            return
        if self.x + self.width > hall.width or self.y + self.depth > hall.depth:
            raise ValidationError(
                _("This lies outside the hall, which is %(width)s × %(depth)s m.")
                % {"width": plain(hall.width), "depth": plain(hall.depth)}
            )


class BoothPlaceQuerySet(models.QuerySet["BoothPlace"]):
    """Questions about places."""

    def for_event(self, event: Event) -> Self:
        """Of all halls of an event."""
        return self.filter(hall__event=event)


class BoothPlace(InHall):
    """A place for one booth."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="places", verbose_name=_("hall"))
    number = models.CharField(
        _("number"), max_length=8, validators=[RegexValidator(r"^[A-ZÅÄÖ]{0,3}[0-9]{1,4}[a-z]?$", _("Such as A12."))]
    )
    has_power = models.BooleanField(_("power"), default=False)
    has_network = models.BooleanField(_("network"), default=False)
    has_wall = models.BooleanField(_("wall"), default=False)

    objects = BoothPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a booth")
        verbose_name_plural = _("places of booths")
        ordering = ["hall__order", "hall", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["hall", "number"], name="booth_place_number_once"),
            models.CheckConstraint(condition=Q(width__gt=0, depth__gt=0), name="booth_place_has_size"),
            ExclusionConstraint(
                name="booth_places_lie_apart",
                expressions=[
                    (OnlyThis(F("hall")), RangeOperators.OVERLAPS),
                    (Stretch(F("x"), F("x") + F("width")), RangeOperators.OVERLAPS),
                    (Stretch(F("y"), F("y") + F("depth")), RangeOperators.OVERLAPS),
                ],
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("Another place lies there."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def event_id(self) -> int:
        """Of the hall."""
        return self.hall.event_id

    def is_beside(self, other: "BoothPlace") -> bool:
        """Whether two places of a hall touch, or nearly so."""
        if self.hall_id != other.hall_id or self.pk == other.pk:
            return False
        across = max(self.x, other.x) - min(self.x + self.width, other.x + other.width)
        along = max(self.y, other.y) - min(self.y + self.depth, other.y + other.depth)
        return max(across, along) <= NEAR and min(across, along) < 0

    def neighbours(self, places: Iterable["BoothPlace"]) -> list["BoothPlace"]:
        """Those of these places that are beside it; corner to corner does not count."""
        return [place for place in places if self.is_beside(place)]


class Landmark(InHall):
    """What else is drawn: a door, stairs, a stage, or a labelled area that may lead to a page."""

    class Kind(models.TextChoices):
        """How it is drawn."""

        DOOR = "door", _("door")
        STAIRS = "stairs", _("stairs")
        LIFT = "lift", _("lift")
        STAGE = "stage", _("stage")
        WALL = "wall", _("wall or pillar")
        AREA = "area", _("area")

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="landmarks", verbose_name=_("hall"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.AREA)
    label = LineField(_("label"), max_length=60, blank=True)
    page = models.CharField(
        _("page of this site"), max_length=160, blank=True,
        validators=[RegexValidator(r"^([a-z0-9-]+/)+$", _("Such as programme/short-films/, without the language."))],
        help_text=_("Where a visitor is led, without the language: programme/short-films/."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("landmark")
        verbose_name_plural = _("landmarks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(page="") | ~Q(kind="wall"), name="landmark_wall_leads_nowhere",
                violation_error_message=_("A wall leads nowhere."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label or self.get_kind_display()

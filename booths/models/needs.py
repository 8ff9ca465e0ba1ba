"""What a booth needs, asked in the application and kept with the booth."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.plaintext import LineField, TextField

LANGUAGES = [("fi", "suomi"), ("sv", "svenska"), ("en", "English")]
MOST_STAFF = 20
NEEDS = (
    "size", "needs_power", "needs_network", "needs_table", "needs_wall", "more_needs", "staff_expected", "set_up",
    "take_down",
)  # fmt: skip


class Shown(models.TextChoices):
    """What is shown at a booth."""

    ACTIVITIES = "activities", _("our activities")
    GOOD_PRACTICE = "good_practice", _("a good practice")
    MATERIALS = "materials", _("materials")
    FILM = "film", _("a film")


class BoothNeeds(models.Model):
    """The base of applications and booths: how much room, and what must be there."""

    class Size(models.TextChoices):
        """Width and depth in metres."""

        SMALL = "2x2", "2 × 2 m"
        MEDIUM = "3x2", "3 × 2 m"
        LARGE = "4x3", "4 × 3 m"

    size = models.CharField(_("size"), max_length=5, choices=Size.choices, default=Size.SMALL)
    needs_power = models.BooleanField(_("power"), default=False)
    needs_network = models.BooleanField(_("network"), default=False)
    needs_table = models.BooleanField(_("table"), default=False)
    needs_wall = models.BooleanField(_("wall"), default=False)
    more_needs = TextField(_("other needs"), max_length=1000, blank=True)
    staff_expected = models.PositiveSmallIntegerField(
        _("staff expected"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_STAFF)],
        help_text=_("How many people work at the booth."),
    )  # fmt: skip
    set_up = LineField(_("when you set up"), max_length=120, blank=True)
    take_down = LineField(_("when you take down"), max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def metres(self) -> tuple[Decimal, Decimal]:
        """Width and depth."""
        width, depth = self.size.split("x")
        return Decimal(width), Decimal(depth)

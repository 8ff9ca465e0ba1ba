"""Files that people send in: never under their own name, never served as they came."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from events.plaintext import LineField


def random_place(row: Any, filename: str) -> str:
    """Where the bytes are kept; `row.random_name` was made for it."""
    return f"uploads/{row.random_name[:2]}/{row.random_name}"


class Upload(models.Model):
    """A picture, decoded and encoded anew, or a PDF that carries nothing that runs. See `events.uploads`."""

    class Kind(models.TextChoices):
        """What it may be."""

        PICTURE = "picture", _("picture")
        PDF = "pdf", _("PDF")

    MEDIA_TYPES: ClassVar[dict[str, str]] = {Kind.PICTURE: "image/jpeg", Kind.PDF: "application/pdf"}
    ENDINGS: ClassVar[dict[str, str]] = {Kind.PICTURE: "jpg", Kind.PDF: "pdf"}

    event = models.ForeignKey(Event, models.CASCADE, related_name="uploads", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    random_name = models.CharField(max_length=40, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to=random_place, max_length=120)
    name = LineField(_("name"), max_length=120)  # what it was called, for the one who downloads it
    size = models.PositiveIntegerField(_("size"))
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    alternative_text = LineField(_("description of the picture"), max_length=300, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def ending(self) -> str:
        """Of a file's name, without the dot."""
        return self.ENDINGS[self.kind]

    @property
    def media_type(self) -> str:
        """As it is served."""
        return self.MEDIA_TYPES[self.kind]

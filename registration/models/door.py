"""The door: gates, lists of who may enter, devices, what they read, and who is inside.

`Scan` is what happened and is only ever added to. `Admission` and `Conflict` are worked out from it (`checkin`).
Rows that a device has to hear of carry `changed_in`, the transaction that wrote them: see `docs/door.md`.
"""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.clock import day_of
from events.models import Day, Event, Role
from events.plaintext import LineField, TextField
from registration.models.registration import Registration

MOST_LISTS = 255  # a list's number is one byte in what a device is sent


class ThisTransaction(models.Func):
    """The number of the transaction that writes: readers ask for everything that is not older than their snapshot."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Gate(models.Model):
    """Where people come in: main entrance, hall, workshop."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="gates", verbose_name=_("event"))
    name = LineField(_("name"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class CheckInList(models.Model):
    """Who may enter what: a day, the dinner, a session. People are admitted by rows, not by a rule.

    Admitted are those confirmed who fit all of attendance, days and roles (an empty choice fits everyone), and those
    put on the list by name. A list of names only admits nobody else.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="check_in_lists", verbose_name=_("event"))
    number = models.PositiveSmallIntegerField(
        editable=False, validators=[MinValueValidator(1), MaxValueValidator(MOST_LISTS)]
    )
    name = LineField(_("name"), max_length=80)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    attendance = models.CharField(
        _("attendance"),
        max_length=10,
        choices=Registration.Attendance.choices,
        default=Registration.Attendance.ON_SITE,
        blank=True,
        help_text=_("Empty: everyone, wherever they take part."),
    )
    days = models.ManyToManyField(
        Day, blank=True, related_name="+", verbose_name=_("days"), help_text=_("Who comes on one of these; empty: any.")
    )
    roles = models.ManyToManyField(
        Role, blank=True, related_name="+", verbose_name=_("roles"), help_text=_("Empty: all roles.")
    )
    has_names_only = models.BooleanField(
        _("only people put on the list"),
        default=False,
        help_text=_("Days and roles admit nobody then; a dinner by invitation, a session with limited places."),
    )
    is_return_normal = models.BooleanField(
        _("coming back is normal"),
        default=True,
        help_text=_("A day: yes, people go out and come back. A dinner: no, a second arrival is looked into."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("check-in list")
        verbose_name_plural = _("check-in lists")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="check_in_list_number_once"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=models.F("opens_at")),
                name="check_in_list_closes_after_opening",
                violation_error_message=_("A list closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Devices can tell so many lists apart."""
        if not self.number and self.event_id and _outline(self.event_id).lists_made >= MOST_LISTS:
            raise ValidationError(_("An event can have no more lists; change one of them instead."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new list gets the next number of its event, which devices know it by; no number is given twice."""
        with transaction.atomic():
            if not self.number:
                _outline(self.event_id)
                outline = RosterOutline.objects.select_for_update().get(pk=self.event_id)
                self.number = outline.lists_made = outline.lists_made + 1
                outline.save(update_fields=["lists_made"])
            super().save(*args, **kwargs)


class ListEntry(models.Model):
    """Somebody put on a list by name, whatever days and role they have."""

    check_in_list = models.ForeignKey(
        CheckInList, models.CASCADE, related_name="entries", verbose_name=_("check-in list")
    )
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="list_entries", verbose_name=_("registration")
    )

    class Meta:
        verbose_name = _("person on the list")
        verbose_name_plural = _("people on the list")
        constraints = [models.UniqueConstraint(fields=["check_in_list", "registration"], name="list_entry_once")]

    def __str__(self) -> str:
        return f"{self.check_in_list_id} · {self.registration_id}"


class DeviceQuerySet(models.QuerySet["Device"]):
    """Questions about devices."""

    def paired(self) -> Self:
        """In use: paired and not revoked."""
        return self.filter(revoked_at=None).exclude(paired_at=None)


class Device(models.Model):
    """A phone or laptop at the door. Its token is all it needs, and good for check-in of its event alone."""

    KEPT_AFTER_EVENT: ClassVar[timedelta] = timedelta(days=1)
    PAIRING_TIME: ClassVar[timedelta] = timedelta(hours=1)

    event = models.ForeignKey(Event, models.CASCADE, related_name="devices", verbose_name=_("event"))
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="devices", verbose_name=_("gate"))
    check_in_list = models.ForeignKey(
        CheckInList, models.PROTECT, related_name="devices", verbose_name=_("check-in list")
    )
    name = LineField(_("name"), max_length=80, blank=True, help_text=_("Its user may name it when pairing."))
    language = models.CharField(_("language"), max_length=2, choices=Registration.Language.choices, default="fi")
    is_help_desk = models.BooleanField(
        _("help desk"),
        default=False,
        help_text=_("Searches by name and registers newcomers; a lost phone then gives away the names."),
    )
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    link_version = models.PositiveIntegerField(default=1, editable=False)
    pairing_ends_at = models.DateTimeField(_("link good until"), editable=False)
    paired_at = models.DateTimeField(_("paired"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    wiped_at = models.DateTimeField(_("wiped"), null=True, editable=False)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, editable=False)
    unsent = models.PositiveIntegerField(_("unsent scans"), default=0, editable=False)
    clock_offset_ms = models.BigIntegerField(_("clock difference"), default=0, editable=False)
    app_version = models.CharField(_("version"), max_length=40, blank=True, editable=False)
    battery = models.PositiveSmallIntegerField(_("battery"), null=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["gate", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paired_at=None, token_hash=None) | Q(paired_at__isnull=False, token_hash__isnull=False),
                name="device_paired_has_token",
            ),
            models.CheckConstraint(condition=Q(battery=None) | Q(battery__lte=100), name="device_battery_is_per_cent"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @staticmethod
    def hash_of(token: str) -> str:
        """What is stored of a token: a random 256 bits needs no slow hash."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def end_for(cls, event_ends_on: date) -> date:
        """The last day on which an event's devices work."""
        return event_ends_on + cls.KEPT_AFTER_EVENT

    def is_expired(self, at: datetime) -> bool:
        """All devices expire with the event, a day after its last one."""
        return day_of(at) > self.end_for(self.event.ends_on)


class Scan(models.Model):
    """One thing that happened at a device: added once, by the key that the device made, and never changed."""

    UNDO_WITHIN: ClassVar[timedelta] = timedelta(minutes=15)

    class Kind(models.TextChoices):
        """Read from a badge, found by name, let in by a person's decision, newly registered, taken back, rehearsed."""

        READ = "read", _("badge read")
        NAME = "name", _("found by name")
        LET_IN = "let_in", _("let in by hand")
        WALK_IN = "walk_in", _("registered at the door")
        UNDO = "undo", _("undone")
        TEST = "test", _("rehearsal")

    id = models.UUIDField(primary_key=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="scans", verbose_name=_("event"))
    device = models.ForeignKey(Device, models.PROTECT, related_name="scans", verbose_name=_("device"))
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="+", verbose_name=_("gate"))
    check_in_list = models.ForeignKey(
        CheckInList, models.PROTECT, related_name="scans", verbose_name=_("check-in list")
    )
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, related_name="scans", verbose_name=_("registration")
    )
    is_assistant = models.BooleanField(_("assistant"), default=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    code = models.CharField(_("code read"), max_length=30, blank=True)  # of a badge; nothing else that was read is kept
    undoes = models.UUIDField(null=True, help_text=_("The scan that is taken back, which may arrive later."))
    is_live = models.BooleanField(_("answered at once"), default=False)
    tone = models.CharField(max_length=5)
    reason = models.CharField(_("answer"), max_length=20)
    is_admitting = models.BooleanField(_("let in"), default=False)
    scanned_at = models.DateTimeField(_("by the device's clock"))
    corrected_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["-corrected_at", "pk"]
        indexes = [
            models.Index(
                fields=["check_in_list", "registration", "is_assistant", "corrected_at"],
                name="scan_of_person",
                condition=Q(is_admitting=True),
            ),
            models.Index(fields=["undoes"], name="scan_undoes", condition=Q(undoes__isnull=False)),
            models.Index(fields=["event", "corrected_at"], name="scan_of_event"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes=None)),
                name="scan_undo_has_target",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Admission(models.Model):
    """Who is inside: the first arrival of a person (or of the person's assistant) on a list that was not taken back.

    The row is the arbiter between gates that read one badge at the same moment. After an undo it stays, without a scan.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="admissions", verbose_name=_("event"))
    check_in_list = models.ForeignKey(
        CheckInList, models.CASCADE, related_name="admissions", verbose_name=_("check-in list")
    )
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="admissions", verbose_name=_("registration")
    )
    is_assistant = models.BooleanField(_("assistant"), default=False)
    scan_id = models.UUIDField(null=True)
    gate = models.ForeignKey(Gate, models.PROTECT, null=True, related_name="+", verbose_name=_("gate"))
    admitted_at = models.DateTimeField(_("arrived"), null=True)
    changed_in = models.BigIntegerField(db_default=ThisTransaction(), editable=False)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        indexes = [models.Index(fields=["event", "changed_in"], name="admission_changed")]
        constraints = [
            models.UniqueConstraint(fields=["check_in_list", "registration", "is_assistant"], name="admission_once"),
            models.CheckConstraint(
                condition=Q(scan_id=None, gate=None, admitted_at=None)
                | Q(scan_id__isnull=False, gate__isnull=False, admitted_at__isnull=False),
                name="admission_has_all_or_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_in_list_id} · {self.registration_id}"


class Conflict(models.Model):
    """Something that a person has to look at and close with a reason. One per matter: `key` tells which."""

    class Kind(models.TextChoices):
        """What is the matter."""

        DOUBLE = "double", _("let in twice")
        CANCELLED = "cancelled", _("cancelled and let in")
        UNKNOWN = "unknown", _("unknown code let in")
        TOLD_OTHERWISE = "told_otherwise", _("let in against the server's answer")
        REVOKED = "revoked", _("let in by a revoked device")
        BROKEN = "broken", _("cannot be read")
        NOT_REGISTERED = "not_registered", _("newcomer could not be registered")

    event = models.ForeignKey(Event, models.CASCADE, related_name="conflicts", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=120, editable=False)
    check_in_list = models.ForeignKey(
        CheckInList, models.CASCADE, null=True, related_name="conflicts", verbose_name=_("check-in list")
    )
    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, related_name="conflicts", verbose_name=_("registration")
    )
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="+", verbose_name=_("device"))
    scan_id = models.UUIDField(null=True)
    detail = models.JSONField(_("detail"), default=dict)
    found_at = models.DateTimeField(_("found"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("closed by")
    )
    reason = TextField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ["-found_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="conflict_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class RosterChange(models.Model):
    """When what the door knows of a registration last changed. Written by triggers: nothing can forget it."""

    registration = models.OneToOneField(Registration, models.CASCADE, primary_key=True, related_name="roster_change")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    changed_in = models.BigIntegerField(db_default=ThisTransaction())

    class Meta:
        indexes = [models.Index(fields=["event", "changed_in"], name="roster_changed")]

    def __str__(self) -> str:
        return str(self.pk)


class RosterOutline(models.Model):
    """When lists or letter ranges of an event last changed: devices then take the whole roster anew."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="+")
    changed_in = models.BigIntegerField(db_default=ThisTransaction())
    lists_made = models.PositiveSmallIntegerField(default=0, db_default=0)  # deleted ones too

    def __str__(self) -> str:
        return str(self.pk)


def _outline(event_id: int) -> RosterOutline:
    return RosterOutline.objects.get_or_create(event_id=event_id)[0]


class LetterRange(models.Model):
    """The letters of a queue at the registration desk, by family name: K-M. Fixed by an organiser before printing."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="letter_ranges", verbose_name=_("event"))
    first = models.CharField(_("from"), max_length=2)
    last = models.CharField(_("to"), max_length=2)
    fixed_at = models.DateTimeField(_("fixed"), editable=False)

    class Meta:
        verbose_name = _("letters of a queue")
        verbose_name_plural = _("letters of the queues")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "first"], name="letter_range_once")]

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}–{self.last}"

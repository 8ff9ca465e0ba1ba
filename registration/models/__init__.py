"""Registrations, their needs and badges, the ways in which a place passes to somebody, and the door."""

from registration.models.claim import Claim, Handover
from registration.models.door import (
    Admission,
    CheckInList,
    Conflict,
    Device,
    Gate,
    LetterRange,
    ListEntry,
    RosterChange,
    RosterOutline,
    Scan,
)
from registration.models.registration import Badge, Needs, Registration, RegistrationQuerySet

__all__ = [
    "Admission",
    "Badge",
    "CheckInList",
    "Claim",
    "Conflict",
    "Device",
    "Gate",
    "Handover",
    "LetterRange",
    "ListEntry",
    "Needs",
    "Registration",
    "RegistrationQuerySet",
    "RosterChange",
    "RosterOutline",
    "Scan",
]

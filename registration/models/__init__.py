"""Registrations, the needs told with them, their badges, and the ways in which a place passes to somebody."""

from registration.models.claim import Claim, Handover
from registration.models.registration import Badge, Needs, Registration, RegistrationQuerySet

__all__ = ["Badge", "Claim", "Handover", "Needs", "Registration", "RegistrationQuerySet"]

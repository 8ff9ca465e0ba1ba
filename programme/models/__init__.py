"""Proposals and applications, sessions, rooms, speakers, releases, places in sessions, feedback."""

from programme.models.proposal import Application, ApplicationReview, CoPresenter, Format, Proposal, ProposalReview
from programme.models.release import Booking, Favourite, Release, ReleasedSession
from programme.models.session import (
    Material,
    Room,
    Session,
    SessionFeedback,
    SessionText,
    Speaker,
    SpeakerSlot,
)

__all__ = [
    "Application",
    "ApplicationReview",
    "Booking",
    "CoPresenter",
    "Favourite",
    "Format",
    "Material",
    "Proposal",
    "ProposalReview",
    "Release",
    "ReleasedSession",
    "Room",
    "Session",
    "SessionFeedback",
    "SessionText",
    "Speaker",
    "SpeakerSlot",
]

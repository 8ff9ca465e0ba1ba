"""Proposals and applications, sessions, rooms, speakers, releases, places in sessions, feedback, streams."""

from programme.models.live import FollowedMinute, LivePage, LiveQuestion, Stream
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
    "FollowedMinute",
    "Format",
    "LivePage",
    "LiveQuestion",
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
    "Stream",
]

"""The side of organisers and reviewers: what is sent in, judged, decided, told; sessions, rooms, speakers, schedule."""

from programme.admin import (
    applications,
    calls,
    decisions,
    live,
    proposals,
    releases,
    reviewing,
    rooms,
    sessions,
    speakers,
)

__all__ = [
    "applications",
    "calls",
    "decisions",
    "live",
    "proposals",
    "releases",
    "reviewing",
    "rooms",
    "sessions",
    "speakers",
]

"""The side of organisers and reviewers: what is sent in, judged, decided, told; sessions, rooms, speakers, schedule."""

from programme.admin import applications, formats, live, proposals, releases, rooms, sessions, speakers

__all__ = ["applications", "formats", "live", "proposals", "releases", "rooms", "sessions", "speakers"]

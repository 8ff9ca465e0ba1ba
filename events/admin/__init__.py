"""The admin of the event."""

from events.admin import calls, contents, people, post

__all__ = ["calls", "contents", "people", "post"]

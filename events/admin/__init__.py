"""The admin of the event."""

from events.admin import contents, people, post

__all__ = ["contents", "people", "post"]

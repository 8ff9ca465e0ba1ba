"""Calls, and what is sent in to them: read, reviewed, decided, told. The apps above make an admin for each table."""

from events.admin.calls import call

__all__ = ["call"]

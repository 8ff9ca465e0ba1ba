"""The exhibition in the admin."""

from booths.admin import applications, booths, changes, plan

__all__ = ["applications", "booths", "changes", "plan"]

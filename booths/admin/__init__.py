"""The exhibition in the admin."""

from booths.admin import booths, changes, plan

__all__ = ["booths", "changes", "plan"]

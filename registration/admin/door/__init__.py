"""The door in the admin: gates and lists, devices, what they read, conflicts, the live board."""

from registration.admin.door import conflicts, devices, lists, scans

__all__ = ["conflicts", "devices", "lists", "scans"]

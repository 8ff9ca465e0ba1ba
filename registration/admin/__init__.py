"""The admin of registrations: the list and what is done with it, one person's page, places, messages, needs, door."""

from registration.admin import door, letters, mailings, needs, places, registrations

__all__ = ["door", "letters", "mailings", "needs", "places", "registrations"]

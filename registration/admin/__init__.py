"""The admin of registrations: the list and what is done with it, one person's page, places, messages, needs."""

from registration.admin import mailings, needs, places, registrations

__all__ = ["mailings", "needs", "places", "registrations"]

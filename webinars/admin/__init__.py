"""Webinars in the admin: series, webinars with their steps, who has signed up, what they thought."""

from webinars.admin import sign_ups, webinars

__all__ = ["sign_ups", "webinars"]

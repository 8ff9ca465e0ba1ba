"""Formats of sessions: lecture, speech, expert discussion …"""

from django.contrib import admin

from events.admin_base import EventFilter, TranslatedEventAdmin
from programme.models import Format


@admin.register(Format)
class FormatAdmin(TranslatedEventAdmin):
    """Lecture, speech, expert discussion … of an event."""

    list_display = ["name", "minutes", "is_all_day", "languages"]
    list_filter = [EventFilter]
    prepopulated_fields = {"slug": ["name_fi"]}
    is_public = True

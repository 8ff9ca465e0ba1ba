"""Rooms: their names in three languages, seats and how one gets in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from events.admin_base import EventFilter, TranslatedEventAdmin
from programme.models import Room


@admin.register(Room)
class RoomAdmin(TranslatedEventAdmin):
    """Where sessions take place. Public pages know a room by releases alone."""

    list_display = ["name", "slug", "seats", "languages", "order"]
    list_filter = [EventFilter]
    search_fields = ["name_fi", "name_sv", "name_en", "slug"]
    prepopulated_fields = {"slug": ["name_fi"]}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only for a new row: an address that has been given out stays, and who translates does not see it."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

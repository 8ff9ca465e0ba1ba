"""Accounts and rights: for whoever runs the installation."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from events.admin_base import OneEventForm
from events.models import Membership, User


class OperatorAdmin(admin.ModelAdmin):
    """Everything for superusers, nothing for anybody else."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)


@admin.register(User)
class UserAdmin(OperatorAdmin):
    """Those who log in. Nobody has a password: the way in is a code by mail or a passkey."""

    list_display = ["email", "name", "is_staff", "is_superuser", "is_active"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_staff", "is_superuser", "is_active"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new user has no password to guess."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Membership)
class MembershipAdmin(OperatorAdmin):
    """Who may do what where."""

    form = OneEventForm
    list_display = ["user", "event", "role"]
    list_filter = ["event", "role"]
    list_select_related = ["user", "event"]
    search_fields = ["user__email", "user__name"]
    autocomplete_fields = ["user"]

"""The shell as an app (templates, the demo command), and the admin behind a login with a second factor."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ShellConfig(AppConfig):
    """Composes what the apps offer."""

    name = "integration2024"
    default = True


class OrganiserAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site."""

    default = False
    default_site = "events.admin_site.OrganiserAdminSite"

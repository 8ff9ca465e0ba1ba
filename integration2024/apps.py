"""The shell as an app (templates, the demo command), and the admin behind a login with a second factor."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register

from integration2024.demo.checks import demo_is_off


class ShellConfig(AppConfig):
    """Composes what the apps offer."""

    name = "integration2024"
    default = True

    def ready(self) -> None:
        """No deployment runs as a demo."""
        register(demo_is_off, Tags.security, deploy=True)


class OrganiserAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site."""

    default = False
    default_site = "events.admin_site.OrganiserAdminSite"

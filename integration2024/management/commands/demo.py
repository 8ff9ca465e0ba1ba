"""The demo's data: `manage.py demo` loads the events, `manage.py demo --people 1000` invents people who register."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError

from integration2024.demo import loader


class Command(BaseCommand):
    """Loads the demo. A second run keeps everything and adds what is missing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many people there should be."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Events first, then people."""
        if not settings.DEMO:
            raise CommandError("This is not a demo: nothing was loaded. In the demo the environment says DEMO=1.")
        events = loader.load()
        cache.clear()
        self.stdout.write(f"Events: {', '.join(str(event) for event in events)}")

"""The demo's data: `manage.py demo` loads events and programmes, `--people 1000` invents people who register."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.models import Event
from integration2024.demo import (
    audience,
    booth_applications,
    door,
    exhibition,
    live,
    loader,
    people,
    programme,
    proposals,
    webinars,
)
from integration2024.demo.progress import Progress

PEOPLE = 60


class Command(BaseCommand):
    """Loads the demo. A second run keeps everything and adds what is missing."""

    help = "Loads the demo's events, and invents people who register."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many people, and which."""
        parser.add_argument(
            "--people", type=int, default=PEOPLE, help=f"how many invented people there should be at least ({PEOPLE})"
        )
        parser.add_argument("--seed", type=int, default=people.SEED, help="another number invents other people")

    def handle(self, *args: Any, **options: Any) -> None:
        """Events first, what was sent in to their calls, their programmes, then people and what they do."""
        if not settings.DEMO:
            raise CommandError("This is not a demo: nothing was loaded. In the demo the environment says DEMO=1.")
        loaded = loader.load()
        self.stdout.write(f"Events: {', '.join(str(event) for event in loaded)}")
        for event in loaded:
            self.report("Calls", event, proposals.load(event), "sent in")
            self.report("Programme", event, programme.load(event), "sessions")
            self.report("Webinars", event, webinars.load(event), "with those who have signed up")
        current = Event.objects.current().get()
        self.report("Streams", current, live.load_streams(current), "ready")
        self.report("Exhibition", current, exhibition.load(current), "booths")
        self.report("Booths", current, booth_applications.load(current), "applied for")
        self.invent(current, options["people"], seed=options["seed"])
        self.report("Workshops", current, audience.load(current), "places taken or waited for")
        self.report("Feedback", current, audience.give_feedback(current), "given")
        if guests := door.invite_to_dinner(current):
            self.stdout.write(f"Dinner: {guests} guests invited")

    def report(self, what: str, event: Event, count: int, done: str) -> None:
        """A line for what was done; nothing for what was there already."""
        if count:
            self.stdout.write(f"{what} of {event.slug}: {count} {done}")
            self.stdout.flush()

    def invent(self, event: Event, count: int, *, seed: int) -> None:
        """Let the people who are missing register, with a progress bar."""
        planned = people.steps(event, count, seed=seed)
        if not planned:
            self.stdout.write("People: nobody to add (all are there, or registration has not opened).")
            return
        progress = Progress(self.stdout, "People", len(planned))
        for _ in people.carry_out(planned):
            progress.step()

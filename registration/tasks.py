"""What the clock sets going."""

from celery import shared_task

from registration import door_papers, services


@shared_task(name="registration.lapse_offers")
def lapse_offers() -> None:
    """Let dead offers lapse and offer their places to the queue."""
    services.lapse_offers()


@shared_task(name="registration.forget_needs")
def forget_needs() -> None:
    """Delete the needs of events that are past."""
    services.forget_needs_of_past_events()


@shared_task(name="registration.make_paper_lists")
def make_paper_lists() -> None:
    """Ask for the door's paper list of this night, and throw away those of events that are over."""
    door_papers.ask_for_nightly_lists()

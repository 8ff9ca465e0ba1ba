"""What the clock sets going."""

from celery import shared_task

from programme.services import booking, following, speaking


@shared_task(name="programme.remind_of_materials")
def remind_of_materials() -> None:
    """A week and a day before materials are due."""
    speaking.remind_of_materials()


@shared_task(name="programme.remind_of_streams")
def remind_of_streams() -> None:
    """On the eve of the event."""
    following.remind_of_streams()


@shared_task(name="programme.settle_sessions")
def settle_sessions() -> None:
    """Places in sessions: let dead offers lapse, offer what is free, end what those held who no longer come."""
    booking.settle_sessions()

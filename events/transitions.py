"""How a row changes its status: one table on the model, one function that obeys it."""

from typing import Any, ClassVar, Protocol

from django.utils.translation import gettext_lazy as _


class HasStatus(Protocol):
    """A row with a status and the table of the moves it may make."""

    TRANSITIONS: ClassVar[dict[Any, set[Any]]]
    status: Any


class Refusal(Exception):
    """A step that was asked for and cannot be taken; `message` says why and what to do, in the reader's language."""

    message: Any = ""


class InvalidTransition(Refusal):
    """The row has meanwhile come into a state from which this step is not possible."""

    message = _("This is no longer possible: the situation has changed meanwhile. Please check it and try again.")


class TooOften(Refusal):
    """What mails strangers is possible a few times a day only."""

    message = _("You have done this several times already. Try again tomorrow, or write to us.")


def move(row: HasStatus, to: str) -> None:
    """Set the status, or raise InvalidTransition; saving is the caller's, who holds the lock."""
    if to not in row.TRANSITIONS.get(row.status, set()):
        raise InvalidTransition(f"{row!r}: {row.status} → {to}")
    row.status = to

"""Everything that happens to a proposal or an application, one function a step, whoever asks: page, admin or task.

Each does the same: lock (the call first where its numbers count; then the row), move, save named fields, record, tell.
"""

from events.transitions import Refusal
from programme.services.answering import confirm, decline, fill_place, withdraw
from programme.services.inviting import KnownCoPresenter, Person, TooManyCoPresenters, answer, correct, not_me
from programme.services.proposing import (
    Answers,
    ChangedMeanwhile,
    NotEditable,
    Outcome,
    begin,
    find,
    remind_of_drafts,
    save,
    send_in,
    send_link,
    send_links,
    take_up_again,
)

__all__ = [
    "Answers",
    "ChangedMeanwhile",
    "KnownCoPresenter",
    "NotEditable",
    "Outcome",
    "Person",
    "Refusal",
    "TooManyCoPresenters",
    "answer",
    "begin",
    "confirm",
    "correct",
    "decline",
    "fill_place",
    "find",
    "not_me",
    "remind_of_drafts",
    "save",
    "send_in",
    "send_link",
    "send_links",
    "take_up_again",
    "withdraw",
]

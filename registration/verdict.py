"""What the door says to a reading. The same rule stands in static/js/door/verdict.js; both pass the same vectors,
tests/registration/verdicts.json.

The rule knows nothing of tables, clocks or networks: whoever asks tells what is known, and how surely.
"""

import re
from collections.abc import Collection
from typing import Literal, NamedTuple

CODE = re.compile(r"I24-[A-Z2-7]{26}")
BLANKS = str.maketrans("", "", " \t\r\n")
SMALL_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LONGEST = 64  # a code of ours with room for blanks; anything longer is not looked at

Tone = Literal["go", "in", "look", "stop"]
State = Literal["confirmed", "waiting", "offered", "ended", "revoked"]


class Verdict(NamedTuple):
    """Let in, already in, look into it, or stop; and why."""

    tone: Tone
    reason: str

    @property
    def is_admitting(self) -> bool:
        """Whether the person walks in without anybody deciding."""
        return self.tone == "go"


class Ticket(NamedTuple):
    """What the roster knows of a badge."""

    state: State
    is_remote: bool
    lists: Collection[int]  # numbers of the lists that admit its bearer


NOT_A_BADGE = Verdict("stop", "not_a_badge")
OTHER_EVENT = Verdict("stop", "other_event")
FORGED = Verdict("stop", "unknown")
UNKNOWN = Verdict("look", "unknown")
BY_STATE = {
    "revoked": Verdict("stop", "revoked"),
    "ended": Verdict("stop", "cancelled"),
    "waiting": Verdict("look", "waiting"),
    "offered": Verdict("look", "offered"),
}
REMOTE = Verdict("look", "remote")
OTHER_LIST = Verdict("look", "other_list")
BACK = Verdict("go", "back")
ALREADY = Verdict("in", "already")
ADMIT = Verdict("go", "admit")


def code_in(text: str) -> str | None:
    """The badge code in what was read or typed, or None. Blanks and small ASCII letters are forgiven, nothing else:
    no look-alike is taken for the letter it resembles."""
    if len(text) > LONGEST:
        return None
    code = text.translate(BLANKS).translate(SMALL_LETTERS)
    return code if CODE.fullmatch(code) else None


def verdict(
    text: str,
    ticket: Ticket | None,
    *,
    on_list: int,
    is_return_normal: bool,
    is_inside: bool,
    is_certain: bool,
    is_other_event: bool = False,
) -> Verdict:
    """The answer to `text` at the list with the number `on_list`.

    `ticket` is what is known of its code, `is_inside` whether its bearer has arrived on this list and not been taken
    back. `is_certain` is true where everything is known, on the server; a device alone cannot call a code forged.
    """
    if code_in(text) is None:
        return NOT_A_BADGE
    if is_other_event:
        return OTHER_EVENT
    if ticket is None:
        return FORGED if is_certain else UNKNOWN
    return of_ticket(ticket, on_list=on_list, is_return_normal=is_return_normal, is_inside=is_inside)


def of_ticket(ticket: Ticket, *, on_list: int, is_return_normal: bool, is_inside: bool) -> Verdict:
    """The same for somebody who is known, whether read from a badge or found by name."""
    if ticket.state in BY_STATE:
        return BY_STATE[ticket.state]
    if on_list not in ticket.lists:
        return REMOTE if ticket.is_remote else OTHER_LIST
    if is_inside:
        return BACK if is_return_normal else ALREADY
    return ADMIT

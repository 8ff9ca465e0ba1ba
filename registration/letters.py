"""The letters of the queues at the registration desk: which are proposed, and in which box somebody's badge waits.

The first letter of the family name decides, as it is sorted: Šarić stands at S, Müller at M, Åberg at Å. Names in other
scripts and names that begin with a digit are at home in the last queue.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from events.alphabet import sort_key
from events.models import Event
from registration.models import LetterRange, Registration

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ"
KEYS = {sort_key(letter): place for place, letter in enumerate(ALPHABET)}
OTHERS = len(ALPHABET)  # where letters that are not ours stand: after all of ours
MOST_QUEUES = 12


class Range(Protocol):
    """A stored range, or one that is proposed."""

    @property
    def first(self) -> str:
        """Its first letter."""

    @property
    def last(self) -> str:
        """Its last letter."""


class Share(NamedTuple):
    """The letters of a queue, and how many people stand in it."""

    first: str
    last: str
    people: int

    def __str__(self) -> str:
        return label(self)


def label(letters: Range) -> str:
    """K–M, or one letter alone."""
    return letters.first if letters.first == letters.last else f"{letters.first}–{letters.last}"


def place(name: str) -> int:
    """Where the first letter of a family name (or of a sort key) stands: 0 for A, 28 for Ö, 29 for all others.

    What is no letter in front of it is passed over: 't Hooft stands at T.
    """
    key = next((letter for letter in sort_key(name) if letter in KEYS or letter.isalnum()), "")
    return KEYS.get(key, OTHERS)


def letter(name: str) -> str:
    """The heading under which a family name stands in a list; a star for other scripts and digits."""
    at = place(name)
    return ALPHABET[at] if at < OTHERS else "*"


def box_of(name: str, ranges: Iterable[Range]) -> str:
    """The letters of the box for a family name (or for a registration's sort key); "" when none are fixed."""
    fixed = sorted(ranges, key=lambda letters: ALPHABET.index(letters.first))
    at = place(name)
    fitting = [letters for letters in fixed if ALPHABET.index(letters.first) <= at]
    return label(fitting[-1]) if fitting else ""


def fixed(event: Event) -> list[LetterRange]:
    """The event's ranges in the order of the alphabet; empty until an organiser has fixed them."""
    return sorted(event.letter_ranges.all(), key=lambda row: ALPHABET.index(row.first))


def count(event: Event) -> list[int]:
    """How many badges wait under each letter: of people confirmed on site, and of their assistants."""
    rows = Registration.objects.for_event(event).with_badge().values_list("sort_key", "has_assistant")
    found: Counter[int] = Counter()
    for key, has_assistant in rows:
        found[min(place(key), OTHERS - 1)] += 2 if has_assistant else 1
    return [found[at] for at in range(OTHERS)]


def propose(event: Event, queues: int) -> list[Share]:
    """As many ranges, from A to Ö without a gap, in which about equally many people stand."""
    counts = count(event)
    return shares(counts, _even(tuple(counts), max(1, min(queues, MOST_QUEUES))))


def shares(counts: Sequence[int], firsts: Iterable[int]) -> list[Share]:
    """The ranges that begin at these places of the alphabet, the first of them at A."""
    starts = list(firsts)
    ends = [*starts[1:], OTHERS]
    return [
        Share(ALPHABET[first], ALPHABET[end - 1], sum(counts[first:end]))
        for first, end in zip(starts, ends, strict=True)
    ]


@lru_cache(maxsize=32)
def _even(counts: tuple[int, ...], queues: int) -> tuple[int, ...]:
    """Where the ranges begin so that the squares of their people are least: no queue is much longer than another."""
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}  # up to this letter: the cost, and where ranges begin
    for _ in range(queues):
        best = {
            end: min(
                (cost + sum(counts[start:end]) ** 2, (*starts, start))
                for start, (cost, starts) in best.items()
                if start < end
            )
            for end in range(min(best) + 1, OTHERS + 1)
        }
    return best[OTHERS][1]

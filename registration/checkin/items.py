"""What a device sends, read with suspicion: every value has its type and its bounds, or the item is bad."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from events.plaintext import LineInput
from registration.models import Scan
from registration.verdict import code_in

Kind = Scan.Kind
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 4_102_444_800_000  # the year 2100, in milliseconds
LARGEST = 2**63 - 1
REASONS = {
    "go": {"admit", "back", "let_in"},
    "in": {"already"},
    "look": {"unknown", "waiting", "offered", "remote", "other_list"},
    "stop": {"cancelled", "revoked", "unknown", "other_event", "not_a_badge"},
}


class BadItem(Exception):
    """Not what a device of ours sends; the text says what is wrong, for developers."""


class Item(NamedTuple):
    """One thing that happened at a device, checked for its form; whether its rows exist is another question."""

    id: uuid.UUID
    kind: str
    code: str  # "" when what was read is no badge
    registration: int | None
    is_assistant: bool
    list_number: int
    gate: int
    scanned_at: datetime
    tone: str
    reason: str
    undoes: uuid.UUID | None
    person: dict[str, Any]

    @property
    def is_admitting(self) -> bool:
        """Whether the person has walked in."""
        return self.tone == "go" and self.kind not in {Kind.UNDO, Kind.TEST}


def read_item(raw: Any, *, is_live: bool = False) -> Item:
    """An item of a batch, or a live scan, which has no answer yet; raises BadItem."""
    if not isinstance(raw, dict):
        raise BadItem("not an object")
    kind = one_of(raw, "kind", {Kind.READ, Kind.NAME} if is_live else set(Kind))
    tone, reason = ("", "") if is_live or kind == Kind.UNDO else _answer(raw)
    registration = None if raw.get("registration") is None else whole_number(raw, "registration", LARGEST)
    if kind == Kind.NAME and registration is None:
        raise BadItem("registration is missing")
    return Item(
        id=key(raw, "id"),
        kind=kind,
        code=_code(raw.get("code", "")),
        registration=registration,
        is_assistant=raw.get("is_assistant") in (True, 1),
        list_number=whole_number(raw, "list", 255),
        gate=whole_number(raw, "gate", LARGEST),
        scanned_at=moment(raw, "scanned_at"),
        tone=tone,
        reason=reason,
        undoes=key(raw, "undoes") if kind == Kind.UNDO else None,
        person=_person(raw) if kind == Kind.WALK_IN else {},
    )


def _answer(raw: dict[str, Any]) -> tuple[str, str]:
    tone = one_of(raw, "tone", set(REASONS))
    return tone, one_of(raw, "reason", REASONS[tone])


def _code(value: Any) -> str:
    """A badge's code; of anything else that was read nothing is kept."""
    if not isinstance(value, str):
        raise BadItem("code is not a text")
    return code_in(value) or ""


def _person(raw: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(raw.get("person"), dict):
        raise BadItem("person is missing")
    return raw["person"]


def one_of(raw: dict[str, Any], name: str, known: set[Any]) -> str:
    """A word that we know."""
    value = raw.get(name)
    if not isinstance(value, str) or value not in known:
        raise BadItem(f"{name} is none of ours")
    return value


def whole_number(raw: dict[str, Any], name: str, most: int) -> int:
    """From 0 to `most`; true and false are no numbers."""
    value = raw.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise BadItem(f"{name} is no number from 0 to {most}")
    return value


def key(raw: dict[str, Any], name: str) -> uuid.UUID:
    """A UUID in its usual form."""
    try:
        return uuid.UUID(raw[name])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadItem(f"{name} is no UUID") from error


def moment(raw: dict[str, Any], name: str) -> datetime:
    """Milliseconds since 1970, until the year 2100."""
    return EPOCH + timedelta(milliseconds=whole_number(raw, name, LATEST))


def plain(value: Any, length: int) -> str:
    """A short line of text, or nothing when it is something else."""
    try:
        return LineInput(max_length=length, required=False).clean(value) if isinstance(value, str) else ""
    except ValidationError:
        return ""


def corrected(scanned_at: datetime, offset: timedelta, *, paired_at: datetime, received_at: datetime) -> datetime:
    """The moment of a scan by the server's clock; never before the device was paired, never in the future."""
    return min(max(scanned_at + offset, paired_at), received_at)

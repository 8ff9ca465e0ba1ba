"""Texts of the programme: each edit keeps in the same step which languages follow it and which are out of date."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import Event, LogEntry, User
from events.text_states import LANGUAGES, State, holds_as_of
from events.transitions import Refusal
from programme import texts
from programme.models import Session, SessionText
from programme.texts import SESSION_FIELDS, Difference, Line


class NothingToReview(Refusal):
    """A language in which texts are missing."""

    message = _("Texts are missing in this language: write them before you mark it as reviewed.")


def locked(session_id: int) -> Session:
    """The session as it is before an edit; nobody else edits it until the transaction ends."""
    return Session.objects.select_for_update(no_key=True).get(pk=session_id)


def edited_languages(before: Session | None, after: Session) -> list[str]:
    """In which languages a text of the session is another one now."""
    names = [(code, f"{field}_{code}") for code in LANGUAGES for field in SESSION_FIELDS]
    return sorted({code for code, name in names if (getattr(before, name, "") or "") != (getattr(after, name) or "")})


def note_edit(before: Session | None, after: Session) -> list[str]:
    """Within the transaction of an edit: from when the edited languages hold. The others follow or are out of date.

    `before` was read under the lock (`locked`), or is None for a new session.
    """
    if edited := edited_languages(before, after):
        rows = list(after.texts.all())
        states = texts.states(before, rows) if before else dict.fromkeys(LANGUAGES, State.MISSING)
        at = holds_as_of(states, rows, edited, clock.now())
        _hold(after, edited, at)
    return edited


def _hold(session: Session, languages: Iterable[str], at: Any) -> None:
    SessionText.objects.bulk_create(
        [SessionText(session=session, language=code, changed_at=at) for code in languages],
        update_conflicts=True,
        unique_fields=["session", "language"],
        update_fields=["changed_at", "reviewed_at", "reviewed_by"],
    )


@transaction.atomic
def mark_reviewed(session_id: int, language: str, *, by: User) -> SessionText:
    """Somebody has read it beside the others and found it right; that also says that it is not out of date."""
    session = locked(session_id)
    if not texts.is_whole(session, language):
        raise NothingToReview
    at = clock.now()
    row, _is_new = SessionText.objects.get_or_create(session=session, language=language, defaults={"changed_at": at})
    row.reviewed_at, row.reviewed_by = at, by
    row.save(update_fields=["reviewed_at", "reviewed_by"])
    LogEntry.objects.record(session, "texts reviewed", by=by, languages=[language])
    return row


class Taken(NamedTuple):
    """How many texts were taken over, and what was left as it is, with the reason."""

    number: int
    left: list[Difference]


@transaction.atomic
def take_over(event: Event, language: str, lines: Sequence[Line], *, by: User) -> Taken:
    """Take translations over. What has changed since the table went out is left and told."""
    for table, _fields in texts.FIELDS.values():
        list(table._default_manager.select_for_update(no_key=True).filter(event=event).order_by("pk").values("pk"))
    found = texts.differences(event, language, lines)
    good = [one for one in found if not one.problem]
    rows: dict[str, tuple[Any, list[str]]] = {}
    for one in good:
        row, names = rows.setdefault(one.line.key, (one.row, []))
        names.append(f"{one.line.field}_{language}")
        setattr(row, names[-1], one.line.translation)
    for row, names in rows.values():
        _save(row, names, language, by=by)
    return Taken(len(good), [one for one in found if one.problem])


def _save(row: Any, names: list[str], language: str, *, by: User) -> None:
    """A translation follows its source, so it makes no other language out of date."""
    if isinstance(row, Session):
        known = list(row.texts.values_list("changed_at", flat=True))
        _hold(row, [language], max(known, default=clock.now()))
        names = [*names, "updated_at"]
    row.save(update_fields=names)
    LogEntry.objects.record(row, "translation taken over", by=by, languages=[language])

"""The door in plain words: what a list admits, what a reading was answered, what happened in a conflict."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.dates import moment, short_day
from registration.board import not_undone
from registration.models import CheckInList, Conflict, Scan

# What devices and the server answer (registration/verdict.py), for the list of scans.
ANSWERS = {
    "admit": gettext_lazy("let in"),
    "back": gettext_lazy("let in again"),
    "already": gettext_lazy("has arrived already"),
    "unknown": gettext_lazy("unknown code"),
    "waiting": gettext_lazy("on the waiting list"),
    "offered": gettext_lazy("offer not accepted yet"),
    "remote": gettext_lazy("takes part remotely"),
    "other_list": gettext_lazy("not on this list"),
    "cancelled": gettext_lazy("registration ended"),
    "revoked": gettext_lazy("badge replaced"),
    "other_event": gettext_lazy("badge of another event"),
    "not_a_badge": gettext_lazy("not a badge"),
    "let_in": gettext_lazy("let in by hand"),
}
FRAMES = {"go": "confirmed", "in": "offered", "look": "waiting", "stop": "error"}  # tone → frame of the word
STORIES = {
    Conflict.Kind.DOUBLE: gettext_lazy("%(who)s was let in more than once on the list %(list)s."),
    Conflict.Kind.CANCELLED: gettext_lazy("%(who)s was let in although the registration had ended."),
    Conflict.Kind.UNKNOWN: gettext_lazy("Somebody with an unknown code was let in on the list %(list)s."),
    Conflict.Kind.TOLD_OTHERWISE: gettext_lazy("%(who)s was let in against the server's answer."),
    Conflict.Kind.REVOKED: gettext_lazy("The device %(device)s let people in and reported it after it was revoked."),
    Conflict.Kind.BROKEN: gettext_lazy("The device %(device)s sent something that cannot be read."),
    Conflict.Kind.NOT_REGISTERED: gettext_lazy("A newcomer was let in but could not be registered."),
}
OF_A_PERSON = {Conflict.Kind.DOUBLE, Conflict.Kind.CANCELLED}  # told by all arrivals of the person on the list


def admits(check_in_list: CheckInList) -> str:
    """On site · Thu 14 Nov 2024 · Participant, Speaker; what is not limited is not named."""
    named = len(check_in_list.entries.all())
    by_name = ngettext("%(count)d person put on the list", "%(count)d people put on the list", named) % {"count": named}
    if check_in_list.has_names_only:
        return _("only %(people)s") % {"people": by_name}
    parts = [
        str(check_in_list.get_attendance_display()) if check_in_list.attendance else "",
        ", ".join(short_day(day.date) for day in check_in_list.days.all()),
        ", ".join(role.name for role in check_in_list.roles.all()),
    ]
    rule = " · ".join(part for part in parts if part) or _("everyone confirmed")
    return _("%(rule)s; besides, %(people)s") % {"rule": rule, "people": by_name} if named else rule


def answer(scan: Scan) -> str:
    """What the device showed; an undo has no answer."""
    return str(ANSWERS.get(scan.reason, scan.reason)) if scan.kind != Scan.Kind.UNDO else "–"


def where(scan: Scan) -> str:
    """14 November 2024, 8.42, Main entrance (Phone 3)"""
    return f"{moment(scan.corrected_at)}, {scan.gate} ({scan.device})"


def story(conflict: Conflict, scans: Sequence[Scan]) -> str:
    """What happened in a sentence or two: who, and at which moments, gates and devices."""
    who = str(conflict.registration or _("Somebody"))
    if scans and scans[0].is_assistant:
        who = _("The assistant of %(name)s") % {"name": who}
    words = {"who": who, "list": conflict.check_in_list or "–", "device": conflict.device or "–"}
    told = str(STORIES[Conflict.Kind(conflict.kind)]) % words
    codes = {scan.code for scan in scans if scan.code and not scan.registration_id}
    places = "; ".join(where(scan) for scan in scans)
    return " ".join([told, *(f"{code}." for code in sorted(codes)), *([f"{places}."] if places else [])])


def details(conflict: Conflict) -> list[tuple[str, str]]:
    """What came along, line by line: what is the matter, and what was told."""
    told: dict[str, Any] = conflict.detail
    if conflict.kind == Conflict.Kind.TOLD_OTHERWISE:
        return [(_("the server answered"), _word(told, "server")), (_("the device acted on"), _word(told, "device"))]
    if conflict.kind == Conflict.Kind.NOT_REGISTERED:
        return [(_("not accepted"), str(told.get("problem", ""))), (_("told at the desk"), _person(told.get("person")))]
    return [(name, str(value)) for name, value in told.items()]


def _word(told: dict[str, Any], name: str) -> str:
    """go/admit → let in"""
    reason = str(told.get(name, "")).rpartition("/")[2]
    return str(ANSWERS.get(reason, reason))


def _person(text: Any) -> str:
    """What the desk typed, which is kept as it came and may be cut off."""
    try:
        told = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return str(text or "–")
    names = ("first_name", "last_name", "email", "organisation")
    return ", ".join(str(told[name]) for name in names if told.get(name)) if isinstance(told, dict) else str(told)


def scans_of(conflicts: Iterable[Conflict]) -> dict[int, list[Scan]]:
    """The scans behind each conflict, by its key, in the order in which they happened; one query for all."""
    conflicts = list(conflicts)
    if not conflicts:
        return {}
    people = {row.registration_id for row in conflicts if row.kind in OF_A_PERSON}
    arrivals = Q(not_undone(), registration__in=people, is_admitting=True)
    wanted = Q(pk__in={row.scan_id for row in conflicts if row.scan_id}) | arrivals
    rows = Scan.objects.filter(wanted).select_related("gate", "device").order_by("corrected_at", "pk")
    found = list(rows)
    return {row.pk: [scan for scan in found if _is_about(row, scan)] for row in conflicts}


def _is_about(conflict: Conflict, scan: Scan) -> bool:
    """Of a person on a list, where the conflict is about somebody's arrivals; else the one scan."""
    if conflict.kind not in OF_A_PERSON:
        return conflict.scan_id == scan.pk
    is_assistant = conflict.key.endswith(":1")  # double:<list>:<registration>:<0 or 1>, see checkin/fold.py
    own = (conflict.registration_id, conflict.check_in_list_id, is_assistant)
    is_own = (scan.registration_id, scan.check_in_list_id, scan.is_assistant) == own
    return is_own and (conflict.kind != Conflict.Kind.DOUBLE or scan.reason != "back")


def without_shortcuts(field: Any) -> Any:
    """A choice of rows without Django's four small pictures, one of which deletes what is chosen."""
    for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
        if field is not None and hasattr(field.widget, name):
            setattr(field.widget, name, False)
    return field

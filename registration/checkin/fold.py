"""Who is inside, and what is the matter: worked out from the scans, whatever the order in which they came.

Admitting are scans that let somebody in and that no undo within fifteen minutes takes back. The first of them, by
corrected moment and then key, is the admission of a person (or the person's assistant) on a list.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from registration.models import Scan

TWO_PLACES_WITHIN = timedelta(minutes=10)  # nobody arrives at two gates in so short a time


class Arriver(NamedTuple):
    """Somebody on a list: keys of the list and the registration, and whether it is the assistant."""

    list: int
    registration: int
    is_assistant: bool


ARRIVERS = """WITH arriver AS (
    SELECT * FROM unnest(%(lists)s::bigint[], %(registrations)s::bigint[], %(assistants)s::boolean[])
        AS arriver (check_in_list_id, registration_id, is_assistant)
)"""

# Locks the rows, in one order for all, so that a gate that reads the same badge meanwhile waits for this transaction.
HOLD = f"""{ARRIVERS}
INSERT INTO registration_admission (event_id, check_in_list_id, registration_id, is_assistant)
SELECT %(event)s, check_in_list_id, registration_id, is_assistant FROM arriver ORDER BY 2, 3, 4
ON CONFLICT (check_in_list_id, registration_id, is_assistant) DO UPDATE SET is_assistant = excluded.is_assistant"""

# Lets somebody in and is not taken back.
STANDS = """s.is_admitting AND NOT EXISTS (
        SELECT 1 FROM registration_scan u
        WHERE u.undoes = s.id AND u.event_id = s.event_id AND u.corrected_at <= s.corrected_at + %(undo_within)s)"""

STANDING = f"""{ARRIVERS}, standing AS (
    SELECT s.id, s.check_in_list_id, s.registration_id, s.is_assistant, s.device_id, s.gate_id, s.reason, s.code,
           s.corrected_at, s.received_at
    FROM arriver JOIN registration_scan s USING (check_in_list_id, registration_id, is_assistant)
    WHERE {STANDS}
)"""

# Everybody's first standing scan, or none, is found in one join of two things whose size the planner knows. Two results
# of unknown size it would compare row by row: a thousand times a thousand, on the first morning's empty tables.
ADMIT = f"""{ARRIVERS}, first AS (
    SELECT DISTINCT ON (a.check_in_list_id, a.registration_id, a.is_assistant) a.*, s.id, s.gate_id, s.corrected_at
    FROM arriver a LEFT JOIN registration_scan s
         ON s.check_in_list_id = a.check_in_list_id AND s.registration_id = a.registration_id
         AND s.is_assistant = a.is_assistant AND {STANDS}
    ORDER BY a.check_in_list_id, a.registration_id, a.is_assistant, s.corrected_at, s.id
)
UPDATE registration_admission a
SET scan_id = first.id, gate_id = first.gate_id, admitted_at = first.corrected_at,
    changed_in = pg_current_xact_id()::text::bigint
FROM first
WHERE a.check_in_list_id = first.check_in_list_id AND a.registration_id = first.registration_id
  AND a.is_assistant = first.is_assistant AND a.scan_id IS DISTINCT FROM first.id"""

# A matter that a person has closed is opened again by what is received after that.
# If any two arrivals at different devices are too close, then so are two that follow each other.
MATTERS = f"""{STANDING}, arrival AS (
    SELECT *, lag(device_id) OVER person AS device_before, lag(corrected_at) OVER person AS moment_before,
           max(received_at) OVER (PARTITION BY check_in_list_id, registration_id, is_assistant) AS last_received_at
    FROM standing WHERE reason <> 'back'
    WINDOW person AS (PARTITION BY check_in_list_id, registration_id, is_assistant ORDER BY corrected_at, id)
), matter AS (
    SELECT DISTINCT 'double' AS kind, arrival.check_in_list_id, arrival.registration_id, arrival.is_assistant,
           last_received_at AS received_at
    FROM arrival JOIN registration_checkinlist l ON l.id = arrival.check_in_list_id
    WHERE device_before <> device_id
      AND (NOT l.is_return_normal OR extract(epoch FROM corrected_at - moment_before) < %(two_places)s)
    UNION
    SELECT 'cancelled', s.check_in_list_id, s.registration_id, s.is_assistant, max(s.received_at)
    FROM standing s JOIN registration_registration r ON r.id = s.registration_id
    LEFT JOIN registration_badge b ON b.code = s.code
    WHERE r.ended_at <= s.corrected_at OR b.revoked_at <= s.corrected_at
    GROUP BY 1, 2, 3, 4
), named AS (
    SELECT kind, check_in_list_id, registration_id, received_at,
           concat_ws(':', kind, check_in_list_id, registration_id, is_assistant::int) AS key
    FROM matter
), settled AS (
    UPDATE registration_conflict c SET closed_at = %(at)s
    FROM arriver a, (VALUES ('double'), ('cancelled')) AS possible (kind)
    WHERE c.event_id = %(event)s AND c.closed_at IS NULL
      AND c.key = concat_ws(':', possible.kind, a.check_in_list_id, a.registration_id, a.is_assistant::int)
      AND c.key NOT IN (SELECT key FROM named)
)
INSERT INTO registration_conflict (event_id, kind, key, check_in_list_id, registration_id, detail, found_at, reason)
SELECT %(event)s, kind, key, check_in_list_id, registration_id, '{{}}', %(at)s, '' FROM named
ON CONFLICT (event_id, key) DO UPDATE SET closed_at = NULL, closed_by_id = NULL, reason = '', found_at = %(at)s
WHERE registration_conflict.closed_at IS NOT NULL AND (
    registration_conflict.reason = '' OR registration_conflict.closed_at < (
        SELECT received_at FROM named WHERE named.key = registration_conflict.key))
RETURNING key"""

# Let in without anybody knowing who it is; settled when the device takes it back. Newcomers who could not be registered
# have a conflict of their own.
STRANGERS = """WITH undo AS (
    SELECT undoes, min(corrected_at) AS undone_at FROM registration_scan
    WHERE undoes = ANY(%(scans)s::uuid[]) AND event_id = %(event)s GROUP BY undoes
), touched AS (
    SELECT s.*, COALESCE(undone_at <= s.corrected_at + %(undo_within)s, false) AS is_undone
    FROM registration_scan s LEFT JOIN undo ON undo.undoes = s.id
    WHERE s.id = ANY(%(scans)s::uuid[]) AND s.event_id = %(event)s
), settled AS (
    UPDATE registration_conflict SET closed_at = %(at)s
    WHERE event_id = %(event)s AND closed_at IS NULL AND key = ANY(ARRAY(
        SELECT kind.prefix || t.id FROM touched t, (VALUES ('unknown:'), ('told_otherwise:')) AS kind (prefix)
        WHERE t.is_undone))
)
INSERT INTO registration_conflict
    (event_id, kind, key, check_in_list_id, device_id, scan_id, detail, found_at, reason)
SELECT event_id, 'unknown', 'unknown:' || id, check_in_list_id, device_id, id, '{}', %(at)s, ''
FROM touched WHERE is_admitting AND registration_id IS NULL AND kind <> 'walk_in' AND NOT is_undone
ON CONFLICT (event_id, key) DO NOTHING
RETURNING key"""


def fold(event_id: int, arrivers: Iterable[Arriver], scans: Iterable[uuid.UUID], *, at: datetime) -> list[str]:
    """Work out admissions and conflicts of these people, and of these scans; the keys of the conflicts found.

    Runs in the transaction that has written the scans.
    """
    people = sorted(set(arrivers))
    values: dict[str, Any] = {
        "event": event_id,
        "lists": [person.list for person in people],
        "registrations": [person.registration for person in people],
        "assistants": [person.is_assistant for person in people],
        "scans": list(scans),
        "undo_within": Scan.UNDO_WITHIN,
        "two_places": TWO_PLACES_WITHIN.total_seconds(),
        "at": at,
    }
    found: list[str] = []
    with connection.cursor() as cursor:
        if people:
            cursor.execute(HOLD, values)
            cursor.execute(ADMIT, values)
            cursor.execute(MATTERS, values)
            found += [key for (key,) in cursor.fetchall()]
        cursor.execute(STRANGERS, values)
        return found + [key for (key,) in cursor.fetchall()]

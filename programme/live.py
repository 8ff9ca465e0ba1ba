"""The live page: which rooms are streamed, what goes on there now and next, which channels may be opened; and who has
followed how much. It reads the newest release, as all public pages do.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count

from events.clock import day_of
from events.models import Event
from programme import releases, schedule
from programme.models import FollowedMinute, LivePage, ReleasedSession, Room, Session, Stream
from programme.schedule import Item
from registration.models import Registration

FROM = timedelta(days=1)  # the streams are linked to from the eve of the event


class Hall(NamedTuple):
    """A room that is streamed."""

    room: Room
    now: Item | None
    next: Item | None
    channels: list[Stream]  # what may be opened now; none while something goes on that is not streamed, none afterwards

    def channel(self, key: str) -> Stream | None:
        """The one that an address names."""
        return next((channel for channel in self.channels if channel.key == key), None)


def halls(event: Event, at: datetime) -> list[Hall]:
    """All rooms with a stream, in their order; five queries."""
    page = LivePage.objects.filter(event=event).first()
    streams = [
        stream
        for stream in Stream.objects.filter(event=event).select_related("session")
        if page and page.allows(stream.url)  # a host may have been struck out since
    ]
    release = releases.current(event) if streams else None
    if release is None:
        return []
    found = schedule.items(release)
    return [
        hall
        for room in Room.objects.filter(event=event).select_related("event")
        if (hall := _hall(room, [item for item in found if item.room_id == room.pk], streams, at))
    ]


def hall(event: Event, slug: str, at: datetime) -> Hall | None:
    """The room of this name, if it is streamed."""
    return next((hall for hall in halls(event, at) if hall.room.slug == slug), None)


def _hall(room: Room, held: list[Item], streams: list[Stream], at: datetime) -> Hall | None:
    """None when nothing is ever streamed from the room."""
    sessions = {item.session for item in held}
    if not any(stream.room_id == room.pk or stream.session_id in sessions for stream in streams):
        return None
    moment = schedule.now_and_next(held, at)
    now, following = (next(iter(items), None) for items in (moment.now, moment.next))
    is_past = day_of(at) > room.event.ends_on
    return Hall(room, now, following, [] if is_past else _channels(room, now, streams))


def _channels(room: Room, now: Item | None, streams: list[Stream]) -> list[Stream]:
    """The session's own channels, else the room's. In a break the room's picture stays."""
    if now and not now.is_break and not now.is_streamed:
        return []
    own = [stream for stream in streams if now and stream.session_id == now.session]
    return own or [stream for stream in streams if stream.room_id == room.pk]


def may_follow(registration: Registration | None) -> bool:
    """Everyone with a confirmed registration, wherever they are; who waits for a place if they follow meanwhile."""
    return registration is not None and (registration.follows_remotely or registration.has_badge)


def is_near(event: Event, at: datetime) -> bool:
    """From the eve of the event to its last day."""
    return event.starts_on - FROM <= day_of(at) <= event.ends_on


def is_linked_for(registration: Registration, at: datetime) -> bool:
    """Whether somebody's page leads to the streams: when the event is near, and for who follows remotely before too."""
    event = registration.event
    is_time = is_near(event, at) or (registration.follows_remotely and day_of(at) <= event.ends_on)
    return is_time and may_follow(registration) and has_streams(event)


def is_over(event: Event, at: datetime) -> bool:
    """Nothing more will be streamed."""
    streamed = ReleasedSession.objects.filter(release=releases.current(event), is_streamed=True, is_cancelled=False)
    return not streamed.filter(ends_at__gt=at).exists()


def has_streams(event: Event) -> bool:
    """Whether anything is streamed at all."""
    return Stream.objects.filter(event=event).exists()


# --- Minutes ----------------------------------------------------------------------------------------------------------
# The whole of a heartbeat in one statement: who follows is known by the number and the version of their links, what is
# followed by the room and the time. The constraint lets a person follow one session a minute; the rest changes nothing.
BEAT = """
INSERT INTO programme_followedminute (registration_id, session_id, minute_at)
SELECT r.id, s.session_id, date_trunc('minute', %(at)s::timestamptz)
FROM registration_registration r
JOIN programme_release newest ON newest.event_id = r.event_id
    AND newest.number = (
        SELECT max(number) FROM programme_release WHERE event_id = r.event_id AND released_at <= %(at)s)
JOIN programme_releasedsession s ON s.release_id = newest.id
WHERE r.id = %(registration)s AND r.link_version = %(version)s
  AND (r.status = 'confirmed' OR (r.status IN ('waiting', 'offered') AND r.remote_meanwhile))
  AND s.room_id = %(room)s AND s.is_streamed AND NOT s.is_cancelled AND NOT s.is_all_day AND s.kind = 'session'
  AND s.starts_at <= %(at)s AND s.ends_at > %(at)s
ORDER BY s.session_id LIMIT 1
ON CONFLICT (registration_id, minute_at) DO NOTHING"""


def note_minute(registration_id: int, link_version: int, room_id: int, *, at: datetime) -> bool:
    """Somebody follows what goes on in a room; whether this minute is new. One statement."""
    values: dict[str, Any] = {"registration": registration_id, "version": link_version, "room": room_id, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(BEAT, values)
        return cursor.rowcount > 0


def minutes_of(registration: Registration) -> int:
    """How long somebody has followed, for the certificate (certificates.py)."""
    return FollowedMinute.objects.filter(registration=registration).count()


class Following(NamedTuple):
    """How a session was followed remotely."""

    people: int
    minutes: int


def followings(**which: Any) -> dict[int, Following]:
    """Of each session that was followed at all, by its key; one query."""
    rows = FollowedMinute.objects.filter(**which).order_by().values_list("session")
    counted = rows.annotate(people=Count("registration", distinct=True), minutes=Count("pk"))
    return {session: Following(people, minutes) for session, people, minutes in counted}


def figures(event: Event) -> list[tuple[Session, Following]]:
    """The sessions that were followed, in the order of time, for organisers and the funder."""
    counted = followings(session__event=event)
    rows: Any = Session.objects.filter(pk__in=counted).select_related("room").order_by("starts_at", "pk")
    return [(row, counted[row.pk]) for row in rows]

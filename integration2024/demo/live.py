"""Following remotely in the demo: each room's film is a page of the demo itself, so that nothing foreign is needed."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from events import clock
from events.models import Event
from programme.models import LivePage, Room, Session, Stream

PICTURE = Stream.Kind.PICTURE
CHANNELS = [(PICTURE, ""), (Stream.Kind.CAPTIONS, "fi")]
INTERPRETED = [(Stream.Kind.INTERPRETATION, "sv"), (Stream.Kind.INTERPRETATION, "en")]
INTO_IT = timedelta(minutes=10)
SUPPORT_PHONE = "+358 2 0000 100"


def load_streams(event: Event) -> int:
    """The streams of every room in which a session is streamed; what was changed or removed by hand stays so."""
    page, is_new = LivePage.objects.get_or_create(
        event=event, defaults={"hosts": [urlsplit(settings.SITE_URL).netloc], "support_phone": SUPPORT_PHONE}
    )
    if not is_new and Stream.objects.filter(event=event).exists():
        return 0
    rooms = Room.objects.filter(event=event, sessions__is_streamed=True).distinct()
    rows = [
        Stream(event=event, room=room, kind=kind, language=language, url=_film_of(room, kind, language))
        for number, room in enumerate(rooms)
        for kind, language in (CHANNELS + INTERPRETED if number == 0 else CHANNELS)  # interpreters in the first room
    ]
    return len(Stream.objects.bulk_create(rows))


def go_to_streams(event: Event) -> None:
    """Travel into the first session that is streamed, unless one is going on."""
    sessions = (
        Session.objects.filter(event=event, is_streamed=True, cancelled_at=None).with_slot().order_by("starts_at")
    )
    at, first = clock.now(), sessions.first()
    if first and first.starts_at and not sessions.filter(starts_at__lte=at, ends_at__gt=at).exists():
        clock.travel(first.starts_at + INTO_IT)


def _film_of(room: Room, kind: str, language: str) -> str:
    channel = f"{kind}-{language}" if language else kind
    return f"{settings.SITE_URL}{reverse('demo-stream', args=[room.slug])}?channel={channel}"

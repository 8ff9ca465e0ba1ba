"""Following remotely in the demo: each room's film is a page of the demo itself, so that nothing foreign is needed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from events.models import Event
from programme.models import LivePage, Room, Stream

PICTURE = Stream.Kind.PICTURE
CHANNELS = [
    (PICTURE, ""),
    (Stream.Kind.INTERPRETATION, "sv"),
    (Stream.Kind.INTERPRETATION, "en"),
    (Stream.Kind.CAPTIONS, "fi"),
]
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
        for kind, language in (CHANNELS if number == 0 else CHANNELS[:1])  # the first room has all channels
    ]
    return len(Stream.objects.bulk_create(rows))


def _film_of(room: Room, kind: str, language: str) -> str:
    channel = f"{kind}-{language}" if language else kind
    return f"{settings.SITE_URL}{reverse('demo-stream', args=[room.slug])}?channel={channel}"

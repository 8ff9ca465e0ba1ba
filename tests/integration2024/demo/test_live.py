"""The remote participant of the demo, and the film that stands for a stream."""

import pytest
from django.test import Client

from events import clock
from events.models import Event
from programme import live
from programme.models import LivePage, Stream
from tests.factories import at
from tests.sessions import make_release, make_room, make_session


@pytest.fixture
def event(demo: Event) -> Event:
    make_session(demo, starts="2024-11-14 09:00", room=make_room(demo), is_streamed=True)
    make_release(demo)
    return demo


def test_one_click_leads_into_a_session_that_is_streamed(event: Event, client: Client) -> None:
    for _ in range(2):
        response = client.post("/demo/be/remote/", {"language": "sv"})
        assert (response.status_code, response["Location"]) == (303, "/sv/live/")
    assert at("2024-11-14 09:10") <= clock.now() < at("2024-11-14 09:11")
    (hall,) = live.halls(event, clock.now())
    assert [channel.key for channel in hall.channels] == [
        "picture", "interpretation-en", "interpretation-sv", "captions-fi",
    ]  # fmt: skip
    page = client.get("/sv/live/hall/?channel=picture").content.decode()
    assert f'<iframe src="{hall.channels[0].url}"' in page


def test_the_film_may_be_framed_by_the_demo_alone(event: Event, client: Client) -> None:
    response = client.get("/demo/stream/hall/?channel=interpretation-sv&language=en")
    assert "Hall en" in response.content.decode()
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert client.get("/demo/stream/hall/?channel=<script>").status_code == 200
    assert client.get("/demo/stream/nowhere/").status_code == 404


def test_what_was_removed_by_hand_does_not_come_back(event: Event, client: Client) -> None:
    client.post("/demo/be/remote/", {"language": "fi"})
    Stream.objects.exclude(kind="picture").delete()
    client.post("/demo/be/remote/", {"language": "fi"})
    assert Stream.objects.count() == 1
    assert LivePage.objects.count() == 1

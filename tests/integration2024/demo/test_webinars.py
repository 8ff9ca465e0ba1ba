"""The webinars of the demo: a series with past and coming ones, an information session, invented people."""

import pytest

from events.models import Event, Mail
from integration2024.demo import loader, proposals, webinars
from tests.factories import at
from webinars.models import Feedback, SignUp, Webinar

pytestmark = pytest.mark.django_db
NOW = at("2024-10-14 09:00")


@pytest.fixture
def event(settings, tmp_path) -> Event:
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    events = loader.load()
    for one in events:
        proposals.load(one)
        webinars.load(one)
    return events[0]


def test_ten_webinars_some_past_with_recordings_and_the_next_after_the_demo_begins(event):
    rows = Webinar.objects.for_event(event).public()
    assert (rows.count(), rows.past(NOW).count(), rows.coming(NOW).count()) == (10, 7, 3)
    assert {row.series.slug for row in rows.select_related("series")} == {"tutuksi"}
    assert all(row.recording_url for row in rows.past(NOW))
    assert [row.slug for row in rows.past(NOW) if not row.shows_recording(NOW)] == ["2024-06"]  # without captions
    assert [row.slug for row in rows if row.captions_due_on and row.shows_recording(NOW)] == ["2024-09"]
    assert [row.why_not_public() for row in rows] == [[]] * 10


def test_the_information_session_of_2022_belongs_to_its_call(event):
    webinar = Webinar.objects.get(event__slug="2022")
    assert (webinar.starts_at, webinar.ends_at) == (at("2022-10-27 10:00"), at("2022-10-27 12:00"))
    assert (webinar.call.event.slug, webinar.languages) == ("2022", ["en"])


def test_people_have_signed_up_come_and_told_what_they_took_along(event):
    rows = SignUp.objects.filter(event=event)
    assert (rows.attended().count() > 80, Feedback.objects.filter(webinar__event=event).count() > 30) == (True, True)
    workshop = rows.filter(webinar__slug="2024-11")
    assert [workshop.filter(status=status).count() for status in ("confirmed", "waiting")] == [12, 3]
    assert Mail.objects.filter(event=event, message="webinars/signed_up").count() == 28 + 15 + 9
    assert {email.rpartition(".")[2] for email in rows.values_list("email", flat=True)} == {"example"}


def test_a_second_run_adds_nothing(event):
    before = SignUp.objects.count()
    assert (webinars.load(event), SignUp.objects.count()) == (0, before)

"""The speaker's own page: who they are, what they agree to, their sessions, materials, and reminders of these."""

import io

import pytest
from django.test import Client
from django.utils import translation
from PIL import Image
from pypdf import PdfWriter

from events import outbox
from events.addresses import event_url
from events.models import Event, LogEntry, Mail, Upload
from integration2024.logs import mask
from programme import access, tasks
from programme.models import Material, Speaker
from programme.services import speaking
from tests.factories import at, make_event
from tests.sessions import make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
UNTIL = at("2024-11-01 16:00")


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def speaker(event: Event) -> Speaker:
    return make_speaker(event, name="Pia Puhuja", language="sv")


def address(speaker: Speaker, name: str = "speaker-page", **kwargs: object) -> str:
    with translation.override("en"):
        return event_url(speaker.event, name, token=access.speaker_token(speaker), **kwargs)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def answers(**given: object) -> dict[str, object]:
    return {
        "name": "Pia Puhuja",
        "organisation": "Järjestö",
        "may_be_streamed": "yes",
        "may_be_recorded": "no",
        **given,
    }


def pdf(name: str = "slides.pdf") -> io.BytesIO:
    file = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(file)
    file.seek(0)
    file.name = name
    return file


def test_a_speaker_tells_about_themselves_in_three_languages(speaker: Speaker, client: Client):
    texts = {"biography_en": "Teacher", "biography_fi": "Opettaja", "job_title_sv": "Lärare"}
    response = client.post(address(speaker), answers(**texts))
    assert response.status_code == 303
    speaker.refresh_from_db()
    assert (speaker.biography_en, speaker.biography_fi, speaker.job_title_sv) == ("Teacher", "Opettaja", "Lärare")
    assert (speaker.may_be_streamed, speaker.may_be_recorded) == (True, False)
    assert speaker.answered_at
    entry = LogEntry.objects.about(speaker).get()
    assert "biography_en" in entry.details["fields"]
    assert "Teacher" not in str(entry.details)


def test_consent_is_asked_chosen_by_nobody_else_and_can_be_changed(speaker: Speaker, client: Client):
    assert "checked" not in words(client.get(address(speaker)))
    refused = client.post(address(speaker), answers(may_be_streamed=""))
    assert refused.status_code == 422
    assert "Choose yes or no." in words(refused)
    client.post(address(speaker), answers())
    client.post(address(speaker), answers(may_be_streamed="no"))
    speaker.refresh_from_db()
    assert speaker.may_be_streamed is False


def test_a_picture_is_kept_through_errors_replaced_and_removed(speaker: Speaker, client: Client):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    file.seek(0)
    file.name = "me.png"
    refused = client.post(address(speaker), answers(name="", picture=file))
    assert refused.status_code == 422
    kept = refused.context["form"].file_fields()[0]
    assert kept["kept"].name == "me.jpg"
    client.post(address(speaker), answers(picture_kept=kept["token"]))
    speaker.refresh_from_db()
    assert speaker.picture == kept["kept"]
    assert client.get(address(speaker, "speaker-picture"))["Content-Type"] == "image/jpeg"
    client.post(address(speaker), answers(picture_kept=kept["token"], picture_removed="on"))
    speaker.refresh_from_db()
    assert speaker.picture is None


def test_a_drawing_renamed_to_a_picture_is_refused_in_words(speaker: Speaker, client: Client):
    file = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    file.name = "me.png"
    response = client.post(address(speaker), answers(picture=file))
    assert response.status_code == 422
    assert "not a picture that we can read" in words(response)


def test_their_sessions_stand_there_with_room_and_time(speaker: Speaker, client: Client):
    event = speaker.event
    make_session(event, speakers=[speaker], room=make_room(event), starts="2024-11-14 09:00", title_en="Languages")
    make_session(event, title_en="Somebody else's")
    told = words(client.get(address(speaker)))
    assert "Languages" in told
    assert "14 November 2024, 9.00–9.45 (Helsinki time)" in told
    assert "Hall en" in told
    assert "Somebody else" not in told


def test_a_file_and_a_link_are_handed_in_looked_at_and_withdrawn(speaker: Speaker, client: Client):
    session = make_session(speaker.event, speakers=[speaker], materials_until=UNTIL)
    form = address(speaker, "speaker-material", pk=session.pk)
    assert client.post(form, {"title": "Slides", "file": pdf()}).status_code == 303
    assert client.post(form, {"title": "Paper", "url": "https://jarjesto.example/paper"}).status_code == 303
    slides, paper = Material.objects.order_by("pk")
    assert (slides.added_by, paper.url) == (speaker, "https://jarjesto.example/paper")
    assert client.get(address(speaker, "speaker-file", pk=slides.pk))["Content-Type"] == "application/pdf"
    assert "Withdraw “Slides”" in words(client.get(address(speaker)))
    client.post(address(speaker, "speaker-take-back", pk=slides.pk))
    assert list(Material.objects.all()) == [paper]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "given",
    [{"title": "Slides"}, {"title": "", "url": "https://jarjesto.example/"}, {"title": "X", "url": "javascript:1"}],
)
def test_a_material_needs_a_title_and_a_file_or_a_link(speaker: Speaker, client: Client, given: dict[str, str]):
    session = make_session(speaker.event, speakers=[speaker])
    assert client.post(address(speaker, "speaker-material", pk=session.pk), given).status_code == 422
    assert not Material.objects.exists()


def test_not_both_a_file_and_a_link(speaker: Speaker, client: Client):
    session = make_session(speaker.event, speakers=[speaker])
    given = {"title": "X", "url": "https://jarjesto.example/", "file": pdf()}
    assert client.post(address(speaker, "speaker-material", pk=session.pk), given).status_code == 422


def test_after_the_minute_of_the_date_nothing_is_handed_in_or_withdrawn(speaker: Speaker, client: Client, moment):
    session = make_session(speaker.event, speakers=[speaker], materials_until=UNTIL)
    form = address(speaker, "speaker-material", pk=session.pk)
    moment.move_to(at("2024-11-01 16:00:59"))
    client.post(form, {"title": "In time", "url": "https://jarjesto.example/"})
    moment.move_to(at("2024-11-01 16:01"))
    client.post(form, {"title": "Late", "url": "https://jarjesto.example/"})
    client.post(address(speaker, "speaker-take-back", pk=Material.objects.get().pk))
    assert Material.objects.get().title == "In time"
    assert "The date for materials has passed" in words(client.get(address(speaker)))


def test_sessions_and_materials_of_others_are_out_of_reach(speaker: Speaker, client: Client):
    other = make_speaker(speaker.event)
    session = make_session(speaker.event, speakers=[other])
    material = speaking.hand_in(other.pk, session.pk, title="Theirs", url="https://jarjesto.example/")
    assert client.get(address(speaker, "speaker-material", pk=session.pk)).status_code == 404
    assert client.get(address(speaker, "speaker-file", pk=material.pk)).status_code == 404
    client.post(address(speaker, "speaker-take-back", pk=material.pk))
    assert Material.objects.exists()


def test_a_link_opens_one_speakers_page_and_ends_when_it_is_revoked(speaker: Speaker, client: Client):
    good = address(speaker)
    response = client.get(good)
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert "no-store" in response["Cache-Control"]
    assert client.get(good.replace("/s/", "/s/x")).status_code == 404
    speaker.link_version += 1
    speaker.save(update_fields=["link_version"])
    assert client.get(good).status_code == 404


def test_logs_keep_no_usable_link(speaker: Speaker):
    assert access.speaker_token(speaker) not in mask(f'"GET {address(speaker)} HTTP/1.1"')


def test_the_link_comes_by_mail_once_and_again_when_it_is_asked_for(speaker: Speaker, moment):
    speaking.welcome_speaker(speaker.pk, by=None)
    speaking.welcome_speaker(speaker.pk, by=None)
    mail = Mail.objects.get()
    assert (mail.message, mail.language, mail.to_email) == ("programme/speaker_welcome", "sv", speaker.email)
    assert access.speaker_token(speaker) not in mail.text
    assert f"/sv/2024/s/{access.speaker_token(speaker)}/" in outbox.build(mail).body
    moment.shift(120)
    speaking.welcome_speaker(speaker.pk, by=None, is_again=True)
    assert Mail.objects.count() == 2


def test_reminders_come_a_week_and_a_day_before_once_each(speaker: Speaker, moment):
    make_session(speaker.event, speakers=[speaker], materials_until=UNTIL, title_sv="Språk")
    make_session(speaker.event, speakers=[speaker], materials_until=UNTIL, title_sv="Arbete")
    counts = []  # clocks change in that week: it has 169 hours
    for when in ("2024-10-25 16:59", "2024-10-25 17:00", "2024-10-28 09:00", "2024-10-31 16:00", "2024-11-01 15:00",
                 "2024-11-01 16:01"):  # fmt: skip
        moment.move_to(at(when))
        tasks.remind_of_materials()
        tasks.remind_of_materials()
        counts.append(Mail.objects.filter(message=speaking.REMINDER).count())
    assert counts == [0, 1, 1, 2, 2, 2]
    text = Mail.objects.first().text
    assert "Språk" in text
    assert "Arbete" in text


def test_who_has_handed_in_or_is_cancelled_is_not_reminded(speaker: Speaker, moment):
    event, other = speaker.event, make_speaker(speaker.event)
    session = make_session(event, speakers=[speaker, other], materials_until=UNTIL)
    make_session(event, speakers=[speaker], materials_until=UNTIL, cancelled_at=at("2024-10-02 09:00"))
    speaking.hand_in(speaker.pk, session.pk, title="Slides", url="https://jarjesto.example/")
    moment.move_to(at("2024-10-31 17:00"))
    assert speaking.remind_of_materials() == 1
    assert Mail.objects.get().to_email == other.email


def test_a_new_date_is_reminded_of_anew(speaker: Speaker, moment):
    session = make_session(speaker.event, speakers=[speaker], materials_until=UNTIL)
    moment.move_to(at("2024-10-31 17:00"))
    assert speaking.remind_of_materials() == 1
    session.materials_until = at("2024-11-05 16:00")
    session.save(update_fields=["materials_until"])
    assert speaking.remind_of_materials() == 1


def test_a_session_takes_twenty_materials(speaker: Speaker):
    session = make_session(speaker.event, speakers=[speaker])
    for number in range(20):
        speaking.hand_in(speaker.pk, session.pk, title=str(number), url="https://jarjesto.example/")
    with pytest.raises(speaking.TooManyMaterials):
        speaking.hand_in(speaker.pk, session.pk, title="21", url="https://jarjesto.example/")

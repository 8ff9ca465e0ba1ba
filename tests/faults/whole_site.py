"""The whole site with one row of everything, and everybody's clients: what the faults about input begin with."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import get_resolver
from django.utils import translation
from pypdf import PdfWriter

from booths.access import booth_token
from booths.services import exhibiting
from events import clock, qr, senders, tokens
from events.models import Call, Membership, Upload
from programme import access as programme_access
from programme import calendars, live_views
from programme.models import LivePage, LiveQuestion, Material, Room, Session, Stream
from programme.services import booking
from registration import access as registration_access
from registration import services
from registration.checkin import take
from registration.models import Registration
from registration.offerings import claim_link, handover_link
from registration.services.letters import fix_letters
from registration.services.mailing import begin_mailing
from tests.door import batch, item, make_device
from tests.exhibition import make_booth, make_booth_application, make_exhibition, make_hall, make_place
from tests.factories import at, make_application, make_call, make_event, make_proposal, register
from tests.faults.site_map import Address, Form, addresses, read
from tests.organisers import enter, make_member
from tests.programme.helpers import publish
from tests.sessions import make_room, make_session, make_speaker
from tests.webinars import helpers as webinar_helpers
from webinars import access as webinars_access
from webinars.models import SignUp

FILM = "https://film.example/hall"  # where the stream of the hall comes from
EVERYTHING_IS_OPEN = "2024-11-14 10:30"  # the calls, registration, the doors, feedback on the first session


def empty_page() -> bytes:
    """A PDF."""
    file = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(file)
    return file.getvalue()


class Input(NamedTuple):
    """One request, as somebody sends it."""

    who: str
    method: str
    path: str
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()


class Site:
    """The site with one row of everything, and everybody's clients; each input meets the same rows."""

    def __init__(self, now: datetime, travel: Callable[[datetime], None]) -> None:
        """The rows are made a month before the event, then time moves on, and everybody logs in."""
        self.event = make_event(on_site_closes_at=at("2024-11-14 23:59"))
        self.values: dict[str, str] = {}
        self.organiser = self._rows()
        travel(now)
        self.clients = {
            "stranger": Client(),
            "participant": Client(),
            "organiser": enter(Client(), self.organiser),
            "reviewer": enter(Client(), make_member(self.event, Membership.Role.REVIEWER)),
        }
        self.clients["participant"].get(f"/fi/2024/r/{self.values['token']}/")
        self.device = {"HTTP_AUTHORIZATION": f"Device {self.token}"}
        follows = {"HTTP_AUTHORIZATION": live_views.SCHEME + self.values["live-beat:token"]}
        self.devices = {"/door/api/": self.device, "/live/api/": follows}
        self._cookies = {}
        for who, client in self.clients.items():
            client.raise_request_exception = False
            self._cookies[who] = {name: one.value for name, one in client.cookies.items()}
        self.addresses = [one for one in addresses(get_resolver()) if "i18n" not in one.name]
        assert [self.clients[who].get("/fi/admin/").status_code for who in ("organiser", "reviewer")] == [200, 200]

    def _rows(self) -> Any:
        """A row of every table; the keys that addresses ask for."""
        event = self.event
        first, second, third = (register(event, dietary="Kala") for _ in range(3))
        handover = services.give_to_colleague(second.pk, to_email="kaveri@kunta.example", language="fi", by=None)
        claim = services.reserve(event, event.roles.get(slug="speaker"), list(event.days.all()), by=None)
        organiser = make_member(event, Membership.Role.ORGANISER)
        news = event.news.create(title_fi="Uutinen", title_sv="Nyhet", published_at=at("2024-10-01 09:00"))
        event.questions.create(key="why", label_fi="Miksi?", label_sv="Varför?")
        begin_mailing(event, [first.pk], by=organiser, chosen_by="")
        device, self.token = make_device(event, is_help_desk=True)
        take(device, batch(item(device, qr.new_code())))
        call, groups = (
            make_call(event, kind, closes_at=at("2024-11-30 23:59")) for kind in ("programme", "application")
        )
        draft, sent = make_proposal(call, status="draft"), make_proposal(call)
        chosen = make_proposal(call, status="accepted")
        make_application(groups)
        person = chosen.co_presenters.create(name="Bo Berg", email="bo@forening.example")
        upload = Upload(event=event, kind="pdf", random_name="1.pdf", name="1.pdf", size=1, added_at=clock.now())
        upload.file.save("1.pdf", ContentFile(empty_page()), save=False)
        upload.save(force_insert=True)
        speaker = make_speaker(event, picture=upload)
        talk = make_session(event, slug="talk", room=make_room(event), starts="2024-11-14 10:00", speakers=[speaker],
                            places=1, materials_until=at("2024-11-13 16:00"))  # fmt: skip
        material = Material.objects.create(
            session=talk, title="Slides", upload=upload, added_at=clock.now(), added_by=speaker
        )
        make_session(event, speakers=[make_speaker(event)])
        publish(event)
        booking.book(first.pk, talk.pk, by=None)
        booking.book(third.pk, talk.pk, by=None)
        fix_letters(event.pk, ["A"], by=None)
        with translation.override("fi"):
            tokens = {
                "take-over": urlsplit(handover_link(handover, "fi")).path.split("/")[-2],
                "use-claim": urlsplit(claim_link(claim, "fi")).path.split("/")[-2],
            }
        personal = registration_access.personal_token(first)
        self.values |= {f"{name}:token": value for name, value in tokens.items()}
        self.values |= {
            "event_slug": "2024", "session_slug": "talk", "room_slug": "hall", "page_slug": "privacy",
            "call_slug": "programme", "app_label": "events", "kind": "csv", "layout": "one", "url": "x",
            "object_id": "1",
            "content_type_id": "1", "session_pk": str(talk.pk), "uidb36": "1", "token": personal, "name": "picture",
            "personal-sessions:token": calendars.token_of(first),
            "co-presenter:token": programme_access.co_presenter_token(person),
            "proposal-co-presenter:pk": str(person.pk), "submission-answer:token": senders.token_of(chosen),
            "proposal-co-presenter:token": senders.token_of(chosen),
            "submission-withdraw:token": senders.token_of(sent), "news-item:pk": str(news.pk),
            "session-material:pk": str(material.pk), "speaker-file:pk": str(material.pk), "speaker:pk": str(speaker.pk),
            "speaker-take-back:pk": str(material.pk), "speaker-material:pk": str(talk.pk),
            "programme-picture:pk": str(upload.pk),
        }  # fmt: skip
        for name in ("submission", "submission-edit", "submission-again", "submission-file"):
            self.values[f"{name}:token"] = senders.token_of(draft)
        self._booths(upload)
        self._live(first)
        signed_up = self._webinar(upload)
        for name in ("personal", "join", "personal-calendar", "cancel", "offer", "feedback", "certificate"):
            self.values[f"webinar-{name}:token"] = webinars_access.personal_token(signed_up)
        for name in ("page", "picture", "material", "file", "take-back"):
            self.values[f"speaker-{name}:token"] = programme_access.speaker_token(speaker)
        rows = {model._meta.model_name: model._default_manager.first() for model in admin.site._registry}
        self.keys = {table: str(row.pk) for table, row in rows.items() if row is not None}
        self.keys |= {"proposal": str(sent.pk), "session": str(talk.pk), "event": str(event.pk), "call": str(call.pk)}
        return organiser

    def _webinar(self, upload: Upload) -> SignUp:
        """One of a series, which has ended, with a file; who came to it."""
        series = webinar_helpers.make_series(self.event)
        webinar = webinar_helpers.make_webinar(self.event, "2024-11-14 08:00", slug="webinar", series=series, places=5)
        material = webinar_helpers.Material.objects.create(webinar=webinar, title="Slides", upload=upload)
        self.values |= {"webinar_slug": "webinar", "series_slug": series.slug, "webinar-material:pk": str(material.pk)}
        row = webinar_helpers.sign_up_one(webinar)
        row.attended_at = webinar.starts_at
        row.save()
        return row

    def _booths(self, logo: Upload) -> None:
        """A hall with a place and a booth on it, with a badge for a colleague; an application that waits."""
        call = make_call(self.event, Call.Kind.BOOTHS, closes_at=at("2024-11-30 23:59"))
        make_booth_application(call)
        late = dict.fromkeys(("texts_until", "needs_until", "staff_until"), at("2024-11-14 23:59"))
        make_exhibition(self.event, **late)
        place = make_place(make_hall(self.event))
        booth = make_booth(self.event, place, slug="booth", application=make_booth_application(call, status="accepted"))
        booth.logo = logo
        booth.save()
        badge = exhibiting.order_badges(booth.pk, number=1)[0]
        self.values |= {"booth_slug": "booth", "exhibitor-badge-back:pk": str(badge.pk), "booth-logo:pk": str(logo.pk)}
        for name in ("", "-texts", "-about", "-needs", "-badges", "-badge-mail", "-badge-back", "-sign", "-codes"):
            self.values[f"exhibitor{name}:token"] = booth_token(booth)
        self.values["exhibitor-logo:token"] = booth_token(booth)

    def _live(self, registration: Registration) -> None:
        """A stream of the hall and a question to its speaker."""
        hall = Room.objects.get(event=self.event, slug="hall")
        LivePage.objects.create(event=self.event, hosts=["film.example"])
        Stream.objects.create(event=self.event, room=hall, url=FILM)
        talk = Session.objects.get(event=self.event, slug="talk")
        LiveQuestion.objects.create(
            event=self.event, session=talk, registration=registration, text="Miksi?", asked_at=clock.now()
        )
        self.values["live-link:token"] = registration_access.personal_token(registration)
        self.values["live-beat:token"] = tokens.make(live_views.TOKEN, registration.pk, registration.link_version)

    def path(self, address: Address, values: dict[str, str]) -> str:
        """With rows that exist, unless said otherwise."""
        parts = address.name.removeprefix("admin:").split("_")
        own = (
            {"pk": self.keys[parts[1]], "object_id": self.keys[parts[1]]}
            if len(parts) > 1 and parts[1] in self.keys
            else {}
        )
        return address.path({**self.values, **own, **values})

    def forms(self, *, every: int) -> list[tuple[str, Form]]:
        """Every form that somebody sees, once each, and who sees it; or those of every second, third … page."""
        found: dict[tuple[str, str, frozenset[str]], tuple[str, Form]] = {}
        names = {one.name: one for one in self.addresses}  # without the twin that names the event
        for address in list(names.values())[::every]:
            here = self.path(address, {})
            if here.endswith(("/logout/", "/login/")):
                continue
            for who in ("organiser", "reviewer") if "/admin/" in here else ("participant", "stranger"):
                for form in read(self.clients[who], here).forms:
                    key = (who, form.action, frozenset(name for name, _value in form.fields))
                    found.setdefault(key, (who, form))
        return list(found.values())

    def ask(self, one: Input) -> tuple[int, str]:
        """The status, and what went wrong if something did. Nothing is kept: the next input finds the same rows."""
        client = self.clients[one.who]
        client.cookies.clear()
        client.cookies.load(self._cookies[one.who])
        client.exc_info = None
        device = next((given for path, given in self.devices.items() if one.path.startswith(path)), {})
        problem, status = "", 0
        with transaction.atomic():
            try:
                response = client.generic(
                    one.method, one.path, one.body, one.content_type, headers=dict(one.headers), **device
                )
                status = response.status_code
                words = b"".join(response) if response.streaming else response.content
                if response.exc_info and not isinstance(response.exc_info[1], Http404):
                    problem = repr(response.exc_info[1])
                elif b"Traceback (most recent call last)" in words:
                    problem = "a traceback"
                if status < 500:
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would refuse
            except (DatabaseError, ValueError, RecursionError) as error:
                problem = f"after the answer: {error!r}"
            transaction.set_rollback(True)
        if status >= 500 and not problem:
            problem = words[:200].decode(errors="replace")
        return status, problem

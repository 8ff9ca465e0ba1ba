"""A programme as it is published: rooms, two days, breaks, something all day, something cancelled, three languages."""

from django.core.files.base import ContentFile
from django.db.models import F

from events import clock
from events.models import Event, Upload
from programme.models import LivePage, Material, Release, Session, Stream
from tests.factories import at, make_format, make_theme
from tests.sessions import make_release, make_room, make_session, make_speaker

LANGUAGES = ("fi", "sv", "en")
DAYS = ("2024-11-14", "2024-11-15")
TIMES = ("09:30", "10:45", "12:30", "14:00", "16:00", "16:30", "17:00", "17:30", "18:00", "18:30")
THEMES = {
    "work": ("työllisyys", "sysselsättning", "employment"),
    "inclusion": ("osallisuus", "delaktighet", "inclusion"),
    "wellbeing": ("hyvinvointi", "välbefinnande", "wellbeing"),
}
FORMATS = {
    "lecture": ("luento", "föreläsning", "lecture"),
    "panel": ("asiantuntijakeskustelu", "expertdiskussion", "expert discussion"),
}
TITLES = (
    ("Kotoutumiskoulutuksen uudet toimintamallit", "Nya modeller för integrationsutbildning", "New ways of training"),
    ("Mentorointi työelämässä", "Mentorskap i arbetslivet", "Mentoring at work"),
    ("Väestösuhdetyön käytännöt", "Praxis för goda befolkningsrelationer", "Good relations in practice"),
    ("Perheiden kaksisuuntainen kotoutuminen", "Familjers dubbelriktade integration", "Two-way integration"),
)


def words(field: str, texts: tuple[str, str, str]) -> dict[str, str]:
    return {f"{field}_{code}": text for code, text in zip(LANGUAGES, texts, strict=True)}


def make_programme(event: Event, *, count: int = 60, rooms: int = 8) -> Release:
    """So many sessions over two days and so many rooms, with all that makes a programme hard to draw."""
    halls = [
        make_room(event, f"hall-{n}", order=n, **words("name", (f"Sali {n}", f"Sal {n}", f"Room {n}")))
        for n in range(1, rooms + 1)
    ]
    for slug, texts in THEMES.items():
        make_theme(event, slug, **words("name", texts))
    formats = [make_format(event, slug, **words("name", texts)) for slug, texts in FORMATS.items()]
    slots = [(day, time, hall) for time in TIMES for day in DAYS for hall in halls]
    for number, (day, time, hall) in enumerate(slots[:count]):
        titles = words("title", TITLES[number % len(TITLES)])
        titles = {name: f"{text} {number + 1}" for name, text in titles.items()}
        if number % 7 == 3:
            titles |= {"title_sv": "", "title_en": ""}
        people = [make_speaker(event, name=f"Pia Puhuja {number}.{place}") for place in range(1 + number % 3)]
        session = make_session(
            event, room=hall, starts=f"{day} {time}", minutes=25 if time >= "16" else (45, 60)[number % 2],
            speakers=people, format=formats[number % 2], is_streamed=number % 4 == 0,
            languages=["fi", "sv"] if number % 5 == 0 else ["fi"] if number % 3 else ["en"],
            cancelled_at=at("2024-10-12 09:00") if number % 20 == 6 else None, **titles,
            **words("abstract", ("Kuvaus. " * 60, "Beskrivning. " * 60, "About. " * 60)),
        )  # fmt: skip
        session.themes.set(event.themes.filter(slug=list(THEMES)[number % 3]))
    for day in DAYS:
        make_break(event, day)
    make_session(event, is_all_day=True, format=None, **words("title", ("Valokuvia", "Fotografier", "Photographs")))
    return publish(event)


def make_break(event: Event, day: str) -> Session:
    titles = words("title", ("Lounas", "Lunch", "Lunch break"))
    pause = make_session(event, kind="break", starts=f"{day} 11:45", format=None, languages=[], **titles)
    pause.themes.clear()
    return pause


def publish(event: Event) -> Release:
    """As the service does: a release, and everything public is drawn anew."""
    release = make_release(event)
    Event.objects.filter(pk=event.pk).update(public_version=F("public_version") + 1)
    return release


def make_one_of_everything(event: Event) -> None:
    """A published session with a streamed room, a speaker with a picture, and a material; their keys are 1."""
    upload = Upload(pk=1, event=event, kind="picture", random_name="1.jpg", name="1.jpg", size=1, added_at=clock.now())
    upload.file.save("1.jpg", ContentFile(b"picture"), save=False)
    upload.save(force_insert=True)
    pia = make_speaker(event, pk=1, picture=upload)
    talk = make_session(event, slug="talk", room=make_room(event), starts="2024-11-14 10:00", speakers=[pia])
    LivePage.objects.create(event=event, hosts=["player.example"])
    Stream.objects.create(event=event, room=talk.room, url="https://player.example/hall")
    Material.objects.create(pk=1, session=talk, title="Slides", upload=upload, added_at=clock.now())
    publish(event)

"""The badge as a document: one card for a person, or all of them for printing.

Nothing here knows the tables: whoever asks gives faces, in the order in which they are to be printed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from typing import Literal, NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from events import fonts, pdf, qr

STYLESHEETS = ("css/badge.css",)
CARDS_PER_PART = 32  # laid out together, whole sheets: fewer cost time, more cost memory
CARDS_PER_SHEET = 4
EMPTY_CARD = '<section class="card">{}</section>'

# What css/badge.css leaves for the texts, in millimetres, and the sizes they may take, in points.
PERSON_MM = (91, 57)
NAME_MM = (91, 43)
GAP_MM = 3
EVENT_MM = (70, 14)
ROLE_MM = (83, 10)
DAYS_MM = (57, 12.5)
PHOTO_MM = (40, 9)
FUNDING_MM = (36, 13)
# Few sizes, because Pango keeps every font of every size in memory.
NAME_SIZES = (42, 38, 34, 30, 27, 24, 21, 19, 17, 15, 13, 11, 9, 8)
ORGANISATION_SIZES = (15, 13, 11, 9, 8, 7, 6)
EVENT_SIZES = (17, 15, 13, 11, 9, 8, 7)
ROLE_SIZES = (19, 17, 15, 13, 11, 9, 8, 7)
DAYS_SIZES = (13, 11, 9, 8, 7, 6)
PHOTO_SIZES = (11, 9, 8, 7, 6)
FUNDING_SIZES = (9, 8, 7, 6, 5)


LEADINGS = {1.1: "low", 1.25: "high", 1.45: "tall"}


class Frame(NamedTuple):
    """What a badge shares with all others of its event and language."""

    lang: str
    event_name: str
    event_dates: str
    venue: str
    funding_statement: str


@dataclass(frozen=True, kw_only=True)
class Face:
    """What a badge shows, in the person's language."""

    lang: str
    event_name: str
    event_dates: str
    venue: str
    name: str
    organisation: str
    role: str
    days: Sequence[str]
    qr: bytes  # as from `qr.matrix`
    role_colour: str | None = None  # "#rrggbb"; the band's text turns dark or light to suit
    photo_mark: str | None = None  # "ei kuvia / inga bilder / no photos"
    box: str = ""  # the letters of the desk's box in which the badge waits: "K–M"
    assistant_of: str | None = None  # the name of the person whose assistant this is
    funding_statement: str = ""  # shown with the emblem; empty when the EU does not fund the event

    @property
    def frame(self) -> Frame:
        """The part that is the same on many badges."""
        return Frame(self.lang, self.event_name, self.event_dates, self.venue, self.funding_statement)


class Text(NamedTuple):
    """A text with the size at which it fills no more than its place."""

    text: str
    size: int  # points
    lines: int
    is_broken: bool  # a word is longer than a line
    leading: float  # height of a line in units of the size
    direction: str  # "ltr" or "rtl"

    @property
    def classes(self) -> str:
        """Its size in css/badge.css. A `style` attribute would cost more than all the rest: see there."""
        return f"pt-{self.size} {LEADINGS[self.leading]}{' broken' if self.is_broken else ''}"

    @property
    def height_mm(self) -> float:
        """The height of all its lines."""
        return self.lines * self.leading * self.size * fonts.MM_PER_POINT


def badge_pdf(face: Face, *more: Face) -> bytes:
    """A person's card in tagged PDF/UA-1, on further pages those of an assistant."""
    with translation.override(face.lang):
        title = _("Badge: %(name)s, %(event)s") % {"name": face.name, "event": face.event_name}
        faces = [face, *more]
        cards = _with_bands(faces, [_card(each) for each in faces])
        return pdf.render(cards, title=title, lang=face.lang, stylesheets=STYLESHEETS)


def bulk_pdf(
    faces: Sequence[Face],
    *,
    layout: Literal["one", "four"] = "one",
    on_progress: Callable[[int], None] = lambda done: None,
) -> bytes:
    """All cards for printing, one to a page or four to an A4 sheet with cut marks; not tagged.

    `on_progress` hears now and then how many are done. There must be at least one face.
    """
    frames = {frame: f"stamp:{number}" for number, frame in enumerate(dict.fromkeys(face.frame for face in faces))}
    per_page = CARDS_PER_SHEET if layout == "four" else 1
    document = pdf.render_parts(
        _parts(faces, frames, per_page, on_progress),
        pages=-(-len(faces) // per_page),
        title=faces[0].event_name,
        lang=faces[0].lang,
        stylesheets=STYLESHEETS,
        stamps={stamp: format_html(EMPTY_CARD, _frame(frame)) for frame, stamp in frames.items()},
    )
    on_progress(len(faces))
    return document


def _parts(
    faces: Sequence[Face], frames: Mapping[Frame, str], per_page: int, on_progress: Callable[[int], None]
) -> Iterator[SafeString]:
    for start in range(0, len(faces), CARDS_PER_PART):
        on_progress(start)
        part = faces[start : start + CARDS_PER_PART]
        places = range(1, per_page + 1) if per_page > 1 else [0]
        cards = [_card(face, place, frames[face.frame]) for face, place in zip(part, cycle(places))]
        yield _with_bands(part, cards if per_page == 1 else _sheets(cards))


def _sheets(cards: Sequence[SafeString]) -> list[SafeString]:
    starts = range(0, len(cards), CARDS_PER_SHEET)
    sheets = (cards[start : start + CARDS_PER_SHEET] for start in starts)
    return [render_to_string("registration/badge_sheet.html", {"cards": sheet}) for sheet in sheets]


def _with_bands(faces: Sequence[Face], pieces: Sequence[SafeString]) -> SafeString:
    """The rendered pieces after a style sheet with the colours of the roles that occur in them."""
    bands = sorted({_band(face.role_colour) for face in faces} - {""})
    style = f"<style>{''.join(_band_rule(band) for band in bands)}</style>" if bands else ""
    return mark_safe(style + "".join(pieces))  # templates, and six hexadecimal digits


def _frame(frame: Frame) -> SafeString:
    with translation.override(frame.lang):
        context = {
            "frame": frame,
            "event": _fit(frame.event_name, EVENT_MM, EVENT_SIZES),
            "funding": _fit(frame.funding_statement, FUNDING_MM, FUNDING_SIZES),
        }
        return render_to_string("registration/badge_frame.html", context)


def _card(face: Face, place: int = 0, stamp: str = "") -> SafeString:
    """A card at a place of the sheet (1-4, or 0: alone), with its frame or the stamp that stands for it."""
    name = _fit(face.name, NAME_MM, NAME_SIZES)
    rest = (PERSON_MM[0], PERSON_MM[1] - name.height_mm - GAP_MM)
    with translation.override(face.lang):
        assisting = _("assistant of %(name)s") % {"name": face.assistant_of} if face.assistant_of else ""
        context = {
            "face": face,
            "place": place,
            "stamp": stamp,
            "frame": "" if stamp else _frame(face.frame),
            "name": name,
            "organisation": _fit(" · ".join(filter(None, [face.organisation, assisting])), rest, ORGANISATION_SIZES),
            "role": _fit(face.role, ROLE_MM, ROLE_SIZES),
            "band": _band(face.role_colour),
            "days": _days(tuple(face.days)),
            "photo": _fit(_keep_phrases(face.photo_mark or ""), PHOTO_MM, PHOTO_SIZES),
            "qr": qr.data_uri(qr.png(face.qr)),
        }
        return render_to_string("registration/badge.html", context)


@lru_cache(maxsize=256)  # most texts of a print run are the same on every card
def _fit(text: str, place_mm: tuple[float, float], sizes: tuple[int, ...]) -> Text:
    text = fonts.printable(text)
    leading = _leading(text)
    fit = fonts.fit(text, width_mm=place_mm[0], height_mm=place_mm[1], sizes=sizes, leading=leading)
    return Text(text, *fit, leading, _direction(text))


def _leading(text: str) -> float:
    """Scripts from Hebrew on, and Vietnamese with its stacked accents, reach higher and lower than plain Latin."""
    if any("\u0590" <= letter < "\u1e00" for letter in text):
        return 1.45
    return 1.25 if any("\u1ea0" <= letter <= "\u1ef9" for letter in text) else 1.1


def _direction(text: str) -> str:
    """Which way the text runs: as its first letter that has a direction of its own."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return "rtl" if next((kind for kind in strong if kind in {"L", "R", "AL"}), "L") != "L" else "ltr"


@lru_cache(maxsize=64)
def _days(days: tuple[str, ...]) -> Text:
    """A line for each of two days, two days to a line when there are more, all in the size that the longest needs."""
    per_line = 1 if len(days) <= 2 else 2
    lines = [" · ".join(days[start : start + per_line]) for start in range(0, len(days), per_line)] or [""]
    place = (DAYS_MM[0], DAYS_MM[1] / len(lines))
    smallest = min((_fit(line, place, DAYS_SIZES) for line in lines), key=lambda text: text.size)
    return smallest._replace(text="\n".join(lines), lines=len(lines))


def _keep_phrases(text: str) -> str:
    """Lines end only after a stroke: `no photos` stays together."""
    return text.replace(" ", "\u00a0").replace("\u00a0/\u00a0", "\u00a0/ ")


def _band(colour: str | None) -> str:
    """The class of a role's colour; anything but #rrggbb is taken as none given."""
    return f"band-{colour[1:].lower()}" if colour and re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else ""


def _band_rule(band: str) -> str:
    colour = band.removeprefix("band-")
    red, green, blue = bytes.fromhex(colour)
    is_light = 0.299 * red + 0.587 * green + 0.114 * blue > 140
    return f".{band} {{ background: #{colour}; color: {'#14202b' if is_light else '#fff'} }}"

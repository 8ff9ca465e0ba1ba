"""Files of people in the demo, drawn when it is loaded: portraits of speakers, handouts for their sessions."""

import io
import random
from collections.abc import Sequence
from functools import cache

from django.core.files.base import ContentFile
from django.utils.html import format_html, format_html_join
from PIL import Image, ImageDraw

from events import pdf, uploads
from events.models import Event, Upload

SIDE, FINER = 360, 3  # drawn larger and scaled down, so that edges are smooth
WALLS = ("#cfe3e1", "#f3dcb4", "#d9d4ea", "#cddcec", "#e8d3cb")
SKINS = ("#f3cfb3", "#e0ac85", "#b97f55", "#8d5a3a", "#5f3c28")
HAIRS = ("#2a1d17", "#5b3a22", "#a4632a", "#d9b36a", "#8b8b8b", "#1d1d24")
CLOTHES = ("#0b6069", "#083f45", "#7a3b52", "#3d4f7d", "#6d5a1f")
STYLESHEETS = ("css/programme-print.css",)


def portrait(event: Event, name: str) -> Upload:
    """Head and shoulders; the name decides the colours."""
    return uploads.keep(event, ContentFile(_drawn(name), "portrait.png"), Upload.Kind.PICTURE)


def _drawn(name: str) -> bytes:
    dice = random.Random(name)
    wall, skin, hair, clothes = (dice.choice(colours) for colours in (WALLS, SKINS, HAIRS, CLOTHES))
    picture = Image.new("RGB", (SIDE * FINER, SIDE * FINER), wall)
    draw = ImageDraw.Draw(picture)

    def shape(kind: str, colour: str, *box: int, **angles: int) -> None:
        getattr(draw, kind)([edge * FINER for edge in box], fill=colour, **angles)

    if has_long_hair := dice.random() < 0.5:
        shape("rounded_rectangle", hair, 102, 90, 258, 262, radius=64 * FINER)
    shape("ellipse", clothes, 40, 246, 320, 480)
    shape("rounded_rectangle", skin, 150, 200, 210, 278, radius=28 * FINER)
    shape("ellipse", skin, 116, 82, 244, 246)
    shape("chord", hair, 108, 66, 252, 216 if has_long_hair else 190, start=180, end=360)
    for left in (146, 202):
        shape("ellipse", "#14282b", left, 156, left + 12, 168)
    draw.arc([edge * FINER for edge in (152, 168, 208, 216)], 25, 155, fill="#14282b", width=4 * FINER)
    written = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()


def handout(event: Event, title: str, lines: Sequence[str], language: str) -> Upload:
    """A page with a heading and some lines."""
    return uploads.keep(event, ContentFile(_printed(title, tuple(lines), language), f"{title}.pdf"), Upload.Kind.PDF)


@cache
def _printed(title: str, lines: tuple[str, ...], language: str) -> bytes:
    points = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    return pdf.render(format_html("<h1>{}</h1><ul>{}</ul>", title, points), title=title, lang=language,
                      stylesheets=STYLESHEETS)  # fmt: skip

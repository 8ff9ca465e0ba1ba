"""Booths on paper: the sign above a booth, and a sheet of codes that lead to its page.

Each is a document (events.documents) of the booth as it was when asked for: what has changed since is another version.
"""

import zlib
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from booths import plan
from booths.models import Booth
from events import documents, fonts, pdf, qr
from events.addresses import event_url
from events.models import Document, Event, User
from events.text_states import LANGUAGES

STYLESHEETS = ("css/booths-print.css",)
SIGN, CODES, ALL_SIGNS = "booth_sign", "booth_codes", "booth_signs"
CODES_ON_A_SHEET = 8


def ask(kind: str, booth: Booth, *, by: User | None = None) -> Document | None:
    """Have it made as the booth is now, unless that is done already."""
    version = version_of([booth])
    documents.ask(kind, booth, language=booth.language, version=version, by=by)
    return documents.find(kind, booth, language=booth.language, version=version)


def ask_all(event: Event, *, by: User | None = None) -> Document | None:
    """The signs of all placed booths in one file."""
    version = version_of(_placed(event))
    documents.ask(ALL_SIGNS, event, language=LANGUAGES[0], version=version, by=by)
    return documents.find(ALL_SIGNS, event, language=LANGUAGES[0], version=version)


def version_of(booths: list[Booth]) -> int:
    """A number that is another one when something printed is."""
    printed = [
        (booth.pk, booth.slug, booth.place_id, booth.organisation, booth.logo_id, *_titles(booth)) for booth in booths
    ]
    return zlib.crc32(repr(printed).encode()) >> 1


def _placed(event: Event) -> list[Booth]:
    rows = Booth.objects.for_event(event).live().exclude(place=None).select_related("place__hall", "event", "logo")
    return sorted(
        rows, key=lambda booth: (booth.place.hall.order, plan.natural(booth.place)) if booth.place else (0, [])
    )


def _booth(document: Document) -> Booth:
    rows = Booth.objects.select_related("event", "place__hall", "logo")
    booth = rows.filter(pk=document.about_id).first()
    if booth is None:
        raise documents.NotNeeded
    return booth


def filename(document: Document) -> str:
    """esittelypiste-2024-7.pdf"""
    with translation.override(document.language):
        names = {SIGN: _("booth-sign"), CODES: _("booth-codes"), ALL_SIGNS: _("booth-signs")}
        return f"{names[document.kind]}-{document.event.slug}-{document.about_id}.pdf"


# --- Signs ------------------------------------------------------------------------------------------------------------
def make_sign(document: Document) -> bytes:
    """A page: number, name, what is shown in each language, a code that leads to the booth's page."""
    booth = _booth(document)
    return _signs([booth], title=_title_of(booth, document.language), lang=document.language)


def make_all_signs(document: Document) -> bytes:
    """A page for each booth that has a place, in the order of the numbers."""
    found = _placed(document.event)
    if not found:
        raise documents.NotNeeded
    with translation.override(document.language):
        title = _("Booth signs: %(event)s") % {"event": document.event.name}
    return _signs(found, title=title, lang=document.language)


def _title_of(booth: Booth, language: str) -> str:
    with translation.override(language):
        return _("Booth sign: %(booth)s") % {"booth": booth.organisation}


def _signs(booths: list[Booth], *, title: str, lang: str) -> bytes:
    with translation.override(lang):
        signs = [_sign(booth) for booth in booths]
        html = render_to_string("booths/documents/signs.html", {"signs": signs, "here": lang, "event": booths[0].event})
    return pdf.render(html, title=title, lang=lang, stylesheets=STYLESHEETS)


def _sign(booth: Booth) -> dict[str, Any]:
    return {
        "number": booth.place.number if booth.place else "",
        "organisation": fonts.printable(booth.organisation),
        "titles": _titles(booth),
        "code": _code(booth, booth.language),
        "logo": _picture(booth),
    }


def _titles(booth: Booth) -> list[tuple[str, str]]:
    """(language, title), a title that is the same in several languages once; the own language first."""
    order = sorted(LANGUAGES, key=lambda code: code != booth.language)
    titles: dict[str, str] = {}
    for code in order:
        titles.setdefault(fonts.printable(getattr(booth, f"title_{code}") or ""), code)
    return [(code, title) for title, code in titles.items() if title]


def _picture(booth: Booth) -> str:
    """The logo as an address that needs no request."""
    if booth.logo is None:
        return ""
    with booth.logo.file.open("rb") as kept:
        return qr.data_uri(kept.read()).replace("image/png", "image/jpeg", 1)


# --- Codes ------------------------------------------------------------------------------------------------------------
def make_codes(document: Document) -> bytes:
    """Small codes to cut out or to lay on the table: two in each language, then more in the own one."""
    booth = _booth(document)
    order = [booth.language, *(code for code in LANGUAGES if code != booth.language)]
    languages = [order[number % len(order)] for number in range(CODES_ON_A_SHEET)]
    with translation.override(document.language):
        title = _("Codes of the booth: %(booth)s") % {"booth": booth.organisation}
        context = {"booth": fonts.printable(booth.organisation), "codes": [_code(booth, code) for code in languages],
                   "event": booth.event}  # fmt: skip
        html = render_to_string("booths/documents/codes.html", {**context, "here": document.language})
    return pdf.render(html, title=title, lang=document.language, stylesheets=STYLESHEETS)


def _code(booth: Booth, language: str) -> dict[str, str]:
    url = event_url(booth.event, "booth", language=language, is_lasting=True, booth_slug=booth.slug)
    with translation.override(language):
        return {
            "language": language,
            "image": qr.data_uri(qr.png(qr.text_matrix(url), scale=8)),
            "alt": _("QR code of the booth’s page"),
            "text": _("Read the code: our page with links"),
        }


KINDS = {
    SIGN: documents.Kind(make_sign, filename, "application/pdf"),
    CODES: documents.Kind(make_codes, filename, "application/pdf"),
    ALL_SIGNS: documents.Kind(make_all_signs, filename, "application/pdf"),
}

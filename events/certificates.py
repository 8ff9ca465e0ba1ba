"""Certificates of attendance: one page in the person's language that says who took part in what, when and how long."""

from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events import fonts, pdf
from events.dates import day
from events.models import Document

STYLESHEETS = ("css/certificate.css",)
SHORT = 120  # minutes; what is longer is told in hours


class Certificate(NamedTuple):
    """What it says of a person, in the language of the document."""

    name: str
    organisation: str
    took_part: str  # "took part in the webinar"
    title: str
    when: str
    minutes: int


def draw(document: Document, certificate: Certificate) -> bytes:
    """The PDF, with the organisers and the funder of the event; to be called in the document's language."""
    event, minutes = document.event, certificate.minutes
    name = fonts.printable(certificate.name)
    context = {
        "event": event,
        "certificate": certificate,
        "name": name,
        "organisation": fonts.printable(certificate.organisation),
        "hours": minutes // 60 if minutes >= SHORT else 0,
        "minutes": minutes % 60 if minutes >= SHORT else minutes,
        "made_on": day(document.asked_at),
        "organisers": [str(one) for one in event.partners.filter(role="organiser")],
    }
    html = render_to_string("events/documents/certificate.html", context)
    title = _("Certificate of attendance: %(name)s") % {"name": name}
    return pdf.render(html, title=title, lang=document.language, stylesheets=STYLESHEETS)


def filename(document: Document) -> str:
    """osallistumistodistus-2024.pdf, deltagarintyg-2024.pdf, certificate-2024.pdf"""
    with translation.override(document.language):
        word = _("certificate")
    return f"{word}-{document.event.slug}.pdf"

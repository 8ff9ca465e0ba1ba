"""The certificate of attendance: a page in the person's language, made for those who went to the meeting."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events import documents, fonts, pdf
from events.dates import day, moment
from events.models import Document
from webinars.models import SignUp

KIND = "webinar_certificate"
STYLESHEETS = ("css/certificate.css",)


def ask(row: SignUp) -> None:
    """Have it made, unless that is done already."""
    documents.ask(KIND, row, language=row.language, version=_version(row))


def find(row: SignUp) -> Document | None:
    """Made, or being made."""
    return documents.find(KIND, row, language=row.language, version=_version(row))


def _version(row: SignUp) -> int:
    """Another one when the webinar or the sign-up has changed."""
    return row.webinar.sequence + row.version + 1


def make(document: Document) -> bytes:
    """Who took part in what, when and how long, and who vouches for it."""
    row = SignUp.objects.select_related("event", "webinar").filter(pk=document.about_id).first()
    if row is None or not row.has_attended:
        raise documents.NotNeeded
    webinar, event = row.webinar, row.event
    with translation.override(document.language):
        context = {
            "event": event,
            "name": fonts.printable(row.name),
            "organisation": fonts.printable(row.organisation),
            "title": webinar.title,
            "when": moment(webinar.starts_at, webinar.ends_at),
            "minutes": int((webinar.ends_at - webinar.starts_at).total_seconds() // 60),
            "made_on": day(document.asked_at),
            "organisers": [str(one) for one in event.partners.filter(role="organiser")],
        }
        html = render_to_string("webinars/documents/certificate.html", context)
        title = _("Certificate of attendance: %(name)s") % {"name": context["name"]}
        return pdf.render(html, title=title, lang=document.language, stylesheets=STYLESHEETS)

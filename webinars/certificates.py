"""The certificate of attendance of a webinar, for those who went to the meeting."""

from django.utils import translation
from django.utils.translation import gettext as _

from events import documents
from events.certificates import Certificate, draw
from events.dates import moment
from events.models import Document
from webinars.models import SignUp

KIND = "webinar_certificate"


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
    """Who took part in what, when and how long."""
    row = SignUp.objects.select_related("webinar").filter(pk=document.about_id).first()
    if row is None or not row.has_attended:
        raise documents.NotNeeded
    webinar = row.webinar
    minutes = int((webinar.ends_at - webinar.starts_at).total_seconds() // 60)
    with translation.override(document.language):
        when = moment(webinar.starts_at, webinar.ends_at)
        took_part = _("took part in the webinar")
        return draw(document, Certificate(row.name, row.organisation, took_part, webinar.title, when, minutes))

"""What the webinars give to the post, the documents and the pages of the event."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events import call_views, clock, documents, outbox, places
from events.addresses import event_url
from events.certificates import filename
from events.dates import deadline, helsinki_time, moment
from events.models import Call
from webinars import calendars, certificates
from webinars.access import personal_token
from webinars.models import SignUp, Webinar


def register() -> None:
    """Called once, when the apps are ready."""
    documents.KINDS[certificates.KIND] = documents.Kind(certificates.make, filename, "application/pdf")
    outbox.ATTACHMENTS.update(
        webinar_calendar=calendars.of_sign_up, webinar_removed=calendars.removed, webinars_calendar=calendars.of_person
    )
    outbox.LINKS.update(
        webinar=calendars.personal_url, webinar_feedback=feedback_link, webinar_time=time_of, webinar_list=list_as_text,
        webinar_list_html=list_as_html, webinar_list_all=whole_list_as_text, webinar_list_all_html=whole_list_as_html,
    )  # fmt: skip
    call_views.INFORMATION_SESSIONS.append(information_sessions)


def information_sessions(call: Call) -> list[dict[str, Any]]:
    """The public webinars that belong to a call, for its page."""
    rows = Webinar.objects.public().filter(call=call, cancelled_at=None).order_by("starts_at", "pk")
    return [
        {
            "title": row.title,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "url": event_url(call.event, "webinar", webinar_slug=row.slug),
        }
        for row in rows
    ]


def feedback_link(row: SignUp, language: str) -> str:
    """Where one says what one took along."""
    return event_url(row.event, "webinar-feedback", language=language, is_lasting=True, token=personal_token(row))


# --- No links but words that are true when the mail leaves ------------------------------------------------------------
def time_of(row: SignUp, language: str) -> str:
    """13.11.2024 klo 9.00–10.00 Suomen aikaa"""
    webinar = row.webinar
    return f"{moment(webinar.starts_at, webinar.ends_at, language)} {helsinki_time(language)}"


def list_as_text(row: SignUp, language: str) -> str:
    """All coming webinars of the person, each with how it stands and the link."""
    return _list(row, language, "txt")


def list_as_html(row: SignUp, language: str) -> str:
    """The same for the HTML of a mail."""
    return _list(row, language, "html")


def whole_list_as_text(row: SignUp, language: str) -> str:
    """The past ones too, whose pages have the recording and the certificate."""
    return _list(row, language, "txt", with_past=True)


def whole_list_as_html(row: SignUp, language: str) -> str:
    """The same for the HTML of a mail."""
    return _list(row, language, "html", with_past=True)


def _list(row: SignUp, language: str, ending: str, *, with_past: bool = False) -> str:
    held = SignUp.objects.filter(event=row.event_id).live().by_email(row.email).select_related("event", "webinar")
    coming = held.filter(webinar__ends_at__gt=clock.now()).order_by("webinar__starts_at", "pk")
    over = held.confirmed().filter(webinar__ends_at__lte=clock.now()).order_by("-webinar__starts_at", "pk")
    with translation.override(language):
        context = {"rows": [_line(one, language) for one in (*coming, *(over if with_past else ()))]}
        return render_to_string(f"webinars/emails/_list.{ending}", context).strip()


def _line(row: SignUp, language: str) -> dict[str, Any]:
    return {"webinar": row.webinar, "standing": standing(row), "url": calendars.personal_url(row, language)}


def standing(row: SignUp) -> str:
    """What is special about it; nothing when the person simply has a place."""
    if row.is_waiting:
        return _("You are number %(position)d on the waiting list.") % {"position": places.position(row)}
    if row.is_offered(clock.now()) and row.offer_ends_at:
        return _("A place is offered to you. Answer %(deadline)s.") % {"deadline": deadline(row.offer_ends_at)}
    return ""

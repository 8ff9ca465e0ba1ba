"""What registration gives to the post, the documents and the home page of the event."""

from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from events import admin_base, documents, outbox, tokens, views
from events.addresses import event_url
from events.models import Document, Event
from registration import access, calendars, door_papers, letters, printing
from registration.models import Claim, Handover, Registration


def register() -> None:
    """Called once, when the apps are ready."""
    documents.KINDS["badge"] = documents.Kind(printing.make_badge, badge_filename, "application/pdf")
    documents.KINDS["badges"] = documents.Kind(printing.make_badges, badges_filename, "application/pdf")
    for kind, make in door_papers.MAKERS.items():
        documents.KINDS[kind] = documents.Kind(make, door_papers.filename, "application/pdf")
    outbox.ATTACHMENTS.update(
        badge=printing.badge_attachment,
        qr=printing.qr_attachment,
        calendar=calendars.calendar,
        calendar_removed=calendars.calendar_removed,
    )
    outbox.LINKS.update(personal=personal_link, handover=handover_link, claim=claim_link, register=register_link)
    outbox.LINKS["box_of_badge"] = box_of_badge
    views.OPEN_NOW.insert(0, open_now)  # what most visitors come for stands first
    admin_base.COUNTED_BY.append(count_comers)


def count_comers(**where: Any) -> int:
    """How many live registrations on site and reserved places there are with a day or in a role."""
    return Registration.objects.live().on_site().filter(**where).count() + Claim.objects.live().filter(**where).count()


def badge_filename(document: Document) -> str:
    """osallistujakortti-2024.pdf, deltagarkort-2024.pdf, badge-2024.pdf"""
    with translation.override(document.language):
        return f"{_('badge')}-{document.event.slug}.pdf"


def badges_filename(document: Document) -> str:
    """badges-2024-7.pdf"""
    return f"badges-{document.event.slug}-{document.pk}.pdf"


def personal_link(registration: Registration, language: str) -> str:
    """The person's own page."""
    token = access.personal_token(registration)
    return event_url(registration.event, "personal", language=language, is_lasting=True, token=token)


def handover_link(handover: Handover, language: str) -> str:
    """Where a colleague takes the place over."""
    token = tokens.make(access.HANDOVER, handover.pk, 1)
    return event_url(handover.event, "take-over", language=language, is_lasting=True, token=token)


def claim_link(claim: Claim, language: str) -> str:
    """Where a reserved place is registered on."""
    token = tokens.make(access.CLAIM, claim.pk, claim.link_version)
    return event_url(claim.event, "use-claim", language=language, is_lasting=True, token=token)


def box_of_badge(registration: Registration, language: str) -> str:
    """No link but a sentence: where the badge waits, once the letters of the queues are fixed.

    It is looked up when the mail leaves, with the badge that goes along, and costs a registration no query.
    """
    box = letters.box_of(registration.sort_key, registration.event.letter_ranges.all())
    with translation.override(language):
        return " " + _("Your badge waits at the desk in box %(box)s.") % {"box": box} if box else ""


def register_link(row: Any, language: str) -> str:
    """The registration form."""
    return event_url(row.event, "register", language=language, is_lasting=True)


def open_now(event: Event, at: datetime) -> list[dict[str, Any]]:
    """The cards of the home page: registration on site and remotely, each with its deadline."""
    cards = []
    url = event_url(event, "register")
    if event.on_site_is_open(at):
        card = {"title": _("Registration on site"), "action": _("Register"), "deadline": event.on_site_closes_at}
        cards.append({**card, "text": event.venue_name, "url": url})
    if event.remote_is_open(at):
        card = {"title": _("Registration for remote participation"), "action": _("Register")}
        cards.append({**card, "text": "", "deadline": event.remote_closes_at, "url": url})
    return cards

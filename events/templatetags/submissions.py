"""How something that is sent in stands, and what it says, in words; for pages and mails alike."""

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import municipalities, senders
from events.addresses import event_url
from events.kinds import Fact, Words, kind_of
from events.models import Submission, Upload

register = template.Library()

Status = Submission.Status


@register.simple_tag
def submission_words(source: Any) -> Words:
    """What this kind is called, of a call or of something sent in."""
    return kind_of(source).words()


@register.simple_tag
def submission_standing(submission: Any) -> dict[str, str]:
    """The status panel: kind, title and text. A quiet decision is not told."""
    words = submission_words(submission)
    panels = {
        Status.DRAFT: ("waiting", words.is_saved, _("It has not been sent in yet.")),
        Status.SUBMITTED: ("confirmed", words.is_sent_in, _("You will be told the decision by mail.")),
        Status.ACCEPTED: ("offered", words.is_selected, _("Tell us whether you will take part.")),
        Status.RESERVED: (
            "waiting", _("You have a reserve place"),
            _("If somebody else gives up their place, you will hear from us."),
        ),
        Status.REJECTED: ("cancelled", words.is_not_selected, _("The letter that you got tells more.")),
        Status.CONFIRMED: ("confirmed", _("You have confirmed that you will take part"), words.is_selected + "."),
        Status.DECLINED: (
            "cancelled", _("You have told us that you will not take part"), _("Thank you for telling us."),
        ),
        Status.WITHDRAWN: ("cancelled", _("You have withdrawn it"), _("It is not reviewed.")),
        Status.CANCELLED: ("cancelled", _("The selection is cancelled"), _("The letter that you got tells more.")),
        Status.MERGED: (
            "confirmed", _("It has been joined with another proposal"), _("The planning team is in touch with you."),
        ),
    }  # fmt: skip
    kind, title, text = panels[submission.status]
    return {"kind": kind, "title": title, "text": text}


@register.simple_tag
def submission_facts(submission: Any) -> list[Fact]:
    """(label, words, language) of everything that was answered."""
    found = [*kind_of(submission).facts(submission), *_you(submission)]
    return [(str(label), str(words), language) for label, words, language in found if words]


@register.simple_tag
def submission_files(submission: Any) -> list[tuple[Any, Upload]]:
    """(label, file) of what came along."""
    form = kind_of(submission).form
    found = [(form.base_fields[name].label, getattr(submission, name)) for name in form.takes]
    return [(label, file) for label, file in found if file]


@register.simple_tag
def submission_more_facts(submission: Any) -> list[Fact]:
    """What a mail tells besides: files, and what the kind has in rows of its own."""
    files: list[Fact] = [(label, file.name, "") for label, file in submission_files(submission)]
    return [*files, *kind_of(submission).more_facts(submission)]


def _you(row: Any) -> list[Fact]:
    return [
        (_("Your name"), row.name, ""),
        (_("E-mail"), row.email, ""),
        (_("Phone"), row.phone, ""),
        (_("Organisation"), row.organisation, ""),
        (_("Type of organisation"), row.organisation_type or "", ""),
        (_("Municipality you work in"), municipalities.label(row.municipality, get_language() or "fi"), ""),
    ]


@register.simple_tag
def submission_url(submission: Any) -> str:
    """The page of one's own draft, or of what one has sent in."""
    return event_url(submission.event, "submission", token=senders.token_of(submission))

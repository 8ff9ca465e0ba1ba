"""How a proposal or an application stands, and what it says, in words; for pages and mails alike."""

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import municipalities
from events.addresses import event_url
from programme import access
from programme.models import Application, CoPresenter, Proposal
from programme.models.proposal import LANGUAGES

register = template.Library()

Status = Proposal.Status
Fact = tuple[str, str, str]  # label, words, language of the words where it is another than the page's


@register.simple_tag
def submission_words(submission: Any) -> dict[str, str]:
    """What a proposal and an application are called, where a sentence cannot do without."""
    if isinstance(submission, Application):
        return {
            "mine": _("My application"),
            "is_saved": _("Your application is a draft"),
            "is_sent_in": _("Your application is sent in"),
            "is_selected": _("Your application has been selected"),
            "is_not_selected": _("Your application was not selected"),
        }
    return {
        "mine": _("My proposal"),
        "is_saved": _("Your proposal is a draft"),
        "is_sent_in": _("Your proposal is sent in"),
        "is_selected": _("Your proposal has been selected for the programme"),
        "is_not_selected": _("Your proposal was not selected for the programme"),
    }


@register.simple_tag
def submission_standing(submission: Any) -> dict[str, str]:
    """The status panel: kind, title and text. A quiet decision is not told."""
    words = submission_words(submission)
    panels = {
        Status.DRAFT: ("waiting", words["is_saved"], _("It has not been sent in yet.")),
        Status.SUBMITTED: ("confirmed", words["is_sent_in"], _("You will be told the decision by mail.")),
        Status.ACCEPTED: ("offered", words["is_selected"], _("Tell us whether you are coming.")),
        Status.RESERVED: (
            "waiting", _("You have a reserve place"), _("If somebody else does not come, you will hear from us."),
        ),
        Status.REJECTED: ("cancelled", words["is_not_selected"], _("The reasons are in the letter that you got.")),
        Status.CONFIRMED: ("confirmed", _("You have confirmed that you are coming"), words["is_selected"] + "."),
        Status.DECLINED: ("cancelled", _("You have told us that you are not coming"), _("Thank you for telling us.")),
        Status.WITHDRAWN: ("cancelled", _("You have withdrawn it"), _("It is not reviewed.")),
        Status.CANCELLED: ("cancelled", _("It has been cancelled"), _("Ask us if you do not know why.")),
        Status.MERGED: (
            "confirmed", _("It has been joined with another proposal"), _("The planning team is in touch with you."),
        ),
    }  # fmt: skip
    kind, title, text = panels[submission.status]
    return {"kind": kind, "title": title, "text": text}


@register.simple_tag
def submission_facts(submission: Any) -> list[Fact]:
    """(label, words, language) of everything that was answered."""
    own = _proposal_facts(submission) if isinstance(submission, Proposal) else _application_facts(submission)
    return [(str(label), str(words), language) for label, words, language in [*own, *_you(submission)] if words]


def _proposal_facts(row: Proposal) -> list[Any]:
    found: list[Any] = []
    for code in [row.language, *(code for code, _name in LANGUAGES if code != row.language)]:
        suffix = "" if code == row.language else f" ({dict(LANGUAGES)[code]})"
        shown_in = "" if code == get_language() else code
        found.append((_("Title") + suffix, getattr(row, f"title_{code}"), shown_in))
        found.append((_("Description") + suffix, getattr(row, f"description_{code}"), shown_in))
    names = dict(LANGUAGES)
    plain = [
        (_("Format"), row.format),
        (_("Length in minutes"), row.minutes),
        (_("Themes"), ", ".join(str(theme) for theme in row.themes.all())),
        (_("Languages of the session"), ", ".join(names[code] for code in row.session_languages)),
        (_("For whom"), row.audience),
        (_("What participants take home"), row.take_home),
        (_("Good practice that is shown"), row.good_practice),
        (_("Co-operating organisations"), row.partners),
        (_("Technical needs"), row.technical_needs),
        (_("Accessibility needs"), row.accessibility_needs),
        (_("When you cannot come"), row.unavailable),
    ]
    return [*found, *((label, words or "", "") for label, words in plain)]


def _application_facts(row: Application) -> list[Any]:
    return [
        (_("What you apply to"), ", ".join(str(choice) for choice in row.choices.all()), ""),
        (_("Why you apply"), row.motivation, ""),
        (_("What you bring along"), row.experience, ""),
        (_("I take part for the first time"), _("yes") if row.is_first_time else "", ""),
    ]


def _you(row: Any) -> list[Any]:
    return [
        (_("Your name"), row.name, ""),
        (_("E-mail"), row.email, ""),
        (_("Phone"), row.phone, ""),
        (_("Organisation"), row.organisation, ""),
        (_("Type of organisation"), row.organisation_type or "", ""),
        (_("Municipality you work in"), municipalities.label(row.municipality, get_language() or "fi"), ""),
    ]


@register.simple_tag
def submission_title(submission: Any) -> str:
    """What it is called in lists and mails: the title in its own language; an application is called by its call."""
    if isinstance(submission, Proposal):
        return submission.in_own_language("title")
    return str(submission.call.title)


@register.simple_tag
def submission_url(submission: Any) -> str:
    """The page of one's own proposal or application."""
    return event_url(submission.event, "proposal", token=access.token_of(submission))


@register.simple_tag
def co_presenter_standing(row: CoPresenter) -> str:
    """What a co-presenter has said."""
    if row.status == CoPresenter.Status.INVITED:
        if row.answered_at:
            return _("The invitation has reached the wrong person: correct the address.")
        return _("Asked, has not answered yet") if row.invited_at else _("Is asked when you send the proposal in")
    return _("Comes along") if row.status == CoPresenter.Status.ACCEPTED else _("Does not come")

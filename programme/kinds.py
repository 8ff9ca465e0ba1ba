"""What is sent in to the programme's calls: proposals, and applications to planning groups or of municipalities."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.kinds import Fact, Kind, LetterWords, Words
from events.models.call import LANGUAGES
from programme.forms import ApplicationForm, ProposalForm
from programme.models import Application, ApplicationReview, Proposal, ProposalReview
from programme.services import Person, inviting


class ProposalKind(Kind):
    """A proposal for the programme, with those who speak along."""

    rows, reviews, key, form = Proposal, ProposalReview, "proposal", ProposalForm
    languages_field = "session_languages"
    page_part = "programme/_co_presenters.html"

    def words(self) -> Words:
        """A proposal is selected for the programme."""
        return Words(
            begin=_("Make a proposal"),
            draft_needs=_("Save a draft at any time: it needs only your e-mail and a title."),
            mine=_("My proposal"),
            is_saved=_("Your proposal is a draft"),
            is_sent_in=_("Your proposal is sent in"),
            is_selected=_("Your proposal has been selected for the programme"),
            is_not_selected=_("Your proposal was not selected for the programme"),
        )

    def letter(self, row: Proposal, outcome: str) -> LetterWords:
        """With the title of the proposal."""
        names = {"title": row, "event": row.event.name}
        return {
            "accepted": LetterWords(
                _("%(event)s: your proposal has been selected for the programme") % names,
                _("Your proposal has been selected for the programme"),
                _("“%(title)s” has been selected for the programme of %(event)s. Please confirm with the link below "
                  "that you will come, or tell us that you will not.") % names,
            ),
            "reserved": LetterWords(
                _("%(event)s: your proposal is on the reserve list") % names,
                _("Your proposal is on the reserve list"),
                _("“%(title)s” is on the reserve list of the programme of %(event)s. If somebody declines, the first "
                  "on the list is selected. We write to you at once if it is you.") % names,
            ),
            "rejected": LetterWords(
                _("%(event)s: your proposal was not selected for the programme") % names,
                _("Your proposal was not selected for the programme"),
                _("“%(title)s” was not selected for the programme of %(event)s. Thank you for your proposal and the "
                  "work that you have put into it.") % names,
            ),
        }[outcome]  # fmt: skip

    def facts(self, row: Proposal) -> list[Fact]:
        """Texts in every language, then the answers."""
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
        return [*self.texts(row), *((label, words or "", "") for label, words in plain)]

    def more_facts(self, row: Proposal) -> list[Fact]:
        """Those who speak along."""
        return [(_("Co-presenter"), f"{person.name}, {person.email}", "") for person in row.co_presenters.all()]

    def keep(self, row: Proposal, more: Sequence[Person] | None, *, at: datetime) -> None:
        """Those who speak along are asked once it is sent in."""
        if more is not None:
            inviting.keep(row, more, at=at)

    def sent_in(self, row: Proposal, *, at: datetime) -> None:
        """Those who speak along are asked."""
        inviting.invite(row, at=at)

    def with_senders(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With those who speak along."""
        return rows.prefetch_related("co_presenters")

    def with_facts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With format and themes."""
        return rows.select_related("organisation_type", "format").prefetch_related("themes")

    def dimensions(self) -> list[tuple[str, str]]:
        """Theme and format."""
        return [("theme", _("Theme")), ("format", _("Format"))]

    def names(self, row: Proposal, key: str) -> list[str]:
        """Several themes count each."""
        if key == "theme":
            return [theme.name for theme in row.themes.all()]
        return [row.format.name] if row.format else []

    def export_header(self) -> list[str]:
        """What is proposed."""
        return [_("Title"), _("Description"), _("Format"), _("Themes"), _("Languages"), _("Length in minutes")]

    def export_cells(self, row: Proposal) -> list[str]:
        """Texts in their own language."""
        return [
            str(row), row.in_own_language("description"), row.format.name if row.format else "",
            ", ".join(theme.name for theme in row.themes.all()), ", ".join(row.session_languages),
            str(row.minutes or ""),
        ]  # fmt: skip


class ApplicationKind(Kind):
    """An application to a planning group, or of a municipality."""

    rows, reviews, key, form = Application, ApplicationReview, "application", ApplicationForm

    def words(self) -> Words:
        """An application is selected."""
        return Words(
            begin=_("Apply"),
            draft_needs=_("Save a draft at any time: it needs only your e-mail."),
            mine=_("My application"),
            is_saved=_("Your application is a draft"),
            is_sent_in=_("Your application is sent in"),
            is_selected=_("Your application has been selected"),
            is_not_selected=_("Your application was not selected"),
        )

    def letter(self, row: Application, outcome: str) -> LetterWords:
        """With the title of the call."""
        names = {"call": row.call.title, "event": row.event.name}
        return {
            "accepted": LetterWords(
                _("%(event)s: you have been selected") % names,
                _("You have been selected"),
                _("Your application to “%(call)s” has been selected. Please confirm with the link below that you will "
                  "take part, or tell us that you will not.") % names,
            ),
            "reserved": LetterWords(
                _("%(event)s: your application is on the reserve list") % names,
                _("Your application is on the reserve list"),
                _("Your application to “%(call)s” is on the reserve list. If somebody declines, the first on the list "
                  "is selected. We write to you at once if it is you.") % names,
            ),
            "rejected": LetterWords(
                _("%(event)s: your application was not selected") % names,
                _("Your application was not selected"),
                _("Your application to “%(call)s” was not selected. Thank you for your interest.") % names,
            ),
        }[outcome]  # fmt: skip

    def facts(self, row: Application) -> list[Fact]:
        """What is applied for, and why."""
        return [
            (_("What you apply to"), ", ".join(str(choice) for choice in row.choices.all()), ""),
            (_("Why you apply"), row.motivation, ""),
            (_("What you bring along"), row.experience, ""),
            (_("I take part for the first time"), _("yes") if row.is_first_time else "", ""),
        ]

    def with_facts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what is applied for."""
        return super().with_facts(rows).prefetch_related("choices")

    def dimensions(self) -> list[tuple[str, str]]:
        """What is applied for."""
        return [("choice", _("Choice"))]

    def names(self, row: Application, key: str) -> list[str]:
        """Several choices count each."""
        return [choice.name for choice in row.choices.all()]

    def export_header(self) -> list[str]:
        """What is applied for."""
        return [_("Choices"), _("Why you apply"), _("What you bring along"), _("First time")]

    def export_cells(self, row: Application) -> list[str]:
        """What is applied for."""
        choices = ", ".join(choice.name for choice in row.choices.all())
        return [choices, row.motivation, row.experience, _("yes") if row.is_first_time else ""]


PROPOSALS, APPLICATIONS = ProposalKind(), ApplicationKind()

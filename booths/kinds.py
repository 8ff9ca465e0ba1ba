"""What is sent in to the exhibition's calls: applications for a booth."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from booths.application_form import BoothApplicationForm
from booths.models import BoothApplication, BoothApplicationReview
from booths.models.needs import LANGUAGES, Shown
from booths.services import keeping
from events import calls
from events.kinds import Fact, Kind, LetterWords, Words
from events.models import User


class BoothKind(Kind):
    """An application for a booth; once it is selected there is a booth, which follows what its sender says."""

    rows, reviews, key, form = BoothApplication, BoothApplicationReview, "application", BoothApplicationForm
    languages_field = "booth_languages"
    page_part = "booths/_of_application.html"

    def words(self) -> Words:
        """A booth is selected."""
        return Words(
            begin=_("Apply for a booth"),
            draft_needs=_("Save a draft at any time: it needs only your e-mail and a title."),
            mine=_("My booth application"),
            is_saved=_("Your booth application is a draft"),
            is_sent_in=_("Your booth application is sent in"),
            is_selected=_("Your booth has been selected"),
            is_not_selected=_("Your booth was not selected"),
        )

    def letter(self, row: BoothApplication, outcome: str) -> LetterWords:
        """With the title of the booth."""
        names = {"title": row.own_title, "event": row.event.name}
        return {
            "accepted": LetterWords(
                _("%(event)s: your booth has been selected") % names,
                _("Your booth has been selected"),
                _("Your booth “%(title)s” has been selected for the exhibition of %(event)s. Please confirm with the "
                  "link below that you will come, or tell us that you will not.") % names,
            ),
            "reserved": LetterWords(
                _("%(event)s: your booth is on the reserve list") % names,
                _("Your booth is on the reserve list"),
                _("Your booth “%(title)s” is on the reserve list of the exhibition of %(event)s. If somebody declines, "
                  "the first on the list is selected. We write to you at once if it is you.") % names,
            ),
            "rejected": LetterWords(
                _("%(event)s: your booth was not selected") % names,
                _("Your booth was not selected"),
                _("Your booth “%(title)s” was not selected for the exhibition of %(event)s. Thank you for your "
                  "application and the work that you have put into it.") % names,
            ),
        }[outcome]  # fmt: skip

    def facts(self, row: BoothApplication) -> list[Fact]:
        """Texts in every language, then the answers."""
        spoken, shown = dict(LANGUAGES), dict(Shown.choices)
        plain = [
            (_("What you show"), ", ".join(str(shown[one]) for one in row.shown)),
            (_("Themes"), ", ".join(str(theme) for theme in row.themes.all())),
            (_("Languages spoken at the booth"), ", ".join(spoken[code] for code in row.booth_languages)),
            (_("Web address"), row.website),
            (_("Size"), row.get_size_display()),
            (_("What the booth needs"), ", ".join(needs_of(row))),
            (_("Other needs"), row.more_needs),
            (_("How many people work at the booth"), row.staff_expected),
            (_("When you set up"), row.set_up),
            (_("When you take down"), row.take_down),
            (_("Why you apply"), row.motivation),
        ]
        return [*self.texts(row), *((label, words or "", "") for label, words in plain)]

    def notes(self, row: BoothApplication) -> list[str]:
        """Another application of the same organisation: two are allowed, if they are meant."""
        others = BoothApplication.objects.filter(calls.similar(row), call=row.call_id).sent_in().exclude(pk=row.pk)
        if row.has_ended or not others.exists():
            return []
        words = _("Your organisation has sent in another application too. Both will be reviewed. If one is enough, "
                  "withdraw the other.")  # fmt: skip
        return [words]

    def moved(self, row: BoothApplication, *, by: User | None) -> None:
        """The booth is made, confirmed or taken off the plan."""
        keeping.follow(row.pk, by=by)

    def with_facts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With themes."""
        return super().with_facts(rows).prefetch_related("themes")

    def dimensions(self) -> list[tuple[str, str]]:
        """Theme, what is shown, size."""
        return [("theme", _("Theme")), ("shown", _("What is shown")), ("size", _("Size"))]

    def names(self, row: BoothApplication, key: str) -> list[str]:
        """Several themes count each."""
        if key == "theme":
            return [theme.name for theme in row.themes.all()]
        if key == "shown":
            return [str(dict(Shown.choices)[one]) for one in row.shown]
        return [row.get_size_display()]

    def export_header(self) -> list[str]:
        """What is applied for."""
        return [_("Title"), _("Description"), _("What is shown"), _("Themes"), _("Languages"), _("Size"), _("Needs"),
                _("Staff"), _("Why you apply")]  # fmt: skip

    def export_cells(self, row: BoothApplication) -> list[str]:
        """Texts in their own language."""
        return [
            row.own_title, row.in_own_language("description"), ", ".join(self.names(row, "shown")),
            ", ".join(self.names(row, "theme")), ", ".join(row.booth_languages), row.get_size_display(),
            ", ".join(needs_of(row)), str(row.staff_expected or ""), row.motivation,
        ]  # fmt: skip


def needs_of(row: BoothApplication) -> list[str]:
    """What must be there, in words."""
    named = {"power": row.needs_power, "network": row.needs_network, "table": row.needs_table, "wall": row.needs_wall}
    words = {"power": _("power"), "network": _("network"), "table": _("table"), "wall": _("wall")}
    return [words[name] for name, is_needed in named.items() if is_needed]


BOOTHS = BoothKind()

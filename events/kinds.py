"""The kinds of calls. What is sent in to them differs in its fields and words; each app tells those of its own here.

Everything else - links, drafts, reviews, quiet decisions, letters, the reserve list - is one mechanism of this app.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Call, Submission, User
from events.models.call import LANGUAGES

Fact = tuple[str, Any, str]  # label, words, language of the words where it is another than the page's


class Words(NamedTuple):
    """What this kind is called, where a sentence cannot do without; in the reader's language."""

    begin: str  # on the button of the call
    draft_needs: str  # what a draft can be saved with
    mine: str
    is_saved: str
    is_sent_in: str
    is_selected: str
    is_not_selected: str


class LetterWords(NamedTuple):
    """What a letter says that depends on the kind."""

    subject: str
    title: str
    text: str


class Kind:
    """What is sent in to the calls of a kind: its tables, its form, its words, and what it does at a step."""

    rows: ClassVar[Any]  # a table of Submission
    reviews: ClassVar[Any]  # the table of its reviews
    key: ClassVar[str]  # how a review names its submission
    form: ClassVar[Any]  # a SubmissionForm
    languages_field: ClassVar[str] = ""  # the column of the languages in which it will be held
    page_part: ClassVar[str] = ""  # a template that adds something to the sender's page

    @property
    def label(self) -> str:
        """The table's name, as mails and rights have it."""
        return str(self.rows._meta.label_lower)

    @property
    def admin_name(self) -> str:
        """How the admin's addresses of this table begin."""
        return f"{self.rows._meta.app_label}_{self.rows._meta.model_name}"

    @property
    def has_themes(self) -> bool:
        """Whether reviewers can be given themes of their own."""
        return any(field.name == "themes" for field in self.rows._meta.many_to_many)

    # --- Words --------------------------------------------------------------------------------------------------------
    def words(self) -> Words:
        """In the language of the page or mail."""
        raise NotImplementedError

    def letter(self, row: Any, outcome: str) -> LetterWords:
        """The letter that says "accepted", "reserved" or "rejected"."""
        raise NotImplementedError

    def facts(self, row: Any) -> list[Fact]:
        """What was answered besides who one is."""
        raise NotImplementedError

    def texts(self, row: Any) -> list[Fact]:
        """Title and description in every language, the own one first; for kinds that have them."""
        found: list[Fact] = []
        for code, name in sorted(LANGUAGES, key=lambda language: language[0] != row.language):
            suffix = "" if code == row.language else f" ({name})"
            shown_in = "" if code == get_language() else code
            found.append((_("Title") + suffix, getattr(row, f"title_{code}"), shown_in))
            found.append((_("Description") + suffix, getattr(row, f"description_{code}"), shown_in))
        return found

    def notes(self, row: Any) -> list[str]:
        """What its sender should know, on their page."""
        return []

    def more_facts(self, row: Any) -> list[Fact]:
        """What a mail tells besides; the page shows it in `page_part`."""
        return []

    # --- Steps --------------------------------------------------------------------------------------------------------
    def keep(self, row: Any, more: Any, *, at: datetime) -> None:
        """Write what the form's `more` has told, which is kept in rows of its own."""

    def sent_in(self, row: Any, *, at: datetime) -> None:
        """A saved draft has been sent in as it stands."""

    def moved(self, row: Any, *, by: User | None) -> None:
        """Its status has changed by a letter, or because its sender has confirmed, declined or withdrawn."""

    # --- Figures and lists --------------------------------------------------------------------------------------------
    def with_senders(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what `Submission.addresses` reads."""
        return rows

    def with_facts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what the figures and the export read."""
        return rows.select_related("organisation_type")

    def dimensions(self) -> list[tuple[str, str]]:
        """(key, title) of what a choice is looked at by, besides language, region and type of organisation."""
        raise NotImplementedError

    def names(self, row: Any, key: str) -> list[str]:
        """Under which names of such a dimension a submission counts."""
        raise NotImplementedError

    def export_header(self) -> list[str]:
        """The titles of its own columns."""
        raise NotImplementedError

    def export_cells(self, row: Any) -> list[str]:
        """Its own columns."""
        raise NotImplementedError

    def languages_of(self, row: Any) -> Sequence[str]:
        """In which it will be held; else the language in which it is written."""
        return (getattr(row, self.languages_field) if self.languages_field else []) or [row.language]


# Filled by the apps in their AppConfig.ready.
KINDS: dict[str, Kind] = {}


def kind_of(source: Call | Submission) -> Kind:
    """Of a call or of something sent in."""
    call_kind = source.kind if isinstance(source, Call) else source.call.kind
    return KINDS[call_kind]

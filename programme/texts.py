"""Texts in three languages: how far each language is, and the tables in which texts go out to be translated.

Nothing here writes.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import exports, text_states
from events.models import Event
from events.reports import language_name
from events.text_states import LANGUAGES, State
from events.transitions import Refusal
from programme.models import Session, SessionText, Speaker

PUBLISHED = ("fi", "sv")  # publishing needs these
FIELDS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "session": (Session, ("title", "abstract", "access")),
    "speaker": (Speaker, ("job_title", "biography")),
}
SESSION_FIELDS = FIELDS["session"][1]


# --- How far a language is --------------------------------------------------------------------------------------------
def text_of(row: Any, field: str, language: str) -> str:
    """A text in one language alone, without another standing in."""
    return getattr(row, f"{field}_{language}") or ""


def is_whole(session: Session, language: str) -> bool:
    """Whether there is a title, and every text that is written in some language."""
    if not text_of(session, "title", language):
        return False
    written = [name for name in SESSION_FIELDS if any(text_of(session, name, code) for code in LANGUAGES)]
    return all(text_of(session, name, language) for name in written)


def states(session: Session, rows: Iterable[SessionText] | None = None) -> dict[str, State]:
    """How far each language is; `rows` are those of the session."""
    whole = [code for code in LANGUAGES if is_whole(session, code)]
    return text_states.states(session.texts.all() if rows is None else rows, whole)


def why_not_public(session: Session, *, is_released: bool) -> list[Any]:
    """Why the public does not see a session, or nothing when it does."""
    if is_released:
        return []
    names = {"fi": _("no Finnish title"), "sv": _("no Swedish title")}
    reasons: list[Any] = [] if session.is_ready else [_("not ready")]
    reasons += [names[code] for code in PUBLISHED if not text_of(session, "title", code)]
    return [*reasons, _("not released yet")]


# --- Out --------------------------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """One text in the table of a language. The fingerprints tell whether it has changed since the table went out."""

    key: str  # session-12
    field: str
    source_language: str
    source: str
    translation: str
    source_print: str
    translation_print: str


HEADER = ("key", "field", "from", "source text", "translation", "version of the source", "version of the translation")
TRANSLATION_COLUMN = HEADER.index("translation")


def fingerprint(text: str) -> str:
    """Short, and never a number or a formula to a spreadsheet."""
    return f"v{hashlib.sha256(text.encode()).hexdigest()[:12]}" if text else "v-"


def lines(event: Event, language: str) -> list[Line]:
    """Everything that is written in some other language, with its present translation."""
    rows = [(name, row, fields) for name, (table, fields) in FIELDS.items() for row in _rows(table, event)]
    found = (line_of(f"{name}-{row.pk}", row, field, language) for name, row, fields in rows for field in fields)
    return [line for line in found if line is not None]


def _rows(table: Any, event: Event) -> Iterable[Any]:
    rows = table._default_manager.filter(event=event)
    return rows.filter(cancelled_at=None) if table is Session else rows.filter(sessions__isnull=False).distinct()


def line_of(key: str, row: Any, field: str, language: str, source_language: str = "") -> Line | None:
    """A text with its source: the language named, else the first that is written. None where there is no source."""
    sources = [source_language] if source_language else [code for code in LANGUAGES if code != language]
    chosen = next((code for code in sources if text_of(row, field, code)), None)
    if chosen is None:
        return None
    source, translation = text_of(row, field, chosen), text_of(row, field, language)
    return Line(key, field, chosen, source, translation, fingerprint(source), fingerprint(translation))


def as_table(event: Event, language: str) -> bytes:
    """The XLSX that a translator fills in."""
    return exports.as_xlsx(header_of(language), lines(event, language))


def header_of(language: str) -> list[str]:
    """The titles of the columns; one names the language."""
    return [f"{name} ({language})" if name == "translation" else name for name in HEADER]


# --- Back -------------------------------------------------------------------------------------------------------------
FILE_BYTES = 2 * 1024**2
UNPACKED_BYTES = 8 * 1024**2
MOST_LINES = 5_000
MOST_TAGS = 400_000  # each takes a hundred bytes when read
MOST_PARTS = 200
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class NotATable(Refusal):
    """The file cannot be read, or is not the table that went out."""

    message: Any = _(
        "This is not the table that was fetched here. Save it as an Excel file (.xlsx) and choose it again."
    )


class OtherLanguage(NotATable):
    """The table of another language than the one that was chosen."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.message = gettext("The table holds translations into another language: %(language)s.") % {
            "language": language_name(language)
        }


class TooLarge(Refusal):
    """More than any programme has."""

    message = _("The file is too large: at most 2 MB and 5,000 lines. Fetch the table anew and fill that in.")


def read_table(file: Any, language: str) -> list[Line]:
    """The lines of a table that came back; refused when it is no table, another language's, or too large."""
    if (file.size or 0) > FILE_BYTES:
        raise TooLarge
    try:
        with zipfile.ZipFile(io.BytesIO(file.read())) as book:
            rows = list(_cells(book))
    except (zipfile.BadZipFile, ElementTree.ParseError, LookupError, ValueError, NotImplementedError,
            RuntimeError, OSError, EOFError) as error:  # fmt: skip
        raise NotATable from error
    header = rows[0] if rows else []
    found = next((code for code in LANGUAGES if header == header_of(code)), None)
    if found is None:
        raise NotATable
    if found != language:
        raise OtherLanguage(found)
    return [Line(*row[: len(HEADER)]) for row in rows[1:] if row[0]]


def _cells(book: zipfile.ZipFile) -> Iterator[list[str]]:
    """The rows of the first sheet, each as long as the header; formulas count as what they last showed."""
    parts = book.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise TooLarge  # reading stops at the size that a part claims, so a claim that is too small only fails
    shared = (
        [_words(item) for item in _read(book, "xl/sharedStrings.xml")] if _has(book, "xl/sharedStrings.xml") else []
    )
    letters = 0
    for number, row in enumerate(_read(book, _first_sheet(book)).iter(f"{MAIN}row")):
        if number > MOST_LINES:
            raise TooLarge
        cells = [""] * len(HEADER)
        for place, cell in enumerate(row.iter(f"{MAIN}c")):
            column = _column(cell.get("r", ""), place)
            if column < len(HEADER):
                cells[column] = _value(cell, shared)
        letters += sum(map(len, cells))  # a word that is shared may stand in every cell
        if letters > UNPACKED_BYTES or max(map(len, cells)) > exports.CELL_LETTERS:
            raise TooLarge
        yield cells


def _has(book: zipfile.ZipFile, name: str) -> bool:
    return name in book.namelist()


def _read(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """One part; a document type, which could define words that grow when read, is refused."""
    data = book.read(name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise NotATable
    if data.count(b"<") > MOST_TAGS:
        raise TooLarge
    return ElementTree.fromstring(data)


def _first_sheet(book: zipfile.ZipFile) -> str:
    first = next(_read(book, "xl/workbook.xml").iter(f"{MAIN}sheet"), None)
    wanted = first.get(RELATION) if first is not None else None
    for relation in _read(book, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise NotATable


def _column(reference: str, place: int) -> int:
    """C7 is the third column; without a reference a cell follows the one before it."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return place
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return "" if inline is None else _words(inline)
    value = cell.findtext(f"{MAIN}v") or ""
    return shared[int(value)] if cell.get("t") == "s" and value else _unescaped(value)


def _words(item: ElementTree.Element) -> str:
    """The text of a cell, of however many pieces; how it is pronounced (rPh) is not part of it."""
    own = [item.findtext(f"{MAIN}t") or ""]
    return _unescaped("".join([*own, *(run.findtext(f"{MAIN}t") or "" for run in item.findall(f"{MAIN}r"))]))


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


# --- What would change ------------------------------------------------------------------------------------------------
class Difference(NamedTuple):
    """A line that differs from what is here; without a problem it can be taken over."""

    line: Line
    row: Any
    label: Any  # of the field
    present: str
    source: str  # as it is now
    problem: Any


CHANGED_SOURCE = _("The text that was translated has been changed meanwhile.")
CHANGED_TRANSLATION = _("The translation here has been changed meanwhile.")
UNKNOWN = _("There is no such text any more.")


def differences(event: Event, language: str, found: Sequence[Line]) -> list[Difference]:
    """Only what differs; an empty cell takes nothing away."""
    known = {
        f"{name}-{row.pk}": (row, fields)
        for name, (table, fields) in FIELDS.items()
        for row in table._default_manager.filter(event=event)
    }
    told = (_difference(line, language, *known.get(line.key, (None, ()))) for line in found)
    return [one for one in told if one is not None]


def _difference(line: Line, language: str, row: Any, fields: tuple[str, ...]) -> Difference | None:
    if row is None or line.field not in fields or line.source_language not in LANGUAGES:
        return Difference(line, None, line.field, "", "", UNKNOWN) if line.translation.strip() else None
    column: Any = row._meta.get_field(f"{line.field}_{language}")
    text = column.to_python(line.translation)
    present = text_of(row, line.field, language)
    if not text or text == present:
        return None
    source = text_of(row, line.field, line.source_language)
    problem: Any = _problem(column, row, text)
    if fingerprint(source) != line.source_print:
        problem = CHANGED_SOURCE
    if fingerprint(present) != line.translation_print:
        problem = CHANGED_TRANSLATION
    label = row._meta.get_field(line.field).verbose_name
    return Difference(line._replace(translation=text), row, label, present, source, problem)


def _problem(column: Any, row: Any, text: str) -> Any:
    """Why a text cannot be stored, such as its length; or nothing."""
    if column.max_length and len(text) > column.max_length:
        return _("At most %(count)d characters.") % {"count": column.max_length}
    try:
        column.clean(text, row)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""

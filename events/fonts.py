"""The letters our documents can print, and how wide they are.

Documents take their fonts from the static files and never from the system, so what a name may contain is known when
it is typed. `fonts.json` holds the letters of each font with their widths and is read once per process; a test says
when a new font package makes it out of date: `manage.py shell -c "from events import fonts; fonts.write_table()"`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders

TABLE = Path(__file__).with_name("fonts.json")
WEIGHTS = (400, 700)
MM_PER_POINT = 25.4 / 72
SAFETY = 0.03  # kerning and joined letters may be a little wider than the sum of the advances
WIDEST_LETTER = 1.4  # what a broken line may leave empty at its end, in units of the font size
JOINERS = {"\u200c", "\u200d"}  # they shape their neighbours and have no form of their own


class Font(NamedTuple):
    """One part of a font package. Each gets a family of its own: WeasyPrint cannot join parts into one family."""

    package: str
    subset: str

    @property
    def family(self) -> str:
        """Its name in style sheets."""
        return f"{self.package} {self.subset}"

    def file(self, weight: int) -> str:
        """Where it lies among the static files."""
        return f"fonts/{self.package}/{self.package}-{self.subset}-{weight}-normal.woff2"


SOURCE_SANS_SUBSETS = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek", "greek-ext")
NOTO_SCRIPTS = ("arabic", "hebrew", "ethiopic", "thai", "devanagari", "bengali")
FONTS = (
    *(Font("source-sans-3", subset) for subset in SOURCE_SANS_SUBSETS),
    *(Font(f"noto-sans-{script}", script) for script in NOTO_SCRIPTS),
)


def families() -> str:
    """All our fonts in the order in which a letter looks for one: the value of `font-family` in documents."""
    return ", ".join(f'"{font.family}"' for font in FONTS)


def unsupported_letters(text: str) -> set[str]:
    """The letters of a text that no document of ours can print.

    An accent or vowel sign counts as missing when the font of its letter lacks it, for then it would be printed apart.
    """
    missing: set[str] = set()
    for cluster in _clusters(text):
        if not any(set(cluster) <= letters for letters in _letters()):
            missing |= {letter for letter in cluster if letter not in widths()} or set(cluster[1:])
    return missing


def printable(text: str) -> str:
    """The text as the fonts print it best, without letters that no font has (an emoji in an organisation's name)."""
    letters = "".join(_printable(cluster) for cluster in _clusters(text))
    return re.sub(" +", " ", letters).strip(" ")


def _printable(cluster: str) -> str:
    parts = unicodedata.normalize("NFD", cluster)
    if len(cluster) > 1 and set(parts) <= _letters()[0]:
        return parts  # ẹ́ is e with two accents: the plain letter's font knows where they go, that of ẹ does not
    missing = unsupported_letters(cluster)
    return "".join(letter for letter in cluster if letter not in missing)


def width(text: str) -> float:
    """How wide the text is in bold, in units of the font size; a little more than exact for scripts that join."""
    table = widths()
    return sum(table.get(letter, 1000) for letter in text) / 1000


class Fit(NamedTuple):
    """How a text fills a box."""

    size: int  # points
    lines: int
    is_broken: bool  # a word is longer than a line


def fit(text: str, *, width_mm: float, height_mm: float, sizes: Iterable[int], leading: float) -> Fit:
    """The first of the sizes (in points, largest first) at which the text fills no more than the box.

    Words stay whole as long as a size in the first half of `sizes` permits it; after that a long word may break.
    When nothing fits, the last size. `leading` is the height of a line in units of the font size.
    """
    tried = list(sizes)
    attempts = [(size, False) for size in tried[: len(tried) // 2]] + [(size, True) for size in tried]
    for size, may_break in attempts:
        room = width_mm / (size * MM_PER_POINT) * (1 - SAFETY)
        lines = _lines(text, room, may_break)
        if lines and lines * leading * size * MM_PER_POINT <= height_mm:
            break
    return Fit(size, lines, is_broken=not _lines(text, room, may_break=False))


def _lines(text: str, room: float, may_break: bool) -> int:
    """How many lines of `room` × the font size the text takes; 0 when a word is too wide and may not break."""
    lines, used = 1, 0.0
    for word in re.findall("[^ -]+-? *|- *", text):
        wide = width(word.rstrip())
        if used and used + wide > room:
            lines, used = lines + 1, 0.0
        if wide > room and not may_break:
            return 0
        broken = int(wide // (room - WIDEST_LETTER)) if wide > room else 0
        lines, used = lines + broken, (room if broken else used + width(word))
    return lines


@cache
def widths() -> dict[str, int]:
    """Each printable letter's advance in bold, in thousandths of the font size."""
    result: dict[str, int] = dict.fromkeys(JOINERS, 0)
    for table in reversed(_table()):
        result.update(table)
    return result


@cache
def _letters() -> list[set[str]]:
    return [set(table) | JOINERS for table in _table()]


@cache
def _table() -> list[dict[str, int]]:
    stored = json.loads(TABLE.read_text())
    return [_unpack(stored[font.family]) for font in FONTS]


def _clusters(text: str) -> Iterable[str]:
    """A letter with the marks and joiners that follow it."""
    cluster = ""
    for letter in unicodedata.normalize("NFC", text):
        if cluster and not (unicodedata.category(letter).startswith("M") or letter in JOINERS):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


# The table's form: for each family a list of runs [first code point, advance, advance, …].
def _unpack(runs: list[list[int]]) -> dict[str, int]:
    return {chr(first + index): advance for first, *advances in runs for index, advance in enumerate(advances)}


def _pack(advances: dict[int, int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for code in sorted(advances):
        if not runs or code != runs[-1][0] + len(runs[-1]) - 1:
            runs.append([code])
        runs[-1].append(advances[code])
    return runs


def write_table() -> None:
    """Write `fonts.json` from the installed fonts, a line per family."""
    TABLE.write_text(json.dumps(measure(), separators=(",", ":")).replace('],"', '],\n"') + "\n")


def measure() -> dict[str, list[list[int]]]:
    """The table as the installed fonts say: letters that both weights have, with the bold advances."""
    return {font.family: _pack(_measure(font)) for font in FONTS}


def _measure(font: Font) -> dict[int, int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, needed only here

    regular, bold = (TTFont(finders.find(font.file(weight))) for weight in WEIGHTS)
    units, advances, letters = bold["head"].unitsPerEm, bold["hmtx"].metrics, regular.getBestCmap()
    return {
        code: round(advances[glyph][0] * 1000 / units)
        for code, glyph in bold.getBestCmap().items()
        if code in letters and unicodedata.category(chr(code))[0] != "C"
    }

"""PDF documents from our own HTML. The only module that imports WeasyPrint.

WeasyPrint would fetch whatever an address in the HTML asks for, system files included. Here it reaches only `data:`
and `asset:`, the latter being our packaged fonts, style sheets and images. Everything is set up once per process,
which takes a second or two; after that a page takes milliseconds.
"""

import mimetypes
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
from email.message import Message
from functools import cache
from itertools import chain
from pathlib import Path
from typing import IO, Any
from urllib.request import BaseHandler, Request
from urllib.response import addinfourl

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events import fonts

PAGE = '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset", "fontconfig")
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
NO_SYSTEM_FONTS = Path(__file__).with_name("fonts.conf")


def render(html: SafeString, *, title: str, lang: str, stylesheets: Sequence[str] = (), tagged: bool = True) -> bytes:
    """A PDF of what goes into <body>; a `str` that is not marked safe is printed as text.

    `stylesheets` are static files. `tagged` makes it PDF/UA-1, readable by a screen reader.
    """
    document = _source(html, title, lang)
    variant = "pdf/ua-1" if tagged else None
    return bytes(document.write_pdf(**_options(stylesheets), pdf_variant=variant))


def render_parts(
    parts: Iterable[SafeString],
    *,
    pages: int,
    title: str,
    lang: str,
    stylesheets: Sequence[str],
    stamps: Mapping[str, SafeString],
) -> bytes:
    """One untagged PDF of many pages, each part laid out only when its turn comes to be drawn and then forgotten.

    So a thousand pages take the memory of one part. All pages have the size of the first; `pages` is their number.
    A stamp is a page of its own, laid out and stored once; parts show it by its name as the address of an image.
    """
    options = _options(stylesheets)
    images = {name: _Stamp(_source(html, title, lang).render(**options).pages[0]) for name, html in stamps.items()}
    laid_out = (page for part in parts for page in _pages(_source(part, title, lang), options, dict(images)))
    first = next(laid_out)
    later = chain([first], laid_out)
    document = _source(SafeString(), title, lang).render(**options)
    return bytes(document.copy([_LatePage(first, later) for _ in range(pages)]).write_pdf())


def _pages(source: Any, options: dict[str, Any], cache: dict[str, Any]) -> Iterator[Any]:
    """The pages of a part. Its images live on until the document is written, and with them their cache."""
    yield from source.render(**options, cache=cache).pages
    for url in [url for url in cache if url.startswith("asset:")]:
        del cache[url]  # a drawing would keep the whole layout of its part


class _LatePage:
    """Stands for a page that has not been laid out yet, and has neither links nor forms."""

    def __init__(self, like: Any, later: Iterator[Any]) -> None:
        self.width, self.height, self.bleed = like.width, like.height, like.bleed
        self.links: list[Any] = []
        self.bookmarks: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, list[Any]] = {None: []}
        self._later = later

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Draw the next page of those that are still to come."""
        next(self._later).paint(stream, scale)


class _Stamp:
    """An image, as WeasyPrint wants it, that is a page: drawn when first shown, a reference from then on."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._name = ""

    def get_intrinsic_size(self, *args: Any) -> tuple[float, float, float]:
        """Width and height in CSS pixels, and their ratio."""
        return self._page.width, self._page.height, self._page.width / self._page.height

    def draw(self, stream: Any, *args: Any) -> None:
        """Show the page in its own size."""
        if not self._name:
            group = stream.add_group(0, 0, self._page.width, self._page.height)
            self._page.paint(group)
            self._name = group.id
        stream.draw_x_object(self._name)


# --- Set up once per process ----------------------------------------------------------------------------------------
@cache
def _weasyprint() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that there are no system fonts, which is what we want
        import weasyprint  # noqa: PLC0415 - takes a second, and fails without Pango: only who makes a PDF pays

    return weasyprint


@cache
def _font_configuration() -> Any:
    with _without_system_fonts():
        return _weasyprint().text.fonts.FontConfiguration()


@contextmanager
def _without_system_fonts() -> Iterator[None]:
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(NO_SYSTEM_FONTS)
    try:
        yield
    finally:
        os.environ.pop("FONTCONFIG_FILE")
        if before is not None:
            os.environ["FONTCONFIG_FILE"] = before


@cache
def _fetcher() -> Any:
    fetcher = _weasyprint().urls.URLFetcher(allowed_protocols={"data", "asset"}, allow_redirects=False)
    fetcher.add_handler(_AssetHandler())
    return fetcher


class _AssetHandler(BaseHandler):
    """Answers `asset:img/eu.svg` with that static file, and nothing outside their folders."""

    def asset_open(self, request: Request) -> addinfourl:
        """Called by urllib for the scheme that is in its name."""
        path = request.full_url.removeprefix("asset:")
        headers = Message()
        headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return addinfourl(_open(path), headers, request.full_url, 200)


def _open(path: str) -> IO[bytes]:
    """A static file, from where it is written or, in production, from where they are collected."""
    if found := finders.find(path):
        return Path(found).open("rb")
    return _collected().open(path)  # refuses a path that leads out of the folder, as the finders do


def _collected() -> FileSystemStorage:
    return FileSystemStorage(settings.STATIC_ROOT)


@cache
def _stylesheet(path: str) -> Any:
    with _open(path) as file:
        return _css(file.read().decode())


@cache
def _font_faces() -> Any:
    if missing := _missing_fonts():
        raise ImproperlyConfigured(f"{missing[0]} is not among the static files; without fonts Pango would crash.")
    rule = '@font-face {{ font-family: "{}"; font-weight: {}; src: url("asset:{}") }}'
    faces = [rule.format(font.family, weight, font.file(weight)) for font in fonts.FONTS for weight in fonts.WEIGHTS]
    return _css("\n".join([*faces, f"html {{ font-family: {fonts.families()} }}"]))


def _css(text: str) -> Any:
    return _weasyprint().CSS(string=text, url_fetcher=_fetcher(), font_config=_font_configuration())


def _options(stylesheets: Sequence[str]) -> dict[str, Any]:
    sheets = [_font_faces(), *(_stylesheet(path) for path in stylesheets)]
    return {"stylesheets": sheets, "font_config": _font_configuration()}


def _source(html: SafeString, title: str, lang: str) -> Any:
    return _weasyprint().HTML(string=format_html(PAGE, lang, title, html), url_fetcher=_fetcher())


# --- System check ---------------------------------------------------------------------------------------------------
@register()
def check_libraries(**kwargs: Any) -> list[CheckMessage]:
    """Say what to install when WeasyPrint would find no Pango."""
    missing = [name for name in LIBRARIES if find_library(name) is None]
    if not missing:
        return []
    return [
        Warning(
            f"PDF documents cannot be made: the system libraries {', '.join(missing)} are missing.",
            hint=f"On Debian or Ubuntu: apt install {PACKAGES}",
            id="events.W001",
        )
    ]


@register(deploy=True)
def check_fonts(**kwargs: Any) -> list[CheckMessage]:
    """Say so when a font of our documents is not among the static files."""
    missing = _missing_fonts()
    if not missing:
        return []
    hint = "Run npm ci --ignore-scripts; STATICFILES_DIRS names the packages; then manage.py collectstatic."
    return [Warning(f"{len(missing)} fonts of the documents are missing: {missing[0]} …", hint=hint, id="events.W002")]


def _missing_fonts() -> list[str]:
    files = [font.file(weight) for font in fonts.FONTS for weight in fonts.WEIGHTS]
    return [path for path in files if not finders.find(path) and not _collected().exists(path)]

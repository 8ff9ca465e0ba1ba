"""Tags and filters of the public pages: days and times, numbers, and the language a text is really in."""

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import dates

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    return dates.day(value) if value else ""


@register.filter
def short_day(value: date | None) -> str:
    return dates.short_day(value) if value else ""


@register.filter
def long_day(value: date | None) -> str:
    return dates.long_day(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    return dates.moment(value) if value else ""


@register.filter
def deadline(value: datetime | None) -> str:
    return dates.deadline(value) if value else ""


@register.simple_tag
def day_range(first: date | None, last: date | None = None) -> str:
    return dates.day_range(first, last) if first else ""


@register.simple_tag
def time_range(start: datetime | None, end: datetime | None = None) -> str:
    return dates.time_range(start, end) if start else ""


@register.simple_tag
def moment_range(start: datetime | None, end: datetime | None = None) -> str:
    return dates.moment(start, end) if start else ""


@register.simple_tag
def helsinki_time() -> str:
    return dates.helsinki_time()


@register.filter
def number(value: float | None) -> str:
    """1 000 in Finnish and Swedish (with a no-break space), 1,000 in English."""
    return "" if value is None else number_format(value, use_l10n=True, force_grouping=True)


def text_language(source: Any, field: str) -> str | None:
    """The language that `source.field` is shown in when it is not the page's own, else None.

    `source` is a model translated by modeltranslation (title_fi, title_sv …), or a dict with the same keys.
    """

    def text(language: str) -> str:
        key = f"{field}_{language}"
        return (source.get(key) if isinstance(source, dict) else getattr(source, key, "")) or ""

    current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    if text(current):
        return None
    fallbacks = getattr(settings, "MODELTRANSLATION_FALLBACK_LANGUAGES", {"default": ("fi", "sv", "en")})
    order = [*fallbacks.get(current, ()), *fallbacks["default"]]
    return next((language for language in order if text(language)), None)


@register.simple_tag
def fallback_lang(source: Any, field: str) -> str | SafeString:
    """` lang="fi"` where the text is Finnish on a page in another language, else nothing: <h2{% fallback_lang … %}>."""
    language = text_language(source, field)
    return format_html(' lang="{}"', language) if language else ""


@register.simple_tag
def fallback_note(source: Any, field: str) -> str:
    """The sentence that says which language the text is in, or nothing: {% fallback_note page "body" as note %}."""
    sentences = {
        "fi": _("This text is only in Finnish."),
        "sv": _("This text is only in Swedish."),
        "en": _("This text is only in English."),
    }
    return sentences.get(text_language(source, field) or "", "")

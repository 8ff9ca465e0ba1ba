"""`{% slots items %}`: sessions as a list. A page has 150 of them, so they are put together without templates."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from programme.schedule import INTERPRETED, LANGUAGES, Item, Slot

register = template.Library()


@register.simple_tag(takes_context=True)
def slots(context: dict[str, Any], items: Iterable[Item | Slot], *, with_days: bool = False) -> SafeString:
    """Needs the words of `programme.views._words` in the context; `now` names the sessions that go on."""
    words = {name: context[name] for name in WORDS} | {"now": context.get("now", ())}
    drawn = (_line(words, one, with_days) for one in items)
    return mark_safe(f'<ul class="slots">{"".join(drawn)}</ul>')  # every text below is escaped


WORDS = (
    "session_url", "here", "theme_marks", "word_cancelled", "word_streamed", "word_captions", "word_interpreted",
    "word_now",
)  # fmt: skip


def _line(words: dict[str, Any], one: Item | Slot, with_days: bool) -> str:
    item, place = one if isinstance(one, Slot) else (one, "")
    day = f'<p class="slot-day">{escape(item.day_words)}</p>' if with_days and item.day else ""
    opened = f'<li class="{place}">' if place else "<li>"
    return f"{opened}{day}{_article(words, item)}</li>"


def _article(words: dict[str, Any], item: Item) -> str:
    is_foreign = item.title_language != words["here"]
    title = escape(item.title)
    if not item.is_break:
        title = f'<a href="{words["session_url"]}{item.slug}/">{title}</a>'
    parts = [
        f'<article class="{" ".join(_classes(words, item))}">',
        f'<p class="mark mark-now">{words["word_now"]}</p>' if item.session in words["now"] else "",
        f'<h4 lang="{item.title_language}">{title}</h4>' if is_foreign else f"<h4>{title}</h4>",
        f'<p class="mark mark-cancelled">{words["word_cancelled"]}</p>' if item.is_cancelled else "",
        f'<p class="slot-facts">{_facts(words, item)}</p>',
        f'<p class="slot-speakers">{escape(", ".join(item.speakers))}</p>' if item.speakers else "",
        f'<p class="slot-themes">{_themes(words, item)}</p>' if item.themes else "",
        f'<p class="slot-only">{item.only_in}</p>' if is_foreign else "",
        "</article>",
    ]
    return "".join(parts)


def _classes(words: dict[str, Any], item: Item) -> Iterable[str]:
    yield "slot"
    if item.themes:
        yield _mark(words, item.themes[0])
    if item.is_cancelled:
        yield "is-cancelled"
    if item.is_break:
        yield "is-break"
    if item.session in words["now"]:
        yield "is-now"


def _facts(words: dict[str, Any], item: Item) -> str:
    facts = [f"<span>{item.time}</span>"] if item.starts_at else []
    if item.room:
        facts.append(f'<span class="slot-room">{escape(item.room)}</span>')
    if item.format_name:
        facts.append(f"<span>{escape(item.format_name)}</span>")
    if item.languages:
        facts.append(_tongues(words["here"], *item.languages))
    if item.interpreted_into:
        facts.append(f"<span>{words['word_interpreted']} {_tongues(words['here'], *item.interpreted_into)}</span>")
    if item.has_captions:
        facts.append(f'<span class="mark">{words["word_captions"]}</span>')
    if item.is_streamed:
        facts.append(f'<span class="mark mark-streamed">{words["word_streamed"]}</span>')
    return " ".join(facts)


@lru_cache(maxsize=128)
def _tongues(here: str, *codes: str) -> str:
    """The languages as marks of two letters that say their names; sign language has its name alone."""
    with override(here):
        known = [(code, str(INTERPRETED[code])) for code in codes if code in INTERPRETED]
    marks = (f'<abbr title="{name}">{code.upper()}</abbr>' if code in LANGUAGES else name for code, name in known)
    return f'<span class="tongues">{" ".join(marks)}</span>'


def _themes(words: dict[str, Any], item: Item) -> str:
    named = zip(item.themes, item.theme_names, strict=False)
    return " ".join(f'<span class="theme {_mark(words, slug)}">{escape(name)}</span>' for slug, name in named)


def _mark(words: dict[str, Any], slug: str) -> str:
    """The class with a theme's colour; the name always stands beside it."""
    return f"t{words['theme_marks'].get(slug, 0) % 8}"

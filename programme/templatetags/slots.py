"""`{% slots items %}`: sessions as a list. A page has 150 of them, so they are put together without templates."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from programme.schedule import Item, Slot

register = template.Library()


@register.simple_tag(takes_context=True)
def slots(context: dict[str, Any], items: Iterable[Item | Slot], *, with_days: bool = False) -> SafeString:
    """Needs the words of `programme.views._words` in the context."""
    drawn = (_line(context, one, with_days) for one in items)
    return mark_safe(f'<ul class="slots">{"".join(drawn)}</ul>')  # every text below is escaped


def _line(context: dict[str, Any], one: Item | Slot, with_days: bool) -> str:
    item, place = one if isinstance(one, Slot) else (one, "")
    day = f'<p class="slot-day">{escape(item.day_words)}</p>' if with_days and item.day else ""
    return (
        f'<li class="{place}">{day}{_article(context, item)}</li>'
        if place
        else f"<li>{day}{_article(context, item)}</li>"
    )


def _article(context: dict[str, Any], item: Item) -> str:
    is_foreign = item.title_language != context["here"]
    title: str = escape(item.title)
    if not item.is_break:
        title = f'<a href="{context["session_url"]}{item.slug}/">{title}</a>'
    parts = [
        f'<article class="slot{" is-cancelled" if item.is_cancelled else ""}{" is-break" if item.is_break else ""}">',
        f'<h4 lang="{item.title_language}">{title}</h4>' if is_foreign else f"<h4>{title}</h4>",
        f'<p class="mark mark-cancelled">{context["word_cancelled"]}</p>' if item.is_cancelled else "",
        f'<p class="slot-facts">{_facts(context, item)}</p>',
        f'<p class="slot-speakers">{escape(", ".join(item.speakers))}</p>' if item.speakers else "",
        f'<p class="slot-only">{item.only_in}</p>' if is_foreign else "",
        "</article>",
    ]
    return "".join(parts)


def _facts(context: dict[str, Any], item: Item) -> str:
    facts = [f"<span>{item.time}</span>"] if item.starts_at else []
    if item.room:
        facts.append(f'<span class="slot-room">{escape(item.room)}</span>')
    facts += [f"<span>{escape(fact)}</span>" for fact in item.facts]
    if item.is_streamed:
        facts.append(f'<span class="mark">{context["word_streamed"]}</span>')
    return " ".join(facts)

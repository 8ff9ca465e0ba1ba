"""Places and landmarks as SVG. What is drawn is also read: a link has a name, everything else stands in the list."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from booths.models import Landmark
from booths.plan import Box, Mark, Spot, seen

register = template.Library()
STRIP = 8  # a door is drawn at least that thick


@register.simple_tag(takes_context=True)
def spot(context: dict[str, Any], spot: Spot) -> SafeString:
    """A place: a link where a booth leads on, else a shape."""
    booth, chosen = spot.booth, context.get("chosen")
    is_chosen = booth is not None and (chosen is None or booth.pk in chosen)
    is_marked = booth is not None and booth.pk == context.get("marked")
    kind = "spot-marked" if is_marked else "spot-taken" if is_chosen else "spot-free"
    if not is_chosen and (booth or context.get("marked")):  # not of those that are looked for
        kind = "spot-other"
    shape = _shape(spot, names=is_chosen)
    if not is_chosen or booth is None:
        return format_html('<g class="spot {}" aria-hidden="true">{}</g>', kind, shape)
    words = f"{spot.place.number}: {booth.organisation}"
    address = f"{context['booth_url']}{booth.slug}/"
    return format_html('<a class="spot {}" href="{}"><title>{}</title>{}</a>', kind, address, words, shape)


def _shape(spot: Spot, *, names: bool) -> SafeString:
    """The rectangle; its number, small screens larger and in the middle; the name where there is room."""
    box = spot.box
    lines = spot.lines if names else []
    top = box.y + 27 if lines else box.centre + 8
    number = spot.place.number
    return format_html(
        '{}<text class="spot-number small" x="{}" y="{}" aria-hidden="true">{}</text>'
        '<text class="spot-number wide" x="{}" y="{}" aria-hidden="true">{}</text>{}',
        rectangle(box, inset=2), box.middle, box.centre + 14, number, box.middle, top, number,
        format_html_join("", '<text class="spot-name" x="{}" y="{}" aria-hidden="true">{}</text>',
                         ((box.middle, line.y, line.words) for line in lines)),
    )  # fmt: skip


def rectangle(box: Box, *, inset: int = 0) -> SafeString:
    """With corners that are slightly round."""
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="5" />',
        box.x + inset, box.y + inset, max(box.width - 2 * inset, STRIP), max(box.depth - 2 * inset, STRIP),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def landmark(context: dict[str, Any], mark: Mark) -> SafeString:
    """A door, stairs, a stage, a wall; an area may lead to a page."""
    row, box = mark.landmark, mark.box
    inside = format_html("{}{}{}", rectangle(box), _steps(row, box), _label(row, box))
    kind = f"landmark landmark-{row.kind}"
    if row.page and row.label:
        address = f"{context['root_url']}{row.page}"
        return format_html('<a class="{}" href="{}"><title>{}</title>{}</a>', kind, address, row.label, inside)
    return format_html('<g class="{}" aria-hidden="true">{}</g>', kind, inside)


def _steps(row: Landmark, box: Box) -> SafeString:
    lines = box.steps if row.kind == Landmark.Kind.STAIRS else []
    return format_html_join("", '<path d="M{} {}L{} {}" />', ((one.x, one.y, one.end, one.foot) for one in lines))


def _label(row: Landmark, box: Box) -> SafeString | str:
    """In the middle; what is too narrow for its words is written upright."""
    if not row.label:
        return ""
    is_upright = box.depth > box.width * 2
    turn = format_html(' transform="rotate(-90 {} {})"', box.middle, box.centre) if is_upright else ""
    text = '<text class="landmark-label" x="{}" y="{}"{} aria-hidden="true">{}</text>'
    return format_html(text, box.middle, box.centre + 6, turn, row.label)


# --- In the admin -----------------------------------------------------------------------------------------------------
# What a place has, and what a booth asks for, as signs of 12 × 12 units; the key below the plan names them.
SIGNS = {
    "power": "M7 0 1 7h4l-1 5 6-7H6z",
    "network": "M1 1h10v7H9v3H3V8H1zM4 1v3M6 1v3M8 1v3",
    "wall": "M0 1h12v10H0zM0 6h12M6 1v5M3 6v5M9 6v5",
}


def _has(row: Any, prefix: str) -> list[str]:
    return [name for name in SIGNS if getattr(row, f"{prefix}_{name}")]


@register.simple_tag(takes_context=True)
def board_spot(context: dict[str, Any], spot: Spot) -> SafeString:
    """A place with its number, what it has and who stands there; what does not fit is told by a frame and a sign."""
    place, booth, box = spot.place, spot.booth, spot.box
    hard = [clash for clash in spot.clashes if not clash.is_hint]
    kind = "spot-clash" if hard else "spot-taken" if booth else "spot-free"
    warned = " · ".join(clash.words for clash in spot.clashes)
    words = " · ".join(part for part in (f"{place.number}, {spot.size}", str(booth or _("free")), warned) if part)
    inside = format_html(
        '{}<text class="spot-number" x="{}" y="{}" aria-hidden="true">{}</text>{}{}{}',
        rectangle(box, inset=2), box.x + 8, box.y + 24, place.number, _signs(place, box), _names(spot),
        _warning(box) if hard else "",
    )  # fmt: skip
    query = f"booth={booth.pk}" if booth else f"place={place.pk}"
    address = f"{context['base']}?event={context['event'].pk}&{query}#move"
    return format_html(
        '<a class="spot {}" id="place-{}" href="{}"{}{}><title>{}</title>{}</a>',
        kind, place.pk, address, place_data(spot), booth_data(booth) if booth else "", words, inside,
    )  # fmt: skip


def _signs(place: Any, box: Box) -> SafeString:
    """In the upper right corner."""
    path = '<path class="spot-sign" transform="translate({} {})" d="{}" />'
    names = _has(place, "has")
    return format_html_join(
        "", path, ((box.end - 18 - 16 * number, box.y + 9, SIGNS[name]) for number, name in enumerate(names))
    )


def _names(spot: Spot) -> SafeString:
    lines = ((spot.box.x + 8, line.y, line.words) for line in spot.lines)
    return format_html_join("", '<text class="spot-name" x="{}" y="{}" aria-hidden="true">{}</text>', lines)


def _warning(box: Box) -> SafeString:
    at = (box.end - 12, box.foot - 12)
    return format_html(
        '<circle class="spot-warning" cx="{}" cy="{}" r="9" />'
        '<text class="spot-warned" x="{}" y="{}" aria-hidden="true">!</text>',
        *at, at[0], at[1] + 5,
    )  # fmt: skip


def place_data(spot: Spot) -> SafeString:
    """For the script: which place, how large, with what."""
    place = spot.place
    size = " ".join(f"{side:f}" for side in sorted((place.width, place.depth)))
    return format_html(
        ' data-place="{}" data-number="{}" data-words="{}" data-sides="{}" data-has="{}"',
        place.pk, place.number, spot.size, size, " ".join(_has(place, "has")),
    )  # fmt: skip


def booth_data(booth: Any) -> SafeString:
    """For the script: which booth, where it was shown, what it needs."""
    sides = " ".join(str(side) for side in sorted(booth.metres))
    return format_html(
        ' aria-describedby="allocation-help" data-booth="{}" data-name="{}" data-seen="{}" data-wants="{}"'
        ' data-needs="{}"',
        booth.pk, booth.organisation, seen(booth), sides, " ".join(_has(booth, "needs")),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def board_landmark(context: dict[str, Any], mark: Mark) -> SafeString:
    """Drawn, and leading nowhere here."""
    inside = format_html(
        "{}{}{}", rectangle(mark.box), _steps(mark.landmark, mark.box), _label(mark.landmark, mark.box)
    )
    return format_html('<g class="landmark landmark-{}" aria-hidden="true">{}</g>', mark.landmark.kind, inside)


@register.simple_tag(takes_context=True)
def board_card(context: dict[str, Any], booth: Any) -> SafeString:
    """A booth that has no place yet, with what it asks for."""
    names = {"power": _("power"), "network": _("network"), "wall": _("wall")}
    wants = " · ".join([booth.get_size_display(), *(names[name] for name in _has(booth, "needs"))])
    unconfirmed = "" if booth.confirmed_at else format_html(" · {}", _("not confirmed"))
    address = f"{context['base']}?event={context['event'].pk}&booth={booth.pk}#move"
    return format_html(
        '<a class="slot" id="booth-{}" href="{}"{}><strong>{}</strong> <span>{}{}</span></a>',
        booth.pk, address, booth_data(booth), booth.organisation, wants, unconfirmed,
    )  # fmt: skip


@register.simple_tag
def plan_key() -> SafeString:
    """What the signs mean."""
    names = {"power": _("power"), "network": _("network"), "wall": _("wall")}
    sign = (
        '<svg viewBox="0 0 12 12" width="14" height="14" aria-hidden="true"><path class="spot-sign" d="{}" /></svg> {} '
    )
    told = format_html_join("", sign, ((path, names[name]) for name, path in SIGNS.items()))
    return format_html("{} <strong>!</strong> {}", told, _("something does not fit"))

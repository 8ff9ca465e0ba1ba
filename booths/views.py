"""The public exhibition: the list of exhibitors with the floor plan, and a booth."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from booths import plan
from booths.forms import FILTERS, FilterForm
from booths.models import Booth
from booths.plan import Drawing, Spot
from booths.texts import NAMES
from events import uploads
from events.addresses import event_url, for_event, see_other
from events.models import Event
from events.pagecache import public_page, reads

PLACEHOLDER = "0-slug"  # of an address that is made once for a page of many booths


def _public(event: Event) -> list[Booth]:
    """In the order of their names."""
    rows = Booth.objects.for_event(event).public().with_themes()
    return list(rows.select_related("event__exhibition"))


@require_safe
@public_page
@reads(*FILTERS)
@for_event
def booth_list(request: HttpRequest, event: Event) -> HttpResponse:
    """Who exhibits where: the plan, and the same as a list; or what the filters leave."""
    found = _public(event)
    wanted: dict[str, str] = request.known_query  # type: ignore[attr-defined]
    form = FilterForm(found, wanted)
    if not form.is_valid():
        known = {name: value for name, value in wanted.items() if name not in form.errors}
        return see_other(event_url(event, "booths") + (f"?{urlencode(known)}" if known else ""))
    chosen = {booth.pk for booth in found if _fits(booth, wanted)}
    drawings = plan.drawings(plan.floors_of(event) if found else [], found)
    context = {
        "filters": form,
        "is_filtered": bool(wanted),
        "count": len(chosen),
        "chosen": chosen,
        "halls": [(drawing, _list(drawing, chosen)) for drawing in drawings],
        "exhibition": getattr(found[0].event, "exhibition", None) if found else None,
        **_words(event),
    }
    return render(request, "booths/booths.html", context)


def _fits(booth: Booth, wanted: dict[str, str]) -> bool:
    theme, language = wanted.get("theme"), wanted.get("language")
    return (not theme or any(row["slug"] == theme for row in booth.theme_rows)) and (
        not language or language in booth.languages
    )


def _list(drawing: Drawing, chosen: set[int]) -> list[dict[str, Any]]:
    """What the plan shows of a hall, in the order of the numbers."""
    return [_told(spot) for spot in drawing.spots if spot.booth and spot.booth.pk in chosen]


def _told(spot: Spot) -> dict[str, Any]:
    assert spot.booth is not None
    return {"spot": spot, "booth": spot.booth, "themes": themes_of(spot.booth), "spoken": spoken(spot.booth)}


def themes_of(booth: Booth) -> list[tuple[str, str]]:
    """(short name, name in the language of the page)."""
    code = get_language() or "fi"
    return [(row["slug"], row[code] or row["fi"]) for row in booth.theme_rows]


def spoken(booth: Booth) -> str:
    """Finnish, Swedish"""
    return ", ".join(str(NAMES[code]) for code in booth.languages if code in NAMES)


def _words(event: Event) -> dict[str, Any]:
    """What a list of booths says again and again is looked up once."""
    return {
        "booth_url": event_url(event, "booth", booth_slug=PLACEHOLDER).removesuffix(f"{PLACEHOLDER}/"),
        "here": get_language(),
        "root_url": event_url(event, "home"),
    }


@require_safe
@public_page
@for_event
def booth(request: HttpRequest, event: Event, booth_slug: str) -> HttpResponse:
    """Who they are, what they show, in which languages, and where."""
    rows = Booth.objects.for_event(event).public().with_themes().select_related("logo")
    found = get_object_or_404(rows, slug=booth_slug)
    drawing = _hall_of(plan.drawings(plan.floors_of(event), [found]), found)
    context = {
        "booth": found,
        "themes": themes_of(found),
        "spoken": spoken(found),
        "drawing": drawing,
        "spot": next(spot for spot in drawing.spots if spot.booth),
        **_words(event),
    }
    return render(request, "booths/booth.html", context)


def _hall_of(drawings: Iterable[Drawing], found: Booth) -> Drawing:
    for drawing in drawings:
        if any(spot.place.pk == found.place_id for spot in drawing.spots):
            return drawing
    raise Http404("The booth stands nowhere.")


@require_safe
@for_event
def logo(request: HttpRequest, event: Event, booth_slug: str, pk: int) -> HttpResponse:
    """The logo of a booth that everybody sees; no other file."""
    rows = Booth.objects.for_event(event).public().select_related("logo")
    found = get_object_or_404(rows, slug=booth_slug, logo=pk)
    assert found.logo is not None
    response = uploads.serve(found.logo)
    response["Cache-Control"] = "public, max-age=3600"  # another picture has another address
    return response

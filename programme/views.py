"""The public programme: by day and time, a session, a speaker, search, changes, what one thought of a session.

Every page reads the newest release and nothing else. Materials and the recording come later than the last release, so
they are the one exception.
"""

import re
from collections.abc import Sequence
from functools import reduce
from math import ceil
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events import clock, documents, uploads
from events.addresses import event_url, for_event, see_other
from events.models import Event, Upload
from events.pagecache import public_page, reads
from events.papers import paper
from programme import change_words, releases, schedule
from programme.documents import PROGRAMME
from programme.models import Material, Release, ReleasedSession, Session, SessionFeedback
from programme.schedule import INTERPRETED, LANGUAGES, Item
from programme.visitor_forms import SEARCH_LETTERS, FeedbackForm, FilterForm

LEXICONS = releases.CONFIGURATIONS.items()
PLAIN = re.compile(r"[\w\s]+")  # nothing that a query language knows
SHORTEST_BEGINNING, KEPT_OF_WORD, LONGEST_ENDING = 4, 0.6, 8  # of a word that was not found
PLACEHOLDER = "0-slug"  # of an address that is made once for a page of many sessions


# --- The programme ----------------------------------------------------------------------------------------------------
@require_safe
@public_page
@reads(*schedule.FILTERS)
@for_event
def programme(request: HttpRequest, event: Event) -> HttpResponse:
    """All of it by day and time, or what the filters leave; what goes on now and what comes next."""
    release = releases.current(event)
    if release is None:
        return render(request, "programme/programme.html", {"release": None})
    found = schedule.items(release)
    wanted: dict[str, str] = request.known_query  # type: ignore[attr-defined]
    form = FilterForm(schedule.choices(found), wanted)
    if not form.is_valid():
        known = {name: value for name, value in wanted.items() if name not in form.errors}
        return see_other(event_url(event, "programme") + (f"?{urlencode(known)}" if known else ""))
    shown, moment = schedule.narrowed(found, wanted), schedule.now_and_next(found, clock.now())
    context = {
        "release": release,
        "filters": form,
        "is_filtered": bool(wanted),
        "count": sum(not item.is_break for item in shown),
        "moment": moment,
        "now": {item.session for item in moment.now},
        "theme_marks": schedule.theme_marks(item.themes for item in found),
        "programme": schedule.arranged(shown),
        **_words(event),
    }
    return render(request, "programme/programme.html", context)


def _words(event: Event) -> dict[str, Any]:
    """What a list of sessions says again and again is looked up once."""
    return {
        "session_url": event_url(event, "session", session_slug=PLACEHOLDER).removesuffix(f"{PLACEHOLDER}/"),
        "here": get_language(),
        "word_cancelled": pgettext("session", "Cancelled"),
        "word_streamed": gettext("Streamed"),
        "word_captions": gettext("Captions"),
        "word_interpreted": gettext("Interpreted into"),
        "word_now": gettext("Now"),
    }


def _marks(release: Release | None) -> dict[str, int]:
    """The same colour for a theme as on the page of the whole programme."""
    return schedule.theme_marks(ReleasedSession.objects.filter(release=release).values_list("themes", flat=True))


@require_safe
@for_event
def search(request: HttpRequest, event: Event) -> HttpResponse:
    """In the words of all three languages; the best first."""
    release, words = releases.current(event), request.GET.get("q", "").strip()[:SEARCH_LETTERS]
    found = _found(release, {code: _query(words, name) for code, name in LEXICONS}) if release and words else []
    similar = _similar(release, words) if release and words and not found else []
    context = {
        "release": release,
        "words": words,
        "found": found or similar,
        "is_similar": bool(similar),
        "theme_marks": _marks(release),
        **_words(event),
    }
    return render(request, "programme/search.html", context)


def _found(release: Release, queries: dict[str, Any]) -> list[Item]:
    """Sessions that a query fits, by the language of their words."""
    asked = {f"words_{code}": query for code, query in queries.items()}
    fits = reduce(or_, (Q(**{name: query}) for name, query in asked.items()))
    rank = Greatest(*(SearchRank(F(name), query) for name, query in asked.items()))
    rows = ReleasedSession.objects.filter(fits, release=release, kind=Session.Kind.SESSION).annotate(rank=rank)
    order = {pk: place for place, pk in enumerate(rows.order_by("-rank", "pk").values_list("session", flat=True))}
    return sorted(schedule.items(release, sessions=order), key=lambda item: order[item.session])


def _similar(release: Release, words: str) -> list[Item]:
    """What begins alike, the longest beginning first: the stems of kielitaito and kielitaidon are not the same one."""
    if not PLAIN.fullmatch(words):
        return []
    begun = {word: max(SHORTEST_BEGINNING, ceil(len(word) * KEPT_OF_WORD)) for word in words.split()}
    for cut in range(1, LONGEST_ENDING):
        beginnings = [word[: max(least, len(word) - cut)] for word, least in begun.items()]
        query = SearchQuery(" & ".join(f"{one}:*" for one in beginnings), config="simple", search_type="raw")
        if found := _found(release, {code: query for code, _name in LEXICONS}):
            return found
    return []


def _query(words: str, configuration: str) -> Any:
    """As in a search engine, with "…", or and -; plain words may also be the beginnings of longer ones."""
    query: Any = SearchQuery(words, config=configuration, search_type="websearch")
    if not PLAIN.fullmatch(words):
        return query
    beginnings = " & ".join(f"{word}:*" for word in words.split())
    return query | SearchQuery(beginnings, config=configuration, search_type="raw")


@require_safe
@public_page
@for_event
def changes(request: HttpRequest, event: Event) -> HttpResponse:
    """What each release changed, the newest first."""
    return render(request, "programme/changes.html", {"lists": change_words.lists(event), **_words(event)})


# --- A session, a speaker ---------------------------------------------------------------------------------------------
def _released(event: Event, slug: str) -> ReleasedSession:
    """A session of the newest release."""
    release = releases.current(event)
    rows = ReleasedSession.objects.filter(release=release, slug=slug, kind=Session.Kind.SESSION)
    return get_object_or_404(rows.select_related("session", "room").defer("words_fi", "words_sv", "words_en"))


@require_safe
@public_page
@for_event
def session(request: HttpRequest, event: Event, session_slug: str) -> HttpResponse:
    """What it is about, who speaks, when, where, in which languages; what one can do with it."""
    row = _released(event, session_slug)
    document = row.documents[get_language() or "fi"]
    context = {
        "row": row,
        "document": document,
        "themes": list(zip(row.themes, document["themes"], strict=False)),
        "speaks": [LANGUAGES[code] for code in row.languages if code in LANGUAGES],
        "interpreted": [INTERPRETED[code] for code in document["interpreted_into"] if code in INTERPRETED],
        "materials": list(Material.objects.filter(session=row.session_id).select_related("upload")),
        "recording": row.session if row.session.shows_recording(clock.day_of(clock.now())) else None,
        "actions_url": "" if row.is_cancelled else event_url(event, "session-actions", session_slug=row.slug),
        "is_open_for_feedback": _takes_feedback(row),
        **_words(event),
    }
    return render(request, "programme/session.html", context)


@require_safe
@public_page
@for_event
def speaker(request: HttpRequest, event: Event, pk: int) -> HttpResponse:
    """Who somebody is and where they speak."""
    release, code = releases.current(event), get_language() or "fi"
    rows = ReleasedSession.objects.filter(release=release, documents__fi__speakers__contains=[{"id": pk}])
    documents_of = dict(rows.values_list("session", f"documents__{code}"))
    if release is None or not documents_of:
        raise Http404("Nobody of this number speaks.")
    told = [one for document in documents_of.values() for one in document["speakers"] if one["id"] == pk]
    sessions = schedule.items(release, sessions=documents_of)
    context = {"speaker": told[0], "sessions": sessions, "theme_marks": _marks(release), **_words(event)}
    return render(request, "programme/speaker.html", context)


@require_safe
@for_event
def picture(request: HttpRequest, event: Event, pk: int) -> HttpResponse:
    """The picture of somebody who speaks by the newest release; nobody else's, and no other file."""
    rows = ReleasedSession.objects.filter(release=releases.current(event))
    if not rows.filter(documents__fi__speakers__contains=[{"picture": pk}]).exists():
        raise Http404("No such picture.")
    response = uploads.serve(get_object_or_404(Upload, event=event, pk=pk, kind=Upload.Kind.PICTURE))
    response["Cache-Control"] = "public, max-age=3600"  # another picture has another address
    return response


@require_safe
@for_event
def material(request: HttpRequest, event: Event, session_slug: str, pk: int) -> HttpResponse:
    """A file that a speaker has handed in for a session that everybody sees."""
    row = _released(event, session_slug)
    found = get_object_or_404(Material.objects.exclude(upload=None), session=row.session_id, pk=pk)
    assert found.upload is not None
    return uploads.serve(found.upload)


# --- For printing -----------------------------------------------------------------------------------------------------
@require_safe
@for_event
def printable(request: HttpRequest, event: Event) -> HttpResponse:
    """The programme as PDF; until the worker has made it, a page that says so and looks again."""
    release, language = releases.current(event), get_language() or "fi"
    if release is None:
        raise Http404("There is no programme yet.")
    documents.ask(PROGRAMME, release, language=language, version=1)
    document = documents.find(PROGRAMME, release, language=language, version=1)
    return paper(request, document, waiting="programme/pdf_waiting.html")


# --- What one thought of it -------------------------------------------------------------------------------------------
def _takes_feedback(row: ReleasedSession) -> bool:
    return not row.is_cancelled and schedule.feedback_is_open(row.starts_at, row.ends_at, clock.now())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_event
def feedback(request: HttpRequest, event: Event, session_slug: str) -> HttpResponse:
    """How useful a session was, without a name; the same form counts once."""
    row = _released(event, session_slug)
    context = {"row": row, "document": row.documents[get_language() or "fi"], **_words(event)}
    if not _takes_feedback(row):
        return render(request, "programme/feedback_closed.html", context, status=403 if request.POST else 200)
    form = FeedbackForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        given = {"session_id": row.session_id, "given_at": clock.now(), **form.cleaned_data}
        SessionFeedback.objects.bulk_create([SessionFeedback(**given)], ignore_conflicts=True)
        return see_other(event_url(event, "session-feedback-thanks", session_slug=row.slug))
    status = 422 if form.errors else 200
    return render(request, "programme/feedback.html", {"form": form, **context}, status=status)


@require_safe
@for_event
def feedback_thanks(request: HttpRequest, event: Event, session_slug: str) -> HttpResponse:
    """It has come."""
    row = _released(event, session_slug)
    context = {"row": row, "document": row.documents[get_language() or "fi"], **_words(event)}
    return render(request, "programme/feedback_thanks.html", context)


@require_safe
@for_event
def room_feedback(request: HttpRequest, event: Event, room_slug: str) -> HttpResponse:
    """Where the code at a room's door leads: what goes on there or was there, the last one first."""
    room, release = get_object_or_404(event.rooms, slug=room_slug), releases.current(event)
    at, found = clock.now(), schedule.items(release) if release else []
    open_now = [item for item in found if item.room_id == room.pk and _item_takes_feedback(item, at)]
    context = {"room": room, "sessions": _last_first(open_now), **_words(event)}
    return render(request, "programme/room_feedback.html", context)


def _item_takes_feedback(item: Item, at: Any) -> bool:
    is_shown = not item.is_cancelled and not item.is_break
    return is_shown and schedule.feedback_is_open(item.starts_at, item.ends_at, at)


def _last_first(found: Sequence[Item]) -> list[Item]:
    return sorted(found, key=lambda item: item.starts, reverse=True)

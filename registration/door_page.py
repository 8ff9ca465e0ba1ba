"""The door's page, its service worker and its manifest: the same for everybody, without cookies, kept by the device.

The page works without network because the service worker keeps every file that `kept_files` names. The version is made
of these files' names, which carry their hashes, and of what the page and the worker say: any change is a new version.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import condition, require_safe

from registration.door_texts import in_all_languages

SCRIPTS = settings.BASE_DIR / "static/js/door"
ALPHABETS = ("latin", "latin-ext", "vietnamese", "cyrillic", "greek")
FONTS = [f"fonts/source-sans-3/source-sans-3-{part}-{bold}-normal.woff2" for part in ALPHABETS for bold in (400, 700)]
READER = {"worker": "js/door/reader-worker.js", "zxing": "zxing-wasm/index.js", "wasm": "zxing-wasm/zxing_reader.wasm"}
ICON, EMBLEM = "img/favicon.svg", "img/eu.svg"
HOME_SCREEN_ICONS = {size: f"img/door-{size}.png" for size in (192, 512)}  # favicon.svg, for phones that want pixels
WEB_ASSEMBLY = {"script-src": "'wasm-unsafe-eval'", "worker-src": [SELF]}  # the reader of QR codes is WebAssembly


def kept_files() -> list[str]:
    """The addresses of everything that the page needs when there is no network; the page itself first."""
    scripts = [f"js/door/{path.name}" for path in sorted(SCRIPTS.glob("*.js"))]
    pictures = [ICON, *HOME_SCREEN_ICONS.values(), EMBLEM]
    files = ["css/door.css", *scripts, *FONTS, READER["zxing"], READER["wasm"], *pictures]
    return [reverse("door"), reverse("door-manifest"), *map(static, files)]


def version() -> str:
    """Of the page with all that it needs."""
    parts = [*kept_files(), page_of(""), worker_of(""), json.dumps(manifest_data())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def page_of(of_version: str) -> str:
    """The page's HTML: no request is looked at, so that it cannot differ from one visitor to the next."""
    data = {
        "version": of_version,
        "addresses": {name: static(path) for name, path in (READER | {"emblem": EMBLEM}).items()},
        "worker": reverse("door-worker"),
        "texts": in_all_languages(),
    }
    return render_to_string("registration/door.html", {"data": data})


def worker_of(of_version: str) -> str:
    """The service worker's script. Addresses are ours and hold nothing that would have to be escaped in JavaScript."""
    addresses = kept_files()
    context = {"version": of_version, "addresses_json": mark_safe(json.dumps(addresses))}
    return render_to_string("registration/door_sw.js", context)


def manifest_data() -> dict[str, Any]:
    """What a phone needs to know to put the door on its home screen."""
    return {
        "name": "Ovi · Dörr · Door",
        "short_name": "Ovi · Dörr",
        "id": reverse("door"),
        "start_url": reverse("door"),
        "scope": reverse("door"),
        "display": "standalone",
        "background_color": "#0e1b1d",
        "theme_color": "#0b3f47",
        "icons": [
            {"src": static(ICON), "sizes": "any", "type": "image/svg+xml"},
            *(
                {"src": static(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
                for size, path in HOME_SCREEN_ICONS.items()
            ),
        ],
    }


def _etag(request: HttpRequest) -> str:
    return f'"{version()}"'


def _of_the_door(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Asked for anew each time, so that a new version is found; answered with 304 while there is none."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["Cache-Control"] = "no-cache"
        response["Content-Language"] = "fi, sv, en"
        response.without_demo_bar = True  # type: ignore[attr-defined]
        return response

    return csp_update(WEB_ASSEMBLY)(condition(etag_func=_etag)(require_safe(answer)))


@_of_the_door
def door(request: HttpRequest) -> HttpResponse:
    """The page that door staff open."""
    return HttpResponse(page_of(version()))


@_of_the_door
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its folder is the part of the site that it looks after."""
    return HttpResponse(worker_of(version()), content_type="text/javascript")


@_of_the_door
def manifest(request: HttpRequest) -> HttpResponse:
    """For the home screen."""
    return JsonResponse(manifest_data(), content_type="application/manifest+json")

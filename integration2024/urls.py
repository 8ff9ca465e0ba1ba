"""Every address of the site. An event's pages stand twice: of the current event, and of any event by its slug."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from integration2024 import views
from programme import live_views

event_pages: list[URLPattern | URLResolver] = [
    path("", include("registration.urls")),
    path("", include("programme.urls")),
    path("", include("booths.urls")),
    path("", include("webinars.urls")),
    path("", include("events.urls")),  # last: its pages answer at any word
]


def not_used(request: HttpRequest, rest: str) -> HttpResponse:
    """Nobody has a password, and an address is corrected by organisers: allauth's pages for these do not answer."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.choose_language, name="root"),
    path("status/", views.status, name="status"),
    path("robots.txt", views.robots, name="robots"),
    path("door/", include("registration.door_urls")),
    path("live/api/beat", live_views.beat, name="live-beat"),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        re_path("^accounts/(?P<rest>(?:password|email)/.*)$", not_used),
        path("accounts/", include("allauth.urls")),
        path("my/", views.my_page, name="my-page"),
        re_path(r"^(?P<event_slug>[0-9][a-z0-9-]*)/", include(event_pages)),
        path("", include(event_pages)),
    ),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("integration2024.demo.urls")))

handler400 = "integration2024.views.bad_request"
handler403 = "integration2024.views.forbidden"
handler404 = "integration2024.views.not_found"
handler500 = "integration2024.views.server_error"

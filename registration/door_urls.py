"""The door at /door/, without a language prefix: one page, one service worker, one queue for all languages."""

from django.urls import path

from registration import door_page, door_views

urlpatterns = [
    path("", door_page.door, name="door"),
    path("sw.js", door_page.worker, name="door-worker"),
    path("manifest.webmanifest", door_page.manifest, name="door-manifest"),
    # What devices ask the server: past all other middleware (integration2024/thin.py)
    path("api/pair", door_views.pair, name="door-pair"),
    path("api/roster", door_views.get_roster, name="door-roster"),
    path("api/people", door_views.get_people, name="door-people"),
    path("api/scan", door_views.scan, name="door-scan"),
    path("api/scans", door_views.scans, name="door-scans"),
    path("api/on-site", door_views.on_site, name="door-on-site"),
    path("api/card", door_views.card, name="door-card"),
]

"""The event's public pages; calls, and what is sent in to them."""

from django.urls import path, re_path

from events import call_views, feeds, views

urlpatterns = [
    path("", views.home, name="home"),
    path("news/", views.news_list, name="news"),
    path("news/feed/", feeds.NewsFeed(), name="news-feed"),
    path("news/<int:pk>/", views.news_item, name="news-item"),
    path("calls/", call_views.calls_page, name="calls"),
    path("calls/link/", call_views.ask_link, name="calls-link"),
    path("calls/<slug:call_slug>/", call_views.call_page, name="call"),
    path("calls/<slug:call_slug>/form/", call_views.begin, name="call-form"),
    path("p/<str:token>/", call_views.submission, name="submission"),
    path("p/<str:token>/edit/", call_views.edit, name="submission-edit"),
    path("p/<str:token>/withdraw/", call_views.withdraw, name="submission-withdraw"),
    path("p/<str:token>/again/", call_views.take_up_again, name="submission-again"),
    path("p/<str:token>/answer/", call_views.answer, name="submission-answer"),
    path("p/<str:token>/file/<int:pk>/", call_views.file, name="submission-file"),
    re_path(r"^(?P<page_slug>[a-z][a-z0-9-]*)/$", views.page, name="page"),
]

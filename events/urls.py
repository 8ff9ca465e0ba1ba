"""The event's public pages."""

from django.urls import path, re_path

from events import feeds, views

urlpatterns = [
    path("", views.home, name="home"),
    path("news/", views.news_list, name="news"),
    path("news/feed/", feeds.NewsFeed(), name="news-feed"),
    path("news/<int:pk>/", views.news_item, name="news-item"),
    re_path(r"^(?P<page_slug>[a-z][a-z0-9-]*)/$", views.page, name="page"),
]

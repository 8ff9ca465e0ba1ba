"""The demo's own addresses, under /demo/. They have no language in them: see `in_chosen_language`."""

from django.urls import path, re_path

from integration2024.demo import views
from integration2024.demo.mailbox import NAME

urlpatterns = [
    path("travel/", views.travel, name="demo-travel"),
    path("be/<slug:role>/", views.be, name="demo-be"),
    path("stream/<slug:room_slug>/", views.stream, name="demo-stream"),
    path("mail/", views.mails, name="demo-mails"),
    re_path(rf"^mail/(?P<name>{NAME})/$", views.mail, name="demo-mail"),
    re_path(rf"^mail/(?P<name>{NAME})/html/$", views.mail_html, name="demo-mail-html"),
    re_path(rf"^mail/(?P<name>{NAME})/(?P<number>[0-9]{{1,3}})/$", views.mail_file, name="demo-mail-file"),
]

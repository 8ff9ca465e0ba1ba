"""Webinars: the public list, signing up, and the personal page behind a link."""

from django.urls import path

from webinars import feeds, personal_views, views

urlpatterns = [
    path("webinars/", views.webinars, name="webinars"),
    path("webinars/calendar.ics", feeds.calendar, name="webinars-calendar"),
    path("webinars/series/<slug:series_slug>/calendar.ics", feeds.series_calendar, name="series-calendar"),
    path("webinars/sign-up/", views.sign_up, name="webinar-sign-up"),
    path("webinars/sign-up/sent/", views.sent, name="webinar-sent"),
    path("webinars/sign-up/sent/address/", views.correct_address, name="webinar-correct-address"),
    path("webinars/sign-up/links/", views.ask_links, name="webinar-links"),
    path("webinars/<slug:webinar_slug>/", views.webinar, name="webinar"),
    path("webinars/<slug:webinar_slug>/calendar.ics", feeds.webinar_calendar, name="webinar-calendar"),
    path("webinars/<slug:webinar_slug>/material/<int:pk>/", views.material, name="webinar-material"),
    path("w/<str:token>/", personal_views.personal, name="webinar-personal"),
    path("w/<str:token>/join/", personal_views.join, name="webinar-join"),
    path("w/<str:token>/calendar.ics", personal_views.calendar, name="webinar-personal-calendar"),
    path("w/<str:token>/cancel/", personal_views.cancel, name="webinar-cancel"),
    path("w/<str:token>/offer/", personal_views.answer_offer, name="webinar-offer"),
    path("w/<str:token>/feedback/", personal_views.feedback, name="webinar-feedback"),
    path("w/<str:token>/certificate.pdf", personal_views.certificate, name="webinar-certificate"),
]

"""Those who speak along, speakers, and the public programme."""

from django.urls import path

from programme import booking_views, co_presenter_views, feeds, live_views, speaker_views, views

urlpatterns = [
    path("p/<str:token>/with/<int:pk>/", co_presenter_views.correct_co_presenter, name="proposal-co-presenter"),
    path("with/<str:token>/", co_presenter_views.co_presenter, name="co-presenter"),
    path("s/<str:token>/", speaker_views.speaker_page, name="speaker-page"),
    path("s/<str:token>/picture/", speaker_views.picture, name="speaker-picture"),
    path("s/<str:token>/session/<int:pk>/material/", speaker_views.material, name="speaker-material"),
    path("s/<str:token>/material/<int:pk>/", speaker_views.material_file, name="speaker-file"),
    path("s/<str:token>/material/<int:pk>/withdraw/", speaker_views.take_back, name="speaker-take-back"),
    path("programme/", views.programme, name="programme"),
    path("programme/search/", views.search, name="programme-search"),
    path("programme/changes/", views.changes, name="programme-changes"),
    path("programme/changes/feed/", feeds.ChangesFeed(), name="programme-feed"),
    path("programme/calendar.ics", feeds.calendar, name="programme-calendar"),
    path("programme/programme.json", feeds.as_json, name="programme-json"),
    path("programme/programme.pdf", views.printable, name="programme-pdf"),
    path("programme/schedule.xml", feeds.schedule_xml, name="programme-xml"),
    path("programme/picture/<int:pk>/", views.picture, name="programme-picture"),
    path("programme/speaker/<int:pk>/", views.speaker, name="speaker"),
    path("programme/room/<slug:room_slug>/feedback/", views.room_feedback, name="room-feedback"),
    path("programme/session/<slug:session_slug>/", views.session, name="session"),
    path("programme/session/<slug:session_slug>/calendar.ics", feeds.session_calendar, name="session-calendar"),
    path("programme/session/<slug:session_slug>/feedback/", views.feedback, name="session-feedback"),
    path(
        "programme/session/<slug:session_slug>/feedback/thanks/", views.feedback_thanks, name="session-feedback-thanks"
    ),
    path("programme/session/<slug:session_slug>/material/<int:pk>/", views.material, name="session-material"),
    path("programme/mine/", booking_views.mine, name="my-programme"),
    path("programme/session/<slug:session_slug>/mine/", booking_views.actions, name="session-actions"),
    path("programme/session/<slug:session_slug>/favourite/", booking_views.favourite, name="session-favourite"),
    path("programme/session/<slug:session_slug>/book/", booking_views.book, name="session-book"),
    path("live/", live_views.halls, name="live"),
    path("live/stay-away/", live_views.stay_away, name="live-stay-away"),
    path("live/<slug:room_slug>/", live_views.hall, name="live-hall"),
    path("live/<slug:room_slug>/now/", live_views.hall_now, name="live-now"),
    path("live/<slug:room_slug>/ask/", live_views.ask, name="live-ask"),
    path("my/<str:token>/", booking_views.open_mine, name="my-programme-link"),
    path("my/<str:token>/live/", live_views.open_halls, name="live-link"),
    path("my/<str:token>/certificate.pdf", live_views.certificate, name="live-certificate"),
    path("my/<str:token>/sessions.ics", booking_views.calendar, name="personal-sessions"),
]

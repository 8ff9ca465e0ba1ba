"""Registering, and the personal page behind a link."""

from django.urls import path

from registration import personal_views, views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/sent/", views.sent, name="register-sent"),
    path("register/sent/address/", views.correct_address, name="register-correct-address"),
    path("register/link/", views.ask_link, name="register-link"),
    path("r/<str:token>/", personal_views.personal, name="personal"),
    path("r/<str:token>/change/", personal_views.change, name="personal-change"),
    path("r/<str:token>/on-site/", personal_views.switch_to_on_site, name="personal-on-site"),
    path("r/<str:token>/remote/", personal_views.switch_to_remote, name="personal-remote"),
    path("r/<str:token>/meanwhile/", personal_views.follow_remotely, name="personal-meanwhile"),
    path("r/<str:token>/colleague/", personal_views.give_to_colleague, name="personal-colleague"),
    path("r/<str:token>/colleague/keep/", personal_views.keep_after_all, name="personal-keep"),
    path("r/<str:token>/offer/", personal_views.answer_offer, name="personal-offer"),
    path("r/<str:token>/cancel/", personal_views.cancel, name="personal-cancel"),
    path("r/<str:token>/needs/forget/", personal_views.forget_needs, name="personal-forget-needs"),
    path("r/<str:token>/badge.pdf", personal_views.badge, name="personal-badge"),
    path("r/<str:token>/qr.png", personal_views.qr_image, name="personal-qr"),
    path("r/<str:token>/calendar.ics", personal_views.calendar, name="personal-calendar"),
    path("colleague/<str:token>/", views.take_over, name="take-over"),
    path("place/<str:token>/", views.use_claim, name="use-claim"),
]

"""The public exhibition, and the exhibitor's own page."""

from django.urls import path

from booths import exhibitor_views, views

urlpatterns = [
    path("booths/", views.booth_list, name="booths"),
    path("booths/<slug:booth_slug>/", views.booth, name="booth"),
    path("booths/<slug:booth_slug>/logo/<int:pk>/", views.logo, name="booth-logo"),
    path("b/<str:token>/", exhibitor_views.exhibitor_page, name="exhibitor"),
    path("b/<str:token>/texts/", exhibitor_views.texts_page, name="exhibitor-texts"),
    path("b/<str:token>/about/", exhibitor_views.about_page, name="exhibitor-about"),
    path("b/<str:token>/needs/", exhibitor_views.needs_page, name="exhibitor-needs"),
    path("b/<str:token>/badges/", exhibitor_views.order_badges, name="exhibitor-badges"),
    path("b/<str:token>/badges/mail/", exhibitor_views.mail_badge, name="exhibitor-badge-mail"),
    path("b/<str:token>/badges/<int:pk>/back/", exhibitor_views.take_badge_back, name="exhibitor-badge-back"),
    path("b/<str:token>/sign.pdf", exhibitor_views.sign, name="exhibitor-sign"),
    path("b/<str:token>/codes.pdf", exhibitor_views.codes, name="exhibitor-codes"),
    path("b/<str:token>/logo/", exhibitor_views.own_logo, name="exhibitor-logo"),
]

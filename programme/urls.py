"""Calls, and what is sent in to them."""

from django.urls import path

from programme import proposal_views

urlpatterns = [
    path("calls/", proposal_views.calls_page, name="calls"),
    path("calls/link/", proposal_views.ask_link, name="proposal-link"),
    path("calls/<slug:call_slug>/", proposal_views.call_page, name="call"),
    path("calls/<slug:call_slug>/propose/", proposal_views.propose, name="propose"),
    path("p/<str:token>/", proposal_views.proposal, name="proposal"),
    path("p/<str:token>/edit/", proposal_views.edit, name="proposal-edit"),
    path("p/<str:token>/withdraw/", proposal_views.withdraw, name="proposal-withdraw"),
    path("p/<str:token>/again/", proposal_views.take_up_again, name="proposal-again"),
    path("p/<str:token>/answer/", proposal_views.answer, name="proposal-answer"),
    path("p/<str:token>/file/<int:pk>/", proposal_views.file, name="proposal-file"),
    path("p/<str:token>/with/<int:pk>/", proposal_views.correct_co_presenter, name="proposal-co-presenter"),
    path("with/<str:token>/", proposal_views.co_presenter, name="co-presenter"),
]

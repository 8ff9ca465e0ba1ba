"""The addresses of the site as they are in the demo, for tests, whose settings have no demo."""

from django.urls import include, path

from integration2024 import urls

urlpatterns = [path("demo/", include("integration2024.demo.urls")), *urls.urlpatterns]

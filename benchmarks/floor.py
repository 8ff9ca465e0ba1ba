"""The floor: a minimal Django view that does one such transaction, and one that answers a constant page.

Served like the real one: `granian --interface wsgi benchmarks.floor:application`. Nothing is faster with these parts,
so the figures of the application are also told as a share of it.
"""

import os

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

if not settings.configured:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.floor_settings")
    django.setup()

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction

TABLES = """
CREATE TABLE IF NOT EXISTS floor_pool (id int PRIMARY KEY, taken int NOT NULL);
CREATE TABLE IF NOT EXISTS floor_person (id bigserial PRIMARY KEY, email text UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS floor_mail (id bigserial PRIMARY KEY, key text UNIQUE NOT NULL, words text NOT NULL);
INSERT INTO floor_pool VALUES (1, 0) ON CONFLICT DO NOTHING;
"""
PAGE = b"<!doctype html><title>floor</title>" + b"x" * 20_000


def view(request: HttpRequest) -> HttpResponse:
    """Lock the pool, write the person and the mail, count."""
    if request.method == "GET":
        return HttpResponse(PAGE, headers={"Content-Length": str(len(PAGE))})
    email = request.POST["email"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT taken FROM floor_pool WHERE id = 1 FOR NO KEY UPDATE")
        cursor.execute("INSERT INTO floor_person (email) VALUES (%s)", [email])
        cursor.execute("INSERT INTO floor_mail (key, words) VALUES (%s, %s)", [email, "x" * 10_000])
        cursor.execute("UPDATE floor_pool SET taken = taken + 1 WHERE id = 1")
    return HttpResponse(status=303, headers={"Location": "/", "Content-Length": "0"})


urlpatterns = [path("", view)]
application = WSGIHandler()

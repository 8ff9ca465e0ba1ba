"""What the settings refuse, and what cookies are called."""

import os
import subprocess
import sys

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory, override_settings


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Whether Django starts with these variables."""
    command = [sys.executable, "-c", "from django.conf import settings; print(settings.SITE_URL)"]
    ours = {"DEMO": "", "SECRET_KEY": "x" * 50, "DJANGO_SETTINGS_MODULE": "integration2024.settings"}
    return subprocess.run(command, env={**os.environ, **ours, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize("site", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_the_demo_is_for_this_machine(site):
    assert start(DEMO="1", SITE_URL=site).stdout.strip() == site


def test_a_demo_for_everybody_does_not_start():
    assert "The demo is for this machine only" in start(DEMO="1", SITE_URL="https://integration2024.example").stderr


@pytest.mark.parametrize(("is_secure", "name"), [(True, "__Host-messages"), (False, "messages")])
def test_messages_wait_in_a_cookie_of_this_host_alone(is_secure, name):
    with override_settings(SESSION_COOKIE_SECURE=is_secure):
        request, response = RequestFactory().get("/"), HttpResponse()
        request.session = SessionStore()
        waiting = default_storage(request)
        waiting.add(20, "Done")
        waiting.update(response)
        cookie = response.cookies[name]
        assert (cookie["path"], cookie["domain"], bool(cookie["secure"])) == ("/", "", is_secure)
        request = RequestFactory().get("/", HTTP_COOKIE=f"{name}={cookie.coded_value}")
        request.session = SessionStore()
        request._messages = default_storage(request)
        assert [str(message) for message in get_messages(request)] == ["Done"]

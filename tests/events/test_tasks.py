"""What the clock sets going."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from events import clock, tasks


@pytest.mark.django_db
def test_expired_sessions_are_forgotten_and_others_kept(moment):
    old, new = SessionStore(), SessionStore()
    old.set_expiry(clock.real_now() + timedelta(hours=1))
    new.set_expiry(clock.real_now() + timedelta(days=1))
    old.save()
    new.save()
    moment.shift(timedelta(hours=2))
    tasks.forget_sessions()
    assert [session.session_key for session in Session.objects.all()] == [new.session_key]


def test_beat_does_so_regularly():
    [entry] = [each for each in settings.CELERY_BEAT_SCHEDULE.values() if each["task"] == tasks.forget_sessions.name]
    assert entry["schedule"] <= timedelta(days=1).total_seconds()

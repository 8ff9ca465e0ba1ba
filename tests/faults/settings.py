"""Settings of the processes that the faults start: those of production, with addresses of files without a hash."""

import os

from integration2024.settings import *  # noqa: F403
from integration2024.settings import CELERY_BEAT_SCHEDULE, STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True  # nothing is collected

# Beat in a hurry, for the faults that are about beat.
if seconds := os.environ.get("BEAT_SECONDS"):
    CELERY_BEAT_SCHEDULE = {name: {**entry, "schedule": float(seconds)} for name, entry in CELERY_BEAT_SCHEDULE.items()}

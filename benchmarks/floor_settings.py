"""Settings of the floor: the project's database settings, and no middleware at all."""

from integration2024.settings import ALLOWED_HOSTS, DATABASES, SECRET_KEY

__all__ = ["ALLOWED_HOSTS", "DATABASES", "SECRET_KEY"]

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.floor"
USE_TZ = True

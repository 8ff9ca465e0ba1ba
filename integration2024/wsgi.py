"""The WSGI entry point: `granian --interface wsgi integration2024.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration2024.settings")
application = get_wsgi_application()

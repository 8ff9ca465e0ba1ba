"""Ranges for exclusion constraints, on core PostgreSQL alone."""

from django.db.models import Func


class OnlyThis(Func):
    """A key as a range of one number: core PostgreSQL can compare that for overlap, without an extension."""

    template = "int8range(%(expressions)s, %(expressions)s, '[]')"

"""Ranges for exclusion constraints, on core PostgreSQL alone."""

from typing import Any

from django.db.models import Func, Value


class OnlyThis(Func):
    """A key as a range of one number: core PostgreSQL can compare that for overlap, without an extension."""

    function = "int8range"

    def __init__(self, key: Any) -> None:
        super().__init__(key, key, Value("[]"))

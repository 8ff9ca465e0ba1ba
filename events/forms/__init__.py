"""How every form of the project is drawn, and the fields that several of them ask.

FORM_RENDERER = "events.forms.Renderer" draws them; `line`, `paragraph`, `email_field` … make fields.
"""

from events.forms.fields import (
    NAME_LENGTH,
    AddressForm,
    Asked,
    ask_for_privacy,
    asked,
    email_field,
    line,
    municipality_field,
    organisation_type_field,
    paragraph,
    privacy_field,
    read_version,
)
from events.forms.rendering import Renderer

__all__ = [
    "NAME_LENGTH",
    "AddressForm",
    "Asked",
    "Renderer",
    "ask_for_privacy",
    "asked",
    "email_field",
    "line",
    "municipality_field",
    "organisation_type_field",
    "paragraph",
    "privacy_field",
    "read_version",
]

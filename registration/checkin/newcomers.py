"""Newcomers whom the help desk registers on the spot, perhaps long before the server hears of it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import EmailValidator

from events.models import OrganisationType
from events.plaintext import LineInput
from registration import services
from registration.checkin.items import BadItem, Item, key
from registration.models import CheckInList, Device, Registration
from registration.models.registration import NAME_LENGTH

LANGUAGES: Any = Registration.Language.choices
PHOTOS: Any = Registration.Photo.choices


class NewcomerForm(forms.Form):
    """What the desk asks; the same fields as everybody's registration, fewer of them."""

    first_name = LineInput(max_length=NAME_LENGTH)
    last_name = LineInput(max_length=NAME_LENGTH)
    email = forms.EmailField(max_length=254, validators=[EmailValidator()])
    organisation = LineInput(max_length=160)
    organisation_type: Any = forms.ModelChoiceField(queryset=OrganisationType.objects.none())
    language = forms.ChoiceField(choices=LANGUAGES)
    photo = forms.ChoiceField(choices=PHOTOS, required=False)


@dataclass(frozen=True)
class Newcomer:
    """What became of one: a registration, or a problem in a word that the page translates."""

    registration: int | None
    problem: str = ""

    def told(self) -> dict[str, Any]:
        """As the device hears it."""
        return {"registration": self.registration} if self.registration else {"problem": self.problem}


def newcomer(device: Device, item: Item) -> Newcomer:
    """Register somebody, once however often the item comes; one whose address is known already is that person.

    A newcomer takes no place of the pools: they stand in the door already.
    """
    form = NewcomerForm(_as_typed(item.person))
    types: Any = form.fields["organisation_type"]
    types.queryset = device.event.organisation_types.all()
    try:
        form_key = key(item.person, "registration_key")
    except BadItem:
        return Newcomer(None, "registration_key")
    if not form.is_valid():
        return Newcomer(None, ",".join(sorted(form.errors)))
    try:
        return Newcomer(_register(device, item, form.cleaned_data, form_key).pk)
    except services.Refusal as refusal:
        return Newcomer(None, type(refusal).__name__)


def _as_typed(person: dict[str, Any]) -> dict[str, str]:
    """What a form would have sent: words and whole numbers. Of a stranger's JSON, infinity is neither."""
    return {name: str(value) for name, value in person.items() if isinstance(value, str | int)}


def _register(device: Device, item: Item, told: dict[str, Any], form_key: uuid.UUID) -> Registration:
    event = device.event
    days = CheckInList.objects.get(event=event, number=item.list_number).days.all() or event.days.all()
    attendance = Registration.Attendance.ON_SITE
    details = services.Details(attendance=attendance, days=list(days), **told)
    return services.register_at_door(event, details, form_key=form_key)

"""The limits of the forms: letters are counted here, nothing is cut off, nothing strange gets through."""

import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from events.models import Call
from programme.forms import ApplicationForm, ProposalForm
from tests.factories import make_call, make_event, make_format, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _finnish() -> Iterator[None]:
    with translation.override("fi"):
        yield


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


def form(call: Call, **given: Any) -> ProposalForm:
    data = QueryDict(mutable=True)
    typed = {"email": "anna@x.example", "title_fi": "Otsikko", "form_key": str(uuid.uuid4()), **given}
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return ProposalForm(call, data)


def test_a_text_of_the_full_length_is_taken_and_one_letter_more_is_told(call: Call):
    assert form(call, description_fi="å" * 3000, title_fi="å" * 160).is_valid()
    too_long = form(call, description_fi="å" * 3001, title_fi="å" * 161)
    assert set(too_long.errors) == {"description_fi", "title_fi"}
    assert too_long["description_fi"].value() == "å" * 3001


def test_no_field_cuts_off_what_is_pasted(call: Call):
    fields = [*ProposalForm(call), *ApplicationForm(make_call(call.event, "application"))]
    fields += [field for person in ProposalForm(call).people_forms for field in person]
    assert [field.name for field in fields if " maxlength=" in str(field)] == []


def test_a_new_line_counts_once(call: Call):
    assert form(call, take_home="a\r\n" * 500).is_valid()


@pytest.mark.parametrize("name", ["title_fi", "audience", "co-0-name"])
@pytest.mark.parametrize("text", ["a\0b", "a\u202eb", "a\ue000proposal\ue001b"])
def test_letters_that_act_are_refused(call: Call, name: str, text: str):
    assert not form(call, **{"co-0-email": "bo@x.example", "co-0-name": "Bo", name: text}).is_valid()


def test_rows_of_another_event_cannot_be_chosen(call: Call):
    other = make_event(slug="2022", is_current=False)
    given = form(call, format=str(make_format(other).pk), themes=[str(make_theme(other).pk)])
    assert set(given.errors) == {"format", "themes"}


def test_the_list_of_errors_is_in_the_order_of_the_page(call: Call):
    data = QueryDict(mutable=True)
    given = ProposalForm(call, data, is_sending=True)
    assert not given.is_valid()
    on_page = [field.name for group in given.groups() for field in group.fields]
    in_list = [field.name for field in given.visible_fields() if field.errors]
    assert in_list == [name for name in on_page if name in in_list]
    assert in_list[:2] == ["email", "title_fi"]


def test_hostile_input_is_an_error_never_an_exception(call: Call):
    dice, pieces = (
        random.Random(7),
        ["", "1", "-1", "x" * 5000, "\0", "🙂", "9" * 40, "nan", "<b>", "a@b", "\u202e", "٣", "[]"],
    )
    names = [
        *ProposalForm(call).fields,
        "picture_kept",
        "co-0-name",
        "co-0-email",
        "co-99-email",
        "co-x-name",
        "version",
    ]
    for _round in range(300):
        data = QueryDict(mutable=True)
        for name in dice.sample(names, 12):
            data.setlist(name, [dice.choice(pieces) for _number in range(dice.choice([1, 1, 3]))])
        given = ProposalForm(call, data, is_sending=dice.random() < 0.5)
        assert given.is_valid() in {True, False}
        assert str(given.typed())

"""How a form reaches the person: labels, hints, errors, and the way from the summary to each field."""

import pytest
from django import forms
from django.template.loader import render_to_string


class Registration(forms.Form):
    conditionally_required = ("days",)

    name = forms.CharField(label="Name", help_text="First and last name")
    attendance = forms.ChoiceField(
        label="Attendance", choices=[("a", "On site"), ("b", "Remote")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Days", choices=[("1", "Thursday"), ("2", "Friday")], widget=forms.CheckboxSelectMultiple, required=False
    )
    note = forms.CharField(label="Note", required=False)
    wants_news = forms.BooleanField(label="Send me news", required=False)
    has_read = forms.BooleanField(label="I have read the notice")
    key = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture
def refused() -> Registration:
    form = Registration({"name": "<b>"})
    assert not form.is_valid()
    return form


def test_a_label_belongs_to_its_field_and_hint_and_error_are_read_with_it():
    form = Registration({})
    html = form["name"].as_field_group()
    assert '<label for="id_name">' in html
    assert '<p class="hint" id="id_name_helptext">First and last name</p>' in html
    assert '<p class="error" id="id_name_error">' in html
    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in html


def test_radio_buttons_stand_in_a_fieldset_that_holds_the_error(refused):
    html = refused["attendance"].as_field_group()
    assert '<fieldset class="choices" aria-describedby="id_attendance_error">' in html
    assert "aria-invalid" not in html


def test_only_what_may_always_be_left_empty_is_called_optional():
    form = Registration()
    assert [field.name for field in form if field.is_marked_optional] == ["note"]


def test_the_summary_leads_to_the_first_control_of_each_refused_field(refused):
    html = render_to_string("forms/error_summary.html", {"form": refused})
    assert 'href="#id_attendance_0"' in html
    assert 'href="#id_has_read"' in html
    assert html.count("<li>") == 3  # the hidden key is told without a link
    assert html.count("<a ") == 2


def test_a_good_form_has_no_summary():
    assert "error-summary" not in render_to_string("forms/error_summary.html", {"form": Registration()})


def test_what_was_typed_comes_back_inert(refused):
    assert 'value="&lt;b&gt;"' in str(refused)

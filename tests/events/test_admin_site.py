"""The way into the admin: allauth's login, and a second factor that this session has passed."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.factories import make_event, make_organiser, make_theme
from tests.organisers import enter, make_user

pytestmark = pytest.mark.django_db


def test_a_stranger_is_led_to_the_login(client: Client):
    response = client.get("/sv/admin/events/page/", follow=True)
    assert response.redirect_chain[-1][0] == "/sv/accounts/login/?next=%2Fsv%2Fadmin%2Fevents%2Fpage%2F"


def test_a_participant_is_refused(client: Client):
    enter(client, make_user("maija@kunta.example"))
    assert client.get("/fi/admin/", follow=True).status_code == 403


def test_staff_without_a_second_factor_are_led_to_set_one_up(client: Client):
    enter(client, make_organiser(make_event()), second_factor=False)
    response = client.get("/en/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/en/accounts/2fa/"
    assert b"The organisers&#x27; pages need a second factor" in response.content


@pytest.mark.parametrize(
    ("kind", "page"),
    [("totp", "/en/accounts/2fa/reauthenticate/"), ("webauthn", "/en/accounts/2fa/webauthn/reauthenticate/")],
)
def test_having_a_second_factor_is_not_enough_the_session_must_have_shown_it(client: Client, kind: str, page: str):
    user = make_organiser(make_event())
    Authenticator.objects.create(user=user, type=kind, data={"secret": "x", "credential": {}, "name": "key"})
    enter(client, user, second_factor=False)
    chain = [client.get("/en/admin/events/page/")]
    chain.append(client.get(chain[-1]["Location"]))
    assert chain[-1]["Location"] == f"{page}?next=%2Fen%2Fadmin%2Fevents%2Fpage%2F"


def test_somebody_elses_second_factor_in_the_session_does_not_count(client: Client):
    event = make_event()
    enter(client, make_organiser(event))
    session = client.session
    session["account_authentication_methods_user"] = "999999"
    session.save()
    assert client.get("/en/admin/").status_code == 302


def test_with_a_second_factor_the_admin_opens_in_three_languages(client: Client):
    enter(client, make_organiser(make_event()))
    for language in ("fi", "sv", "en"):
        response = client.get(f"/{language}/admin/")
        assert response.status_code == 200
        assert f'<html lang="{language}"' in response.content.decode()


def test_after_login_one_is_never_sent_to_another_site(client: Client):
    enter(client, make_organiser(make_event()))
    assert client.get("/en/admin/login/?next=https://evil.example/")["Location"] == "/en/admin/"
    assert client.get("/en/admin/login/?next=admin:index")["Location"] == "/en/admin/"
    assert client.get("/en/admin/login/?next=لا")["Location"] == "%D9%84%D8%A7"


def test_check_boxes_of_a_list_hold_keys_and_nothing_else(client: Client):
    event = make_event()
    enter(client, make_organiser(event))
    make_theme(event)
    sent = {"action": "delete_selected", "select_across": "0", "index": "0"}
    for key in ("1:2:3", "", "9" * 5000, "-1", "²"):
        response = client.post("/en/admin/events/theme/", {**sent, "_selected_action": key})
        assert response.status_code == 400, key
    assert client.post("/en/admin/events/theme/", {**sent, "_selected_action": "999999"}).status_code == 200


def test_a_field_without_a_name_is_a_bad_request(client: Client):
    theme = make_theme(make_event())
    enter(client, make_organiser(theme.event))
    assert client.get(f"/en/admin/events/theme/{theme.pk}/change/?_to_field=").status_code == 400
    assert client.get(f"/en/admin/events/theme/{theme.pk}/change/?_to_field=id").status_code == 200

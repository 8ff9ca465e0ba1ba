"""The waiting list: offers are accepted, declined, lapse; they end when the webinar begins."""

import pytest

from events import places
from events.models import Mail
from tests.factories import at, make_event
from tests.webinars.helpers import make_webinar, sign_up_one
from webinars import services
from webinars.models import SignUp, Webinar

pytestmark = pytest.mark.django_db


@pytest.fixture
def webinar() -> Webinar:
    return make_webinar(make_event(), places=1)


def offered(webinar: Webinar) -> SignUp:
    """One who has an offer, because another has cancelled."""
    first, second = sign_up_one(webinar), sign_up_one(webinar)
    services.cancel(first.pk, by=None)
    second.refresh_from_db()
    return second


def test_an_offer_has_working_hours_to_answer(webinar):
    assert at("2024-10-15 09:00") <= offered(webinar).offer_ends_at < at("2024-10-15 09:01")


def test_an_offer_ends_when_the_webinar_begins(moment):
    webinar = make_webinar(make_event(), "2024-10-14 12:00", places=1)
    assert offered(webinar).offer_ends_at == webinar.starts_at


def test_while_it_goes_on_the_next_gets_the_place_at_once(moment, webinar):
    first, second, third = (sign_up_one(webinar, language="en") for _ in range(3))
    moment.move_to(at("2024-11-12 09:01"))
    services.cancel(first.pk, by=None)
    assert [SignUp.objects.get(pk=row.pk).status for row in (second, third)] == ["confirmed", "waiting"]
    mail = Mail.objects.filter(to_email=second.email).latest("pk")
    assert (mail.message, "The doors are open" in mail.text) == ("webinars/signed_up", True)


def test_an_offer_that_dies_with_the_beginning_goes_to_the_next_at_once(moment):
    webinar = make_webinar(make_event(), "2024-10-14 12:00", places=1)
    row, third = offered(webinar), sign_up_one(webinar)
    moment.move_to(at("2024-10-14 12:01"))
    services.lapse_offers()
    assert [SignUp.objects.get(pk=one.pk).status for one in (row, third)] == ["lapsed", "confirmed"]


def test_accepting_confirms_once_and_mails_the_link(webinar):
    row = offered(webinar)
    services.accept_offer(row.pk, by=None)
    services.accept_offer(row.pk, by=None)
    row.refresh_from_db()
    assert row.status == "confirmed"
    assert Mail.objects.filter(message="webinars/signed_up", to_email=row.email).count() == 2  # waiting, then confirmed


def test_declining_offers_to_the_next(webinar):
    row, third = offered(webinar), sign_up_one(webinar)
    services.decline_offer(row.pk, by=None)
    third.refresh_from_db()
    assert (SignUp.objects.get(pk=row.pk).status, third.status) == ("declined", "offered")


def test_an_offer_that_is_not_answered_lapses_and_goes_on(moment, webinar):
    row, third = offered(webinar), sign_up_one(webinar)
    moment.move_to(at("2024-10-15 09:01"))
    assert services.lapse_offers() == 1
    third.refresh_from_db()
    assert (SignUp.objects.get(pk=row.pk).status, third.status) == ("lapsed", "offered")
    with pytest.raises(places.OfferEnded):
        services.accept_offer(row.pk, by=None)


def test_more_places_are_offered_at_once_and_fewer_than_taken_are_refused(webinar):
    rows = [sign_up_one(webinar) for _ in range(3)]
    services.set_places(webinar.pk, 2, by=None)
    assert [SignUp.objects.get(pk=row.pk).status for row in rows] == ["confirmed", "offered", "waiting"]
    with pytest.raises(places.PlacesTaken):
        services.set_places(webinar.pk, 1, by=None)


def test_who_signed_up_without_a_limit_keeps_the_place():
    webinar = make_webinar(make_event())
    rows = [sign_up_one(webinar) for _ in range(3)]
    with pytest.raises(places.PlacesTaken):
        services.set_places(webinar.pk, 2, by=None)
    pool = services.set_places(webinar.pk, 3, by=None)
    pool.refresh_from_db()
    assert ([SignUp.objects.get(pk=row.pk).status for row in rows], pool.taken) == (["confirmed"] * 3, 3)
    assert sign_up_one(webinar).is_waiting

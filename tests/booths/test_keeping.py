"""The life of a booth: made of an application, confirmed, published, cancelled; each step once, logged and told."""

from collections.abc import Generator

import pytest
from django.utils import translation

from booths.models import Booth, BoothApplication
from booths.services import exhibiting, keeping
from events.models import Event, LogEntry, Mail, Place
from registration.models import Claim
from tests.exhibition import make_booth, make_booth_application, make_hall, make_place
from tests.factories import make_call, make_event, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_finnish() -> Generator[None]:
    with translation.override("fi"):
        yield


@pytest.fixture
def event() -> Event:
    return make_event()


def applied(event: Event, status: str, **fields: object) -> BoothApplication:
    return make_booth_application(make_call(event, "booths"), status=status, **fields)


def move(application: BoothApplication, status: str) -> Booth | None:
    BoothApplication.objects.filter(pk=application.pk).update(status=status)
    return keeping.follow(application.pk, by=None)


def actions(booth: Booth) -> list[str]:
    return list(LogEntry.objects.about(booth).values_list("action", flat=True))


def test_who_is_selected_gets_a_booth_with_what_was_asked_for(event: Event):
    application = applied(event, "accepted", needs_power=True, size="3x2", booth_languages=["sv"], shown=["film"])
    application.themes.set([make_theme(event, "work")])
    booth = keeping.follow(application.pk, by=None)
    assert booth is not None
    assert (booth.organisation, booth.title_fi, booth.needs_power, booth.size) == (
        application.organisation, application.title_fi, True, "3x2",
    )  # fmt: skip
    assert (booth.languages, booth.shown, [theme.slug for theme in booth.themes.all()]) == (["sv"], ["film"], ["work"])
    assert booth.why_not_public == [
        "näytteilleasettaja ei ole vahvistanut", "ei ruotsinkielistä otsikkoa", "ei paikkaa pohjapiirroksessa",
        "ei julkaistu",
    ]  # fmt: skip
    assert not Mail.objects.exists()


def test_the_link_goes_out_when_the_exhibitor_confirms_and_only_once(event: Event):
    application = applied(event, "accepted", language="sv")
    keeping.follow(application.pk, by=None)
    for _time in range(3):
        booth = move(application, "confirmed")
    assert booth is not None
    mail = Mail.objects.get()
    assert (mail.to_email, mail.language, mail.message) == (application.email, "sv", "booths/welcome")
    assert actions(booth) == ["booth made", "booth confirmed"]


@pytest.mark.parametrize("status", ["declined", "withdrawn", "cancelled"])
def test_who_ends_leaves_the_plan_and_unused_links_end(event: Event, status: str):
    application = applied(event, "confirmed")
    booth = keeping.follow(application.pk, by=None)
    assert booth is not None
    Booth.objects.filter(pk=booth.pk).update(place=make_place(make_hall(event)))
    exhibiting.order_badges(booth.pk, number=2)
    booth = move(application, status)
    assert booth is not None
    assert (booth.place, booth.is_cancelled, booth.why_not_public) == (None, True, ["peruttu"])
    assert set(Claim.objects.values_list("status", flat=True)) == {Place.Status.CANCELLED}


def test_an_application_that_is_not_selected_has_no_booth(event: Event):
    assert keeping.follow(applied(event, "submitted").pk, by=None) is None
    assert not Booth.objects.exists()


def test_the_same_booth_comes_back_without_a_place(event: Event):
    application = applied(event, "confirmed")
    booth = keeping.follow(application.pk, by=None)
    move(application, "cancelled")
    again = move(application, "accepted")
    assert again == booth
    assert again is not None
    assert (again.is_cancelled, again.place) == (False, None)


def test_addresses_are_unlike_and_never_empty(event: Event):
    assert keeping.free_slug(event, "Silta ry") == "silta-ry"
    make_booth(event, slug="silta-ry")
    assert keeping.free_slug(event, "Silta ry!") == "silta-ry-2"
    assert keeping.free_slug(event, "العربية") == "booth"


def test_publishing_says_what_is_missing_and_a_place_may_follow(event: Event):
    booth = make_booth(event, published_at=None, title_sv="", confirmed_at=None)
    with pytest.raises(keeping.NotReady) as refused:
        keeping.publish(booth.pk, by=None)
    assert "näytteilleasettaja ei ole vahvistanut, ei ruotsinkielistä otsikkoa" in refused.value.message
    ready = make_booth(event, published_at=None)
    version = Event.objects.get(pk=event.pk).public_version
    assert keeping.publish(ready.pk, by=None).why_not_public == ["ei paikkaa pohjapiirroksessa"]
    assert Event.objects.get(pk=event.pk).public_version == version + 1
    assert keeping.unpublish(ready.pk, by=None).published_at is None


def test_a_new_link_ends_the_old_one(event: Event):
    booth = make_booth(event)
    assert keeping.new_link(booth.pk, by=None).link_version == booth.link_version + 1
    assert Mail.objects.count() == 1


def test_the_link_is_sent_again_once_a_minute_at_most(event: Event):
    booth = make_booth(event)
    for _time in range(3):
        keeping.send_link(booth.pk, by=None)
    assert Mail.objects.count() == 1

"""The exhibitor's page by link: what it shows, what it takes, what it refuses without losing a word."""

import pytest
from django.test import Client

from booths import access
from booths.models import Booth, BoothChange
from events.models import Event, Mail
from registration.models import Claim
from tests.exhibition import make_booth, make_exhibition, make_hall, make_place
from tests.factories import at, make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def path(booth: Booth, rest: str = "", language: str = "en") -> str:
    return f"/{language}/b/{access.booth_token(booth)}/{rest}"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def given(booth: Booth, **changed: str) -> dict[str, str]:
    names = [f"{name}_{code}" for name in ("title", "description") for code in ("fi", "sv", "en")]
    return {**{name: getattr(booth, name) for name in names}, **changed}


def test_the_page_says_what_is_missing_and_until_when(client: Client, event: Event):
    make_exhibition(event)
    page = text(client, path(make_booth(event)))
    assert "Your place is not decided yet" in page
    assert "nobody has a badge yet" in page
    assert "By 31 October 2024" in page or "31 October 2024" in page
    assert client.get(path(make_booth(event)))["Cache-Control"].startswith("max-age=0")


def test_a_place_is_shown_when_it_has_been_told_or_is_public(client: Client, event: Event):
    place = make_place(make_hall(event), "A12")
    booth = make_booth(event, place, published_at=None)
    assert "A12" not in text(client, path(booth))
    Booth.objects.filter(pk=booth.pk).update(told_place=place)
    assert "Your place is A12" in text(client, path(booth))
    Booth.objects.filter(pk=booth.pk).update(told_place=None, published_at=booth.added_at)
    assert "Your place is A12" in text(client, path(booth))


@pytest.mark.parametrize("rest", ["", "texts/", "about/", "needs/", "sign.pdf", "codes.pdf", "logo/"])
def test_a_link_opens_nothing_when_it_is_old_of_another_event_or_invented(client: Client, event: Event, rest: str):
    booth = make_booth(event)
    old = path(booth, rest)
    elsewhere = old.replace("/en/", "/en/2020/")
    make_event(slug="2020", is_current=False)
    Booth.objects.filter(pk=booth.pk).update(link_version=2)
    for address in (old, elsewhere, f"/en/b/1-1.x/{rest}"):
        assert client.get(address).status_code == 404


def test_texts_are_saved_and_a_public_booth_asks_an_organiser(client: Client, event: Event):
    for published_at, title, changes in ((None, "Uusi", 0), (at("2024-10-01 09:00"), "Vanha", 1)):
        booth = make_booth(event, published_at=published_at, title_fi="Vanha")
        response = client.post(path(booth, "texts/"), given(booth, title_fi="Uusi"))
        assert response.status_code == 303
        assert Booth.objects.get(pk=booth.pk).title_fi == title
        assert booth.changes.count() == changes


@pytest.mark.parametrize(("changed", "problem"), [
    ({"title_fi": "", "title_sv": "", "title_en": "", "description_fi": "", "description_sv": "", "description_en": ""},
     "Give your booth a title."),
    ({"title_sv": ""}, "Give the text a title."),
    ({"description_en": "x" * 20_000}, "3000"),
    ({"title_en": "bidi \u202e"}, "invisible control character"),
])  # fmt: skip
def test_bad_texts_are_told_and_nothing_is_lost(client: Client, event: Event, changed, problem):
    booth = make_booth(event, published_at=None)
    response = client.post(path(booth, "texts/"), given(booth, **changed))
    page = response.content.decode()
    assert response.status_code == 422
    assert problem in page
    assert changed.get("description_en", "") in page
    assert Booth.objects.get(pk=booth.pk).title_fi == booth.title_fi


def test_needs_are_saved_until_their_date_and_then_refused_with_what_was_typed(client: Client, event: Event, moment):
    make_exhibition(event)
    booth = make_booth(event)
    needs = {"size": "4x3", "needs_wall": "on", "staff_expected": "3", "set_up": "Wednesday", "take_down": "Friday"}
    assert client.post(path(booth, "needs/"), needs).status_code == 303
    booth = Booth.objects.get(pk=booth.pk)
    assert (booth.size, booth.needs_wall, booth.staff_expected, booth.set_up) == ("4x3", True, 3, "Wednesday")
    moment.move_to(at("2024-11-01 09:00"))
    response = client.post(path(booth, "needs/"), {**needs, "set_up": "Thursday at dawn"})
    assert response.status_code == 422
    assert "Thursday at dawn" in response.content.decode()
    assert "The date for this has passed." in response.content.decode()


@pytest.mark.parametrize("staff", ["0", "21", "many"])
def test_a_number_of_people_that_cannot_be_is_refused(client: Client, event: Event, staff: str):
    response = client.post(path(make_booth(event), "needs/"), {"size": "2x2", "staff_expected": staff})
    assert response.status_code == 422


def test_themes_languages_and_a_web_address_are_told(client: Client, event: Event):
    booth = make_booth(event)
    theme = booth.themes.get()
    data = {"website": "silta.example", "themes": [theme.pk], "languages": ["fi", "en"], "shown": ["film"]}
    assert client.post(path(booth, "about/"), data).status_code == 303
    booth = Booth.objects.get(pk=booth.pk)
    assert (booth.website, booth.languages, booth.shown) == ("https://silta.example", ["fi", "en"], ["film"])
    other = make_event(slug="2020", is_current=False).themes.create(slug="x", name_fi="x", name_sv="x")
    assert client.post(path(booth, "about/"), {"themes": [other.pk]}).status_code == 422


def test_badges_are_ordered_passed_on_and_taken_back(client: Client, event: Event):
    make_exhibition(event, badges=2)
    booth = make_booth(event)
    assert client.post(path(booth, "badges/"), {"number": "2"}).status_code == 303
    page = text(client, path(booth))
    assert page.count('class="pass-on"') == 2
    assert "You have ordered all badges of your booth." in page
    response = client.post(path(booth, "badges/"), {"number": "1"})
    assert response.status_code == 422
    assert "You have ordered all badges" in response.content.decode()
    badge = booth.badges.first()
    assert badge is not None
    client.post(path(booth, f"badges/{badge.pk}/back/"))
    assert sorted(Claim.objects.values_list("status", flat=True)) == ["cancelled", "reserved"]


def test_a_link_goes_to_a_colleague_and_a_wrong_address_is_told(client: Client, event: Event):
    booth = make_booth(event)
    wrong = client.post(path(booth, "badges/mail/"), {"email": "nobody"})
    assert (wrong.status_code, Claim.objects.count()) == (422, 0)
    assert 'value="nobody"' in wrong.content.decode()
    assert client.post(path(booth, "badges/mail/"), {"email": "kollega@x.example"}).status_code == 303
    assert Mail.objects.get().to_email == "kollega@x.example"


def test_nothing_is_changed_by_following_a_link(client: Client, event: Event):
    booth = make_booth(event)
    for rest in ("badges/", "badges/mail/", "badges/1/back/"):
        assert client.get(path(booth, rest)).status_code == 405
    assert not BoothChange.objects.exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_asks_the_same_number_of_questions_for_any_number_of_badges(
    client: Client, event: Event, count: int, django_assert_num_queries
):
    make_exhibition(event, badges=20)
    booth = make_booth(event, most_badges=40)
    client.post(path(booth, "badges/"), {"number": str(count)})
    client.get(path(booth))
    with django_assert_num_queries(QUERIES):
        client.get(path(booth))


QUERIES = 6

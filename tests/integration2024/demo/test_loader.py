import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import CommandError, call_command

from events.models import Event, Membership, NewsItem, Page, Partner, Pool, Question, User
from integration2024.demo import loader
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def test_the_events_come_with_everything_that_belongs_to_them() -> None:
    current, _, former = loader.load()

    assert (current.slug, current.is_current, current.is_virtual) == ("2024", True, False)
    assert (former.slug, former.is_current, former.is_virtual) == ("2020", False, True)
    assert current.name_sv == "Integration 2024"
    assert [day.pool.capacity for day in current.days.all()] == [900, 900]
    assert [day.pool for day in former.days.all()] == [None, None]
    assert current.partners.first().role == Partner.Role.ORGANISER
    assert [role.slug for role in current.roles.filter(needs_place=True)] == ["participant", "press", "assistant"]
    assert {page.kind for page in current.pages.filter(is_in_footer=True)} >= {
        Page.Kind.PRIVACY, Page.Kind.ACCESSIBILITY, Page.Kind.COOKIES, Page.Kind.CONTACT,
    }  # fmt: skip
    assert former.news.count() == 3
    question = current.questions.get(key="themes")
    assert (question.kind, question.audience) == (Question.Kind.SEVERAL, Question.Audience.ON_SITE)
    assert question.help_text_sv.startswith("Du kan välja flera.")
    assert [choice.name_en for choice in question.choices.all()][0] == "Employment"


def test_texts_are_clean_and_have_three_languages() -> None:
    for page in Page.objects.filter(event__in=loader.load()):
        page.full_clean()
        assert all([page.body_fi, page.body_sv, page.body_en])
    for item in NewsItem.objects.all():
        item.full_clean()


def test_the_project_of_2022_has_its_own_organiser_funding_and_call() -> None:
    project = loader.load()[1]
    assert project.partners.first().name_en == "Council of Europe, Intercultural Cities programme"
    assert project.funding_statement_en == "Co-funded by the European Union and the Council of Europe"
    call = project.calls.get()
    call.full_clean()
    assert (call.kind, call.chosen_at_most, call.criteria.count()) == ("application", 7, 3)
    assert "27.10.2022" in call.body_fi


def test_calls_come_with_criteria_and_choices_and_once() -> None:
    current, *_ = loader.load()
    loader.load()
    calls = {call.slug: call for call in current.calls.all()}
    assert set(calls) == {"films-and-photographs", "booths", "programme", "planning-groups"}
    for call in calls.values():
        call.full_clean()
        assert call.criteria.count() >= 2
    assert calls["planning-groups"].choices.count() == 5
    assert calls["programme"].offered_instead == calls["booths"]
    assert (current.rooms.count(), current.formats.count()) == (8, 6)


def test_the_organiser_decides_on_the_municipalities_too() -> None:
    current, project, _ = loader.load()
    rights = Membership.objects.filter(user__email=loader.ORGANISER, role=Membership.Role.ORGANISER)
    assert {right.event for right in rights} == {current, project}


def test_the_organiser_may_log_in_and_read_needs() -> None:
    current, *_ = loader.load()
    user = User.objects.get(email=loader.ORGANISER)
    assert user.is_staff
    assert not user.is_superuser
    assert set(Membership.objects.filter(user=user, event=current).values_list("role", flat=True)) == {
        "organiser",
        "needs_reader",
    }
    assert EmailAddress.objects.get(user=user).verified


def test_a_second_run_keeps_what_organisers_changed_and_removed() -> None:
    current, *_ = loader.load()
    Event.objects.filter(pk=current.pk).update(name_fi="Toinen nimi")
    Partner.objects.filter(event=current, role="organiser").update(name_fi="Elinvoimakeskus")
    current.pages.get(kind=Page.Kind.COOKIES).delete()
    partners, pages, pools = Partner.objects.count(), Page.objects.count(), Pool.objects.count()

    loader.load()

    assert (Partner.objects.count(), Page.objects.count(), Pool.objects.count()) == (partners, pages, pools)
    assert Event.objects.get(slug="2024").name_fi == "Toinen nimi"
    assert Partner.objects.get(event=current, role="organiser").name_fi == "Elinvoimakeskus"
    assert User.objects.count() == len(loader.USERS)


def test_a_kind_that_is_missing_is_added() -> None:
    current, *_ = loader.load()
    current.themes.all().delete()
    loader.load()
    assert current.themes.count() == 6


def test_another_current_event_stays_current() -> None:
    make_event(slug="2026")
    assert [event.is_current for event in loader.load()] == [False, False, False]


def test_the_command_refuses_outside_the_demo() -> None:
    assert not settings.DEMO
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo")
    assert not Event.objects.exists()

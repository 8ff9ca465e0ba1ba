"""Those who speak along: named, asked, corrected; their answers stay."""

import pytest

from events import clock
from events.models import Call, Mail
from events.services import answering
from events.transitions import Refusal
from programme import services
from programme.models import CoPresenter
from programme.services import Person, inviting
from tests.factories import at, make_call, make_event, make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


def sent(message: str) -> list[str]:
    return [mail.to_email for mail in Mail.objects.filter(message=f"programme/{message}").order_by("pk")]


def test_who_is_named_no_longer_is_taken_out_and_who_stays_keeps_the_answer(call: Call):
    row = make_proposal(call)
    inviting.keep(row, [Person("a@x.example", "A"), Person("b@x.example", "B")], at=clock.now())
    services.answer(row.co_presenters.get(name="A").pk, is_yes=True, name="A", organisation="")
    inviting.keep(row, [Person("A@x.example", "A Ek"), Person("c@x.example", "C")], at=clock.now())
    assert list(row.co_presenters.order_by("pk").values_list("name", "status")) == [
        ("A Ek", "accepted"),
        ("C", "invited"),
    ]
    assert sent("co_presenter_invited") == ["a@x.example", "b@x.example", "c@x.example"]


def test_a_changed_mind_is_told_again(call: Call, moment):
    row = make_proposal(call)
    inviting.keep(row, [Person("a@x.example", "A")], at=clock.now())
    pk = CoPresenter.objects.get().pk
    for minute, is_yes in enumerate((True, True, False)):
        moment.move_to(at(f"2024-10-14 10:0{minute}"))
        services.answer(pk, is_yes=is_yes, name="A", organisation="")
    assert len(sent("co_presenter_answered")) == 2


def test_strangers_cannot_be_mailed_without_end(call: Call):
    row = make_proposal(call)
    inviting.keep(row, [Person("a@x.example", "A")], at=clock.now())
    pk = CoPresenter.objects.get().pk
    for number in range(1, inviting.ASKED_A_DAY):
        services.correct(pk, Person(f"p{number}@x.example", "P"))
    with pytest.raises(inviting.TooOften):
        services.correct(pk, Person("last@x.example", "P"))
    assert len(sent("co_presenter_invited")) == inviting.ASKED_A_DAY


def test_an_answer_to_a_withdrawn_proposal_is_refused(call: Call):
    row = make_proposal(call)
    inviting.keep(row, [Person("a@x.example", "A")], at=clock.now())
    answering.withdraw(row)
    with pytest.raises(Refusal):
        services.answer(CoPresenter.objects.get().pk, is_yes=True, name="A", organisation="")

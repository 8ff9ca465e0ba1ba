"""Two proposals become one: its people come along, both senders are told."""

import pytest
from django.urls import reverse

from events import outbox
from events.models import Call, Mail, User
from events.transitions import InvalidTransition
from programme.models import CoPresenter
from programme.services import merging
from tests.factories import make_call, make_event, make_organiser, make_proposal
from tests.organisers import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


@pytest.fixture
def organiser(call: Call) -> User:
    return make_organiser(call.event)


def test_merging_brings_the_people_along_and_tells_both(call, organiser):
    source, target = make_proposal(call, language="sv"), make_proposal(call, language="en")
    for proposal, email in ((source, "new@x.example"), (source, "known@x.example"), (target, "KNOWN@x.example")):
        CoPresenter.objects.create(proposal=proposal, email=email, name="Kaisa Kanssa", status="accepted")
    merging.merge(source.pk, target.pk, by=organiser)
    source.refresh_from_db()
    assert (source.status, source.merged_into) == ("merged", target)
    found = target.co_presenters.values_list("email", "status").order_by("pk")
    assert set(found) == {("new@x.example", "accepted"), ("KNOWN@x.example", "accepted"), (source.email, "accepted")}
    assert {mail.to_email: mail.language for mail in Mail.objects.all()} == {source.email: "sv", target.email: "en"}
    for mail in Mail.objects.all():
        assert str(source) in mail.text
        assert str(target) in mail.text
        assert "/2024/p/" in outbox.build(mail).body


@pytest.mark.parametrize("case", ["itself", "another call", "decided"])
def test_what_cannot_be_merged(call, organiser, case):
    source = make_proposal(call)
    target = {
        "itself": lambda: source,
        "another call": lambda: make_proposal(make_call(make_event(slug="2020", is_current=False))),
        "decided": lambda: make_proposal(call, status="accepted"),
    }[case]()
    refusal = InvalidTransition if case == "decided" else merging.NotOneCall
    with pytest.raises(refusal):
        merging.merge(source.pk, target.pk, by=organiser)
    assert not Mail.objects.exists()


def test_together_they_may_not_have_more_people_than_a_proposal_takes(call, organiser):
    source, target = make_proposal(call), make_proposal(call)
    for number in range(5):
        CoPresenter.objects.create(proposal=source, email=f"source{number}@x.example", name="Kaisa Kanssa")
        CoPresenter.objects.create(proposal=target, email=f"target{number}@x.example", name="Kaisa Kanssa")
    with pytest.raises(merging.TooManyTogether):  # ten, and the sender of the source
        merging.merge(source.pk, target.pk, by=organiser)
    assert (target.co_presenters.count(), Mail.objects.count()) == (5, 0)
    source.co_presenters.filter(email="source0@x.example").update(email="Target0@x.example")
    merging.merge(source.pk, target.pk, by=organiser)
    assert target.co_presenters.count() == CoPresenter.MOST


def test_the_page_refuses_too_many_people_before_the_texts_are_compared(call, organiser, client):
    source, target = make_proposal(call), make_proposal(call)
    for number in range(CoPresenter.MOST):
        CoPresenter.objects.create(proposal=target, email=f"target{number}@x.example", name="Kaisa Kanssa")
    url = reverse("admin:programme_proposal_merge", args=[source.pk])
    response = enter(client, organiser).get(url, {"target": target.pk})
    assert str(merging.TooManyTogether.message) in response.content.decode()
    assert response.context["pair"] == []

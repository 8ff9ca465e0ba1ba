"""What organisers wait for: the list of 300 proposals with 900 reviews; a release of 150 sessions with its notices."""

import statistics
import time
from collections.abc import Callable

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402 - needs Django to be set up, as do the next
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks.queries import count  # noqa: E402
from benchmarks.sessions import PEOPLE, SESSIONS, make_listeners, make_programme, move_everything, text  # noqa: E402
from events import clock  # noqa: E402
from events.models import Call, Event, Mail, Membership, User  # noqa: E402
from programme.models import Format, Proposal, ProposalReview, Release  # noqa: E402
from programme.services import releasing  # noqa: E402

PROPOSALS, REVIEWERS, RUNS = 300, 3, 15


def main() -> None:
    event = Event.objects.current().get()
    client = log_in(event)
    reviewing(event, client)
    publishing(event, client)


def log_in(event: Event) -> Client:
    """An organiser whose session has passed a second factor."""
    user = User.objects.create_user("organiser@arviointi.example", name="Olli Organisoija", is_staff=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Membership.objects.create(user=user, event=event, role=Membership.Role.ORGANISER)
    client = Client(HTTP_HOST="localhost", headers={"accept-language": "en"})
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


# --- Reviews ----------------------------------------------------------------------------------------------------------
def reviewing(event: Event, client: Client) -> None:
    """The first page, sorted by score, and one filtered by it."""
    call = make_call(event)
    fill(call)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    address = f"{reverse('admin:programme_proposal_changelist')}?call={call.pk}"
    for name, path in (("", address), (", by score", f"{address}&score=3&o=-6")):
        asked, took = again_and_again(lambda: client.get(path))  # noqa: B023 - called at once
        print(f"list of {PROPOSALS} proposals with {PROPOSALS * REVIEWERS} reviews{name}: {asked} SQL, "
              f"{took * 1000:.0f} ms  [≤ 12 SQL, ≤ 200 ms]")  # fmt: skip


def again_and_again(step: Callable[[], HttpResponse]) -> tuple[int, float]:
    """How many statements, and the median of the seconds."""
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        asked = count(step)
        took.append(time.perf_counter() - began)
    return asked, statistics.median(took)


def make_call(event: Event) -> Call:
    """Open, with two criteria."""
    at = clock.now()
    call = Call.objects.create(
        event=event, kind=Call.Kind.PROGRAMME, slug="benchmark", title_fi="Ohjelmahaku", opens_at=at,
        closes_at=event.needs_until,
    )  # fmt: skip
    for order, weight in enumerate((2, 1)):
        call.criteria.create(order=order, weight=weight, name_fi=f"Peruste {order}")
    return call


def fill(call: Call) -> None:
    """Every proposal judged by every reviewer."""
    at, event = clock.now(), call.event
    names = {"name_fi": "Luento", "name_sv": "Föreläsning", "name_en": "Lecture"}
    kind = Format.objects.get_or_create(event=event, slug="lecture", defaults=names)[0]
    reviewers = [User.objects.create_user(f"r{n}@arviointi.example", name=f"Arvioija {n}") for n in range(REVIEWERS)]
    rows = Proposal.objects.bulk_create(
        Proposal(
            event=event, call=call, status="submitted", email=f"e.{n}@jarjesto.example", name=f"Erkki Ehdottaja {n}",
            organisation=f"Järjestö {n}", started_at=at, edited_at=at, submitted_at=at, format=kind,
            title_fi=f"Ehdotus {n}", description_fi=text(n, 110), session_languages=["fi"],
        )
        for n in range(PROPOSALS)
    )  # fmt: skip
    themes, table = list(event.themes.all()), Proposal.themes.through
    table.objects.bulk_create(table(proposal=row, theme=themes[n % len(themes)]) for n, row in enumerate(rows))
    criteria = [str(pk) for pk in call.criteria.values_list("pk", flat=True)]
    ProposalReview.objects.bulk_create(
        ProposalReview(
            proposal=row, reviewer=user, reviewed_at=at, scores=dict.fromkeys(criteria, (n + m) % 6)
        )
        for n, row in enumerate(rows) for m, user in enumerate(reviewers)
    )  # fmt: skip


# --- A release --------------------------------------------------------------------------------------------------------
def publishing(event: Event, client: Client) -> None:
    """Everything moves, and 1,000 people who have marked sessions, with the speakers, are told."""
    if not event.releases.exists():
        make_programme(event)
        releasing.publish(event, notes={}, missing_reason="A benchmark", by=None)
    make_listeners(event)
    move_everything(event)
    address = f"{reverse('admin:programme_release_publish')}?event={event.pk}"
    seconds = {"what would change": timed(lambda: client.get(address))}
    form = {"missing_reason": "A benchmark"}
    seconds["publish"] = timed(lambda: client.post(address, form))
    release = Release.objects.get(number=2)
    notices = reverse("admin:programme_release_notices", args=[release.pk])
    seconds["drafts"] = timed(lambda: client.get(notices))
    seconds["send"] = timed(lambda: client.post(notices))
    told = Mail.objects.filter(message="programme/changes").count()
    parts = ", ".join(f"{name} {took:.2f} s" for name, took in seconds.items())
    print(f"release of {SESSIONS} moved sessions, {told} notices to {PEOPLE} listeners and the speakers: {parts}; "
          f"publish and send {seconds['publish'] + seconds['send']:.2f} s  [≤ 5 s]")  # fmt: skip


def timed(step: Callable[[], HttpResponse]) -> float:
    """The seconds of one request."""
    began = time.perf_counter()
    response = step()
    assert response.status_code in {200, 302}, response.status_code
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

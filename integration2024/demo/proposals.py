"""What the calls have brought by the time the demo begins: proposals and applications, reviews, decisions.

All of it is written as rows with the moments at which it happened: through the services nine months would be a thousand
letters, and the mailbox would be full of last year's. The log tells the steps; what is long over is not in the outbox.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from events import calls
from events.clock import HELSINKI
from events.kinds import kind_of
from events.models import Call, Event, LogEntry, Membership, Submission, User
from events.models.log import about
from integration2024.demo import cast, loader, moments
from integration2024.demo.cast import Somebody
from integration2024.demo.people import HOURS_OF_DAY
from programme.models import Application, CoPresenter, Proposal

Status, Decision = Submission.Status, Submission.Decision
REVIEWER = "reviewer@integration2024.example"  # whom one can be by one click
EACH = 3  # reviews of a proposal
SHARE_CONFLICT, SHARE_SILENT, SHARE_REASON = 0.05, 0.2, 0.7
FATES = {"open": "", "accept": Decision.ACCEPT, "reserve": Decision.RESERVE, "reject": Decision.REJECT}  # not told yet
DECISIONS = {
    Status.ACCEPTED: Decision.ACCEPT, Status.CONFIRMED: Decision.ACCEPT, Status.DECLINED: Decision.ACCEPT,
    Status.CANCELLED: Decision.ACCEPT, Status.RESERVED: Decision.RESERVE, Status.REJECTED: Decision.REJECT,
}  # fmt: skip
TONES = {"accept": (8, 2, 0), "reserve": (3, 7, 1), "reject": (1, 4, 5), "": (4, 4, 2)}  # good, fair, weak
SCORES = {"good": (4, 5, 5, 5), "fair": (2, 3, 3, 4), "weak": (0, 1, 2, 3)}


class Sent(NamedTuple):
    """A row that is to be written, with what hangs on it."""

    row: Any
    themes: Sequence[str] = ()
    choices: Sequence[str] = ()
    companions: Sequence[Somebody] = ()
    session: str = ""  # of the programme, that is made of it
    into: str = ""  # the session of the proposal that it was merged into


@transaction.atomic
def load(event: Event) -> int:
    """All that an event's calls have brought; nothing where there is something already. How many."""
    if Proposal.objects.for_event(event).exists() or Application.objects.for_event(event).exists():
        return 0
    found = {call.slug: call for call in event.calls.prefetch_related("criteria", "choices")}
    organiser = User.objects.get(email=loader.ORGANISER)
    reviewers = reviewers_of(event)
    sent = [
        *(_proposals(event, found) if event.is_current else []),
        *(one for slug, call in found.items() for one in _applications(call, slug)),
    ]
    for call in found.values():
        of_call = [one for one in sent if one.row.call == call]
        write(call, of_call, organiser)
        review(call, of_call, reviewers)
    return len(sent)


# --- What is sent in --------------------------------------------------------------------------------------------------
def _proposals(event: Event, found: dict[str, Call]) -> Iterator[Sent]:
    """Those behind the sessions of the programme, then the others."""
    formats = {row.slug: row for row in event.formats.all()}
    for table in loader.read("programme_2024")["session"]:
        if "proposal" in table and "programme" in found:
            yield _of_session(found["programme"], table, formats)
    people = {language: cast.senders(event, language) for language in ("fi", "sv", "en")}
    for table in loader.read("proposals_2024")["proposal"]:
        call = found.get(table.get("call", "programme"))
        if call:
            yield _other(call, table, formats, next(people[table["language"]]))


def _of_session(call: Call, table: dict[str, Any], formats: dict[str, Any]) -> Sent:
    language, known = table["proposal"], cast.speakers()
    sender, *others = (known[key] for key in [*table["speakers"], *([table["chair"]] if "chair" in table else [])])
    row = row_of(Proposal, call, sender._replace(language=language), Status.CONFIRMED, table["slug"])
    _fill(row, language, table["title"][language], table["abstract"][language], formats.get(table["format"]))
    row.session_languages, row.minutes = table["languages"], table.get("minutes")
    return Sent(row, table["themes"], companions=others, session=table["slug"])


def _other(call: Call, table: dict[str, Any], formats: dict[str, Any], sender: Somebody) -> Sent:
    language = table["language"]
    row = row_of(Proposal, call, sender, table.get("fate", Status.REJECTED), table["title"])
    _fill(row, language, table["title"], table["description"], formats.get(table["format"]))
    row.session_languages = [language]
    return Sent(row, table["themes"], into=table.get("into", ""))


def _fill(row: Any, language: str, title: str, description: str, form: Any) -> None:
    """The words in the sender's language, and what else the form asks."""
    setattr(row, f"title_{language}", title)
    setattr(row, f"description_{language}", description)
    row.format, row.minutes = form, form.minutes if form else None
    row.audience, row.take_home = (words[language] for words in (AUDIENCE, TAKE_HOME))


AUDIENCE = {
    "fi": "Kotoutumisen parissa työskenteleville",
    "sv": "För dem som arbetar med integration",
    "en": "For everyone who works with integration",
}
TAKE_HOME = {
    "fi": "Osallistuja saa mukaansa yhden asian, jota voi kokeilla omassa työssään.",
    "sv": "Deltagaren får med sig en sak att pröva i sitt eget arbete.",
    "en": "Participants take home one thing to try in their own work.",
}


def _applications(call: Call, slug: str) -> Iterator[Sent]:
    """To planning groups, or of municipalities; made-up people send them."""
    people = {language: cast.senders(call.event, language) for language in ("fi", "sv", "en")}
    for number, table in enumerate(loader.read("applications").get(slug, [])):
        language, sender = table["language"], next(people[table["language"]])
        if "at" in table:
            sender = cast.at(table["at"], sender.name, sender.email.partition("@")[0], language)
        row = row_of(Application, call, sender, table.get("fate", Status.REJECTED), f"{slug}:{number}")
        row.motivation, row.experience = table["motivation"], table.get("experience", "")
        row.is_first_time = table.get("is_first_time", False)
        yield Sent(row, choices=table.get("choices", []))


# --- When it happened -------------------------------------------------------------------------------------------------
def _told_at(call: Call) -> datetime:
    """When the letters went out: the morning before the promised day."""
    day = call.decided_by_on or (call.closes_at + timedelta(days=60)).date()
    return moments.morning(day - timedelta(days=1), 10)


def _decided_from(call: Call) -> datetime:
    """When reviews end and decisions begin, at the latest a day before the demo does."""
    return min(_told_at(call) - timedelta(days=10), moments.BEGINNING - timedelta(days=1))


def _by_day(at: datetime, earliest: datetime, latest: datetime, dice: random.Random) -> datetime:
    """The same day at an hour at which people are awake, if that lies within these limits."""
    by_day = at.astimezone(HELSINKI).replace(hour=dice.choice(HOURS_OF_DAY))
    return by_day if earliest <= by_day <= latest else at


def row_of(table: Any, call: Call, sender: Somebody, fate: str, key: str) -> Any:
    """As it stands after all that has happened to it; `fate` is a status, or a decision that is not told yet."""
    dice = random.Random(f"{call.slug}:{key}")
    until = min(call.closes_at, _decided_from(call))
    started_at = call.opens_at + (until - call.opens_at) * 0.97 * dice.random() ** 0.6
    submitted_at = _by_day(started_at + (until - started_at) * dice.random() * 0.5, started_at, until, dice)
    kinds = {kind.slug: kind for kind in call.event.organisation_types.all()}
    status = Status.SUBMITTED if fate in FATES else fate
    row = table(
        event=call.event, call=call, status=status, started_at=started_at, edited_at=submitted_at, version=1,
        submitted_at=None if status == Status.DRAFT else submitted_at, phone=f"+358 29 000 00{dice.randint(10, 99)}",
        **sender.columns(kinds),
    )  # fmt: skip
    _decide(row, FATES.get(fate, DECISIONS.get(Status(status), "")), dice)
    return row


def _decide(row: Any, decision: str, dice: random.Random) -> None:
    told_at = _told_at(row.call)
    if decision:
        row.decision, row.decided_at = decision, _decided_from(row.call) + timedelta(hours=dice.random() * 6)
        reasons = loader.read("reviews_2024")["reasons"].get(row.OUTCOMES[decision], {}).get(row.language, [])
        row.decision_reason = dice.choice(reasons) if reasons and dice.random() < SHARE_REASON else ""
    if decision and row.status != Status.SUBMITTED:
        row.letter_at, row.letters, row.version = told_at, 1, 3
        answered_at = told_at + timedelta(days=12 * dice.random())
        row.answered_at = _by_day(answered_at, told_at, answered_at + timedelta(days=1), dice)
    if row.status not in {Status.CONFIRMED, Status.DECLINED, Status.CANCELLED}:
        row.answered_at = None
    if row.status in row.ENDED:
        row.ended_at = row.answered_at or row.letter_at or row.edited_at + timedelta(days=9 * dice.random())


# --- Writing ----------------------------------------------------------------------------------------------------------
def write(call: Call, sent: list[Sent], organiser: User) -> None:
    """The rows of one call, with themes, choices, companions, and what the log tells of them."""
    for order, one in enumerate((one for one in sent if one.row.status == Status.RESERVED), start=1):
        one.row.reserve_order = order
    targets = {one.session: one.row for one in sent if one.session}
    for one in sent:
        one.row.decided_by = organiser if one.row.decision else None
    for rows in ([one for one in sent if not one.into], [one for one in sent if one.into]):
        for one in rows:
            if one.into:
                one.row.merged_into = targets[one.into]
        if rows:
            type(rows[0].row)._default_manager.bulk_create([one.row for one in rows])
    _write_related(call, sent)
    LogEntry.objects.bulk_create([entry for one in sent for entry in _log(one.row, organiser)])


def _write_related(call: Call, sent: list[Sent]) -> None:
    themes = {theme.slug: theme for theme in call.event.themes.all()}
    choices = {choice.slug: choice for choice in call.choices.all()}
    table = kind_of(call).rows
    name = table._meta.model_name
    if kind_of(call).has_themes:
        table.themes.through.objects.bulk_create(
            table.themes.through(**{name: one.row, "theme": themes[slug]})
            for one in sent
            for slug in one.themes
            if slug in themes
        )
    Application.choices.through._default_manager.bulk_create(
        Application.choices.through(application=one.row, callchoice=choices[slug])
        for one in sent
        for slug in one.choices
        if slug in choices
    )
    CoPresenter.objects.bulk_create(
        CoPresenter(
            proposal=one.row, email=person.email, name=person.name, organisation=person.organisation,
            status=CoPresenter.Status.ACCEPTED, invited_at=one.row.submitted_at,
            answered_at=one.row.submitted_at + timedelta(hours=20),
        )
        for one in sent
        for person in one.companions
    )  # fmt: skip


def _log(row: Any, organiser: User) -> Iterator[LogEntry]:
    """What happened to it, in the order of time."""
    steps: list[tuple[Any, str, User | None, dict[str, Any]]] = [
        (row.started_at, "draft saved", None, {}),
        (row.submitted_at, "sent in", None, {}),
        (row.decided_at, "decided quietly", organiser, {"decision": row.decision}),
        (row.letter_at, "letter released", organiser, {"outcome": row.OUTCOMES.get(row.decision, "")}),
    ]
    last = {
        Status.CONFIRMED: (row.answered_at, "confirmed by the sender", None, {}),
        Status.DECLINED: (row.answered_at, "declined by the sender", None, {}),
        Status.WITHDRAWN: (row.ended_at, "withdrawn", None, {}),
        Status.MERGED: (row.ended_at, "merged into another", organiser, {"number": getattr(row, "merged_into_id", 0)}),
        Status.CANCELLED: (row.ended_at, "cancelled", organiser, {}),
    }
    for at, action, by, details in [*steps, *([last[row.status]] if row.status in last else [])]:
        if at:
            yield LogEntry(event=row.event, at=at, action=action, by=by, details=details, **about(row))


# --- Reviews ----------------------------------------------------------------------------------------------------------
def reviewers_of(event: Event) -> list[tuple[User, set[str]]]:
    """Those who review, each with the themes of theirs; the calls of other years have those without themes alone."""
    found = []
    themes = {theme.slug: theme for theme in event.themes.all()}
    for table in loader.read("reviews_2024")["reviewer"]:
        if table["themes"] and not event.is_current:
            continue
        user = loader.load_user(table["email"], table["name"], [Membership.Role.REVIEWER], event, table["language"])
        right, _is_new = Membership.objects.get_or_create(user=user, event=event, role=Membership.Role.REVIEWER)
        right.themes.set(themes[slug] for slug in table["themes"] if slug in themes)
        found.append((user, set(table["themes"])))
    return found


def review(call: Call, sent: list[Sent], reviewers: list[tuple[User, set[str]]]) -> None:
    """About three reviews of each, shared out evenly; nobody reviews what comes from their own organisation."""
    load: Counter[int] = Counter()
    made: list[Any] = []
    keys = [str(pk) for pk in call.criteria.values_list("pk", flat=True)]
    for one in sent:
        if one.row.status in {Status.DRAFT, Status.WITHDRAWN}:
            continue
        dice = random.Random(f"{call.slug}:{one.row.email}:{one.row.started_at}")
        free = [user for user, themes in reviewers if _may_review(user, themes, one)]
        free.sort(key=lambda user: (load[user.pk], user.pk))
        for user in free[: _wanted(one, dice)]:
            load[user.pk] += 1
            made.append(_reviewed(one.row, user, keys, dice))
    kind = kind_of(call)
    kind.reviews.objects.bulk_create(made)
    LogEntry.objects.bulk_create(
        LogEntry(
            event=call.event,
            at=given.reviewed_at,
            by=given.reviewer,
            action=_said(given),
            **about(getattr(given, kind.key)),
        )
        for given in made
    )


def _wanted(one: Sent, dice: random.Random) -> int:
    """All that is decided has its reviews; what waits in an open call has some of them."""
    is_waiting = one.row.status == Status.SUBMITTED and not one.row.decision
    return dice.randint(0, 2) if is_waiting else EACH


def _may_review(user: User, themes: set[str], one: Sent) -> bool:
    is_theirs = not themes or not one.themes or bool(themes & set(one.themes))
    has_time = user.email != REVIEWER or one.row.status != Status.SUBMITTED  # leave something to whoever tries it out
    return is_theirs and has_time and not calls.has_own_interest(user, one.row)


def _reviewed(row: Any, user: User, keys: list[str], dice: random.Random) -> Any:
    tone = dice.choices(("good", "fair", "weak"), TONES[row.decision or ("accept" if row.status == "merged" else "")])[
        0
    ]
    words = loader.read("reviews_2024")["comments"][user.language][tone]
    has_conflict = dice.random() < SHARE_CONFLICT
    begins, ends = row.submitted_at + timedelta(hours=12), _decided_from(row.call)
    facts: dict[str, Any] = {
        "reviewer": user,
        "reviewed_at": _by_day(begins + (ends - begins) * dice.random(), begins, ends, dice),
        "has_conflict": has_conflict,
        "scores": {} if has_conflict else {key: dice.choice(SCORES[tone]) for key in keys},
        "comment": "" if has_conflict or dice.random() < SHARE_SILENT else dice.choice(words),
    }
    kind = kind_of(row)
    return kind.reviews(**{kind.key: row}, **facts)


def _said(given: Any) -> str:
    return "conflict of interest declared" if given.has_conflict else "reviewed"

"""Writing to many: organisers' words in three languages become one mail for each recipient, once."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from events import clock, outbox
from events.models import Event, LogEntry, Mailing, Place, User
from registration.models import Registration
from registration.services import rules

PLACEHOLDERS = ("first_name", "last_name", "organisation", "event", "personal_link")
BRACES = re.compile(r"\{([^{}\n]*)\}")
MISSING = {
    "fi": ngettext_lazy(
        "%(count)d recipient reads Finnish; the Finnish text is missing.",
        "%(count)d recipients read Finnish; the Finnish text is missing.",
        "count",
    ),
    "sv": ngettext_lazy(
        "%(count)d recipient reads Swedish; the Swedish text is missing.",
        "%(count)d recipients read Swedish; the Swedish text is missing.",
        "count",
    ),
    "en": ngettext_lazy(
        "%(count)d recipient reads English; the English text is missing.",
        "%(count)d recipients read English; the English text is missing.",
        "count",
    ),
}


class TextMissing(rules.Refusal):
    """Somebody would get nothing to read."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__()
        self.message = " ".join(problems)


class NobodyChosen(rules.Refusal):
    """There is no recipient, not even one as whom a test mail could be read."""

    message = gettext_lazy("Nobody would get this message.")


class Letter(NamedTuple):
    """The words in one language, drawn as a mail, with the placeholders still in them."""

    subject: str
    text: str
    html: str


def unknown_placeholders(words: str) -> list[str]:
    """What stands in braces and is not on the list."""
    return sorted(set(BRACES.findall(words)) - set(PLACEHOLDERS))


def begin_mailing(event: Event, registrations: Iterable[int], *, by: User, chosen_by: str) -> Mailing:
    """A message to these people, to be written."""
    keys = sorted(registrations)
    return Mailing.objects.create(
        event=event, recipients=keys, created_by=by, created_at=clock.now(), chosen_by=chosen_by[:500]
    )


def recipients(mailing: Mailing) -> list[Registration]:
    """Those chosen who are still there, each address once: the live registration before one that has ended."""
    rows = Registration.objects.filter(event=mailing.event_id, pk__in=mailing.recipients).select_related("event")
    by_address: dict[str, Registration] = {}
    for row in sorted(rows, key=lambda row: (row.status in Place.LIVE, row.pk)):
        by_address[row.email.lower()] = row
    return sorted(by_address.values(), key=lambda row: (row.sort_key, row.pk))


def count_languages(people: Iterable[Registration]) -> dict[str, int]:
    """How many read each language: {"fi": 412, "sv": 31, "en": 12}."""
    counts = dict.fromkeys(MISSING, 0)
    for person in people:
        counts[person.language] += 1
    return counts


def problems(mailing: Mailing, people: Iterable[Registration]) -> list[str]:
    """What keeps the message from being sent, in words."""
    counts = count_languages(people)
    if not any(counts.values()):
        return [str(NobodyChosen.message)]
    return [
        str(MISSING[code] % {"count": count})
        for code, count in counts.items()
        if count and not all(mailing.words(code))
    ]


def letter(mailing: Mailing, language: str) -> Letter:
    """Drawn once for all who read this language."""
    subject, text = mailing.words(language)
    return Letter(*outbox.render("events/emails/mailing", mailing.event, language, {"subject": subject, "words": text}))


def fill(letter: Letter, person: Registration, link: str) -> Letter:
    """The letter to one person; `link` stands for the personal link. Names cannot smuggle in placeholders or HTML."""
    values = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "organisation": person.organisation,
        "event": person.event.name,
        "personal_link": link,
    }
    with translation.override(person.language):
        label = _("Open my registration")
    shown = {name: escape(value) for name, value in values.items()}
    shown["personal_link"] = format_html('<a href="{}">{}</a>', link, label)
    return Letter(_put(letter.subject, values)[:200], _put(letter.text, values), _put(letter.html, shown))


def _put(words: str, values: dict[str, Any]) -> str:
    return BRACES.sub(lambda found: str(values.get(found[1], found[0])), words)


@transaction.atomic
def send_mailing(mailing_id: int, *, by: User) -> Mailing:
    """Queue one mail for each recipient. Sent twice is sent once; a language that is missing stops it."""
    mailing = Mailing.objects.select_related("event").select_for_update(of=("self",)).get(pk=mailing_id)
    if mailing.queued_at:
        return mailing
    people = recipients(mailing)
    if found := problems(mailing, people):
        raise TextMissing(found)
    letters = {code: letter(mailing, code) for code, count in count_languages(people).items() if count}
    link = outbox.Links()["personal"]
    for person in people:
        _queue(mailing, person, fill(letters[person.language], person, link), f"mailing:{mailing.pk}:{person.pk}")
    mailing.queued_at = clock.now()
    mailing.save(update_fields=["queued_at"])
    LogEntry.objects.record(mailing, "message queued", by=by, count=len(people))
    return mailing


def _queue(mailing: Mailing, person: Registration, words: Letter, key: str) -> None:
    outbox.put(
        mailing.event, person, key=key, message="registration/mailing", to=person.email, language=person.language,
        subject=words.subject, text=words.text, html=words.html,
    )  # fmt: skip


@transaction.atomic
def try_mailing(mailing: Mailing, *, by: User) -> int:
    """Send each language that is written to oneself, as its first reader will see it, without a link that works."""
    people = recipients(mailing)
    if not people:
        raise NobodyChosen
    written = [code for code in MISSING if all(mailing.words(code))]
    for code in written:
        reader = next((person for person in people if person.language == code), None) or people[0]
        words = fill(letter(mailing, code), reader, "#")
        outbox.put(
            mailing.event, mailing, key=f"mailing-test:{mailing.pk}:{code}:{by.pk}:{clock.real_now().timestamp()}",
            message="registration/mailing", to=by.email, language=code, subject=words.subject, text=words.text,
            html=words.html,
        )  # fmt: skip
    LogEntry.objects.record(mailing, "message tested", by=by, languages=written)
    return len(written)

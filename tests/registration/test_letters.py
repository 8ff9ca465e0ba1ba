"""The letters of the queues: proposed from the names, fixed at a moment, printed in what is made afterwards."""

import io

import pypdfium2
import pytest

from events import outbox
from events.models import LogEntry, Mail
from registration import letters, printing, services
from registration.models import LetterRange, Registration
from registration.services.letters import NotInOrder, fix_letters
from tests.factories import make_event, make_organiser, register

pytestmark = pytest.mark.django_db


def box(name: str, *firsts: str) -> str:
    ends = [*firsts[1:], None]
    lasts = [letters.ALPHABET[letters.ALPHABET.index(end) - 1] if end else "Ö" for end in ends]
    return letters.box_of(name, [LetterRange(first=a, last=b) for a, b in zip(firsts, lasts, strict=True)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Aalto", "A–J"), ("Järvinen", "A–J"), ("Korhonen", "K–R"), ("Šarić", "S–Ö"), ("Ólafsdóttir", "K–R"),
        ("Üçok", "S–Ö"), ("Wrede", "S–Ö"), ("Virtanen", "S–Ö"), ("Åberg", "S–Ö"), ("ärlig", "S–Ö"), ("Östman", "S–Ö"),
        ("Ørsted", "S–Ö"), ("Łukasz", "K–R"), ("'t Hooft", "S–Ö"), ("-Koski", "K–R"), ("Þór", "S–Ö"),
        ("الفارسي", "S–Ö"), ("Иванова", "S–Ö"), ("李", "S–Ö"), ("3M", "S–Ö"), ("", "S–Ö"),
    ],
)  # fmt: skip
def test_the_family_names_first_letter_decides(name, expected):
    assert box(name, "A", "K", "S") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Zorn", "Z"), ("Åberg", "Å"), ("Äijö", "Ä"), ("Aho", "A–Y"), ("Öberg", "Ö"), ("安", "Ö")],
)
def test_the_last_three_letters_are_letters_of_their_own(name, expected):
    assert box(name, "A", "Z", "Å", "Ä", "Ö") == expected


def test_v_and_w_are_two_letters():
    assert [box(name, "A", "W") for name in ("Virtanen", "Wirtanen", "Yli")] == ["A–V", "W–Ö", "W–Ö"]


def test_the_sort_key_says_the_same_as_the_name():
    for name in ("Åberg", "Ärlig", "Östman", "Šarić", "'t Hooft", "Иванова", "Wrede"):
        row = Registration(first_name="Maija", last_name=name)
        row.set_sort_key()
        assert letters.place(row.sort_key) == letters.place(name)


def test_without_fixed_ranges_there_is_no_box():
    assert letters.box_of("Aalto", []) == ""


@pytest.mark.parametrize("queues", [1, 2, 3, 4, 7, 12])
def test_proposals_cover_every_letter_without_a_gap(queues):
    event = make_event()
    for name in ("Aalto", "Berg", "Korhonen", "Korhonen", "Mäki", "Virtanen", "Åberg", "Öberg", "李"):
        register(event, last_name=name)
    proposed = letters.propose(event, queues)
    places = [(letters.ALPHABET.index(first), letters.ALPHABET.index(last)) for first, last, _ in proposed]
    covered = "".join(letters.ALPHABET[first : last + 1] for first, last in places)
    assert (len(proposed), covered, sum(share.people for share in proposed)) == (queues, letters.ALPHABET, 9)


def test_queues_are_about_equally_long():
    event = make_event()
    for letter, people in (("A", 5), ("K", 6), ("L", 6), ("S", 5), ("V", 5), ("Ö", 6)):
        for _ in range(people):
            register(event, last_name=f"{letter}lanen")
    assert [share.people for share in letters.propose(event, 3)] == [11, 11, 11]


def test_counted_are_those_with_a_badge_and_their_assistants():
    event = make_event(capacity=3)
    register(event, last_name="Aalto", has_assistant=True)
    register(event, last_name="Berg")
    register(event, last_name="Waiting")
    register(event, last_name="Remote", attendance="remote")
    assert [tuple(share) for share in letters.propose(event, 1)] == [("A", "Ö", 3)]


def test_an_event_without_people_gets_ranges_too():
    assert len(letters.propose(make_event(), 4)) == 4


# --- Fixing -----------------------------------------------------------------------------------------------------------
def test_fixing_replaces_the_ranges_and_is_written_down():
    event = make_event()
    organiser = make_organiser(event)
    fix_letters(event.pk, ["A", "K"], by=organiser)
    fix_letters(event.pk, ["A", "H", "Å"], by=organiser)
    assert [str(row) for row in letters.fixed(event)] == ["A–G", "H–Z", "Å–Ö"]
    entry = LogEntry.objects.filter(action="letters of the queues fixed").latest("pk")
    assert (entry.by, entry.details) == (organiser, {"letters": ["A–G", "H–Z", "Å–Ö"]})


def test_letters_can_be_taken_away_again():
    event = make_event()
    fix_letters(event.pk, ["A", "K"], by=None)
    fix_letters(event.pk, [], by=None)
    assert letters.fixed(event) == []


@pytest.mark.parametrize("firsts", [["B"], ["A", "K", "K"], ["A", "S", "K"], ["A", "Å", "Z"], ["A", "1"], ["A", "KL"]])
def test_ranges_out_of_order_are_refused_and_nothing_changes(firsts):
    event = make_event()
    fix_letters(event.pk, ["A", "K"], by=None)
    with pytest.raises(NotInOrder):
        fix_letters(event.pk, firsts, by=None)
    assert [str(row) for row in letters.fixed(event)] == ["A–J", "K–Ö"]


def test_another_events_ranges_stay():
    event, other = make_event(), make_event(slug="2020", is_current=False)
    fix_letters(other.pk, ["A", "S"], by=None)
    fix_letters(event.pk, ["A"], by=None)
    assert len(letters.fixed(other)) == 2


# --- What says it -----------------------------------------------------------------------------------------------------
def words_on(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf)))


def test_badges_made_afterwards_bear_the_letters_and_older_ones_stay():
    event = make_event()
    early, late = register(event, last_name="Korhonen"), register(event, last_name="Åberg", has_assistant=True)
    before = printing.badge_attachment(early).content
    fix_letters(event.pk, ["A", "K", "S"], by=None)
    assert "K–R" not in words_on(before)
    assert printing.badge_attachment(early).content == before
    assert words_on(printing.badge_attachment(late).content).count("S–Ö") == 2


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Your badge waits at the desk in box K–R."), ("fi", "K–R"), ("sv", "K–R")],
)
def test_mails_with_a_badge_say_in_which_box_it_waits(language, sentence):
    event = make_event()
    before = register(event, last_name="Korhonen", language=language)
    Mail.objects.all().delete()
    fix_letters(event.pk, ["A", "K", "S"], by=None)
    after = register(event, last_name="Korhonen", language=language)
    services.send_link(before, by=None)
    remote = register(event, last_name="Korhonen", attendance="remote", language=language)
    mails = {(mail.about_id, mail.message): outbox.build(mail) for mail in Mail.objects.all()}
    for key in (after.pk, "registration/confirmed_on_site"), (before.pk, "registration/link_again"):
        assert sentence in mails[key].body
        assert sentence in mails[key].alternatives[0].content
    assert "K–R" not in mails[remote.pk, "registration/confirmed_remote"].body
    LetterRange.objects.all().delete()
    plain = outbox.build(Mail.objects.get(about_id=after.pk)).body
    assert "K–R" not in plain
    assert "entrance. \n" not in plain

"""What needs no browser: rosters, names, the book of arrivals."""

import base64

import pytest

from tests import node
from tests.door_engine.server import DAY, HALL, MAIN, Ticket, code_of, digest, header, packed

ANNA = Ticket(code_of(1), "Anna Ek", 1)
READ = """
    const { digest, parse, unseal } = await door("roster.js");
    const bytes = Uint8Array.from(Buffer.from(given.roster, "base64"));
    const { header, tickets, arrivals } = parse(bytes.buffer);
    const people = [];
    for (const code of given.codes) {
      const { id, key } = await digest(code);
      people.push([id, await unseal(tickets.get(id), id, key)]);
    }
    const rows = [...tickets.values()].map((ticket) => ({ ...ticket, sealed: ticket.sealed?.length ?? null }));
    return { header, rows, arrivals, people };
"""


def read(roster: bytes, *codes: str) -> dict:
    return node.run(READ, {"roster": base64.b64encode(roster).decode(), "codes": codes})


def test_a_roster_is_read_to_the_last_byte():
    gone = Ticket(code_of(2), state="revoked", lists=[])
    remote = Ticket(code_of(3), "Bo Ö", 3, "waiting", is_remote=True, is_assistant=True, lists=[1, 255])
    roster = packed(header(now=5), [gone, remote], [(gone.code, DAY, 0, 0), (remote.code, 255, 2**32 - 1, 2**32 - 1)])
    told = read(roster, gone.code, remote.code, ANNA.code)
    ids = [digest(ticket.code)[0].hex() for ticket in (gone, remote, ANNA)]
    plain = {"isRemote": False, "isAssistant": False, "lists": [], "sealed": None}
    length = told["rows"][1].pop("sealed")
    assert length > 28
    assert told["rows"] == [
        {"id": ids[0], "state": "revoked", **plain},
        {"id": ids[1], "state": "waiting", "isRemote": True, "isAssistant": True, "lists": [1, 255]},
    ]
    assert told["arrivals"] == [
        {"id": ids[0], "list": DAY, "gate": 0, "at": 0},
        {"id": ids[1], "list": 255, "gate": 2**32 - 1, "at": (2**32 - 1) * 1000},
    ]
    assert [id for id, _ in told["people"]] == ids
    names = [person and person["name"] for _, person in told["people"]]
    assert names == [None, "Bo Ö", None], "a revoked badge and one that is not in the roster tell nothing"


def test_a_seal_opens_for_its_own_code_alone():
    other = Ticket(code_of(2), "Bo Ö", 2)
    script = """
        const { digest, parse, unseal } = await door("roster.js");
        const { tickets } = parse(Uint8Array.from(Buffer.from(given.roster, "base64")).buffer);
        const [a, b] = await Promise.all(given.codes.map(digest));
        const both = await Promise.all([[a, a.id, a.key], [a, a.id, b.key], [b, a.id, a.key], [a, b.id, a.key]].map(
            ([of, id, key]) => unseal(tickets.get(of.id), id, key)));
        return both.map((person) => person?.name ?? null);
    """
    roster = base64.b64encode(packed(header(), [ANNA, other], [])).decode()
    assert node.run(script, {"roster": roster, "codes": [ANNA.code, other.code]}) == ["Anna Ek", None, None, None]


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"<html>Log in to the guest network</html>",
        packed(header(), [ANNA], [])[:-1],
        packed(header(), [ANNA], []) + b"\0",
        packed(header(format=3), [ANNA], []),
        packed(header(format=1), [ANNA], []),
        packed(header(), [ANNA], []).replace(digest(ANNA.code)[0] + b"\x04", digest(ANNA.code)[0] + b"\x07"),
        b"\xff\xff\xff\xff{}",
    ],
    ids=[
        "nothing",
        "a page",
        "cut off",
        "too long",
        "a newer format",
        "the format of before",
        "a newer state",
        "a wrong length",
    ],
)
def test_what_is_no_roster_is_refused_whole(spoilt: bytes):
    script = """
        const { parse } = await door("roster.js");
        try { parse(Uint8Array.from(Buffer.from(given, "base64")).buffer); return "read"; }
        catch (error) { return error.name; }
    """
    assert node.run(script, base64.b64encode(spoilt).decode()) in {"RangeError", "SyntaxError", "TypeError"}


PEOPLE = [
    ("Åsa Ek", "Aurådalens kommun"),
    ("Asa Öberg", "Turun kaupunki"),
    ("José Müller", "Città di Töölö"),
    ("Łukasz Nowak", "Đà Nẵng"),
    ("Anna-Maija O’Hara", "Helsingfors stad"),
    ("İpek Işık", ""),
    ("Ahmed Ääri", "Kööpenhamina"),
]


FOUND = {
    "asa": ["Åsa Ek", "Asa Öberg"],
    "åsa": ["Åsa Ek"],
    "ÅSA": ["Åsa Ek"],
    "A\u030asa": ["Åsa Ek"],
    "öberg": ["Asa Öberg"],
    "oberg": ["Asa Öberg"],
    "äsa": [],
    "jose muller": ["José Müller"],
    "josé": ["José Müller"],
    "lukasz da nang": ["Łukasz Nowak"],
    "o'hara": ["Anna-Maija O’Hara"],
    "isik": ["İpek Işık"],
    "ipek": ["İpek Işık"],
    "nowa luka": ["Łukasz Nowak"],
    "stad": ["Anna-Maija O’Hara"],
    "aari": ["Ahmed Ääri"],
    "n": ["Łukasz Nowak", "Åsa Ek", "Asa Öberg", "Anna-Maija O’Hara", "Ahmed Ääri"],  # beginnings of words first
    "  ": [],
    ".*": [],
    "xyz": [],
}


def test_people_are_found_by_any_part_and_the_letters_that_are_typed_count():
    script = """
        const { indexed, search } = await door("names.js");
        const index = indexed(given.people.map(([name, organisation]) => ({ name, organisation })));
        const found = (query) => search(index, query, 30).map((person) => person.name);
        return Object.fromEntries(given.queries.map((query) => [query, found(query)]));
    """
    assert node.run(script, {"people": PEOPLE, "queries": list(FOUND)}) == FOUND


def test_no_more_people_are_shown_than_asked_for():
    script = """
        const { indexed, search } = await door("names.js");
        return search(indexed(Array.from({ length: 99 }, () => ({ name: "Anna", organisation: "" }))), "a", 30).length;
    """
    assert node.run(script) == 30


BOOK = """
    const { Book } = await door("book.js");
    const book = new Book({ arrivals: given.before });
    const tickets = new Map();
    const merged = book.merge({ header: { is_full: given.isFull }, tickets, arrivals: given.told }, given.own);
    return { inside: [...book.arrivals.values()], stored: merged.arrivals, gone: merged.gone.map(({ id }) => id) };
"""
OWN = {"id": "s", "ticket": "a", "list": 1, "here": MAIN, "at": 5_000_000, "tone": "go", "undone": False,
       "undoSynced": False, "synced": False, "isTest": False}  # fmt: skip
MINE = {"id": "a", "list": 1, "gate": MAIN, "at": 5_000_000, "scan": "s"}
TOLD = {"id": "a", "list": 1, "gate": MAIN, "at": 5_001_000}
EARLIER = {"id": "a", "list": 1, "gate": HALL, "at": 1_000_000}


@pytest.mark.parametrize(
    ("before", "told", "own", "inside"),
    [
        ([], [], [OWN], [MINE]),
        ([MINE], [], [{**OWN, "synced": True}], []),
        ([MINE], [TOLD], [], [{**TOLD, "scan": "s"}]),
        ([MINE], [EARLIER], [OWN], [{**EARLIER, "scan": None}]),
        ([], [TOLD], [{**OWN, "synced": True, "undone": True}], []),
        ([], [EARLIER], [{**OWN, "synced": True, "undone": True}], [{**EARLIER, "scan": None}]),
        ([], [], [{**OWN, "isTest": True}], []),
        ([], [], [{**OWN, "tone": "look"}], []),
        ([MINE], [{**TOLD, "at": 0}], [], []),
    ],
    ids=["unsent stays", "sent and not told goes", "own one can still be undone", "an earlier one counts",
         "an undo unsent takes back", "but only the own one", "a rehearsal counts for nothing", "a look is no arrival",
         "taken back"],
)  # fmt: skip
@pytest.mark.parametrize("is_full", [True, False])
def test_what_happened_here_lies_over_what_the_server_tells(before, told, own, inside, is_full: bool):
    if not is_full and before and not told:
        inside = before  # a change that says nothing leaves it
    merged = node.run(BOOK, {"before": before, "told": told, "own": own, "isFull": is_full})
    assert merged["inside"] == inside
    if is_full:
        assert merged["stored"] == inside


# --- When lists are open ----------------------------------------------------------------------------------------------
DAY_ONE = {"number": 1, "opens_at": 800, "closes_at": 1800}
DINNER = {"number": 2, "opens_at": 1700, "closes_at": 2300}
ALWAYS = {"number": 3, "opens_at": None, "closes_at": None}
UNTIL = {"number": 4, "opens_at": None, "closes_at": 900}


@pytest.mark.parametrize(
    ("chosen", "at", "proposed"),
    [
        (1, 799, [4]),  # before it opens
        (1, 800, []),
        (1, 1799, []),
        (1, 1800, [2]),  # after it has closed
        (1, 2300, []),  # nothing is open any more; a list without times is nobody's proposal
        (2, 1000, [1]),
        (2, 1750, []),  # two at once: whoever stands at one of them stays there
        (3, 1000, []),
        (4, 1750, [1, 2]),
        (9, 1000, []),  # a list that there is no more
    ],
)
def test_the_list_that_is_open_is_proposed_where_the_chosen_one_is_not(chosen: int, at: int, proposed: list[int]):
    script = """
        const { openInstead } = await door("opening.js");
        return openInstead(given.state, given.at).map(({ number }) => number);
    """
    state = {"list": chosen, "lists": [DAY_ONE, DINNER, ALWAYS, UNTIL]}
    assert node.run(script, {"state": state, "at": at}) == proposed

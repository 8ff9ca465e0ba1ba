"""Writes verdicts.json, the cases that the door's rule must answer alike in Python and in JavaScript.

    python tests/registration/make_verdicts.py

What is expected is stated here a second time, from the table in docs/door.md: neither rule is asked. A test sees to it
that the file is what this would write.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("verdicts.json")
GOOD = "I24-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OTHER = "I24-234567ABCDEFGHIJKLMNOPQRST"
HERE, ELSEWHERE = 1, 2  # numbers of lists

# --- What is a badge's code ----------------------------------------------------------------------------------------
CODES = {
    "as printed": GOOD,
    "digits of the alphabet": OTHER,
    "small letters": GOOD.lower(),
    "mixed letters": "i24-AbCdEfGhIjKlMnOpQrStUvWxYz",
    "a line end, as a USB scanner types it": GOOD + "\r\n",
    "tab at the end": GOOD + "\t",
    "blanks around": f"  {GOOD}  ",
    "typed in groups": "I24-ABCDE FGHIJ KLMNO PQRST UVWXY Z",
    "a blank in the prefix": "I 24 - ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "broken over two lines": "I24-ABCDEFGHIJKLM\nNOPQRSTUVWXYZ",
    "64 characters with blanks": GOOD + " " * 34,
    "only one letter": "I24-" + "A" * 26,
}
NO_CODES = {
    "nothing": "",
    "a blank": " ",
    "NUL": "\0",
    "NUL after a code": GOOD + "\0",
    "NUL inside": GOOD[:10] + "\0" + GOOD[10:],
    "65 characters with blanks": GOOD + " " * 35,
    "4 kB of a letter": "A" * 4096,
    "4 kB of blanks round a code": GOOD.center(4096),
    "4 kB that begin with a code": GOOD + "X" * 4066,
    "one letter short": GOOD[:-1],
    "half": GOOD[:17],
    "the prefix alone": "I24-",
    "one letter too many": GOOD + "A",
    "twice": GOOD + GOOD,
    "without a hyphen": GOOD.replace("-", ""),
    "another hyphen": GOOD.replace("-", "\u2010"),
    "a dash": GOOD.replace("-", "\u2013"),
    "a minus": GOOD.replace("-", "\u2212"),
    "an underscore": GOOD.replace("-", "_"),
    "hyphens between groups": "I24-ABCDE-FGHIJ-KLMNO-PQRST-UVWXY-Z",
    "the event of 2020": "I20" + GOOD[3:],
    "another prefix": "X24" + GOOD[3:],
    "a longer prefix": "XI24" + GOOD[3:],
    "l for I in the prefix": "l24" + GOOD[3:],
    "1 for I in the prefix": "124" + GOOD[3:],
    "Z for 2 in the prefix": "IZ4" + GOOD[3:],
    "0 for O": GOOD.replace("O", "0"),
    "1 for I": "I24-ABCDEFGH1JKLMNOPQRSTUVWXYZ",
    "8 for B": GOOD.replace("B", "8"),
    "9 for G": GOOD.replace("G", "9"),
    "Cyrillic A": GOOD.replace("A", "\u0410"),
    "Cyrillic small a": GOOD.replace("A", "\u0430"),
    "Greek O": GOOD.replace("O", "\u039f"),
    "dotless i": GOOD.lower().replace("i", "\u0131"),
    "I with a dot": GOOD.replace("I", "\u0130"),
    "long s": GOOD.replace("S", "\u017f"),
    "Kelvin sign": GOOD.replace("K", "\u212a"),
    "Angstrom sign": GOOD.replace("A", "\u212b"),
    "sharp s, which grows to two letters": GOOD[:-2] + "\u00df",
    "a ligature, which grows to two letters": GOOD[:-2] + "\ufb01",
    "full-width letters": GOOD[:4] + "".join(chr(ord(letter) + 0xFEE0) for letter in GOOD[4:]),
    "full-width digits": GOOD.replace("24", "\uff12\uff14"),
    "Arabic digits": GOOD.replace("24", "\u0662\u0664"),
    "mathematical letters": GOOD[:-1] + "\U0001d419",
    "A with an accent": GOOD.replace("A", "A\u0301"),
    "\u00c4": GOOD.replace("A", "\u00c4"),
    "a no-break space": GOOD + "\u00a0",
    "a zero-width space": GOOD[:8] + "\u200b" + GOOD[8:],
    "a byte-order mark": "\ufeff" + GOOD,
    "right-to-left override": "\u202e" + GOOD,
    "a line separator": GOOD + "\u2028",
    "a vertical tab": GOOD + "\v",
    "a form feed": GOOD + "\f",
    "a next-line character": GOOD + "\u0085",
    "a separator of units": GOOD + "\x1f",
    "delete": GOOD + "\x7f",
    "a lone surrogate": GOOD + "\ud800",
    "an emoji": "\U0001f600",
    "an emoji after a code": GOOD + "\U0001f600",
    "emoji only, 26": "I24-" + "\U0001f600" * 26,
    "a link": "https://www.example/",
    "a link with a code": f"https://www.example/{GOOD}",
    "a code with a link": f"{GOOD} https://www.example/",
    "a script": "javascript:alert(1)",
    "markup": f"<b>{GOOD}</b>",
    "Wi-Fi": "WIFI:T:WPA;S:guests;P:secret;;",
    "a contact": "BEGIN:VCARD\nVERSION:3.0\nN:Ek;Anna\nEND:VCARD",
    "a calendar": "BEGIN:VEVENT\nSUMMARY:Dinner\nEND:VEVENT",
    "a mail address": "mailto:anna.ek@kommun.example",
    "a position": "geo:60.45,22.26",
    "a product": "6410405082657",
    "JSON": '{"code": "' + GOOD + '"}',
    "quotes": f'"{GOOD}"',
    "a formula": f"={GOOD}",
    "SQL": "I24-' OR 1=1 --",
    "a wildcard": "I24-%",
    "a pattern": "I24-[A-Z2-7]{26}",
    "the pairing of a device": "https://www.example/door/#pair=secret",
}  # fmt: skip

# --- What is said, by hand -------------------------------------------------------------------------------------------
TABLE = [  # in words of docs/door.md: state, remote, lists, inside, coming back normal → what is said
    ("first time", ("confirmed", False, [HERE]), False, True, "go/admit"),
    ("first time at a dinner", ("confirmed", False, [HERE]), False, False, "go/admit"),
    ("back from lunch", ("confirmed", False, [HERE]), True, True, "go/back"),
    ("a second time at a dinner", ("confirmed", False, [HERE]), True, False, "in/already"),
    ("another day", ("confirmed", False, [ELSEWHERE]), False, True, "look/other_list"),
    ("on no list", ("confirmed", False, []), False, True, "look/other_list"),
    ("let in by hand on another day, and back", ("confirmed", False, [ELSEWHERE]), True, True, "look/other_list"),
    ("remote", ("confirmed", True, []), False, True, "look/remote"),
    ("remote, but the list admits everyone", ("confirmed", True, [HERE]), False, True, "go/admit"),
    ("remote, and on another list", ("confirmed", True, [ELSEWHERE]), False, True, "look/remote"),
    ("waiting", ("waiting", False, []), False, True, "look/waiting"),
    ("offered a place", ("offered", False, []), False, True, "look/offered"),
    ("cancelled", ("ended", False, []), False, True, "stop/cancelled"),
    ("cancelled, though inside", ("ended", False, []), True, True, "stop/cancelled"),
    ("replaced", ("revoked", False, []), False, True, "stop/revoked"),
    ("on all lists that there can be", ("confirmed", False, list(range(1, 256))), False, True, "go/admit"),
]


def case(why: str, text: str, said: str, ticket: tuple[str, bool, list[int]] | None = None, **known: bool) -> dict:
    """One case, with everything that the rule is told."""
    state, is_remote, lists = ticket or ("", False, [])
    tone, reason = said.split("/")
    told = {"on_list": HERE, "is_return_normal": True, "is_inside": False, "is_certain": False, "is_other_event": False}
    shown = {"state": state, "is_remote": is_remote, "lists": lists} if ticket else None
    return {"why": why, "text": text, "ticket": shown, **told, **known, "tone": tone, "reason": reason}


def of_codes() -> list[dict[str, Any]]:
    """A code is one on a device that does not know it; what is no code is none, whatever else is known."""
    good = ("confirmed", False, [HERE])
    cases = [case(why, text, "go/admit", good) for why, text in CODES.items()]
    cases += [case(f"{why}, not known", text, "look/unknown") for why, text in CODES.items()]
    return cases + [case(why, text, "stop/not_a_badge", good) for why, text in NO_CODES.items()]


def by_hand() -> list[dict[str, Any]]:
    """The rows of the table, and what stands before them."""
    cases = [
        case(why, GOOD, said, ticket, is_inside=is_inside, is_return_normal=is_return_normal)
        for why, ticket, is_inside, is_return_normal, said in TABLE
    ]
    return [
        *cases,
        case("not known to a device", GOOD, "look/unknown"),
        case("not known to the server: forged", GOOD, "stop/unknown", is_certain=True),
        case("another event's", GOOD, "stop/other_event", is_certain=True, is_other_event=True),
        case("another event's, with a ticket", GOOD, "stop/other_event", TABLE[0][1], is_other_event=True),
        case("no badge, whatever the event", "x", "stop/not_a_badge", is_certain=True, is_other_event=True),
    ]


def expected(state: str, is_remote: bool, is_on_list: bool, is_return_normal: bool, is_inside: bool) -> str:
    """The table of docs/door.md once more, in its own words; independent of both rules."""
    match (state, is_on_list, is_remote, is_inside, is_return_normal):
        case ("revoked", *_):
            return "stop/revoked"
        case ("ended", *_):
            return "stop/cancelled"
        case (("waiting" | "offered"), *_):
            return f"look/{state}"
        case (_, False, True, *_):
            return "look/remote"
        case (_, False, False, *_):
            return "look/other_list"
        case (_, _, _, False, _):
            return "go/admit"
        case (_, _, _, True, True):
            return "go/back"
    return "in/already"


def generated() -> list[dict[str, Any]]:
    """Everything that can meet: 160 cases with a ticket, 16 without."""
    cases = []
    yes_no = (True, False)
    states = ("confirmed", "waiting", "offered", "ended", "revoked")
    for state, remote, on_list, normal, inside, certain in product(states, yes_no, yes_no, yes_no, yes_no, yes_no):
        ticket = (state, remote, [ELSEWHERE, HERE] if on_list else [ELSEWHERE])
        known = {"is_return_normal": normal, "is_inside": inside, "is_certain": certain}
        cases.append(case("", OTHER, expected(state, remote, on_list, normal, inside), ticket, **known))
    for normal, inside, certain, other in product(yes_no, yes_no, yes_no, yes_no):
        said = "stop/other_event" if other else "stop/unknown" if certain else "look/unknown"
        known = {"is_return_normal": normal, "is_inside": inside, "is_certain": certain, "is_other_event": other}
        cases.append(case("", OTHER, said, **known))
    return cases


def written() -> str:
    """The file: one case a line, so that a change shows as one line."""
    lines = ",\n".join(json.dumps(each) for each in [*of_codes(), *by_hand(), *generated()])
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    PATH.write_text(written(), encoding="ascii")

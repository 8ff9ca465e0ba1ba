"""One rule in two languages: both give the answers of verdicts.json, which neither of them has written."""

import json
from typing import Any

import pytest

from registration.verdict import LONGEST, Ticket, code_in, verdict
from tests import node
from tests.registration.make_verdicts import CODES, GOOD, NO_CODES, OTHER, PATH, written

CASES: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="ascii"))
IN_JAVASCRIPT = """
    const { codeIn, verdict } = await door("verdict.js");
    return given.map((each) => {
      const ticket = each.ticket && { ...each.ticket, isRemote: each.ticket.is_remote };
      const known = { onList: each.on_list, isReturnNormal: each.is_return_normal, isInside: each.is_inside,
                      isCertain: each.is_certain, isOtherEvent: each.is_other_event };
      const { tone, reason } = verdict(each.text, ticket, known);
      return [codeIn(each.text), `${tone}/${reason}`];
    });
"""


def said_by_python(case: dict[str, Any]) -> str:
    known = ("on_list", "is_return_normal", "is_inside", "is_certain", "is_other_event")
    ticket = Ticket(**case["ticket"]) if case["ticket"] else None
    answer = verdict(case["text"], ticket, **{name: case[name] for name in known})
    return f"{answer.tone}/{answer.reason}"


def wrong(said: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Cases that were answered otherwise than expected, after what was said to them."""
    assert len(said) == len(CASES)
    return [(it, case) for it, case in zip(said, CASES, strict=True) if it != f"{case['tone']}/{case['reason']}"]


def test_the_cases_are_many_and_are_those_of_the_generator():
    assert len(CASES) >= 200
    assert PATH.read_text(encoding="ascii") == written(), "Run python tests/registration/make_verdicts.py"


def test_the_cases_hold_every_answer_of_the_rule():
    assert {f"{case['tone']}/{case['reason']}" for case in CASES} == {
        "go/admit", "go/back", "in/already", "look/offered", "look/other_list", "look/remote", "look/unknown",
        "look/waiting", "stop/cancelled", "stop/not_a_badge", "stop/other_event", "stop/revoked", "stop/unknown",
    }  # fmt: skip


def test_python_gives_the_expected_answers():
    assert wrong([said_by_python(case) for case in CASES]) == []


def test_javascript_gives_the_expected_answers():
    said = node.run(IN_JAVASCRIPT, CASES)
    assert wrong([it for _, it in said]) == []
    assert [code for code, _ in said] == [code_in(case["text"]) for case in CASES]


@pytest.mark.parametrize("text", CODES.values(), ids=CODES)
def test_a_code_is_read_without_blanks_and_in_capitals(text: str):
    alphabet = {*GOOD, *OTHER}
    code = code_in(text)
    assert code is not None
    assert len(code) == 30
    assert set(code) <= alphabet
    assert len(text) <= LONGEST


@pytest.mark.parametrize("text", NO_CODES.values(), ids=NO_CODES)
def test_nothing_else_is_taken_for_a_code(text: str):
    assert code_in(text) is None

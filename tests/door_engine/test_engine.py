import time

import pytest

from tests.door_engine.conftest import Device
from tests.door_engine.server import DAY, DINNER, HALL, MAIN, Server, Ticket, code_of, digest
from tests.door_engine.server import device as told_device

ANNA, BO = Ticket(code_of(1)), Ticket(code_of(2), "Bo Ö", 2)
MINUTE = 60_000
YEAR = 365 * 24 * 60 * MINUTE
DAYS = 24 * 60 * MINUTE


def said(scan: dict) -> str:
    return f"{scan['tone']}/{scan['reason']}"


def knows(device: Device, server: Server, /, *tickets: Ticket, **more) -> None:
    """The device has fetched a roster with these tickets."""
    server.tickets = list(tickets)
    server.head = more
    device.sync()
    assert device.state["rosterAt"]


def answered(device: Device) -> dict:
    """The state, once the last scan is answered and nothing waits."""
    return device.wait(lambda state: state["recent"][0]["certain"] and not state["unsent"], "the answer")


def go_offline(server: Server) -> None:
    server.is_down = True


def come_online(device: Device, server: Server) -> None:
    server.is_down = False
    device.sync()


# --- Pairing ----------------------------------------------------------------------------------------------------------
def test_a_paired_device_knows_its_event_list_and_gate(device: Device):
    state = device.state
    assert (state["paired"], state["online"], state["storage"], state["unsent"]) == (True, True, "ok", 0)
    assert (state["list"], state["gate"], state["language"], state["expected"]) == (DAY, MAIN, "fi", 7)
    assert [each["number"] for each in state["lists"]] == [DAY, DINNER]
    assert state["device"] == told_device()


@pytest.mark.parametrize(("link", "is_down", "word"), [("old", False, "used"), ("link", True, "offline")])
def test_a_link_that_does_not_pair_says_why(device: Device, server: Server, link: str, is_down: bool, word: str):
    device.do("door.wipe()")
    server.is_down = is_down
    assert device.do(f"door.pair('{link}', '', 'fi')") == {"code": word}
    assert device.state["paired"] is False
    assert device.read(ANNA.code) == {"code": "unpaired"}


def test_choices_survive_a_reload_and_what_there_is_not_cannot_be_chosen(device: Device):
    device.do("door.setList(2)")
    device.do(f"door.setGate({HALL})")
    device.do("door.setLanguage('sv')")
    assert device.do("door.setList(99)") == {"code": "not_possible"}
    state = device.open().state
    assert (state["list"], state["gate"], state["language"]) == (DINNER, HALL, "sv")


def test_the_organisers_new_list_for_a_device_replaces_its_users_choice(device: Device, server: Server):
    device.do(f"door.setGate({HALL})")
    server.head = {"device": told_device(list=DINNER)}
    device.sync()
    assert (device.state["list"], device.state["gate"]) == (DINNER, HALL)


# --- Online -----------------------------------------------------------------------------------------------------------
def test_a_badge_is_judged_at_once_and_confirmed_by_the_server_and_sent_once(device: Device, server: Server):
    knows(device, server, ANNA)
    scan = device.read(ANNA.code.lower() + "\n")
    assert (said(scan), scan["certain"]) == ("go/admit", False)
    assert scan["person"] == {
        "registration": 1, "name": "Anna Ek", "organisation": "Aurådalens kommun", "role": 5, "language": "sv",
        "noPhoto": True, "box": "E-H",
    }  # fmt: skip
    state = answered(device)
    assert (state["unsent"], state["arrivedHere"], state["recent"][0]["synced"]) == (0, 1, True)
    device.sync()
    assert (list(server.kept), server.items) == ([scan["id"]], [])
    asked = server.kept[scan["id"]]
    assert (asked["kind"], asked["code"], asked["list"], asked["gate"]) == ("read", ANNA.code, DAY, MAIN)
    assert abs(asked["sent_at"] - asked["scanned_at"]) < MINUTE


def test_the_servers_other_answer_changes_the_verdict(device: Device, server: Server):
    knows(device, server, ANNA)
    device.do(f"door.setList({DINNER})")
    since = server.now - 5 * MINUTE
    server.live = {"tone": "in", "reason": "already", "since": since, "gate": HALL}
    first = device.read(ANNA.code)
    answered(device)
    [event] = device.events
    assert (said(first), said(event["scan"]), event["isLate"]) == ("go/admit", "in/already", False)
    assert event["scan"]["shown"] == {"tone": "go", "reason": "admit"}
    assert (event["scan"]["since"], event["scan"]["gate"]) == (since, HALL)
    device.later(MINUTE)
    assert device.read(ANNA.code)["since"] == since, "the first arrival is the other gate's now"


def test_an_answer_that_stops_takes_the_own_arrival_away(device: Device, server: Server):
    knows(device, server, ANNA)
    server.live = {"tone": "stop", "reason": "cancelled"}
    device.read(ANNA.code)
    state = answered(device)
    assert (said(state["recent"][0]), state["arrivedHere"]) == ("stop/cancelled", 0)


def test_a_code_that_only_the_server_knows_gets_its_name_from_there(device: Device, server: Server):
    server.live = {"person": ANNA.told}
    scan = device.read(ANNA.code)
    assert (said(scan), scan["person"]) == ("look/unknown", None)
    state = answered(device)
    assert (said(state["recent"][0]), state["recent"][0]["name"], state["arrivedHere"]) == ("go/admit", "Anna Ek", 1)


# --- Offline ----------------------------------------------------------------------------------------------------------
def test_what_was_read_offline_survives_a_reload_and_arrives_once_in_order(device: Device, server: Server):
    people = [Ticket(code_of(number), f"Person {number}", number) for number in range(5)]
    knows(device, server, *people)
    go_offline(server)
    scans = [device.read(person.code) for person in people]
    assert {said(scan) for scan in scans} == {"go/admit"}
    assert device.wait(lambda state: not state["online"])["unsent"] == 5
    device.open()
    state = device.state
    assert (state["unsent"], state["arrivedHere"], len(state["recent"])) == (5, 5, 5)
    assert [line["name"] for line in state["recent"]] == [f"Person {number}" for number in reversed(range(5))]
    device.later(4_000)  # nobody waits for a live answer any more
    come_online(device, server)
    come_online(device, server)
    assert [item["id"] for item in server.items] == [scan["id"] for scan in scans]
    assert {(item["kind"], item["tone"], item["reason"]) for item in server.items} == {("read", "go", "admit")}
    assert (device.state["unsent"], device.state["recent"][0]["synced"]) == (0, True)


@pytest.mark.parametrize("sender", ["the tab itself", "another tab"])
def test_what_waits_for_its_live_answer_is_not_sent_by_a_batch(
    device: Device, server: Server, another_tab: Device, sender: str
):
    knows(device, server, ANNA)
    server.holds = "scan"
    device.read(ANNA.code)
    (another_tab if sender == "another tab" else device).sync()
    assert (len(server.held), server.items) == (1, [])
    server.release()
    answered(device)
    device.later(4_000)
    device.sync()
    assert server.items == []


def test_a_live_answer_that_takes_too_long_is_not_waited_for(device: Device, server: Server):
    knows(device, server, ANNA)
    server.holds = "scan"
    scan = device.read(ANNA.code)
    device.wait(lambda state: not state["online"], "the end of waiting")
    device.later(4_000)
    device.sync()
    assert [item["id"] for item in server.items] == [scan["id"]]


def test_a_scan_whose_answer_was_lost_is_sent_again_with_what_was_shown(device: Device, server: Server):
    knows(device, server, ANNA)
    server.loses_answers = True
    scan = device.read(ANNA.code)
    device.wait(lambda state: not state["online"], "the failure")
    server.loses_answers, server.results = False, {"read": {"tone": "in", "reason": "already"}}
    device.later(4_000)
    device.sync()
    [item] = server.items
    assert (item["id"], item["tone"], item["reason"]) == (scan["id"], "go", "admit")
    [event] = device.events
    assert (said(event["scan"]), event["isLate"]) == ("in/already", True)


def test_sending_now_is_tried_although_an_attempt_is_failing(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    device.later(4_000)
    of_class = server.on_scans
    server.is_down, server.holds, server.on_scans = False, "scans", lambda body, query: (503, {})
    for name in ("failing", "wanted"):
        device.page.evaluate("(name) => { window[name] = door.sync(); }", name)
        device.page.wait_for_timeout(300)
    server.on_scans = of_class
    server.release()
    device.page.evaluate("window.wanted")
    assert [item["id"] for item in server.items] == [scan["id"]]


def test_many_are_sent_in_batches_of_two_hundred(device: Device, server: Server):
    people = [Ticket(code_of(number), str(number), number) for number in range(230)]
    knows(device, server, *people)
    go_offline(server)
    ids = device.do("(async () => { const ids = []; for (const code of given) ids.push((await door.read(code)).id); \
        return ids; })()", [person.code for person in people])  # fmt: skip
    assert device.state["unsent"] == 230
    assert len(device.state["recent"]) == 200
    device.later(4_000)
    come_online(device, server)
    assert [len(batch["scans"]) for batch in server.batches if batch["scans"]] == [200, 30]
    assert [item["id"] for item in server.items] == ids
    assert [batch["device"]["unsent"] for batch in server.batches if batch["scans"]] == [30, 0]
    device.do("door.close()")
    recent = device.open().state["recent"]
    assert [line["id"] for line in recent] == ids[:-201:-1], "the last are kept"


def test_an_item_that_the_server_does_not_take_does_not_hold_up_the_others(device: Device, server: Server):
    knows(device, server, *(people := [Ticket(code_of(number), str(number), number) for number in range(7)]))
    go_offline(server)
    for person in people:
        device.read(person.code)
    server.refuses = people[3].code
    device.later(4_000)
    come_online(device, server)
    assert [item["code"] for item in server.items] == [each.code for each in people if each is not people[3]]
    assert device.state["unsent"] == 1, "it is not thrown away"


def test_a_broken_item_leaves_the_queue_and_is_shown(device: Device, server: Server):
    go_offline(server)
    device.read(ANNA.code)
    server.results = {"read": {"status": "broken"}}
    device.later(4_000)
    come_online(device, server)
    assert (device.state["unsent"], device.state["recent"][0]["status"]) == (0, "broken")


def test_of_what_is_no_badge_the_text_is_neither_kept_nor_sent(device: Device, server: Server):
    scan = device.read("WIFI:T:WPA;S:guests;P:secret;;")
    assert (said(scan), scan["certain"]) == ("stop/not_a_badge", True)
    device.wait(lambda state: not state["unsent"], "the report")
    assert [(item["kind"], item["code"], item["reason"]) for item in server.items] == [("read", "", "not_a_badge")]
    assert "secret" not in str(stored(device))


def test_what_turns_out_wrong_after_the_report_is_told(device: Device, server: Server):
    knows(device, server, ANNA)
    device.do(f"door.setList({DINNER})")
    go_offline(server)
    device.read(ANNA.code)
    device.later(4_000)
    earlier = server.now // 1000 - 600
    server.arrivals, server.head = [(ANNA.code, DINNER, HALL, earlier)], {"is_full": False}
    come_online(device, server)
    [event] = device.events
    assert (said(event["scan"]), event["isLate"]) == ("in/already", True)
    assert (event["scan"]["since"], event["scan"]["gate"]) == (earlier * 1000, HALL)


# --- The same badge, undoing, letting in ------------------------------------------------------------------------------
def test_the_same_badge_within_ten_seconds_is_the_same_scan(device: Device, server: Server):
    knows(device, server, ANNA)
    first = device.read(ANNA.code)
    device.later(9_000)
    again = device.read(f" {ANNA.code} ")
    assert (again["id"], again["isSame"], first["isSame"]) == (first["id"], True, False)
    device.later(10_001)
    third = device.read(ANNA.code)
    assert (said(third), third["isSame"]) == ("go/back", False)
    device.wait(lambda state: all(line["certain"] for line in state["recent"]), "the answers")
    assert list(server.kept) == [first["id"], third["id"]]


def test_two_readings_of_a_badge_at_one_moment_are_one_scan(device: Device, server: Server):
    knows(device, server, ANNA)
    scans = device.do("Promise.all([door.read(given), door.read(given), door.read(given)])", ANNA.code)
    assert len({scan["id"] for scan in scans}) == 1
    assert len(device.state["recent"]) == 1


def test_an_undone_arrival_is_none_and_the_next_reading_admits_again(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    first = device.read(ANNA.code)
    assert device.state["recent"][0]["canUndo"]
    device.do("door.undo(given)", first["id"])
    assert (device.state["arrivedHere"], device.state["recent"][0]["undone"]) == (0, True)
    assert device.do("door.undo(given)", first["id"]) == {"code": "not_possible"}
    assert said(second := device.read(ANNA.code)) == "go/admit"
    device.later(4_000)
    come_online(device, server)
    sent = [(item["kind"], item.get("undoes") or item["id"]) for item in server.items]
    assert sent == [("read", first["id"]), ("undo", first["id"]), ("read", second["id"])]


def test_an_undone_arrival_that_the_server_tells_of_stays_undone_until_it_has_heard(device: Device, server: Server):
    knows(device, server, ANNA)
    scan = device.read(ANNA.code)
    answered(device)
    server.arrivals = [(ANNA.code, DAY, MAIN, server.now // 1000)]
    device.sync()
    assert device.state["arrivedHere"] == 1
    server.refuses = "undo"
    device.do("door.undo(given)", scan["id"])
    device.sync()
    assert device.state["arrivedHere"] == 0


def test_after_a_quarter_of_an_hour_nothing_is_undone_and_the_name_is_forgotten(device: Device, server: Server):
    knows(device, server, ANNA)
    scan = device.read(ANNA.code)
    answered(device)
    assert ANNA.code in str(stored(device))
    assert "Anna" not in str(stored(device))
    server_now, server_time = Server.now, 16 * MINUTE
    server.__class__ = type("Later", (Server,), {"now": property(lambda it: server_now.fget(it) + server_time)})
    device.later(server_time)
    device.sync()
    assert device.do("door.undo(given)", scan["id"]) == {"code": "late"}
    assert ANNA.code not in str(stored(device))


@pytest.mark.parametrize("how", ["a failed exchange", "the timer", "opening"])
def test_without_network_too_a_code_and_a_name_are_forgotten(device: Device, server: Server, how: str):
    knows(device, server, ANNA, BO)
    device.read(ANNA.code)
    answered(device)
    go_offline(server)
    device.later(16 * MINUTE)
    unsent = device.read(BO.code)
    if how == "opening":
        device.page.add_init_script("const real = Date.now; Date.now = () => real() + 16 * 60_000;")
        device.open()
    elif how == "a failed exchange":
        device.sync()
    state = device.wait(lambda state: state["recent"][1]["name"] == "", "forgetting", seconds=15)
    assert [line["name"] for line in state["recent"]] == ["Bo Ö", ""]
    assert ANNA.code not in str(stored(device))
    assert (state["recent"][0]["id"], BO.code in str(stored(device))) == (unsent["id"], True)


def test_letting_in_by_hand_is_a_scan_of_its_own(device: Device, server: Server):
    knows(device, server, Ticket(ANNA.code, lists=[]))
    server.live = {"tone": "look", "reason": "other_list"}
    scan = device.read(ANNA.code)
    assert said(scan) == "look/other_list"
    let_in = device.do("door.letIn(given)", scan["id"])
    assert (said(let_in), let_in["certain"], let_in["person"]["name"]) == ("go/let_in", True, "Anna Ek")
    assert device.state["arrivedHere"] == 1
    device.wait(lambda state: not state["unsent"], "the report")
    [item] = server.items
    assert (item["kind"], item["code"], item["tone"], item["reason"]) == ("let_in", ANNA.code, "go", "let_in")
    assert device.read(ANNA.code)["id"] == let_in["id"], "the badge is still in the hand"
    assert device.do("door.letIn(given)", let_in["id"]) == {"code": "not_possible"}


def test_whoever_must_not_come_in_cannot_be_let_in(device: Device, server: Server):
    knows(device, server, Ticket(ANNA.code, state="ended"))
    server.live = {"tone": "stop", "reason": "cancelled"}
    scan = device.read(ANNA.code)
    assert device.do("door.letIn(given)", scan["id"]) == {"code": "not_possible"}


def test_an_assistant_arrives_beside_the_participant(device: Device, server: Server):
    knows(device, server, ANNA, Ticket(BO.code, "Anna Ek", is_assistant=True))
    assert said(device.read(ANNA.code)) == "go/admit"
    scan = device.read(BO.code)
    assert (said(scan), scan["isAssistant"]) == ("go/admit", True)
    assert device.state["arrivedHere"] == 2


# --- Roster -----------------------------------------------------------------------------------------------------------
def test_a_change_is_laid_over_and_a_whole_roster_replaces(device: Device, server: Server):
    knows(device, server, ANNA, BO)
    knows(device, server, Ticket(BO.code, state="revoked"), is_full=False)
    go_offline(server)
    assert said(device.read(ANNA.code)) == "go/admit"
    assert said(device.read(BO.code)) == "stop/revoked"
    server.is_down = False
    knows(device, server, BO)
    device.open()
    device.later(MINUTE)
    go_offline(server)
    assert said(device.read(ANNA.code)) == "look/unknown"
    assert said(device.read(BO.code)) == "go/admit"


def test_a_whole_roster_does_not_forget_who_came_in_here_unreported(device: Device, server: Server):
    knows(device, server, ANNA, BO)
    go_offline(server)
    device.read(ANNA.code)
    server.is_down, server.refuses = False, ANNA.code
    server.arrivals = [(BO.code, DAY, HALL, server.now // 1000)]
    device.sync()
    assert device.state["arrivedHere"] == 2


def test_an_arrival_that_was_taken_back_elsewhere_is_none(device: Device, server: Server):
    server.arrivals = [(ANNA.code, DAY, HALL, server.now // 1000)]
    knows(device, server, ANNA)
    server.arrivals = [(ANNA.code, DAY, HALL, 0)]
    knows(device, server, is_full=False)
    assert device.state["arrivedHere"] == 0
    assert said(device.read(ANNA.code)) == "go/admit"


def test_a_roster_that_is_no_roster_changes_nothing(device: Device, server: Server):
    knows(device, server, ANNA)
    server.on_roster = lambda body, query: (200, b"<html>Log in to the guest network</html>")
    device.sync()
    assert device.state["online"] is False
    assert said(device.read(ANNA.code)) == "go/admit"


def test_the_cursor_is_given_back(device: Device, server: Server):
    asked = []
    of_class = server.on_roster
    server.on_roster = lambda body, query: (asked.append(query), of_class(body, query))[1]
    server.head = {"cursor": "12345"}
    device.sync()
    device.open().sync()
    assert asked[-1] == {"since": ["12345"]}


# --- Clocks -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("years", [-2, 0, 2])
def test_moments_are_the_servers_however_wrong_the_devices_clock_is(device: Device, server: Server, years: int):
    device.later(years * YEAR)
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    assert abs(scan["at"] - server.now) < 5_000
    assert abs(scan["rosterAt"] - server.now) < 5_000
    assert device.state["recent"][0]["canUndo"]
    device.later(4_000)
    come_online(device, server)
    [item] = server.items
    sent = server.batches[-1]["sent_at"]
    assert 3_000 < sent - item["scanned_at"] < MINUTE, "both by the device's clock"
    assert abs(sent - (time.time() * 1000 - device.state["clockOffset"])) < 5_000


# --- Revoked ----------------------------------------------------------------------------------------------------------
def test_a_revoked_device_sends_what_is_unsent_and_forgets_everything(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    server.is_down, server.is_revoked = False, True
    device.sync()
    assert [item["id"] for item in server.items] == [scan["id"]]
    state = device.wait(lambda state: not state["paired"], "the end")
    assert (state["isRevoked"], state["unsent"], state["recent"], state["arrivedHere"]) == (True, 0, [], 0)
    assert "wiped" in device.events
    assert device.read(ANNA.code) == {"code": "revoked"}
    assert not any(stored(device).values())


def test_a_revoked_device_that_loses_the_network_forgets_names_at_once_and_keeps_the_queue(
    device: Device, server: Server
):
    knows(device, server, ANNA)
    go_offline(server)
    device.read(ANNA.code)
    server.is_down, server.is_revoked = False, True
    of_class = server.on_scans
    server.on_scans = lambda body, query: (503, {})
    device.sync()
    kept = stored(device)
    assert (len(kept["queue"]), kept["tickets"], kept["arrivals"]) == (1, [], [])
    assert device.read(BO.code) == {"code": "revoked"}
    server.on_scans = of_class
    device.open().sync()
    assert len(server.items) == 1
    assert device.state["paired"] is False


def test_a_revoked_device_with_nothing_to_send_says_so_before_it_is_wiped(device: Device, server: Server):
    knows(device, server, ANNA)
    server.is_revoked = True
    before = len(server.batches)
    device.sync()
    assert [batch["scans"] for batch in server.batches[before:]] == [[]]
    assert device.state["paired"] is False
    assert not any(stored(device).values())


def test_a_device_that_nobody_knows_forgets_names_and_keeps_what_is_unsent(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    server.is_down, server.is_unknown = False, True
    device.later(4_000)
    device.sync()
    state = device.open().state
    assert (state["paired"], state["isUnknown"], state["isRevoked"], state["unsent"]) == (False, True, False, 1)
    assert [line["name"] for line in state["recent"]] == [""]
    kept = stored(device)
    assert (kept["tickets"], kept["arrivals"], [row["code"] for row in kept["scans"]]) == ([], [], [None])
    assert device.read(BO.code) == {"code": "unpaired"}
    server.is_unknown = False
    device.later(4_000)
    device.pair()
    state = device.state
    assert (state["paired"], state["isUnknown"], state["unsent"]) == (True, False, 0)
    assert [item["id"] for item in server.items] == [scan["id"]]


def test_a_server_that_knows_the_device_again_gets_what_was_kept(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    device.read(ANNA.code)
    server.is_down, server.is_unknown = False, True
    device.later(4_000)
    device.sync()
    assert "forgotten" in device.events
    server.is_unknown = False
    device.sync()
    assert (device.state["paired"], device.state["unsent"], len(server.items)) == (True, 0, 1)
    device.later(11_000)
    assert device.read(ANNA.code)["person"]["name"] == "Anna Ek"


# --- Another event, and the end of one --------------------------------------------------------------------------------
def test_what_waits_for_another_event_is_kept_for_it(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    device.later(4_000)
    server.is_down, server.event = False, "2025"
    device.pair()
    state = device.state
    assert (state["unsent"], state["ofOtherEvents"], state["recent"], state["arrivedHere"]) == (0, 1, [], 0)
    own = device.read(BO.code)
    device.later(4_000)
    device.sync()
    state = device.open().state
    assert (state["unsent"], state["ofOtherEvents"], len(state["recent"])) == (0, 1, 1)
    assert (server.items, list(server.kept)) == ([], [own["id"]])
    server.event = "2024"
    device.later(4_000)
    device.pair()
    assert (device.state["unsent"], device.state["ofOtherEvents"]) == (0, 0)
    assert [item["id"] for item in server.items] == [scan["id"]]


def test_a_device_revoked_at_one_event_keeps_what_another_one_has_not_heard(device: Device, server: Server):
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    server.is_down, server.event = False, "2025"
    device.pair()
    server.is_revoked = True
    device.sync()
    assert (device.state["paired"], device.state["ofOtherEvents"]) == (False, 1)
    kept = stored(device)
    assert [row["id"] for row in kept.pop("queue")] == [scan["id"]]
    assert not any(kept.values())


def test_when_the_event_is_over_everybody_is_forgotten_and_nothing_is_read(device: Device, server: Server):
    server.people = [person(1, "Anna Ek")]
    knows(device, server, ANNA, device=told_device(is_help_desk=True))
    go_offline(server)
    scan = device.read(ANNA.code)
    device.later(29 * DAYS)
    assert device.state["isExpired"] is False
    device.later(2 * DAYS)
    assert device.read(BO.code) == {"code": "expired"}
    state = device.wait(lambda state: state["isExpired"] and not state["helpDeskPeople"], "the end")
    assert (state["unsent"], state["arrivedHere"], state["recent"][0]["name"]) == (1, 0, "")
    assert state["lists"], "the screen still says which list it was"
    kept = stored(device)
    assert (kept["tickets"], kept["arrivals"], len(kept["queue"])) == ([], [], 1)
    assert "Anna" not in str(kept)
    server.is_down = False
    server.on_roster = lambda body, query: (503, {})  # whatever else the server says
    device.sync()
    assert [item["id"] for item in server.items] == [scan["id"]]


def test_an_event_that_ended_while_the_device_was_off_is_over_when_it_opens(device: Device, server: Server):
    ends_at = server.now + 3_000
    knows(device, server, ANNA, event={"slug": "2024", "name": {}, "ends_at": ends_at})
    go_offline(server)
    assert stored(device)["tickets"]
    device.do("door.close()")
    device.page.wait_for_timeout(max(0, ends_at - server.now) + 100)
    assert device.open().state["isExpired"] is True
    assert stored(device)["tickets"] == []


def test_a_roster_of_a_format_from_before_is_fetched_anew(device: Device, server: Server):
    knows(device, server, ANNA)
    device.do("""(async () => {
        const opened = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
        door.close();
        const kept = (await opened(indexedDB.open("i24-door"))).transaction("kept", "readwrite").objectStore("kept");
        const header = await opened(kept.get("header"));
        await opened(kept.put({ ...header, format: 1 }, "header"));
    })()""")
    go_offline(server)
    assert (device.open().state["rosterAt"], stored(device)["tickets"]) == (None, [])
    asked = []
    of_class = server.on_roster
    server.on_roster = lambda body, query: (asked.append(query), of_class(body, query))[1]
    come_online(device, server)
    assert asked[0] == {}
    assert said(device.read(ANNA.code)) == "go/admit"


def test_a_guest_network_that_refuses_wipes_nothing(device: Device, server: Server):
    server.answer = lambda path, body, query: (401, {"error": "pay first"})
    device.sync()
    assert device.state["paired"] is True


# --- Storage ----------------------------------------------------------------------------------------------------------
NO_ROOM_TO_WRITE = """IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => {
    throw new DOMException("No room", "QuotaExceededError"); };"""
LITTLE_ROOM_LEFT = "if (navigator.storage) navigator.storage.estimate = async () => ({ quota: 2e6, usage: 1.5e6 });"


@pytest.mark.parametrize("trouble", [NO_ROOM_TO_WRITE, LITTLE_ROOM_LEFT])
def test_a_full_device_says_so_before_anything_is_read(device: Device, server: Server, trouble: str):
    knows(device, server, ANNA)
    device.page.evaluate(f"() => {{ {trouble} }}")
    assert device.state["storage"] == "ok"
    assert device.do("door.checkStorage()") == "full"
    assert device.state["storage"] == "full"
    device.page.add_init_script(trouble)
    assert device.open().state["storage"] == "full"


def test_what_cannot_be_stored_is_asked_of_the_server_or_not_judged_at_all(device: Device, server: Server):
    knows(device, server, ANNA, BO)
    device.page.evaluate(f"() => {{ {NO_ROOM_TO_WRITE} }}")
    scan = device.read(ANNA.code)
    assert (said(scan), scan["certain"], scan["synced"]) == ("go/admit", True, True)
    assert device.state["storage"] == "full"
    go_offline(server)
    assert device.read(BO.code) == {"code": "storage"}
    assert device.state["recent"][0]["id"] == scan["id"]


def test_a_database_that_a_phone_closed_while_it_slept_is_opened_again(device: Device, server: Server):
    knows(device, server, ANNA, BO)
    go_offline(server)
    device.page.evaluate("""() => {
        const real = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...given) {
            IDBDatabase.prototype.transaction = real;
            this.close();
            return real.apply(this, given);
        };
    }""")
    assert said(device.read(ANNA.code)) == "go/admit"
    assert (device.state["storage"], device.state["unsent"]) == ("ok", 1)


def test_a_browser_without_storage_opens_and_says_so(device: Device):
    broken = "Door.open({ indexedDB: { open() { throw new DOMException('no', 'SecurityError'); } } })"
    states = f"{broken}.then((other) => [other.state.storage, other.state.paired])"
    assert device.do(states) == ["unavailable", False]


def test_data_that_the_browser_has_thrown_away_are_missed(device: Device):
    device.do("door.close()")
    device.do("new Promise((done) => { indexedDB.deleteDatabase('i24-door').onsuccess = () => done(); })")
    state = device.open().state
    assert (state["paired"], state["isEvicted"], state["storage"]) == (False, True, "ok")


def test_a_newer_version_of_the_database_keeps_the_queue_and_outdates_the_older_tab(
    device: Device, server: Server, another_tab: Device
):
    knows(device, server, ANNA)
    go_offline(server)
    scan = device.read(ANNA.code)
    another_tab.open(is_newer=True)
    assert another_tab.state["unsent"] == 1
    assert device.state["isOutdated"] is True
    assert device.read(BO.code) == {"code": "outdated"}
    device.open()  # an older page on the newer database
    assert device.state["unsent"] == 1
    device.later(4_000)
    come_online(device, server)
    assert [item["id"] for item in server.items] == [scan["id"]]


# --- Two tabs ---------------------------------------------------------------------------------------------------------
def test_two_tabs_send_once_and_know_of_each_other(device: Device, server: Server, another_tab: Device):
    knows(device, server, ANNA, BO)
    go_offline(server)
    device.read(ANNA.code)
    another_tab.wait(lambda state: state["unsent"] == 1, "the other's scan")
    another_tab.read(BO.code)
    device.wait(lambda state: state["unsent"] == 2, "the other's scan")
    assert device.state["arrivedHere"] == another_tab.state["arrivedHere"] == 2
    for tab in (device, another_tab):
        tab.later(4_000)
    server.is_down, server.holds = False, "scans"
    for tab in (device, another_tab):
        tab.page.evaluate("() => { window.done = door.sync(); }")
        tab.page.wait_for_timeout(300)
    assert len(server.held) == 1, "the other tab waits"
    server.release()
    for tab in (device, another_tab):
        tab.page.evaluate("window.done")
    assert sorted(item["code"] for item in server.items) == sorted([ANNA.code, BO.code])
    another_tab.wait(lambda state: state["unsent"] == 0, "the end of the queue")


def test_one_tab_is_wiped_with_the_other(device: Device, server: Server, another_tab: Device):
    server.is_revoked = True
    device.sync()
    another_tab.wait(lambda state: not state["paired"] and state["isRevoked"], "the end")
    assert "wiped" in another_tab.events


# --- Rehearsal and help desk ------------------------------------------------------------------------------------------
def test_a_test_badge_passes_or_fails_and_counts_for_nothing(device: Device, server: Server):
    tests = [
        {"id": digest(ANNA.code)[0].hex(), "kind": "valid", "expected": ["go/admit"]},
        {"id": digest(BO.code)[0].hex(), "kind": "forged", "expected": ["stop/unknown"]},
    ]
    server.arrivals = [(ANNA.code, DINNER, MAIN, 1_700_000_000)]
    knows(device, server, ANNA, rehearsal=tests)
    good, bad = device.read(ANNA.code), device.read(BO.code)
    assert (said(good), good["isTest"], good["passed"], good["kind"]) == ("go/admit", True, True, "test")
    assert (said(bad), bad["isTest"], bad["passed"]) == ("look/unknown", True, False)
    device.wait(lambda state: not state["unsent"], "the report")
    assert [item["kind"] for item in server.items] == ["test", "test"]
    assert device.state["arrivedHere"] == 0
    device.do(f"door.setList({DINNER})")
    assert device.state["arrivedHere"] == 0


def person(number: int, name: str, organisation: str = "Kaupunki", state: str = "confirmed") -> list:
    identity = digest(code_of(number))[0].hex()
    return [identity, number, False, name, organisation, 5, "fi", 0, "K-M", state, False, [DAY]]


def test_a_help_desk_finds_people_and_lets_them_in_by_name(device: Device, server: Server):
    server.people = [person(1, "Anna Ek"), person(2, "Bo Ö", state="waiting")]
    knows(device, server, device=told_device(is_help_desk=True))
    assert device.state["helpDeskPeople"] == 2
    scan = device.do("door.byName(door.people('anna')[0])")
    assert (said(scan), scan["kind"], scan["person"]["box"]) == ("go/admit", "name", "K-M")
    assert said(device.do("door.byName(door.people('ö')[0])")) == "look/waiting"
    device.wait(lambda state: all(line["synced"] for line in state["recent"]), "the answers")
    assert [(item["registration"], item["is_assistant"]) for item in server.kept.values()] == [(1, False), (2, False)]
    knows(device, server)
    assert device.open().state["helpDeskPeople"] == 0, "no help desk, no names"


def test_a_newcomer_is_in_at_once_and_registered_when_there_is_a_way(device: Device, server: Server):
    go_offline(server)
    told = {"firstName": "Eva", "lastName": "Ny", "email": "eva@ny.example", "organisation": "Ny", "language": "sv"}
    scan = device.do("door.walkIn({ ...given, organisationType: 3, photo: 'no_photo' })", told)
    assert (said(scan), scan["person"]["name"], device.state["arrivedHere"]) == ("go/admit", "Eva Ny", 1)
    server.results = {"walk_in": {"registration": 77}}
    come_online(device, server)
    [item] = server.items
    assert item["kind"] == "walk_in"
    assert item["person"] == {
        "registration_key": item["person"]["registration_key"], "first_name": "Eva", "last_name": "Ny",
        "email": "eva@ny.example", "organisation": "Ny", "organisation_type": 3, "language": "sv", "photo": "no_photo",
    }  # fmt: skip
    assert device.events[0]["scan"]["person"]["registration"] == 77
    assert "eva@ny.example" not in str(stored(device))


def test_a_newcomer_who_could_not_be_registered_is_shown(device: Device, server: Server):
    server.results = {"walk_in": {"problem": "email"}}
    device.do("door.walkIn({ firstName: 'Eva', lastName: 'Ny' })")
    assert device.wait(lambda state: state["recent"][0]["synced"])["recent"][0]["problem"] == "email"


def test_from_remote_to_on_site_when_a_place_is_free(device: Device, server: Server):
    knows(device, server, Ticket(ANNA.code, is_remote=True, lists=[]))
    server.live = {"tone": "look", "reason": "remote"}
    scan = device.read(ANNA.code)
    answered(device)
    assert device.do("door.toOnSite(given)", scan) == {"code": "full"}
    server.on_on_site = lambda body, query: (200, {"person": ANNA.told})
    server.tickets, server.live = [ANNA], {}
    again = device.do("door.toOnSite(given)", scan)
    assert (said(again), again["certain"], again["id"] != scan["id"]) == ("go/admit", True, True)
    go_offline(server)
    assert device.do("door.toOnSite(given)", scan) == {"code": "offline"}
    assert device.do("door.card(1, false)") == {"code": "offline"}


def stored(device: Device) -> dict:
    """Everything that lies on the device's disk."""
    return device.do("""(async () => {
        const opened = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
        const db = await opened(indexedDB.open("i24-door"));
        const all = {};
        const rows = (name) => opened(db.transaction(name).objectStore(name).getAll());
        for (const name of db.objectStoreNames) all[name] = await rows(name);
        db.close();
        return all;
    })()""")

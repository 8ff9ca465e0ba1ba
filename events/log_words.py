"""What stands in the log, in the language of whoever reads it. The log itself keeps the English words."""

from django.utils.translation import gettext, gettext_noop

from events.models import LogEntry, Place, Submission

ACTIONS = [
    gettext_noop("added"),
    gettext_noop("address corrected"),
    gettext_noop("another was merged into it"),
    gettext_noop("assignment taken back"),
    gettext_noop("badges asked for"),
    gettext_noop("cancelled"),
    gettext_noop("capacity changed"),
    gettext_noop("changed"),
    gettext_noop("co-presenter answered"),
    gettext_noop("co-presenter asked"),
    gettext_noop("co-presenter corrected"),
    gettext_noop("confirmed by the sender"),
    gettext_noop("conflict closed"),
    gettext_noop("conflict of interest declared"),
    gettext_noop("decided quietly"),
    gettext_noop("declined by the sender"),
    gettext_noop("deleted"),
    gettext_noop("device made"),
    gettext_noop("device paired"),
    gettext_noop("came on site at the door"),
    gettext_noop("device revoked"),
    gettext_noop("draft saved"),
    gettext_noop("edited by the sender"),
    gettext_noop("edited by the speaker"),
    gettext_noop("edited"),
    gettext_noop("ended as a double"),
    gettext_noop("invitation reached the wrong person"),
    gettext_noop("letter released"),
    gettext_noop("letters of the queues fixed"),
    gettext_noop("letters of the queues taken away"),
    gettext_noop("letters released"),
    gettext_noop("link sent again"),
    gettext_noop("link sent"),
    gettext_noop("list exported"),
    gettext_noop("made a session"),
    gettext_noop("mail sent again"),
    gettext_noop("material handed in"),
    gettext_noop("material taken back"),
    gettext_noop("merged into another"),
    gettext_noop("message queued"),
    gettext_noop("message tested"),
    gettext_noop("moved up from the reserve list"),
    gettext_noop("needs forgotten"),
    gettext_noop("needs of the event forgotten"),
    gettext_noop("needs read"),
    gettext_noop("new pairing link"),
    gettext_noop("notices sent"),
    gettext_noop("offer accepted"),
    gettext_noop("offer declined"),
    gettext_noop("offer lapsed"),
    gettext_noop("offer to a colleague taken back"),
    gettext_noop("paper of the door asked for"),
    gettext_noop("place given to a colleague"),
    gettext_noop("place in a session accepted"),
    gettext_noop("place in a session declined"),
    gettext_noop("place in a session given up"),
    gettext_noop("place in a session offered"),
    gettext_noop("place offered to a colleague"),
    gettext_noop("place offered"),
    gettext_noop("place reserved"),
    gettext_noop("programme published"),
    gettext_noop("put into the schedule"),
    gettext_noop("put on a check-in list"),
    gettext_noop("registered"),
    gettext_noop("remote meanwhile"),
    gettext_noop("reserve list reordered"),
    gettext_noop("reserved place taken back"),
    gettext_noop("reviewed"),
    gettext_noop("reviews assigned"),
    gettext_noop("role given"),
    gettext_noop("sent in"),
    gettext_noop("session cancelled"),
    gettext_noop("session published at once"),
    gettext_noop("session taken up again"),
    gettext_noop("signed up for a session"),
    gettext_noop("signed up for a webinar"),
    gettext_noop("switched to on site"),
    gettext_noop("switched to remote"),
    gettext_noop("taken off a check-in list"),
    gettext_noop("taken out of the schedule"),
    gettext_noop("taken up again"),
    gettext_noop("texts reviewed"),
    gettext_noop("thanks sent"),
    gettext_noop("took over a colleague's place"),
    gettext_noop("came on site at the door"),
    gettext_noop("translation taken over"),
    gettext_noop("webinar cancelled"),
    gettext_noop("webinar copied"),
    gettext_noop("webinar moved"),
    gettext_noop("withdrawn"),
]
FACTS = [
    gettext_noop("after"),
    gettext_noop("before"),
    gettext_noop("count"),
    gettext_noop("device"),
    gettext_noop("decision"),
    gettext_noop("fields"),
    gettext_noop("format"),
    gettext_noop("languages"),
    gettext_noop("letters"),
    gettext_noop("name"),
    gettext_noop("number"),
    gettext_noop("outcome"),
    gettext_noop("role"),
    gettext_noop("status"),
    gettext_noop("wanted"),
]
STATUSES = {status.value: status.label for status in Place.Status}
OUTCOMES = {one.value: one.label for one in [*Submission.Status, *Submission.Decision]}


def describe(entry: LogEntry) -> str:
    """The action with its facts: capacity changed (before: 100, after: 120)."""
    facts = ", ".join(f"{gettext(name)}: {_fact(name, value)}" for name, value in entry.details.items())
    action = gettext(entry.action)
    return f"{action} ({facts})" if facts else action


def _fact(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name == "status":
        return str(STATUSES.get(str(value), value))
    if name in {"decision", "outcome"}:
        return str(OUTCOMES.get(str(value), value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

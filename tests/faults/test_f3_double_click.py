"""F3: a double click, the back button, the same form five times in parallel: one registration, one mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.installation import Installation
from benchmarks.visitor import Answer, Visitor
from events.models import Event, Mail
from registration.models import Registration
from tests.factories import form_data
from tests.faults.conftest import size, without

FORMS = size(small=20, full=1000)
CLICKS = 5


def click(port: int, person: dict[str, object], pool: ThreadPoolExecutor) -> list[Answer]:
    """The same form, five times at the same moment and once more with the back button."""
    visitor = Visitor(port)
    fields = {**person, **visitor.open_form()}
    tabs = [visitor.twin() for _ in range(CLICKS)]
    answers = list(pool.map(lambda tab: tab.send_form(fields), tabs))
    answers.append(visitor.send_form(fields))
    for tab in [visitor, *tabs]:
        tab.close()
    return answers


def click_all(port: int, event: Event, forms: int, **given: object) -> set[int]:
    with ThreadPoolExecutor(CLICKS) as pool:
        return {answer.status for _ in range(forms) for answer in click(port, form_data(event, **given), pool)}


def test_one_form_is_one_registration_and_one_mail(
    installation: Installation, open_event: Callable[..., Event], figure
):
    installation.start_web()
    event = open_event(capacity=FORMS // 4)
    statuses = click_all(installation.port, event, FORMS // 2)
    statuses |= click_all(installation.port, event, FORMS // 2, attendance="remote", days=None)
    assert statuses == {303}
    figure("duplicates", f"{Registration.objects.count() - FORMS} in {FORMS} forms, each sent {CLICKS + 1} times")
    assert Registration.objects.count() == FORMS
    assert Mail.objects.count() == FORMS
    assert Mail.objects.values("to_email").distinct().count() == FORMS

    with without("registration_registration_form_key_key", "registration_one_live"):  # the control
        Registration.objects.all().delete()
        click_all(installation.port, event, 3, attendance="remote", days=None)
        figure("duplicates without the constraints", Registration.objects.count() - 3)
        assert Registration.objects.count() > 3

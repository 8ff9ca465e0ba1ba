"""What goes into a person's calendar: one entry a webinar, updated by moves, removed by cancelling."""

import pytest
from icalendar import Calendar

from tests.factories import at, make_event
from tests.webinars.helpers import make_webinar, sign_up, sign_up_one
from webinars import calendars, services
from webinars.models import SignUp

pytestmark = pytest.mark.django_db


def entries(attachment) -> list[tuple[str, int, str]]:
    file = Calendar.from_ical(attachment.content)
    return [(str(entry["UID"]), int(entry["SEQUENCE"]), str(file["METHOD"])) for entry in file.walk("VEVENT")]


def fresh(row: SignUp) -> SignUp:
    return SignUp.objects.select_related("event", "webinar").get(pk=row.pk)


def test_a_form_for_several_puts_all_of_them_into_the_calendar():
    event = make_event()
    rows = sign_up(make_webinar(event), make_webinar(event, "2024-12-10 09:00"))
    found = entries(calendars.of_person(fresh(rows[0])))
    assert [uid.split("@")[0] for uid, _, _ in found] == [f"webinar-sign-up-{row.pk}" for row in rows]


def test_what_is_over_or_waited_for_is_not_in_it(moment):
    event = make_event()
    over, full = make_webinar(event, "2024-10-15 09:00"), make_webinar(event, places=0)
    (row, _) = sign_up(over, full)
    assert len(entries(calendars.of_person(fresh(row)))) == 1
    moment.move_to(at("2024-10-15 10:00"))
    assert calendars.of_person(fresh(row)) is None


def test_the_number_of_an_entry_grows_with_every_step():
    row = sign_up_one(make_webinar(make_event()))
    first = entries(calendars.of_sign_up(fresh(row)))[0]
    services.move(row.webinar_id, starts_at=at("2024-11-19 13:00"), ends_at=at("2024-11-19 14:00"), by=None)
    second = entries(calendars.of_sign_up(fresh(row)))[0]
    services.cancel(row.pk, by=None)
    third = entries(calendars.removed(fresh(row)))[0]
    assert [first[0] == entry[0] for entry in (second, third)] == [True, True]
    assert [(number, method) for _, number, method in (first, second, third)] == [
        (0, "REQUEST"), (1, "REQUEST"), (2, "CANCEL"),
    ]  # fmt: skip


def test_nothing_is_removed_from_the_calendar_of_one_who_takes_part():
    row = fresh(sign_up_one(make_webinar(make_event())))
    assert calendars.removed(row) is None

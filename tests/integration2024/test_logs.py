import logging

import pytest

from integration2024.logs import MaskLinks, mask
from registration import access
from tests.factories import make_event, register


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        ("/fi/2024/r/7-1.Qx_y-z/change/", "/fi/2024/r/…/change/"),
        ("/sv/colleague/7-1.Qx/", "/sv/colleague/…/"),
        ("Not Found: /en/2024/place/x", "Not Found: /en/2024/place/…"),
        ("/fi/register/", "/fi/register/"),
        (404, 404),
    ],
)
def test_the_secret_part_of_a_personal_link_is_masked(path, masked):
    assert mask(path) == masked


@pytest.mark.django_db
def test_no_line_of_the_log_holds_a_usable_link(client, caplog):
    token = access.personal_token(register(make_event()))
    caplog.handler.addFilter(MaskLinks())
    with caplog.at_level(logging.INFO):
        client.post(f"/fi/2024/r/{token}/", {})
        client.get(f"/fi/2024/r/{token}x/")
    caplog.handler.filters.clear()
    lines = [line for line in caplog.messages if "/r/" in line]
    assert (len(lines), [line for line in lines if token in line]) == (2, [])

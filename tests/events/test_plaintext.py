import pytest

from events.plaintext import key_in


@pytest.mark.parametrize(("value", "key"), [("7", 7), ("0", 0), ("9" * 18, 10**18 - 1)])
def test_a_key(value: str, key: int):
    assert key_in(value) == key


@pytest.mark.parametrize("value", [None, "", " 7", "-1", "1.0", "²", "٣", "x", "7\n", "9" * 19, "9" * 5000])
def test_what_is_no_key(value: str | None):
    assert key_in(value) is None

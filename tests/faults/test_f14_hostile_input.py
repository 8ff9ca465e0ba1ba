"""F14: every form and every address fed with what means harm and with noise: never a 5xx, never a traceback."""

import logging
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import time_machine
from django.core.cache import cache
from django.urls import clear_url_caches, path

from events import clock
from integration2024 import urls
from tests.factories import at
from tests.faults.conftest import size
from tests.faults.hostile import FILES, word
from tests.faults.site_map import Address, Form
from tests.faults.whole_site import EVERYTHING_IS_OPEN, Input, Site

INPUTS = size(small=300, full=100_000)
EVERY = size(small=3, full=1)  # how many of the pages are looked at for forms
MOMENTS = [EVERYTHING_IS_OPEN, "2024-09-01 12:00", "2024-12-20 12:00"][: size(small=1, full=3)]  # too early; all over
BOUNDARY = b"x-x-x"
QUERY = ("q", "p", "o", "e", "all", "page", "event", "call", "day", "theme", "format", "language", "streamed", "from",
         "next", "session", "list", "since", "registration", "is_assistant", "_changelist_filters", "_popup",
         "_to_field",
         "status", "reviews", "score", "app_label", "model_name", "field_name", "term", "target", "id__in",
         "x")  # fmt: skip


# --- Inputs -----------------------------------------------------------------------------------------------------------
def spoilt_path(site: Site, address: Address, chance: random.Random) -> str:
    """An address with a placeholder that holds what it should not."""
    if not address.placeholders:
        return site.path(address, {})
    name = chance.choice(address.placeholders)
    value = word(chance)[:2000]
    return site.path(
        address, {f"{address.name}:{name}": quote_from_bytes(value, safe=""), name: quote_from_bytes(value, safe="")}
    )


def query(chance: random.Random, names: Sequence[str]) -> str:
    pairs = [(chance.choice(names), word(chance)[:4000]) for _ in range(chance.randint(1, 3))]
    return "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs)


def answered(form: Form, chance: random.Random) -> list[tuple[str, bytes]]:
    """As somebody fills it in: one value for each name, with luck a good one."""
    by_name: dict[str, list[str]] = {}
    for name, value in form.fields:
        by_name.setdefault(name, []).append(value)
    return [(name, chance.choice(values).encode()) for name, values in by_name.items()]


def spoilt(form: Form, chance: random.Random) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The form with one to four answers that are wrong, missing, doubled, or all of them; and the files sent along."""
    pairs = answered(form, chance)
    if chance.random() < 0.15:
        pairs = [(name, word(chance)) for name, _value in pairs if chance.random() < 0.9]
    for _ in range(chance.randint(1, 4) if pairs else 0):
        at_ = chance.randrange(len(pairs)) if pairs else 0
        kind = chance.random()
        if not pairs:
            break
        if kind < 0.75:
            pairs[at_] = (pairs[at_][0], word(chance))
        elif kind < 0.85:
            pairs.append((pairs[at_][0], word(chance)))
        elif kind < 0.95:
            del pairs[at_]
        else:
            pairs.append((word(chance).decode(errors="replace")[:100], b"1"))
    files = [name for name in form.files if chance.random() < 0.5]
    if chance.random() < 0.03 and pairs:
        files.append(chance.choice(pairs)[0])  # where no file is asked for
    return pairs, files


def multipart(pairs: list[tuple[str, bytes]], files: list[str], chance: random.Random) -> bytes:
    """By hand, because no library writes what is wrong."""
    lines: list[bytes] = []
    for name, value in pairs:
        lines += [b"--" + BOUNDARY, b'Content-Disposition: form-data; name="%s"' % _inline(name.encode()), b"", value]
    for name in files:
        filename, kind, content = chance.choice(FILES)
        head = b'Content-Disposition: form-data; name="%s"; filename="%s"' % (_inline(name.encode()), filename.encode())
        lines += [b"--" + BOUNDARY, head, b"Content-Type: " + kind.encode("latin-1"), b"", content]
    body = b"\r\n".join([*lines, b"--" + BOUNDARY + b"--", b""])
    return body if chance.random() < 0.9 else body[: chance.randrange(len(body) + 1)]


def _inline(name: bytes) -> bytes:
    return name.replace(b"\r", b" ").replace(b"\n", b" ").replace(b'"', b"%22")


HEADERS = (
    ("Accept-Language", "xx-\u00ff;q=x, *"), ("Accept-Language", "a" * 5000), ("If-None-Match", '"\u00ff'),
    ("If-Modified-Since", "Sun, 99 Foo 99999 25:61:61 GMT"), ("Range", "bytes=9-1,-"), ("Cookie",
    "session=\u00ff; csrf"),
    ("Cookie", "session=" + "a" * 32 + "; messages=" + "x" * 3000), ("Referer", "http://[::1"), ("X-Forwarded-For",
    "a,b,\u00ff"),
    ("X-Requested-With", "XMLHttpRequest"), ("Accept", "application/json"), ("Content-Length", "-1"), ("Expect", "x"),
    ("Accept-Encoding", "br;q=x, \u00ff"), ("User-Agent", "\u00ff" * 500), ("Authorization", "Device \u00ff"),
)  # fmt: skip
KINDS = ("", "x", "text/plain; charset=x", "multipart/form-data", "multipart/form-data; boundary=", "application/json",
         "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=no-such",
         "multipart/form-data; boundary=\u00e4", "multipart/mixed; boundary=x-x-x")  # fmt: skip


def inputs(site: Site, forms: list[tuple[str, Form]], chance: random.Random) -> Iterator[Input]:
    """Without end: each form and each address in turn, by everybody who might."""
    while True:
        for who, form in chance.sample(forms, len(forms)):
            yield filled(who, form, chance)
        for address in chance.sample(site.addresses, len(site.addresses)):
            here = site.path(address, {}) if chance.random() < 0.5 else spoilt_path(site, address, chance)
            who = chance.choice(sorted(site.clients))
            method = chance.choices(
                ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"), (55, 30, 5, 3, 3, 2, 2)
            )[0]
            headers = (chance.choice(HEADERS),) if chance.random() < 0.3 else ()
            if method != "POST":
                yield Input(
                    who, method, f"{here}?{query(chance, QUERY)}" if chance.random() < 0.8 else here, headers=headers
                )
            elif chance.random() < 0.3:
                yield Input(who, method, here, word(chance), chance.choice(KINDS), headers)
            else:
                names = sorted(
                    {name for _who, form in chance.sample(forms, min(3, len(forms))) for name, _value in form.fields}
                ) or ["x"]
                yield Input(who, method, here, query(chance, names).encode(), headers=headers)


def filled(who: str, form: Form, chance: random.Random) -> Input:
    """A form sent with something wrong in it."""
    pairs, files = spoilt(form, chance)
    body = "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs)
    if form.method == "get":
        return Input(who, "GET", f"{form.action.partition('?')[0]}?{body[:20_000]}")
    if files or (form.files and chance.random() < 0.5):
        kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        return Input(who, "POST", form.action, multipart(pairs, files, chance), kind)
    return Input(who, "POST", form.action, body.encode())


# --- The fault --------------------------------------------------------------------------------------------------------
@pytest.fixture(params=MOMENTS)
def site(db, settings, tmp_path, moment: time_machine.Traveller, request: pytest.FixtureRequest) -> Iterator[Site]:
    settings.MEDIA_ROOT = tmp_path
    logging.disable()  # refusals are warnings, and errors are counted here
    yield Site(at(request.param), moment.move_to)
    logging.disable(logging.NOTSET)


def feed(
    site: Site, forms: list[tuple[str, Form]], count: int, chance: random.Random
) -> tuple[Counter[int], list[str]]:
    """How many answers of each status, and what went wrong, each kind of it once."""
    statuses: Counter[int] = Counter()
    wrong: dict[str, str] = {}
    for number, one in enumerate(inputs(site, forms, chance)):
        if number == count:
            break
        if number % 20 == 0:
            cache.clear()  # whoever asks too often is told so, and nothing else any more
        status, problem = site.ask(one)
        statuses[status] += 1
        if problem or status >= 500:
            key = f"{one.method} {one.path.partition('?')[0][:80]} {problem[:120]}"
            wrong.setdefault(key, f"{status} {problem[:500]} {one._replace(body=one.body[:3000])}")
    return statuses, list(wrong.values())


def test_no_input_breaks_anything(site: Site, figure):
    forms = site.forms(every=EVERY)
    statuses, wrong = feed(site, forms, INPUTS // len(MOMENTS), random.Random(14))
    figure("forms and addresses", f"{len(forms)} and {len(site.addresses)}")
    figure(f"answers on {clock.now():%d.%m.%Y}",
           ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())), "no 5xx")  # fmt: skip
    assert not wrong, "\n\n".join(wrong)
    assert {200, 302, 303, 404, 405, 422} <= set(statuses)


def raises(request: Any) -> None:
    raise RuntimeError("as a careless view does")


def test_a_view_that_raises_is_noticed(site: Site, monkeypatch):
    """The control: among all addresses is one that breaks."""
    monkeypatch.setattr(urls, "urlpatterns", [path("careless/", raises, name="careless"), *urls.urlpatterns])
    site.addresses = [Address("careless", ("/careless/",)), *site.addresses[:20]]
    clear_url_caches()
    _statuses, wrong = feed(site, [], 60, random.Random(1))
    clear_url_caches()
    assert [one for one in wrong if "as a careless view does" in one] != []

"""Many visitors at once, from two processes, each visitor doing the same thing again and again for some seconds."""

import statistics
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple

from benchmarks.visitor import Visitor

PROCESSES = 2
Step = Callable[[Visitor, Mapping[str, Any]], None]


class Load(NamedTuple):
    """What a load showed: how many a second, and how long each took."""

    per_second: float
    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.per_second:.0f}/s, p50 {self.p50 * 1000:.0f} ms, p95 {self.p95 * 1000:.0f} ms"


def load(step: Step, port: int, person: Mapping[str, Any], *, at_once: int, seconds: float = 8) -> Load:
    """So many visitors at once; every wrong answer is an error that ends the benchmark."""
    shares = [at_once // PROCESSES + (number < at_once % PROCESSES) for number in range(PROCESSES)]
    shares = [share for share in shares if share]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(crowd, step, port, person, share, seconds) for share in shares]
        took = [time for job in jobs for time in job.result()]
    return Load(len(took) / seconds, statistics.median(took), statistics.quantiles(took, n=20)[-1])


def crowd(step: Step, port: int, person: Mapping[str, Any], at_once: int, seconds: float) -> list[float]:
    """One process's share of the visitors: the seconds that each round took."""
    with ThreadPoolExecutor(at_once) as pool:
        jobs = [pool.submit(again_and_again, step, port, person, seconds) for _ in range(at_once)]
        return [took for job in jobs for took in job.result()]


def again_and_again(step: Step, port: int, person: Mapping[str, Any], seconds: float) -> list[float]:
    visitor, took = Visitor(port), []
    step(visitor, person)  # opens the connection, and does not count
    end = time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        step(visitor, person)
        took.append(time.monotonic() - began)
    visitor.close()
    return took


# --- What visitors do -------------------------------------------------------------------------------------------------
def unique(person: Mapping[str, Any]) -> dict[str, Any]:
    """The person under an address that nobody else has, with a form of their own."""
    return {**person, "email": f"{uuid.uuid4().hex}@kunta.example", "form_key": str(uuid.uuid4())}


def whole_visit(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The form, the post, the page after it."""
    visitor.visit({name: value for name, value in unique(person).items() if name != "form_key"})


def post_alone(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """Only the post; the form's protection comes with the first page."""
    if "csrf" not in visitor.cookies:
        visitor.known = visitor.open_form()
    answer = visitor.send_form({**visitor.known, **unique(person)})
    assert answer.status == 303, answer.status


def home_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The home page, from the cache."""
    assert visitor.get("/fi/").status == 200


def home_page_known(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The home page, which the browser has already."""
    if not visitor.etag:
        visitor.etag = visitor.get("/fi/").headers["etag"]
    answer = visitor.get("/fi/", If_None_Match=visitor.etag)
    if answer.status == 200:  # a new minute
        visitor.etag = answer.headers["etag"]
    else:
        assert answer.status == 304, answer.status


def programme_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The programme, from the cache."""
    assert visitor.get("/fi/programme/").status == 200


def programme_filtered(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """What two filters leave of it, from the cache."""
    assert visitor.get("/fi/programme/?streamed=&language=sv").status == 200


def webinars_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The list of webinars, from the cache."""
    assert visitor.get("/fi/webinars/").status == 200


def webinar_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """One webinar, from the cache."""
    assert visitor.get("/fi/webinars/webinar-5/").status == 200


def booths_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The list of exhibitors with the floor plan, from the cache."""
    assert visitor.get("/fi/booths/").status == 200


def booth_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """A booth, from the cache."""
    assert visitor.get("/fi/booths/booth-5/").status == 200


def floor(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The least that a web framework can do for a registration."""
    assert visitor.post("/", {"email": unique(person)["email"]}).status == 303


def floor_page(visitor: Visitor, person: Mapping[str, Any]) -> None:
    """The least that it can do for a page."""
    assert visitor.get("/").status == 200

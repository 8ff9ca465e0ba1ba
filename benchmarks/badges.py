"""How long badges take, how large they are, how much memory a process needs: python -m benchmarks.badges

Each figure is the median of several runs in a process that has made one badge before, as a worker has.
"""

import os
import resource
import statistics
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import cycle, islice, product
from multiprocessing import get_context
from typing import Literal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration2024.settings")
os.environ.setdefault("SECRET_KEY", "only-for-the-benchmark")
os.environ.setdefault("SITE_URL", "http://localhost:8000")
django.setup()

from events import qr  # noqa: E402 - needs Django to be set up, as does the next
from registration.badges import Face, badge_pdf, bulk_pdf  # noqa: E402

COUNT = 1000
RUNS = 3
SINGLES = 200
FIRST_NAMES = ["Aino", "Åsa", "Eero", "Nguyễn Thị", "Oluwaseun", "Гарик", "Γεώργιος", "محمد", "ሰላም", "Kristiina"]
LAST_NAMES = [
    "Mäkeläinen",
    "Öström-Wickström",
    "Koskela",
    "Hồng",
    "Adéyẹmí",
    "Ростовцев",
    "احمدی",
    "ተስፋዬ",
    "af Ek",
    "Li",
]
ORGANISATIONS = ["Turun kaupunki", "Varsinais-Suomen hyvinvointialue", "Finlands Röda Kors", "Kotoutumisen keskus"]
LANGUAGES = [
    ("fi", "14.–15.11.2024", "Logomo, Turku", "Osallistuja", "to 14.11.", "Euroopan unionin osarahoittama"),
    ("sv", "14–15.11.2024", "Logomo, Åbo", "Deltagare", "to 14.11.", "Medfinansieras av Europeiska unionen"),
    ("en", "14–15 November 2024", "Logomo, Turku", "Participant", "Thu 14 Nov", "Co-funded by the European Union"),
]

Layout = Literal["one", "four"]


def faces(count: int) -> list[Face]:
    """People of three languages, each with another name; one in ten does not want to be photographed."""
    people = islice(cycle(product(FIRST_NAMES, LAST_NAMES)), count)
    return [_face(number, " ".join(names)) for number, names in enumerate(people)]


def _face(number: int, name: str) -> Face:
    lang, dates, venue, role, day, statement = LANGUAGES[number % 3]
    return Face(
        lang=lang,
        event_name="Integration 2024",
        event_dates=dates,
        venue=venue,
        name=f"{name} {number}",
        organisation=ORGANISATIONS[number % 4],
        role=role,
        days=[day, day.replace("14", "15")],
        qr=qr.matrix(qr.new_code()),
        photo_mark="ei kuvia / inga bilder / no photos" if number % 10 == 0 else None,
        funding_statement=statement,
    )


def single(count: int) -> list[float]:
    """Milliseconds of each of so many tagged cards."""
    times = []
    for face in faces(count):
        began = time.perf_counter()
        badge_pdf(face)
        times.append((time.perf_counter() - began) * 1000)
    return times


def bulk(count: int, layout: Layout) -> tuple[float, float, float]:
    """Seconds, MiB of the document, and MiB that the process has needed at most so far."""
    people = faces(count)
    began = time.perf_counter()
    document = bulk_pdf(people, layout=layout)
    seconds = time.perf_counter() - began
    return seconds, len(document) / 2**20, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def processes(count: int) -> ProcessPoolExecutor:
    """So many fresh processes, each of which makes a badge before it is asked for more."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=single, initargs=(1,))


def together(pool: Executor, count: int) -> float:
    """Seconds in which two processes at the same time make half of the cards each."""
    began = time.perf_counter()
    for job in [pool.submit(bulk, count // 2, "one") for _ in range(2)]:
        job.result()
    return time.perf_counter() - began


def report_bulk(layout: Layout) -> None:
    """Time, size and memory of one print run in one process."""
    with processes(1) as pool:
        runs = [pool.submit(bulk, COUNT, layout).result() for _ in range(RUNS)]
    seconds = statistics.median(run[0] for run in runs)
    size, memory = runs[-1][1], max(run[2] for run in runs)
    limits = "≤ 12 ms each" if layout == "one" else "≤ 9 s"
    print(f"{COUNT} badges, {layout} to a page: {seconds:.1f} s, {seconds * 1000 / COUNT:.1f} ms each ({limits}), "
          f"{size:.2f} MiB (≤ 2), process {memory:.0f} MiB (≤ 150)")  # fmt: skip


def main() -> None:
    """Print all figures."""
    with processes(1) as pool:
        times = pool.submit(single, SINGLES).result()
    print(f"one tagged badge, warm: {statistics.median(times):.1f} ms (≤ 30), worst {max(times):.1f} ms")
    report_bulk("one")
    report_bulk("four")
    with processes(2) as pool:
        together(pool, 20)
        seconds = statistics.median(together(pool, COUNT) for _ in range(RUNS))
    print(f"{COUNT} badges in two processes, half each: {seconds * 1000 / COUNT:.1f} ms each (≤ 7)")


if __name__ == "__main__":
    main()

"""What each stage costs: CPU a sample article, in one process, beside trafilatura alone on the same pages.

  python bench/stages.py              about a minute
  python bench/stages.py --rounds 9

The stages take turns, round after round; counted is the CPU time of the process, the first turn left out.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402
import trafilatura  # noqa: E402

from streams.dedup import Arrival, DedupIndex, Fingerprint, decide  # noqa: E402
from streams.pipeline import CLEAN, FINGERPRINT, TAG, Output, Record, run  # noqa: E402
from streams.warming import warm_up  # noqa: E402

SAMPLES = ROOT / "streams" / "samples" / "articles.jsonl"
RECEIVED = "2026-11-22T10:00:00.000Z"
TURN_SECONDS = 1.0  # a turn repeats its articles until so much CPU is used
ALONE = "trafilatura alone"


@dataclass(slots=True)
class Work:
    """Something done to each of some articles; `again` makes ready for going through them once more."""

    items: list[Any]
    one: Callable[[Any], object]
    again: Callable[[], None] = lambda: None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    warm_up()
    works = stages()
    took: dict[str, list[float]] = {name: [] for name in works}
    for nth in range(rounds + 1):
        for name, work in works.items():
            cost = turn(work)
            if nth:  # the first turn fills caches
                took[name].append(cost)
    print(f"CPU of one process, {len(SAMPLES.read_bytes().splitlines())} sample articles, {rounds} rounds")
    print(f"{'':<22} {'articles':>8} {'us an article, median (least-most)':>36} {'articles/s':>11}")
    for name, costs in took.items():
        middle, least, most = statistics.median(costs), min(costs), max(costs)
        shown = f"{middle:,.0f} ({least:,.0f}-{most:,.0f})"
        print(f"{name:<22} {len(works[name].items):>8} {shown:>36} {1e6 / middle:>11,.0f}")
    for name in took:
        if name != ALONE:
            ratios = sorted(own / alone for own, alone in zip(took[name], took[ALONE], strict=True))
            spread = f"spread {ratios[0]:.3f}-{ratios[-1]:.3f}"
            print(f"{name}: {statistics.median(ratios):.3f} of {ALONE} ({spread})")


def stages() -> dict[str, Work]:
    """Every stage with the articles that reach it."""
    raw = SAMPLES.read_bytes().splitlines()
    events = [orjson.loads(line) for line in raw]
    pages = [
        line for line, event in zip(raw, events, strict=True) if event.get("content_type") == "text/html"
    ]
    texts = [
        line for line, event in zip(raw, events, strict=True) if event.get("content_type") == "text/plain"
    ]
    cleaned = [out for line in raw if isinstance(out := run(CLEAN, Record(line, RECEIVED)), Output)]
    tagged = [out for o in cleaned if isinstance(out := run(TAG, record(o)), Output)]
    index = DedupIndex()

    def forget() -> None:
        nonlocal index
        index = DedupIndex()

    def decided(nth_and_output: tuple[int, Output]) -> None:
        nth, out = nth_and_output
        fingerprint = Fingerprint.unpack(out.fingerprint or b"")
        index.apply(decide(index, Arrival(nth, bytes.fromhex(out.id), fingerprint)).rows)

    return {
        ALONE: Work([orjson.loads(page)["content"] for page in pages], trafilatura.extract),
        "clean, pages": Work(pages, lambda line: run(CLEAN, Record(line, RECEIVED))),
        "clean, flattened text": Work(texts, lambda line: run(CLEAN, Record(line, RECEIVED))),
        "tag, with fingerprint": Work(cleaned, lambda out: run(TAG, record(out))),
        "fingerprint alone": Work(tagged, lambda out: run(FINGERPRINT, record(out))),
        "decide and remember": Work(list(enumerate(tagged)), decided, forget),
    }


def record(out: Output) -> Record:
    return Record(out.value, out.received_at)


def turn(work: Work) -> float:
    """CPU microseconds an article."""
    done, spent = 0, 0.0
    while spent < TURN_SECONDS:
        work.again()
        began = time.process_time()
        for item in work.items:
            work.one(item)
        spent += time.process_time() - began
        done += len(work.items)
    return spent / done * 1e6


if __name__ == "__main__":
    main()

"""What `copydesk replay diff` takes without Kafka: memory, disk and CPU for both sides of small articles.

  python bench/diff.py [--articles 1000000]

Each article is once in production and once in the run; every hundredth has another headline there.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402

from streams.contract import rfc3339  # noqa: E402
from streams.shell import headers  # noqa: E402
from streams.shell.replay.diff import judge_all, keep_live  # noqa: E402
from streams.shell.replay.plan import Plan, Range  # noqa: E402
from streams.shell.replay.scope import Scope  # noqa: E402
from streams.shell.replay.sheet import Sheet  # noqa: E402
from streams.shell.replay.sides import side_of  # noqa: E402
from streams.shell.replay.versions import versions_now  # noqa: E402
from streams.shell.settings import Settings  # noqa: E402

START_MS = 1_767_225_600_000
SCATTER = 2_654_435_761  # ids do not come in the order of the table, as hashes do not
EVERY = 100
TEXT = "The ferry to the island was late again on Monday morning. " * 4


def records(articles: int, run: str) -> Iterator[tuple[str, Any]]:
    """(id, record) of each article; `run` is empty for production."""
    for n in range(articles):
        identity = f"{n * SCATTER % 2**128:032x}"
        received_at = rfc3339(START_MS + n)
        event = {
            "id": identity,
            "url": f"https://gazette.example/{n}",
            "received_at": received_at,
            "headline": f"Ferry {n}" + (" again" if run and n % EVERY == 0 else ""),
            "text": f"{n} {TEXT}",
            "content_hash": identity,
            "entities": [],
            "values": [],
            "version": {"number": 1, "first_received_at": received_at},
            "duplicate": {"relation": "original", "group": identity},
            "decision": 1,
            "status": "usable",
        }
        listed = [
            (headers.TIME, received_at.encode()),
            (headers.SOURCE, b"articles.raw/0/%d" % n),
            (headers.REPLAY, run.encode()),
        ]
        value = orjson.dumps(event)
        yield (
            identity,
            SimpleNamespace(partition=0, offset=n, key=None, value=value, headers=listed, timestamp=0),
        )


def compared(articles: int) -> tuple[dict[str, int], float, int, int]:
    """Counts, CPU seconds, and the bytes of memory beyond what a process has at its start, and on disk."""
    settings = Settings()
    plan = Plan(
        run="bench",
        created_at=rfc3339(START_MS),
        cluster="",
        prefix="",
        topic_prefix="",
        first="clean",
        last="dedup",
        given_from="",
        given_to="",
        ranges={0: Range(0, articles)},
        removals_since=0,
        versions=versions_now(settings),
        records=articles,
        estimate_seconds=0.0,
    )
    before, began = _peak_bytes(), time.process_time()
    scope = Scope(settings, plan)
    with Sheet() as sheet:
        for identity, record in records(articles, "bench"):
            if (side := side_of(record)) is not None:
                sheet.keep("run", identity, side)
        for identity, record in records(articles, ""):
            if (side := side_of(record)) is not None:
                keep_live(sheet, scope, identity, side)
        assert not sheet.links_differ()
        found, _shown = judge_all(plan, sheet, whole=True, examples=5)
        return dict(found.counts), time.process_time() - began, _peak_bytes() - before, sheet.bytes_on_disk()


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    articles = parser.parse_args().articles
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # its peak is its own
        counts, seconds, memory, disk = pool.apply(compared, (articles,))
    told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    print(f"{articles:,} articles on both sides: {told}")
    each = seconds / articles * 1e6
    print(f"memory {memory / 1e6:,.0f} MB, disk {disk / 1e6:,.0f} MB, CPU {each:.0f} us an article")


if __name__ == "__main__":
    main()

"""Hours of load in one: does the memory of the workers stay flat?

  python bench/soak.py --minutes 60 --rate 24 --out soak.jsonl
  python bench/plots.py soak soak.jsonl soak.svg        the same as a picture

Texts and pages in turn, each with a URL of its own, at a steady rate through the three live workers on a
broker of its own. Every 15 seconds a line of JSON: articles sent and done, lag, proportional memory and CPU
of each stage's process trees, rows and bytes of the index. The last line: the slope of each memory, MB an
hour, with its standard error (least squares over means of five minutes, since neighbouring samples are not
independent; the first half hour, while caches fill, is left out). De-duplication remembers every article for
96 hours, so its memory grows with them: `dedup rest` is what it takes beside the index.
"""

import argparse
import asyncio
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.clock import proportional_mb, tree  # noqa: E402
from bench.hop import broker, say  # noqa: E402
from bench.live import Bench, Worker, cpu_by_stage  # noqa: E402
from bench.load import mixed  # noqa: E402
from streams.shell import clients, topics  # noqa: E402
from streams.shell.top import Samples, look  # noqa: E402

RATE = 8.0  # articles a second: ten hours of 69,000 a day in one
SAMPLE_SECONDS = 15.0
PAUSE_SECONDS = 0.05
WARM_ARTICLES = 400
SETTLING_SECONDS = 1800.0  # so long caches and heaps still filled: half of a shorter run is left out
BLOCK_SECONDS = 300.0
MB = 2**20

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=RATE, help="articles a second")
    parser.add_argument("--out", type=Path, default=Path("soak.jsonl"))
    options = parser.parse_args()
    with broker() as brokers, tempfile.TemporaryDirectory(prefix="copydesk-soak-") as folder:
        bench = Bench(brokers, Path(folder))
        topics.check(bench.settings, create=True)
        with bench.workers() as workers, options.out.open("w") as out:
            rows = asyncio.run(soak(bench, workers, options.rate, options.minutes * 60, out))
            asyncio.run(bench.settled())
        report(rows)


async def soak(bench: Bench, workers: list[Worker], rate: float, seconds: float, out: IO[str]) -> list[Row]:
    """Sends and samples; gives the samples."""
    articles = mixed()
    await bench.fill([next(articles) for _ in range(WARM_ARTICLES)])
    await bench.settled()
    producer = await clients.started(clients.producer(bench.settings), bench.settings)
    rows, sent, next_at, began = list[Row](), 0, 0.0, time.monotonic()
    try:
        while (elapsed := time.monotonic() - began) < seconds:
            while sent < elapsed * rate:
                await producer.send(bench.raw, next(articles), b"%d" % sent)
                sent += 1
            if elapsed >= next_at:
                next_at += SAMPLE_SECONDS
                if row := await asyncio.to_thread(sample, workers):
                    rows.append({"seconds": round(elapsed, 1), "sent": sent, **row})
                    out.write(json.dumps(rows[-1]) + "\n")
                    out.flush()
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        await clients.stopped(producer)
    return rows


def sample(workers: list[Worker]) -> Row | None:
    """The workers as they are now; None where one does not answer in time. SystemExit where one has ended."""
    memory, told = {}, {}
    for worker in workers:
        if worker.process.poll() is not None:
            sys.exit(f"the {worker.stage} worker has ended with {worker.process.returncode}; see above")
        memory[worker.stage] = sum(map(proportional_mb, tree(worker.pid)))
        found = look(worker.address)
        if found.samples is None:
            say(f"the {worker.stage} worker at {worker.address} {found.problem}")
            return None
        told[worker.stage] = found.samples
    index = total(told["dedup"], "copydesk_index_bytes") / MB
    return {
        "done": int(total(told["dedup"], "copydesk_stage_records_total")),
        "lag": {stage: int(total(samples, "copydesk_consumer_lag")) for stage, samples in told.items()},
        "memory": {**memory, "dedup rest": memory["dedup"] - index},
        "cpu": cpu_by_stage(workers),
        "index_articles": int(total(told["dedup"], "copydesk_index_articles")),
        "index_mb": index,
        "inflight_mb": sum(total(samples, "copydesk_inflight_bytes") for samples in told.values()) / MB,
        "restarts": sum(int(total(samples, "copydesk_pool_restarts_total")) for samples in told.values()),
    }


def total(samples: Samples, name: str) -> float:
    return sum(value for _labels, value in samples.get(name, ()))


def report(rows: list[Row]) -> None:
    last = rows[-1]
    settled = [row for row in rows if row["seconds"] >= min(SETTLING_SECONDS, last["seconds"] / 2)]
    spent = (settled[-1]["done"] - settled[0]["done"]) or 1
    for stage, cpu in last["cpu"].items():
        print(f"{stage}: {(cpu - settled[0]['cpu'][stage]) / spent * 1e3:.2f} ms of CPU an article")
    print(
        f"{last['sent']:,} articles in {last['seconds'] / 60:.0f} minutes; the index has "
        f"{last['index_articles']:,} rows in {last['index_mb']:.0f} MB; most lag "
        f"{max(max(row['lag'].values()) for row in rows)}; stage processes ended: {last['restarts']}"
    )
    slopes = {}
    for name in last["memory"]:
        points = [(row["seconds"], row["memory"][name]) for row in settled]
        slopes[name] = [round(value, 2) for value in slope(points)]
        first, latest = (statistics.fmean(value for _at, value in part) for part in (points[:8], points[-8:]))
        told = f"{slopes[name][0]:+.2f} +- {slopes[name][1]:.2f} MB/h"
        print(f"{name}: {first:.0f} MB at first, {latest:.0f} MB at last; {told}")
    print(f"soak: {json.dumps(slopes)}")


def slope(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """(MB an hour, standard error) of the line through means over BLOCK_SECONDS each."""
    blocks: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        blocks.setdefault(int(point[0] // BLOCK_SECONDS), []).append(point)
    xs, ys = zip(
        *(tuple(map(statistics.fmean, zip(*block, strict=True))) for block in blocks.values()), strict=True
    )
    if len(xs) < 3:
        return math.nan, math.nan
    rise, start = statistics.linear_regression(xs, ys)
    middle = statistics.fmean(xs)
    left = sum((y - rise * x - start) ** 2 for x, y in zip(xs, ys, strict=True)) / (len(xs) - 2)
    return rise * 3600, math.sqrt(left / sum((x - middle) ** 2 for x in xs)) * 3600


if __name__ == "__main__":
    main()

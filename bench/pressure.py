"""Memory of the three workers when far more waits for them than they can do.

  python bench/pressure.py --out pressure.jsonl          a broker of its own, about ten minutes
  python bench/pressure.py --parts queued --records 1000000 --seconds 60
  python bench/plots.py pressure pressure.jsonl pressure.svg        the same as a picture

queued: millions of small records are in articles.raw before the workers start. large: some hundred articles
of 6 MB. From when every stage has committed something, a line of JSON each second: proportional memory of its
process trees. Flat is what does not grow: the last lines have, for each stage, the median of the last
third of the time over that of the second third (in the first, caches and heaps fill), and the most.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from confluent_kafka import Producer  # noqa: E402

from bench.clock import proportional_mb, tree  # noqa: E402
from bench.hop import broker, say  # noqa: E402
from bench.live import Bench, Worker  # noqa: E402
from streams.pipeline import STEPS  # noqa: E402
from streams.shell import clients, groups, topics  # noqa: E402
from streams.shell.names import group  # noqa: E402
from streams.shell.topics import topic_name  # noqa: E402

PARTS = ("queued", "large")
SMALL_WORDS = 60
# Of so many different articles; the others are the same again. De-duplication remembers what is new, and that
# is no leak.
DIFFERENT = 20_000
LARGE, LARGE_BYTES, LARGE_LINE_WORDS = 300, 5_800_000, 14
ACCENTS = str.maketrans("aeo", "áéó")
VOCABULARY = 4_000
FILL_SECONDS = 600
SAMPLE_SECONDS = 1.0
STAGE_SECONDS = 120  # 6 MB take 3 s of CPU; a busy machine shall make no dead letters of them


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--records", type=int, default=10_000_000, help="that wait in `queued`")
    parser.add_argument("--seconds", type=float, default=240, help="of each part")
    parser.add_argument("--out", type=Path, default=Path("pressure.jsonl"))
    options = parser.parse_args()
    with broker() as brokers, options.out.open("w") as out:
        for part in options.parts:
            records = small(options.records) if part == "queued" else large()
            print(under(brokers, part, records, options.seconds, out), flush=True)


def small(records: int) -> Iterator[tuple[bytes, bytes]]:
    """(key, raw event) of short articles, DIFFERENT of them, again and again."""
    words = made_words()
    listed = []
    for number in range(DIFFERENT):
        drawn = random.Random(number)  # noqa: S311 - a text, no secret
        listed.append(event(number, " ".join(drawn.choices(words, k=SMALL_WORDS)).capitalize() + "."))
    for number in range(records):
        yield listed[number % DIFFERENT]


def large() -> Iterator[tuple[bytes, bytes]]:
    """(key, raw event) of LARGE articles of LARGE_BYTES each: the same lines, begun elsewhere.

    Their JSON escapes accents: cleaning takes 4 MB of text, and a raw event may have 6.
    """
    words, drawn = made_words(), random.Random(0)  # noqa: S311 - a text, no secret
    lines, size = [], 0
    while size < LARGE_BYTES:
        line = " ".join(drawn.choices(words, k=LARGE_LINE_WORDS)).capitalize() + "."
        lines.append(line.translate(ACCENTS))
        size += len(json.dumps(f"{lines[-1]}\n\n")) - len('""')
    for number in range(LARGE):
        yield event(number, "\n\n".join([*lines[number:], *lines[:number]]))


def made_words() -> list[str]:
    drawn = random.Random(7)  # noqa: S311 - a text, no secret
    return ["".join(drawn.choices("aeiourstlnmdcpbgh", k=drawn.randint(2, 9))) for _ in range(VOCABULARY)]


def event(number: int, text: str) -> tuple[bytes, bytes]:
    url = f"https://bench.invalid/{number}"
    raw = {"url": url, "content": text, "content_type": "text/plain", "language": "en"}
    return url.encode(), json.dumps(raw).encode()


def under(
    brokers: str, part: str, records: Iterable[tuple[bytes, bytes]], seconds: float, out: IO[str]
) -> str:
    """One part: writes its samples; gives what is told of them."""
    with tempfile.TemporaryDirectory(prefix="copydesk-pressure-") as folder:
        bench = Bench(brokers, Path(folder))
        bench.environment["COPYDESK_STAGE_SECONDS"] = str(STAGE_SECONDS)
        topics.check(bench.settings, create=True)
        try:
            queued, size = fill(bench, records)
            say(f"{part}: {queued:,} records of {size / queued:,.0f} bytes wait")
            with bench.workers() as workers:
                while not all(asyncio.run(committed(bench)).values()):
                    still_there(workers)
                    time.sleep(SAMPLE_SECONDS)
                rows = list(sampled(workers, seconds))
            done = asyncio.run(committed(bench))
        finally:
            asyncio.run(bench.drop())
    for row in rows:
        out.write(json.dumps({"part": part, "queued": queued, **row}) + "\n")
    return f"{part}: {queued:,} records waited, committed {done}; {told([row['memory'] for row in rows])}"


def fill(bench: Bench, records: Iterable[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Writes all of them before anything reads; gives their number and size."""
    producer = Producer(
        {
            "bootstrap.servers": bench.settings.brokers,
            "enable.idempotence": True,
            "compression.type": "zstd",
            "linger.ms": 50,
            "message.max.bytes": 8_000_000,
            "queue.buffering.max.messages": 200_000,
        }
    )
    count = size = 0
    failed: list[str] = []

    def delivered(error: object, _record: object) -> None:
        if error is not None:
            failed.append(str(error))

    for key, value in records:
        while True:
            try:
                producer.produce(bench.raw, value, key, on_delivery=delivered)
            except BufferError:
                producer.poll(0.1)
            else:
                break
        count, size = count + 1, size + len(value)
    if producer.flush(FILL_SECONDS) or failed:
        raise SystemExit(f"Kafka did not take the records: {failed[:3]}")
    return count, size


def sampled(workers: list[Worker], seconds: float) -> Iterator[dict[str, Any]]:
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        still_there(workers)
        memory = {one.stage: round(sum(map(proportional_mb, tree(one.pid))), 1) for one in workers}
        yield {"seconds": round(now, 1), "memory": memory}
        time.sleep(SAMPLE_SECONDS)


def still_there(workers: list[Worker]) -> None:
    for worker in workers:
        if worker.process.poll() is not None:
            raise SystemExit(f"{worker.stage} ended with {worker.process.returncode}")


async def committed(bench: Bench) -> dict[str, int]:
    """Records that each stage has committed."""
    admin = await clients.started(clients.admin(bench.settings), bench.settings)
    try:
        done = {}
        for step in STEPS:
            source = topic_name(bench.settings, step.source)
            found = await groups.committed(admin, bench.settings, group(bench.settings, step), source)
            done[step.name] = sum(found.values())
        return done
    finally:
        await clients.stopped(admin)


def told(memory: list[dict[str, float]]) -> str:
    """Of each stage: the last third over the second one, and the most."""
    third, shown = len(memory) // 3, []
    for stage in memory[0]:
        series = [row[stage] for row in memory]
        ratio = statistics.median(series[-third:]) / statistics.median(series[third : 2 * third])
        shown.append(f"{stage}={ratio:.2f} (most {max(series):.0f} MB)")
    return " ".join(shown)


if __name__ == "__main__":
    main()

"""What one hop through Kafka costs: consume, decode and encode JSON, produce, commit.

  python bench/hop.py                     a broker of its own, about two minutes
  COPYDESK_BROKERS=... python bench/hop.py    a broker that is there; topics bench-*.* are made and removed
  python bench/hop.py --rounds 5 --records 20000

Each contender runs as a process of its own, in turn, round after round, over the same records. Counted is
CPU time of the process, its threads and its children, from the first record at hand to the last offset
committed. Last line: the cheaper of bare aiokafka and Quix Streams over ours; from 1 on ours is no dearer.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "deploy" / "check")]

import orjson  # noqa: E402
import tools  # noqa: E402

from streams import contract  # noqa: E402
from streams.shell import clients, topics  # noqa: E402
from streams.shell.settings import Settings  # noqa: E402

RECORD_BYTES = 6_800  # the median tagged article
DIFFERENT = 2_000  # texts; of 14 MB none is met again in a batch
# They end in the middle of their work, which Python's resource tracker remarks upon.
QUIET = {**os.environ, "PYTHONWARNINGS": "ignore"}
CONTENDERS = {
    "bare": "bare aiokafka: getmany, JSON, send, commit; one process",
    "quix": "Quix Streams: a frame from topic to topic, JSON; one process",
    "copydesk": "copydesk's worker, JSON in the pool of stage processes",
    "bytes": "copydesk's worker, bytes through the pool untouched",
    "faust": "plain Faust: an agent, JSON, await topic.send",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--only", nargs="*", choices=CONTENDERS, default=list(CONTENDERS))
    options = parser.parse_args()
    with broker() as brokers:
        took: dict[str, list[dict[str, float]]] = {name: [] for name in options.only}
        settings = Settings(brokers=brokers, topic_prefix=f"bench-{uuid.uuid4().hex[:8]}.", partitions=1)
        topics.check(settings, create=True)
        try:
            asyncio.run(fill(settings, options.records))
            for nth in range(options.rounds):
                for name in options.only:
                    took[name].append(measured(name, settings, options.records))
                    say(f"round {nth + 1}: {name} {took[name][-1]['cpu']:.0f} us")
        finally:
            asyncio.run(remove(settings))
    report(took, options.records, options.rounds)


@contextmanager
def broker() -> Iterator[str]:
    """The address in COPYDESK_BROKERS, or a broker that lives as long as this run."""
    if given := os.environ.get("COPYDESK_BROKERS"):
        yield given
        return
    script = [sys.executable, str(ROOT / "deploy" / "local" / "kafka.py")]
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        start = [*script, "start", "--data", folder, "--port", "0"]
        try:
            started = subprocess.run(start, stdout=subprocess.PIPE, text=True, check=True)
            yield started.stdout.rpartition(" ")[2].strip()
        finally:
            subprocess.run([*script, "wipe", "--data", folder], check=False)


def article_bytes() -> list[bytes]:
    """Events of about RECORD_BYTES of the sample articles' words: different texts, as compressible as news.

    zstd at level 3 packs news texts into .37 of their size in batches of 256 kB, into .35 in batches of 1 MB,
    and these into .37 and .34. The articles themselves, over and over, would be .13 and .03, and packing them
    next to free.
    """
    lines = (ROOT / "streams" / "samples" / "articles.jsonl").read_bytes().splitlines()
    texts = (orjson.loads(line).get("content") or "" for line in lines)
    words = [word for text in texts for word in str(text).split()]
    chance = random.Random(1)  # noqa: S311 - the same texts at every run
    made = []
    for nth in range(DIFFERENT):
        event = {"id": f"{nth:032x}", "url": f"https://bench.invalid/{nth}", "text": "", "number": nth}
        room = RECORD_BYTES - len(orjson.dumps(event))
        text = " ".join(chance.choices(words, k=room // 4))
        while len(orjson.dumps(text)) > room:
            text = text[: text.rindex(" ")]
        made.append(orjson.dumps({**event, "text": text}))
    return made


async def fill(settings: Settings, records: int) -> None:
    values = article_bytes()
    say(f"{records:,} records of {statistics.mean(map(len, values)):,.0f} bytes")
    producer = await clients.started(clients.producer(settings), settings)
    topic = topics.topic_name(settings, contract.RAW)
    for nth in range(records):
        await producer.send(topic, values[nth % len(values)], b"%032x" % nth)
    await producer.flush()
    await producer.stop()


async def remove(settings: Settings) -> None:
    admin = await clients.started(clients.admin(settings), settings)
    await admin.delete_topics([topic.name for topic in topics.wanted(settings)])
    await admin.close()


def measured(name: str, settings: Settings, records: int) -> dict[str, float]:
    folder = Path(__file__).parent
    command: list[str | Path]
    if name == "quix":
        names = [topics.topic_name(settings, topic) for topic in (contract.RAW, contract.CLEANED)]
        group = f"{settings.topic_prefix}{uuid.uuid4().hex[:8]}"
        command = [
            tools.python("requirements-versus.lock") / "python",
            folder / "quix_hop.py",
            settings.brokers,
            *names,
            group,
            str(records),
        ]
    else:
        arguments = [name, settings.brokers, settings.topic_prefix, str(records)]
        command = [sys.executable, folder / "contenders.py", *arguments]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=QUIET)
    if '{"cpu"' not in out.stdout:
        sys.exit(f"{name} ended without a result; what it said stands above")
    # Faust's worker prints things of its own before it.
    result: dict[str, float] = json.loads(out.stdout[out.stdout.index('{"cpu"') :].splitlines()[0])
    return result


def report(took: dict[str, list[dict[str, float]]], records: int, rounds: int) -> None:
    print(f"\nmicroseconds a record, median (least-most) of {rounds} rounds")
    print(f"{'':<10} {'CPU':>20} {'wall':>8}")
    for name, rows in took.items():
        cpu, wall = sorted(row["cpu"] for row in rows), sorted(row["wall"] for row in rows)
        shown = f"{statistics.median(cpu):.0f} ({cpu[0]:.0f}-{cpu[-1]:.0f})"
        print(f"{name:<10} {shown:>20} {statistics.median(wall):>8.0f}   {CONTENDERS[name]}")
    peers = [name for name in ("bare", "quix") if name in took]
    if peers and "copydesk" in took:
        both = zip(took["copydesk"], *(took[name] for name in peers), strict=True)
        ratios = sorted(min(peer["cpu"] for peer in others) / ours["cpu"] for ours, *others in both)
        told = ", ".join(
            f"{name} {statistics.median(row['cpu'] for row in took[name]):.0f}"
            for name in ("copydesk", *peers)
        )
        print(
            f"hop: CPU us a record {told}; the cheaper of the others over ours, median of {rounds} rounds "
            f"({ratios[0]:.2f}-{ratios[-1]:.2f}, {records:,} records each) "
            f"shell={statistics.median(ratios):.2f}"
        )


def say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

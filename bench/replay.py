"""What a replay costs: against the live workers, reading alone, and what the live stream notices of it.

  python bench/replay.py                  a broker of its own, about six minutes
  python bench/replay.py --parts read     one of: read, cost, shares, beside
  COPYDESK_BROKERS=... python bench/replay.py    a broker that is there; topics bench-*.* are made and removed

cost: CPU of the process trees a record, clean + tag + dedup, live workers and `copydesk replay run` in turn
over the same records. shares: CPU of a replay a record, by the stages that it takes. read: small records of
four partitions merged, wall and CPU. beside: freshness of what the live workers make at half
of what they can do, with a replay working beside them and without, in turn.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.hop import article_bytes, broker, say  # noqa: E402
from streams import contract  # noqa: E402
from streams.pipeline import DEDUP, STEPS  # noqa: E402
from streams.shell import clients, groups, stretches, topics  # noqa: E402
from streams.shell.names import group  # noqa: E402
from streams.shell.replay.plan import read_plan  # noqa: E402
from streams.shell.replay.progress_log import Known  # noqa: E402
from streams.shell.replay.reading import batches  # noqa: E402
from streams.shell.replay.run_topics import delete_all  # noqa: E402
from streams.shell.replay.throttle import Throttle  # noqa: E402
from streams.shell.settings import Settings  # noqa: E402

COMMAND = [sys.executable, "-m", "streams.shell.cli"]
PARTS = ("read", "cost", "shares", "beside")
STRETCHES = ("clean", "clean..tag", "clean..dedup")
SMALL_BYTES = 200
LINE_WORDS = 60
WARM = 200  # records before what is measured
TICK_SECONDS = 0.05
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Bench:
    """Topics of our own on a broker, and the commands on them."""

    def __init__(self, brokers: str, folder: Path) -> None:
        self.settings = Settings(brokers=brokers, topic_prefix=f"bench-{uuid.uuid4().hex[:8]}.")
        self.settings = replace(self.settings, prefix=self.settings.topic_prefix.rstrip("."))
        self.folder = folder
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "COPYDESK_BROKERS": brokers,
            "COPYDESK_TOPIC_PREFIX": self.settings.topic_prefix,
            "COPYDESK_PREFIX": self.settings.prefix,
            "COPYDESK_PROCESSES": "1",
            "COPYDESK_LOG_LEVEL": "warning",
        }

    async def fill(self, values: list[bytes]) -> None:
        producer = await clients.started(clients.producer(self.settings), self.settings)
        for nth, value in enumerate(values):
            await producer.send(self.raw, value, b"%d" % nth)
        await producer.stop()

    @property
    def raw(self) -> str:
        return topics.topic_name(self.settings, contract.RAW)

    @contextmanager
    def workers(self) -> Iterator[list[subprocess.Popen[bytes]]]:
        """The three live workers, ready."""
        started = [
            subprocess.Popen(
                [*COMMAND, "worker", step.name], env={**self.environment, "COPYDESK_METRICS_PORT": "0"}
            )
            for step in STEPS
        ]
        try:
            yield started
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(60)

    async def settled(self) -> None:
        """Waits until de-duplication has committed what came of every raw record."""
        admin = await clients.started(clients.admin(self.settings), self.settings)
        consumer = await clients.started(clients.reader(self.settings), self.settings)
        try:
            for step in STEPS:
                source = topics.topic_name(self.settings, step.source)
                while True:
                    done = await groups.committed(admin, self.settings, group(self.settings, step), source)
                    ends = await consumer.end_offsets(await topics.partitions_of(admin, source))
                    if all(done.get(tp.partition, 0) >= end for tp, end in ends.items()):
                        break
                    await asyncio.sleep(TICK_SECONDS)
        finally:
            await clients.stopped(consumer)
            await clients.stopped(admin)

    def plan(self, *options: str) -> Path:
        file = self.folder / f"{time.monotonic_ns()}.json"
        command = [*COMMAND, "replay", "plan", "--out", str(file), *options]
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        return file

    def replay(self, plan: Path) -> "subprocess.Popen[str]":
        command = [*COMMAND, "replay", "run", str(plan), "--json"]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True)

    async def drop(self, run: str | None = None) -> None:
        """Deletes a run's topics, or all of ours."""
        admin = await clients.started(clients.admin(self.settings), self.settings)
        if run is not None:
            await delete_all(admin, self.settings, run)
        else:
            there = await admin.list_topics()
            await admin.delete_topics([n for n in there if n.startswith(self.settings.topic_prefix)])
        await clients.stopped(admin)


def raw_articles(records: int) -> list[bytes]:
    """Flattened texts of 6.8 kB, no two alike: the words of the samples, in an order of each one's own."""
    events = [json.loads(packed) for packed in article_bytes()]
    made = []
    for nth in range(records):
        words = events[nth % len(events)]["text"].split()
        random.Random(nth).shuffle(words)  # noqa: S311
        lines = [" ".join(words[at : at + LINE_WORDS]) + "." for at in range(0, len(words), LINE_WORDS)]
        raw = {"content_type": "text/plain", "language": "en", "content": "\n\n".join(lines)}
        made.append(json.dumps({"url": f"https://bench.invalid/{nth}", **raw}).encode())
    return made


def cost(bench: Bench, records: int, rounds: int) -> None:
    """CPU a record: live against replay."""
    values, live, again = raw_articles(WARM + rounds * records), [], []
    asyncio.run(bench.fill(values[:WARM]))
    for nth in range(rounds):
        some = values[WARM + nth * records :][:records]
        with bench.workers() as workers:
            asyncio.run(bench.settled())  # what was sent before: models are loaded, kernels warm
            before = sum(cpu(process.pid) for process in workers)
            asyncio.run(bench.fill(some))
            asyncio.run(bench.settled())
            live.append((sum(cpu(process.pid) for process in workers) - before) / records * 1e3)
        plan = bench.plan("--from", "2026-01-01", "--cold")
        again.append(replayed(bench.replay(plan)))
        asyncio.run(bench.drop(read_plan(plan).run))
        say(f"round {nth + 1}: live {live[-1]:.2f} ms, replay {again[-1]:.2f} ms of CPU a record")
    ratios = sorted(a / b for a, b in zip(live, again, strict=True))
    print(
        f"cost: live {statistics.median(live):.2f} ms, replay {statistics.median(again):.2f} ms a record; "
        f"throughput a core against the live workers' {statistics.median(ratios):.2f} "
        f"(median of {rounds} rounds, spread {ratios[0]:.2f}-{ratios[-1]:.2f}, {records:,} records each)"
    )


def shares(bench: Bench, records: int, rounds: int) -> None:
    """CPU a record of one stage, of two and of all: what each adds."""
    found: dict[str, list[float]] = {stages: [] for stages in STRETCHES}
    asyncio.run(bench.fill(raw_articles(records)))
    for nth in range(rounds):
        for stages in STRETCHES:
            plan = bench.plan("--from", "2026-01-01", "--cold", "--stages", stages)
            found[stages].append(replayed(bench.replay(plan)))
            asyncio.run(bench.drop(read_plan(plan).run))
        say(f"round {nth + 1}: " + ", ".join(f"{name} {values[-1]:.2f}" for name, values in found.items()))
    told = ", ".join(
        f"{name} {statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
        for name, values in found.items()
    )
    print(f"shares: {told} ms of CPU a record (median of {rounds} rounds, {records:,} records each)")


def replayed(process: "subprocess.Popen[str]") -> float:
    """CPU ms a record of a run, from its first progress to its last."""
    seen: list[tuple[int, float]] = []
    for line in process.stdout or ():
        told = json.loads(line)
        if told["state"] == "running":
            seen.append((told["done"], cpu(process.pid)))
    process.wait()
    (first, began), (last, ended) = seen[0], seen[-1]
    return (ended - began) / (last - first) * 1e3


def read(bench: Bench, records: int) -> None:
    """Reading alone: what feeds the stages, without them."""
    asyncio.run(bench.fill([b"%0*d" % (SMALL_BYTES, nth) for nth in range(records)]))
    plan = read_plan(bench.plan("--from", "2026-01-01", "--cold"))

    async def go() -> int:
        throttle, taken = Throttle(), 0
        throttle.observe({})
        positions = Known.fresh(plan, plan.versions, 0).positions
        async for batch in batches(bench.settings, plan, positions, throttle):
            taken += len(batch)
        return taken

    rates = []
    for _round in range(3):
        began, worked = time.perf_counter(), time.process_time()
        taken = asyncio.run(go())
        assert taken == records, f"{taken} of {records} read"
        wall, used = time.perf_counter() - began, time.process_time() - worked
        rates.append((taken / wall, taken / used))
    wall_rate, cpu_rate = (statistics.median(column) for column in zip(*rates, strict=True))
    print(f"read: {wall_rate:,.0f} records/s of {SMALL_BYTES} bytes, {cpu_rate:,.0f} a second of CPU")


def beside(bench: Bench, records: int, rounds: int, seconds: float) -> None:
    """The p99 of freshness at half load, with and without a replay."""
    values = raw_articles(WARM + records)
    with bench.workers():
        asyncio.run(bench.fill(values[:WARM]))
        asyncio.run(bench.settled())
        began = time.perf_counter()
        asyncio.run(bench.fill(values[WARM:]))
        asyncio.run(bench.settled())
        rate = records / (time.perf_counter() - began) / 2
        periods = 2 * rounds + 1
        values = raw_articles(WARM + records + int(periods * (seconds + 1) * rate))[WARM + records :]
        say(f"half load: {rate:.0f} records/s")
        values = values[asyncio.run(steady(bench, values, rate, seconds)) :]  # what comes first is slower
        asyncio.run(bench.settled())
        alone: list[float] = []
        together: list[float] = []
        for _round in range(rounds):
            for found, with_replay in ((alone, False), (together, True)):
                at = int(time.time() * 1000)
                plan = bench.plan("--from", "2026-01-01", "--cold") if with_replay else None
                process = bench.replay(plan) if plan is not None else None
                if process is not None and process.stdout is not None:
                    process.stdout.readline()  # it works now
                    at = int(time.time() * 1000)
                values = values[asyncio.run(steady(bench, values, rate, seconds)) :]
                if plan is not None and process is not None:
                    assert process.poll() is None, "the replay ended before the period did: more --records"
                    process.send_signal(signal.SIGINT)
                    process.wait()
                    asyncio.run(bench.drop(read_plan(plan).run))
                asyncio.run(bench.settled())
                found.append(p99(asyncio.run(freshness(bench, at))))
                say(f"p99 {'beside a replay' if with_replay else 'alone'}: {found[-1]:.0f} ms")
    ratios = sorted(b / a for a, b in zip(alone, together, strict=True))
    print(
        f"beside: p99 of freshness at {rate:.0f} records/s {statistics.median(alone):.0f} ms alone, "
        f"{statistics.median(together):.0f} ms beside a replay, ratio {statistics.median(ratios):.2f} "
        f"(median of {rounds} rounds of {seconds:g} s, spread {ratios[0]:.2f}-{ratios[-1]:.2f})"
    )


async def steady(bench: Bench, values: list[bytes], rate: float, seconds: float) -> int:
    """Sends at a rate; gives how many it has sent."""
    producer = await clients.started(clients.producer(bench.settings), bench.settings)
    began, sent = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        while sent < elapsed * rate:
            await producer.send(bench.raw, values[sent], b"%d" % sent)
            sent += 1
        await asyncio.sleep(TICK_SECONDS)
    await producer.stop()
    return sent


async def freshness(bench: Bench, since_ms: int) -> list[float]:
    """Ms from received_at to the event, of what was received since."""
    settings, found = bench.settings, []
    admin = await clients.started(clients.admin(settings), settings)
    partitions = await topics.partitions_of(admin, topics.topic_name(settings, DEDUP.target))
    await clients.stopped(admin)
    async with clients.reading(settings, partitions) as consumer:
        ends = await consumer.end_offsets(partitions)
        starts = await stretches.offsets_at(consumer, ends, since_ms)
    window = stretches.Window(since_ms, starts, ends)
    async for record in stretches.merged(settings, window):
        received = datetime.fromisoformat(dict(record.headers)["ce_time"].decode()).timestamp() * 1000
        if received >= since_ms and dict(record.headers)["ce_id"].endswith(b":1:1"):
            found.append(record.timestamp - received)
    return found


def p99(values: Iterable[float]) -> float:
    cuts: list[float] = statistics.quantiles(values, n=100)
    return cuts[98]


def cpu(pid: int) -> float:
    """Seconds of CPU of a process and of all that live below it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS + sum(map(cpu, below))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=3_000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with broker() as brokers, tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        for part in options.parts:
            bench = Bench(brokers, Path(folder))
            topics.check(bench.settings, create=True)
            try:
                if part == "read":
                    read(bench, 20 * options.records)
                elif part == "cost":
                    cost(bench, options.records, options.rounds)
                elif part == "shares":
                    shares(bench, options.records, options.rounds)
                else:
                    beside(bench, options.records, options.rounds, options.seconds)
            finally:
                asyncio.run(bench.drop())


if __name__ == "__main__":
    main()

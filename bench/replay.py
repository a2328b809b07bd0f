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
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.clock import cpu_seconds  # noqa: E402
from bench.hop import broker, say  # noqa: E402
from bench.live import Bench, cpu_by_stage  # noqa: E402
from bench.load import raw_articles  # noqa: E402
from streams.pipeline import DEDUP  # noqa: E402
from streams.shell import clients, stretches, topics  # noqa: E402
from streams.shell.replay.plan import read_plan  # noqa: E402
from streams.shell.replay.progress_log import Known  # noqa: E402
from streams.shell.replay.reading import batches  # noqa: E402
from streams.shell.replay.throttle import Throttle  # noqa: E402

PARTS = ("read", "cost", "shares", "beside")
STRETCHES = ("clean", "clean..tag", "clean..dedup")
SMALL_BYTES = 200
WARM = 200  # records before what is measured


def cost(bench: Bench, records: int, rounds: int) -> None:
    """CPU a record: live against replay."""
    values, live, again = raw_articles(WARM + rounds * records), [], []
    asyncio.run(bench.fill(values[:WARM]))
    for nth in range(rounds):
        some = values[WARM + nth * records :][:records]
        with bench.workers() as workers:
            asyncio.run(bench.settled())  # what was sent before: models are loaded, kernels warm
            before = sum(cpu_by_stage(workers).values())
            asyncio.run(bench.fill(some))
            asyncio.run(bench.settled())
            live.append((sum(cpu_by_stage(workers).values()) - before) / records * 1e3)
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
            seen.append((told["done"], cpu_seconds(process.pid)))
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
        values = values[asyncio.run(bench.steady(values, rate, seconds)) :]  # what comes first is slower
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
                values = values[asyncio.run(bench.steady(values, rate, seconds)) :]
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

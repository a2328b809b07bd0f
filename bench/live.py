"""Live workers for benchmarks: topics of their own on a broker, articles put in, waiting for their end."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.clock import cpu_seconds
from streams import contract
from streams.pipeline import STEPS
from streams.shell import clients, groups, topics
from streams.shell.names import group
from streams.shell.replay.run_topics import delete_all
from streams.shell.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "streams.shell.cli"]
TICK_SECONDS = 0.05
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that works on a stage; `address` has its metrics."""

    stage: str
    process: "subprocess.Popen[bytes]"
    address: str

    @property
    def pid(self) -> int:
        return self.process.pid


class Bench:
    """Topics of our own on a broker, and the commands on them."""

    def __init__(self, brokers: str, folder: Path, partitions: int = 4) -> None:
        self.settings = Settings(
            brokers=brokers, topic_prefix=f"bench-{uuid.uuid4().hex[:8]}.", partitions=partitions
        )
        self.settings = replace(self.settings, prefix=self.settings.topic_prefix.rstrip("."))
        self.folder = folder
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "COPYDESK_BROKERS": brokers,
            "COPYDESK_TOPIC_PREFIX": self.settings.topic_prefix,
            "COPYDESK_PREFIX": self.settings.prefix,
            "COPYDESK_PARTITIONS": str(partitions),
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
    def workers(self, of_each: int = 1) -> Iterator[list[Worker]]:
        """The live workers, so many of each stage; `settled` waits until they are ready."""
        started = [self._start(step.name) for step in STEPS for _ in range(of_each)]
        try:
            yield started
        finally:
            for worker in started:
                worker.process.terminate()
            for worker in started:
                worker.process.wait(STOP_SECONDS)

    def _start(self, stage: str) -> Worker:
        host, nth = self.settings.metrics_host, [step.name for step in STEPS].index(stage)
        with socket.create_server((host, 0)) as probe:
            port = probe.getsockname()[1]
        environment = {**self.environment, "COPYDESK_METRICS_PORT": str(port - nth)}
        process = subprocess.Popen([*COMMAND, "worker", stage], env=environment)
        return Worker(stage, process, f"{host}:{port}")

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

    async def steady(self, values: list[bytes], rate: float, seconds: float) -> int:
        """Sends at a rate; gives how many it has sent."""
        producer = await clients.started(clients.producer(self.settings), self.settings)
        began, sent = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - began) < seconds:
            while sent < elapsed * rate:
                await producer.send(self.raw, values[sent], b"%d" % sent)
                sent += 1
            await asyncio.sleep(TICK_SECONDS)
        await producer.stop()
        return sent

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


def cpu_by_stage(workers: list[Worker]) -> dict[str, float]:
    """CPU seconds so far of each stage's process trees."""
    found: dict[str, float] = defaultdict(float)
    for worker in workers:
        found[worker.stage] += cpu_seconds(worker.pid)
    return dict(found)

"""Copydesk as its users have it: the command line, workers as processes, logs, metrics and probes."""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.system.kafka import REPOSITORY, Kafka, Record, wait_for

COMMAND = [sys.executable, "-m", "streams.shell.cli"]
STAGES = {"clean": "articles.raw", "tag": "articles.cleaned", "dedup": "articles.tagged"}
START_SECONDS = 180.0  # models and compiled kernels; 60 were too few beside 25 others on two cores
SILENT_SECONDS = 180.0  # a stage that commits nothing for so long has stopped, however slow the machine
END_SECONDS = 60.0  # the kernel frees what a killed process held, on a machine that swaps
_PR_SET_PDEATHSIG = 1
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


@dataclass(slots=True)
class Worker:
    """A `copydesk` process that goes on until it is ended, such as a worker."""

    name: str
    process: subprocess.Popen[bytes]
    log_file: Path

    def lines(self) -> list[dict[str, Any]]:
        """The whole lines of JSON that it has printed; fails on any other line."""
        whole = self.log_file.read_bytes().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def log(self) -> list[dict[str, Any]]:
        """Its log lines so far; a line that is no JSON, or not whole, as {"event": line}."""
        return [_logged(line) for line in self.log_file.read_text(errors="replace").splitlines()]

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"].startswith(event)]

    def address(self) -> str | None:
        """Where it serves metrics and probes, once it has said so."""
        starting = self.logged("starting")
        return starting[0]["metrics"].removesuffix("/metrics") if starting else None

    def probe(self, path: str) -> tuple[int, str]:
        return fetch(f"{self.address()}{path}")

    def metrics(self) -> dict[tuple[str, ...], float]:
        """Samples: (name, label values in the order of their names) -> value."""
        return samples(self.probe("/metrics")[1])

    def ready(self) -> bool:
        assert self.process.poll() is None, f"{self.name} ended with {self.process.poll()}"
        return self.address() is not None and self.probe("/readyz")[0] == 200

    def wait(self, seconds: float = START_SECONDS) -> int:
        """Waits for its end; gives the exit code."""
        return self.process.wait(seconds)

    def terminate(self, seconds: float = END_SECONDS) -> int:
        self.process.terminate()
        return self.wait(seconds)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(END_SECONDS)

    def family(self) -> set[int]:
        """The process ids of its living children and theirs."""
        return set(_children(self.process.pid))


@dataclass(slots=True)
class Desk:
    """One Copydesk, with topics and groups of its own: two of them do not see each other."""

    kafka: Kafka
    name: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def environment(self, **settings: object) -> dict[str, str]:
        """Settings by their short names: stage_seconds=2."""
        given: dict[str, object] = {
            "brokers": self.kafka.address,
            "topic_prefix": f"{self.name}.",
            "prefix": self.name,
            "metrics_port": 0,
            "processes": 1,
            **self.settings,
            **settings,
        }
        ours = {f"COPYDESK_{name.upper()}": str(value) for name, value in given.items()}
        rest = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("COPYDESK_") or name == "COPYDESK_KAFKA_JARS"
        }
        return rest | ours

    def run(
        self, *arguments: str, seconds: float = START_SECONDS, plug: Path | None = None, **settings: Any
    ) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself; `plug` as for a worker."""
        environment = self.environment(**settings)
        if plug is not None:
            environment["PYTHONPATH"] = str(plug)
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def worker(self, *arguments: str, plug: Path | None = None, **settings: Any) -> Worker:
        """Starts `copydesk worker`; `plug` is a folder that Python looks into before all others."""
        environment = self.environment(**settings)
        if plug is not None:
            environment["PYTHONPATH"] = str(plug)
        return self._start(["worker", *arguments], "-".join(arguments) or "all", environment)

    def begun(self, *arguments: str, **settings: Any) -> Worker:
        """Starts a command that takes a while; what it prints is its log file."""
        return self._start([*arguments], "-".join(arguments[:2]), self.environment(**settings))

    def following(self, *arguments: str) -> Worker:
        """Starts `copydesk tail` with --follow; what it prints is its log file."""
        return self._start(["tail", *arguments, "--follow"], "tail", self.environment())

    def _start(self, arguments: list[str], name: str, environment: dict[str, str]) -> Worker:
        log_file = self.folder / f"{len(self.workers)}-{name}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
            )
        started = Worker(name, process, log_file)
        self.workers.append(started)
        return started

    def running(self, *stages: str, plug: Path | None = None, **settings: Any) -> list[Worker]:
        """One worker for each stage, ready."""
        started = [self.worker(stage, plug=plug, **settings) for stage in stages]
        for worker in started:
            wait_for(f"{worker.name} is ready", START_SECONDS, worker.ready)
        return started

    def topic(self, name: str) -> str:
        return f"{self.name}.{name}"

    def read(self, name: str, *, committed: bool = True) -> list[Record]:
        return self.kafka.read(self.topic(name), committed=committed)

    def behind(self, stage: str) -> int:
        """How many records a stage has not committed yet."""
        topic = self.topic(STAGES[stage])
        committed = self.kafka.committed(f"{self.name}.{stage}")
        ends = self.kafka.ends(topic)
        since = {p: committed.get((topic, p), 0) for p in ends}
        left = sum(ends.values()) - sum(since.values())
        if 0 < left <= 2 * len(since):  # they may be the ends of transactions, which nobody can commit
            left = len(self.kafka.read(topic, since=since))
        return left

    def settle(self, *stages: str, silent: float = SILENT_SECONDS) -> None:
        """Waits until the stages, in this order, have committed all there is: as long as they commit anything
        within `silent` seconds.
        """
        for stage in stages or STAGES:
            while left := self.behind(stage):
                wait_for(f"{stage} commits more", silent, partial(self._fewer, stage, left))
            if stage == "dedup":  # the broker may show the offsets of a transaction before its events
                wait_for("the events are shown", silent, self._shown)

    def _shown(self) -> bool:
        enriched = self.topic("articles.enriched")
        return self.kafka.ends(enriched) == self.kafka.ends(enriched, committed=True)

    def _fewer(self, stage: str, left: int) -> bool:
        return self.behind(stage) < left

    def close(self) -> None:
        """Ends every process that was started here, and theirs: all are killed before any is waited for."""
        for worker in self.workers:
            family = worker.family()
            for pid in (worker.process.pid, *family):
                if worker.process.returncode is None or pid in family:
                    _kill(pid)
        for worker in self.workers:
            worker.process.wait(END_SECONDS)

    def logs(self) -> Iterator[tuple[str, str]]:
        """The ends of the workers' logs, for the report of a failed test."""
        for worker in self.workers:
            code = worker.process.poll()
            title = f"{self.name}: {worker.name}, {'running' if code is None else f'exit {code}'}"
            yield title, "\n".join(worker.log_file.read_text(errors="replace").splitlines()[-40:])


def samples(exposed: str) -> dict[tuple[str, ...], float]:
    """What a page of metrics says, as Worker.metrics gives it."""
    found = {}
    for line in exposed.splitlines():
        if sample := SAMPLE.match(line):
            labels = re.findall(r'\w+="([^"]*)"', sample[2] or "")
            found[(sample[1], *labels)] = float(sample[3])
    return found


def _logged(line: str) -> dict[str, Any]:
    try:
        logged: dict[str, Any] = json.loads(line) if line.startswith("{") else {"event": line}
    except ValueError:  # a full disk took half of it
        return {"event": line}
    return logged


def fetch(address: str) -> tuple[int, str]:
    """Status and body; status 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own workers
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def alive(pid: int) -> bool:
    """Whether a process lives; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def process_name(pid: int) -> str:
    """As ps -o comm shows it; nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _children(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        found = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in found:
        yield child
        yield from _children(child)


def end_with_parent() -> None:
    """In a new process: it is killed when pytest is, which then ends none of its fixtures.

    And Ctrl-C reaches it also where pytest runs in the background of a shell, which ignores it for all.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass

"""`copydesk demo`: Kafka, topics, the three stages, our sample articles, and what came of them, told.

Everything is started here and stopped here; a Kafka of its own, so that nobody's topics are touched.
"""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import orjson
from rich.console import Console

from streams import contract
from streams.shell import story, tail
from streams.shell.exits import Exit, Fatal
from streams.shell.health import PORT_OF_STAGE
from streams.shell.produce import produce_file
from streams.shell.settings import Settings
from streams.shell.topics import check

KAFKA = Path(__file__).parents[2] / "deploy" / "local" / "kafka.py"
SAMPLES = files("streams") / "samples"
# Loading models and compiling kernels for the first time takes a minute on a slow machine.
PATIENCE_SECONDS = 240.0
POLL_SECONDS = 0.5
# Three ports in a row for the metrics are looked for from here on.
FIRST_METRICS_PORT = 19464


def run_demo(settings: Settings, brokers: str | None, *, keep: bool) -> int:
    """Runs the demo; gives the exit code. Raises Fatal where a part does not come up."""
    console = Console(highlight=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends all that was started, as Ctrl-C does
    with _kafka(console, brokers, keep=keep) as (address, stamp):
        mine = replace(
            settings,
            brokers=address,
            topic_prefix=f"demo-{stamp}.",
            prefix=f"copydesk-demo-{stamp}",
            metrics_port=_free_ports(settings.metrics_host),
        )
        check(mine, create=True)
        console.print(f"[green]topics[/] made, named {mine.topic_prefix}articles.raw and so on")
        with _worker(console, mine, keep=keep):
            path = str(SAMPLES / "articles.jsonl")
            done = produce_file(mine, path, None, check=True)
            console.print(f"[green]produced[/] {done.delivered} articles to {mine.topic_prefix}articles.raw")
            expected = orjson.loads((SAMPLES / "expected.json").read_bytes())
            told = _await_end(console, mine, expected)
            story.tell(console, told, expected)
            story.tell_where(console, mine, keep=keep)
    return Exit.OK


@contextmanager
def _kafka(console: Console, brokers: str | None, *, keep: bool) -> Iterator[tuple[str, str]]:
    stamp = time.strftime("%H%M%S-") + secrets.token_hex(2)
    if brokers is not None:
        yield brokers, stamp
        return
    if not KAFKA.exists():
        raise Fatal(
            Exit.UNAVAILABLE,
            "the demo starts Kafka with deploy/local/kafka.py of the repository, which is not here: "
            "run it from a clone, or name a Kafka with --brokers",
        )
    console.print("[bold]Kafka[/]: starting one on this machine (the first time Maven fetches 54 MB)")
    script = [sys.executable, str(KAFKA)]
    was_running = subprocess.run([*script, "status"], capture_output=True, check=False).returncode == 0  # noqa: S603
    started = subprocess.run([*script, "start"], stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if started.returncode:
        raise Fatal(Exit.UNAVAILABLE, "Kafka did not start; the lines above say why")
    address = started.stdout.strip().splitlines()[-1].rpartition(" ")[2]
    console.print(f"[green]Kafka[/] is up at {address}")
    try:
        yield address, stamp
    finally:
        if not (keep or was_running):
            subprocess.run([*script, "stop"], capture_output=True, check=False)  # noqa: S603


@contextmanager
def _worker(console: Console, settings: Settings, *, keep: bool) -> Iterator[None]:
    environment = {
        **os.environ,
        "COPYDESK_BROKERS": settings.brokers,
        "COPYDESK_TOPIC_PREFIX": settings.topic_prefix,
        "COPYDESK_PREFIX": settings.prefix,
        "COPYDESK_METRICS_PORT": str(settings.metrics_port),
        "COPYDESK_LOG_FORMAT": "text",
    }
    log = Path(tempfile.gettempdir()) / f"{settings.prefix}.log"
    console.print(f"[bold]worker[/]: clean, tag and dedup, a process each; they log to {log}")
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.shell.cli", "worker"],
            env=environment,
            stderr=lines,
            start_new_session=True,
        )
        try:
            _await(lambda: all(_probe(settings, stage) for stage in PORT_OF_STAGE), process, log)
            console.print("[green]worker[/] is ready")
            yield
            if keep:
                console.print("\nStill running; Ctrl-C stops it. Elsewhere: copydesk tail enriched --follow")
                process.wait()
        except KeyboardInterrupt:
            console.print("stopping")
            if not keep:
                raise
        finally:
            process.terminate()
            process.wait(settings.stop_seconds + 5)


def _free_ports(host: str) -> int:
    """The first of as many free ports in a row as there are stages."""
    for first in range(FIRST_METRICS_PORT, 2**16, 10):
        with ExitStack() as stack:
            try:
                for number in PORT_OF_STAGE.values():
                    probe = stack.enter_context(socket.socket())
                    probe.bind((host, first + number))
            except OSError:
                continue
            return first
    raise Fatal(Exit.UNAVAILABLE, f"no free ports on {host} for the metrics")


def _probe(settings: Settings, stage: str) -> bool:
    port = settings.metrics_port + PORT_OF_STAGE[stage]
    try:
        with urlopen(f"http://{settings.metrics_host}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _await(done: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if process.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").splitlines()[-10:]
            raise Fatal(Exit.UNAVAILABLE, "the worker did not get ready:\n" + "\n".join(last))
        time.sleep(POLL_SECONDS)


def _await_end(console: Console, settings: Settings, expected: list[dict[str, Any]]) -> story.Told:
    """Reads the topics until every sample has its end (or patience does), told as it goes."""
    wanted = sum(row["fate"] != "unchanged" for row in expected)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with console.status("reading what comes out"):
        while True:
            told = _read(settings)
            if told.ends >= wanted or time.monotonic() > deadline:
                return told
            time.sleep(POLL_SECONDS)


def _read(settings: Settings) -> story.Told:
    enriched: dict[str, list[dict[str, Any]]] = {}
    for record in _all(settings, contract.ENRICHED):
        event = orjson.loads(record.value)
        enriched.setdefault(event["url"], []).append(event)
    refused = [*_all(settings, contract.REJECTED), *_all(settings, contract.DEADLETTER)]
    return story.Told(enriched, refused)


def _all(settings: Settings, topic: str) -> list[Any]:
    async def read() -> list[Any]:
        return [record async for record in tail.records(settings, topic, tail.Stretch())]

    return asyncio.run(read())

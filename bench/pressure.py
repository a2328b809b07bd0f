"""Memory of the three workers when far more waits for them than they can do.

  python bench/pressure.py                              a broker of its own, about ten minutes
  python bench/pressure.py --parts queued --records 1000000 --seconds 60
  python bench/pressure.py --plot docs/pressure.svg     and a picture of it
  COPYDESK_BROKERS=... python bench/pressure.py         a broker that is there; its topics bench-* are removed

queued: millions of small records are in articles.raw before the workers start. large: some hundred articles
of 6 MB. Each second the resident memory of each worker's process tree is added up, pages that its processes
share counted once for each. Flat is what does not grow: the last line has, for each worker, the median of the
last third of the time over that of the second third (the first has the start), and the most.
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
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "deploy" / "check")]

import tools  # noqa: E402
from confluent_kafka import Producer  # noqa: E402

from bench.clock import tree  # noqa: E402
from bench.hop import broker, remove, say  # noqa: E402
from streams import contract  # noqa: E402
from streams.pipeline import STEPS  # noqa: E402
from streams.shell import clients, groups, topics  # noqa: E402
from streams.shell.names import group  # noqa: E402
from streams.shell.settings import Settings  # noqa: E402

COMMAND = [sys.executable, "-m", "streams.shell.cli"]
PARTS = ("queued", "large")
STAGES = tuple(step.name for step in STEPS)
SMALL_WORDS = 60
# Of so many different articles; the others are the same again. De-duplication remembers what is new, and that
# is no leak.
DIFFERENT = 20_000
LARGE, LARGE_BYTES, LARGE_LINE_WORDS = 300, 5_800_000, 14
ACCENTS = str.maketrans("aeo", "áéó")
VOCABULARY = 4_000
FILL_SECONDS = 600
SAMPLE_SECONDS = 1.0
END_SECONDS = 60
PROCESSES = 2
STAGE_SECONDS = 120  # 6 MB take 3 s of CPU; a busy machine shall make no dead letters of them


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--records", type=int, default=10_000_000, help="that wait in `queued`")
    parser.add_argument("--seconds", type=float, default=240, help="of each part")
    parser.add_argument("--plot", type=Path, help="an SVG file to draw it into")
    options = parser.parse_args()
    runs = {}
    with broker() as brokers:
        for part in options.parts:
            records = small(options.records) if part == "queued" else large()
            runs[part] = measured(brokers, part, records, options.seconds)
    if options.plot:
        draw(runs, options.plot)
    for part, run in runs.items():
        print(told(part, run))


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


def measured(
    brokers: str, part: str, records: Iterable[tuple[bytes, bytes]], seconds: float
) -> dict[str, object]:
    """Samples of one part: seconds since the workers started, and MB by worker."""
    prefix = f"bench-{uuid.uuid4().hex[:8]}"
    settings = Settings(brokers=brokers, prefix=prefix, topic_prefix=f"{prefix}.")
    topics.check(settings, create=True)
    workers: dict[str, subprocess.Popen[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        try:
            queued, size = fill(settings, records)
            say(f"{part}: {queued:,} records of {size / queued:,.0f} bytes wait")
            workers = {stage: started(stage, settings, Path(folder)) for stage in STAGES}
            samples = sampled(workers, seconds)
            done = asyncio.run(committed(settings))
        finally:
            for worker in workers.values():
                worker.terminate()
            codes = [worker.wait(END_SECONDS) for worker in workers.values()]
            asyncio.run(remove(settings))
    if any(codes):
        raise SystemExit(f"{part}: the workers ended with {codes}")
    return {"queued": queued, "bytes": size, "committed": done, "samples": samples}


def fill(settings: Settings, records: Iterable[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Writes all of them before anything reads; gives their number and size."""
    producer = Producer(
        {
            "bootstrap.servers": settings.brokers,
            "enable.idempotence": True,
            "compression.type": "zstd",
            "linger.ms": 50,
            "message.max.bytes": 8_000_000,
            "queue.buffering.max.messages": 200_000,
        }
    )
    topic, count, size = topics.topic_name(settings, contract.RAW), 0, 0
    failed: list[str] = []

    def delivered(error: object, _record: object) -> None:
        if error is not None:
            failed.append(str(error))

    for key, value in records:
        while True:
            try:
                producer.produce(topic, value, key, on_delivery=delivered)
            except BufferError:
                producer.poll(0.1)
            else:
                break
        count, size = count + 1, size + len(value)
    if producer.flush(FILL_SECONDS) or failed:
        raise SystemExit(f"Kafka did not take the records: {failed[:3]}")
    return count, size


def started(stage: str, settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "COPYDESK_BROKERS": settings.brokers,
        "COPYDESK_TOPIC_PREFIX": settings.topic_prefix,
        "COPYDESK_PREFIX": settings.prefix,
        "COPYDESK_METRICS_PORT": "0",
        "COPYDESK_PROCESSES": str(PROCESSES),
        "COPYDESK_STAGE_SECONDS": str(STAGE_SECONDS),
    }
    with (folder / f"{stage}.log").open("wb") as log:
        return subprocess.Popen([*COMMAND, "worker", stage], env=environment, stdout=log, stderr=log)


def sampled(
    workers: dict[str, subprocess.Popen[bytes]], seconds: float
) -> list[tuple[float, dict[str, float]]]:
    began, samples = time.monotonic(), []
    while (now := time.monotonic() - began) < seconds:
        for stage, worker in workers.items():
            if worker.poll() is not None:
                raise SystemExit(f"{stage} ended with {worker.returncode}")
        row = {stage: sum(map(resident, tree(worker.pid))) for stage, worker in workers.items()}
        samples.append((round(now, 1), row))
        time.sleep(SAMPLE_SECONDS)
    return samples


def resident(pid: int) -> float:
    """MB; 0 where the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


async def committed(settings: Settings) -> dict[str, int]:
    """Records that each stage has committed."""
    admin = await clients.started(clients.admin(settings), settings)
    try:
        done = {}
        for step in STEPS:
            source = topics.topic_name(settings, step.source)
            found = await groups.committed(admin, settings, group(settings, step), source)
            done[step.name] = sum(found.values())
        return done
    finally:
        await clients.stopped(admin)


def told(part: str, run: dict[str, object]) -> str:
    samples: list[tuple[float, dict[str, float]]] = run["samples"]  # type: ignore[assignment]
    third = len(samples) // 3
    shown = []
    for stage in STAGES:
        series = [row[stage] for _, row in samples]
        ratio = statistics.median(series[-third:]) / statistics.median(series[third : 2 * third])
        shown.append(f"{stage}={ratio:.2f} (most {max(series):.0f} MB)")
    return f"{part}: {run['queued']:,} records waited, committed {run['committed']}; {' '.join(shown)}"


def draw(runs: dict[str, dict[str, object]], target: Path) -> None:
    """In the environment of the documentation, which has matplotlib."""
    python = tools.python("requirements-docs.lock") / "python"
    script = Path(__file__).with_name("pressure_plot.py")
    subprocess.run([python, script, target], input=json.dumps(runs), text=True, check=True)


if __name__ == "__main__":
    main()

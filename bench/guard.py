"""Whether a stage has become dearer: its CPU over that of a fixed piece of work, held to committed ratios.

  python bench/guard.py               the ratios beside those of guard.toml; exit code 1 where one has risen
  python bench/guard.py --write       measures anew and writes guard.toml: after a change that may cost

The fixed work is orjson and lxml over the same sample articles. It and the measured work take turns in this
process, and of every article counts the least CPU time of ROUNDS: beside other work on the machine most are
interrupted, and some are not. A rise counts when it is measured ATTEMPTS times in a row. No counter of
instructions is used: machines of a cloud seldom have one.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import orjson  # noqa: E402
from lxml import html  # noqa: E402

from bench.stages import ALONE, SAMPLES, Work, stages  # noqa: E402
from streams.contract import CLEANED  # noqa: E402
from streams.shell.headers import carry, event_headers  # noqa: E402
from streams.warming import warm_up  # noqa: E402

COMMITTED = HERE / "guard.toml"
ROUNDS = 15
ATTEMPTS = 3
# Rise of a ratio that is too much: in six runs beside four busy loops on two cores the least of three
# attempts was 25% above the committed ratio once, otherwise 20% at most.
MARGIN = 0.35
# The same on a processor or a Python that guard.toml was not made on: caches and vectors differ.
MARGIN_ELSEWHERE = 0.50
BATCH = 64  # records whose headers are made


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args(arguments).write
    warm_up()
    works, reference = measured_works(), fixed_work()
    gc.collect()
    gc.disable()  # its pauses belong to neither turn
    if write:
        COMMITTED.write_text(written({name: quotient(work, reference) for name, work in works.items()}))
        return 0
    risen = list(dearer(works, reference, tomllib.loads(COMMITTED.read_text())))
    for name in risen:
        print(
            f"{name}: dearer than bench/guard.toml says. Find what made it so;"
            " where it is meant, `python bench/guard.py --write` and commit the file",
            file=sys.stderr,
        )
    return int(bool(risen))


def dearer(works: dict[str, Work], reference: Work, committed: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The names of works whose ratio has risen by more than the margin, or was never committed."""
    margin = MARGIN if committed["made"] == made() else MARGIN_ELSEWHERE
    for name, work in works.items():
        ratio = committed["ratios"].get(name)
        if ratio is None or not within(partial(quotient, work, reference), name, ratio, margin):
            yield name


def measured_works() -> dict[str, Work]:
    """What is held to its ratio: every stage, and the headers of a record on its way through the shell."""
    works = {name: work for name, work in stages().items() if name != ALONE}
    return works | {"headers of a hop": Work([BATCH], headers_of_a_batch)}


def headers_of_a_batch(size: int) -> None:
    """What a clean worker reads of the headers of a batch, and what it writes."""
    ours = [("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("feed", b"wire")]
    for offset in range(size):
        event_headers(
            prefix="copydesk",
            topic=CLEANED,
            ce_id=f"{offset:032x}:{offset:032x}",
            subject=f"{offset:032x}",
            received_at="2026-11-22T10:00:00.000Z",
            carried=carry(ours, f"articles.raw/0/{offset}", raw=True),
        )


def fixed_work() -> Work:
    """JSON read and written, pages parsed: by others' code, which only a new version of theirs changes.

    In one piece of 1.4 ms: as long as an article takes a stage, and so as likely to be interrupted.
    """
    return Work([SAMPLES.read_bytes().splitlines()], json_and_trees)


def json_and_trees(lines: list[bytes]) -> None:
    for line in lines:
        event = orjson.loads(line)
        orjson.dumps(event)
        if event.get("content_type") == "text/html":
            html.document_fromstring(event["content"])


def quotient(work: Work, reference: Work) -> float:
    """CPU of going through the work once, over that of the reference."""
    passage(work)  # fills caches
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(passage(work))
        theirs.append(passage(reference))
    return least(ours) / least(theirs)


def least(passages: list[list[float]]) -> float:
    """The least seconds of each item, together."""
    total: float = sum(min(item) for item in zip(*passages, strict=True))
    return total


def passage(work: Work) -> list[float]:
    """CPU seconds of each item."""
    spent = []
    work.again()
    for item in work.items:
        began = time.process_time()
        work.one(item)
        spent.append(time.process_time() - began)
    return spent


def within(measure: Callable[[], float], name: str, committed: float, margin: float) -> bool:
    """Whether a ratio has not risen by more than the margin, in one of several attempts."""
    for _ in range(ATTEMPTS):
        ratio = measure()
        rise = ratio / committed - 1
        print(f"{name:<24} {ratio:8.3f} of the fixed work, committed {committed:.3f}, {rise:+.1%}")
        if ratio <= committed * (1 + margin):
            return True
    return False


def made() -> dict[str, str]:
    """What the ratios depend on besides the code."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")
    return {"processor": model, "python": ".".join(platform.python_version_tuple()[:2])}


def written(ratios: dict[str, float]) -> str:
    def table(name: str, rows: Iterable[tuple[str, str]]) -> list[str]:
        return [f"[{name}]", *(f'"{key}" = {value}' for key, value in rows), ""]

    lines = [
        "# CPU of a stage over that of the fixed work. Made and renewed by `python bench/guard.py --write`.",
        "",
    ]
    lines += table("made", [(key, f'"{value}"') for key, value in made().items()])
    lines += table("ratios", [(key, f"{value:.4f}") for key, value in ratios.items()])
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""The report of a run in Markdown: what was injected, what was lost, how fast it went on, and with what."""

from __future__ import annotations

import datetime
import platform
import re
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from statistics import median

from tests.faults.driver import Injected, Result
from tests.faults.stream import CLEANED, TAGGED
from tests.system.kafka import REPOSITORY

PACKAGES = ("copydesk", "faust-streaming", "aiokafka", "confluent-kafka")
KAFKA_VERSION = re.compile(r"kafka_\S+</artifactId>\s*<version>(.+?)<")
SHOWN = 50  # violations


def markdown(result: Result, command: str) -> str:
    """The whole report."""
    when = datetime.datetime.now(datetime.UTC)
    promise = (
        "Recovery is from the healing until every stage with work commits again; promised are "
        f"{result.promised:.0f} s: a session, a pause, and the {result.start:.0f} s that the three workers "
        "took to start at the beginning. Exit codes are those of workers that ended."
    )
    kept = (
        f"Later than promised: {len(result.late)} of {len(result.injected)}. "
        f"Most memory of a worker process: {_peaks(result)}."
    )
    return "\n".join(
        [
            "# Fault run",
            "",
            f"`{command}`, {when:%Y-%m-%d %H:%M} UTC",
            "",
            f"{result.seconds / 60:.0f} minutes, seed {result.seed}, brokers: {result.brokers}",
            "",
            f"**{result.line}**",
            "",
            f"{_versions()}. Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
            "",
            "## Articles",
            "",
            _table(("fate", "records"), sorted(result.fates.items())),
            "",
            "## Topics",
            "",
            "Copies are what at-least-once stages have written again, byte for byte.",
            "",
            _table(
                ("topic", "records", "of these copies"),
                [
                    (t, n, result.repeated[t] if t in (CLEANED, TAGGED) else "")
                    for t, n in result.records.items()
                ],
            ),
            "",
            "## Faults",
            "",
            promise,
            "",
            _faults(result),
            "",
            "## Faults at the same time",
            "",
            "They begin within a few seconds of each other; each is as above.",
            "",
            _at_once(result),
            "",
            kept,
            "",
            "## Violations",
            "",
            violations(result) if result.violations else "None.",
            "",
        ]
    )


def violations(result: Result) -> str:
    """The first of them, as a table."""
    rows = [(v.law, v.kind, v.place, v.what) for v in result.violations[:SHOWN]]
    more = len(result.violations) - len(rows)
    return _table(("law", "kind", "where", "what"), rows) + (f"\n\nand {more} more" if more else "")


def _faults(result: Result) -> str:
    by_name: dict[str, list[Injected]] = defaultdict(list)
    for one in result.injected:
        if len(one.faults) == 1:
            by_name[one.name].append(one)
    rows = []
    for several in by_name.values():
        [fault], times = several[0].faults, [one.recovery for one in several]
        row = (fault.injected, fault.healed, fault.promised, len(several))
        rows.append((*row, f"{median(times):.1f}", f"{max(times):.1f}", _codes(several)))
    head = ("injected", "healed", "promised", "times", "recovery s, median", "most", "exit codes")
    return _table(head, rows)


def _at_once(result: Result) -> str:
    several = [one for one in result.injected if len(one.faults) > 1]
    rows = [(one.name, f"{one.lasted:.0f}", f"{one.recovery:.1f}", _codes([one])) for one in several]
    return _table(("at once", "lasted s", "recovery s", "exit codes"), rows) if rows else "None."


def _codes(several: Sequence[Injected]) -> str:
    return " ".join(sorted({str(code) for one in several for _, code, _ in one.endings}))


def _peaks(result: Result) -> str:
    return ", ".join(f"{stage} {peak:.0f} MB" for stage, peak in result.peak.items())


def _versions() -> str:
    pom = (REPOSITORY / "deploy" / "local" / "pom.xml").read_text()
    kafka = "Apache Kafka " + ", ".join(KAFKA_VERSION.findall(pom))
    return ", ".join([kafka, *(f"{name} {version(name)}" for name in PACKAGES)])


def _table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in line) + " |" for line in lines)

"""`copydesk furniture learn`: files of articles into a snapshot of what their publishers repeat."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import orjson

from streams import contract
from streams.cleaning.furniture import FurnitureLine, write_snapshot
from streams.cleaning.sightings import MIN_DAYS, Sightings
from streams.events import Failed, Withdrawal
from streams.pipeline import CLEAN
from streams.shell import inputs
from streams.shell.files import Run
from streams.shell.pool import StagePool
from streams.shell.progress import Progress
from streams.shell.settings import Settings

# Lines that could not be read are told one by one up to here, and then counted.
TOLD = 20
# Times of hand-made files that have none; what they say is one day.
NO_TIME = "1970-01-01T00:00:00Z"


@dataclass(slots=True)
class Learnt:
    """A snapshot, and what came of learning it."""

    snapshot: bytes
    lines: list[FurnitureLine]
    articles: int
    publishers: int
    days: int
    rejected: int
    unread: int

    def __str__(self) -> str:
        read = f"{self.articles:,} articles of {self.publishers:,} publishers on {self.days:,} days"
        found = f"{len(self.lines):,} lines of {len({line.domain for line in self.lines}):,} publishers"
        parts = [read, *([f"{self.rejected:,} rejected by clean"] if self.rejected else [])]
        parts += [f"{self.unread:,} lines could not be read"] if self.unread else []
        few = f". Nothing is learnt from fewer than {MIN_DAYS} days" if self.days < MIN_DAYS else ""
        return f"{', '.join(parts)}; {found}{few}"


def learn(settings: Settings, paths: Sequence[str], source: str, tell: Callable[[str], None]) -> Learnt:
    """Learns from files of raw or cleaned events; `tell` is called for lines that could not be read.

    Raw events are cleaned without any snapshot. Raises Fatal where a file cannot be read.
    """
    with tempfile.TemporaryFile(prefix="copydesk-") as spool:
        gathering = _Gathering(Sightings(spool), tell)
        if source == "raw":
            _clean(replace(settings, furniture=""), paths, gathering)
        else:
            _read(paths, gathering)
        seen, lines = gathering.sightings, gathering.sightings.furniture()
    return Learnt(
        snapshot=write_snapshot(lines),
        lines=lines,
        articles=seen.articles,
        publishers=len(seen.domains),
        days=len(seen.days),
        rejected=gathering.rejected,
        unread=gathering.unread,
    )


class _Gathering:
    """Cleaned events on their way into the sightings, from one file after another."""

    def __init__(self, sightings: Sightings, tell: Callable[[str], None]) -> None:
        self.sightings, self._tell = sightings, tell
        self.rejected = self.unread = 0

    def take(self, value: bytes, where: str) -> None:
        article = contract.decode_cleaned(value, NO_TIME)
        if isinstance(article, Failed):
            self.miss(where, f"{article.reason}: {article.detail}")
        elif not isinstance(article, Withdrawal):
            try:
                self.sightings.add(article)
            except ValueError as error:
                self.miss(where, str(error))

    def miss(self, where: str, why: str) -> None:
        self.unread += 1
        if self.unread <= TOLD:
            self._tell(f"{where}: {why}")
        if self.unread == TOLD:
            self._tell("more such lines are only counted")


def _read(paths: Sequence[str], gathering: _Gathering) -> None:
    for path in paths:
        with inputs.opened(path) as (lines, size), Progress(f"reading {path}", size) as progress:
            for count, line in enumerate(lines, 1):
                gathering.take(line.value, f"{path}, line {line.number}")
                progress.advance(line.done, count)


def _clean(settings: Settings, paths: Sequence[str], gathering: _Gathering) -> None:
    with closing(StagePool((CLEAN,), settings)) as pool:
        for path in paths:
            with inputs.events(path) as (lines, size), Progress(f"cleaning {path}", size) as progress:
                run = Run(
                    settings,
                    pool,
                    None,
                    _Cleaned(gathering, path),
                    _Refused(gathering, path),
                    fetched_counts=True,
                )
                asyncio.run(run.go(lines, progress))


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """Takes a run's cleaned events."""

    gathering: _Gathering
    path: str

    def write(self, line: bytes) -> None:
        self.gathering.take(line, self.path)


@dataclass(frozen=True, slots=True)
class _Refused:
    """Takes a run's refusals: rejections are normal, failures are lines that could not be read."""

    gathering: _Gathering
    path: str

    def write(self, line: bytes) -> None:
        refused = orjson.loads(line)
        if refused["kind"] == "rejected":
            self.gathering.rejected += 1
        else:
            where = f"{self.path}, line {refused['line']}"
            self.gathering.miss(where, f"{refused['reason']}: {refused['error']}")

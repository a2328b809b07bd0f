"""File mode: the same events, one JSON object a line, through the same stages, without a broker.

Output is in input order; a later decision about an earlier article is one more line.
"""

import asyncio
import base64
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import orjson

from streams import contract
from streams.dedup import Arrival, DedupIndex, Fingerprint, decide, self_test
from streams.events import Failed, Rejected
from streams.pipeline import CLEAN, FINGERPRINT, TAG, Output, Record, Step, enriched
from streams.shell import inputs
from streams.shell.compiling import PACKAGES, tell_cold_start
from streams.shell.exits import Exit, Fatal
from streams.shell.judging import Judged
from streams.shell.outputs import Lines, refuse_same, written
from streams.shell.pool import StagePool, chunks
from streams.shell.progress import Progress
from streams.shell.settings import Settings

# Chunks read ahead for each stage process: enough to keep it busy, little enough to hold in memory.
AHEAD = 4
# What is between two forms of an article; the decisions come after all of them.
STEPS: dict[tuple[str, str], tuple[Step, ...]] = {
    ("raw", "cleaned"): (CLEAN,),
    ("raw", "tagged"): (CLEAN, TAG),
    ("raw", "enriched"): (CLEAN, TAG),
    ("cleaned", "tagged"): (TAG,),
    ("cleaned", "enriched"): (TAG,),
    ("tagged", "enriched"): (FINGERPRINT,),
}


@dataclass(slots=True)
class Tally:
    """How a run went: lines in, lines out by kind, refusals by stage and reason."""

    read: int = 0
    written: int = 0
    later: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        parts = [f"{self.read:,} in", f"{self.written:,} out"]
        if self.later:
            parts.append(f"{self.later:,} later decisions")
        if self.unchanged:
            parts.append(f"{self.unchanged:,} unchanged")
        parts += [f"{count:,} {why}" for why, count in self.refused.most_common()]
        return f"{', '.join(parts)}; {self.seconds:.1f} s, {self.read / max(self.seconds, 1e-6):,.0f}/s"


def run_file(
    settings: Settings, source: str, target: str, path: str, out: str, rejects: str | None, url: str | None
) -> Tally:
    """Takes the events of a file from one form to another.

    Raises Fatal when a file cannot be read or written; a half-written output is not left behind.
    """
    refuse_same(path, out, rejects)
    steps = STEPS[source, target]
    tell_cold_start(*PACKAGES)
    decider = Decider() if target == "enriched" else None
    pool = StagePool(steps, settings)
    try:
        with ExitStack() as stack:
            lines, size = stack.enter_context(inputs.events(path, url))
            run = Run(
                settings,
                pool,
                decider,
                stack.enter_context(written(out)),
                stack.enter_context(written(rejects)) if rejects else None,
                fetched_counts=source == "raw",
            )
            progress = stack.enter_context(Progress(f"{source} to {target}", size))
            began = time.monotonic()
            asyncio.run(run.go(lines, progress))
            run.tally.seconds = time.monotonic() - began
            return run.tally
    finally:
        pool.close()
        if decider is not None:
            decider.close()


class Run:
    """One pass over a file: reads ahead, judges in the pool, decides and writes in input order."""

    def __init__(
        self,
        settings: Settings,
        pool: StagePool,
        decider: "Decider | None",
        out: Lines,
        rejects: Lines | None,
        *,
        fetched_counts: bool,
    ) -> None:
        self._settings, self._pool, self._decider = settings, pool, decider
        self._out, self._rejects = out, rejects
        self._fetched_counts = fetched_counts
        self._started_at = contract.rfc3339(int(time.time() * 1000))
        self.tally = Tally()

    async def go(self, lines: Iterator[inputs.Line], progress: Progress) -> None:
        await self._pool.ready()
        waiting: deque[tuple[list[inputs.Line], asyncio.Task[list[Judged]]]] = deque()
        most = AHEAD * self._pool.processes
        for chunk in _in_chunks(lines, self._settings):
            waiting.append((chunk, asyncio.create_task(self._pool.judge(self._records(chunk)))))
            if len(waiting) >= most:
                await self._write(*waiting.popleft(), progress)
            await asyncio.sleep(0)
        while waiting:
            await self._write(*waiting.popleft(), progress)

    def _records(self, chunk: list[inputs.Line]) -> list[Record]:
        return [
            Record(line.value, self._started_at, self._fetched_counts, self._settings.validate_raw)
            for line in chunk
        ]

    async def _write(
        self, chunk: list[inputs.Line], judging: "asyncio.Task[list[Judged]]", progress: Progress
    ) -> None:
        for line, judged in zip(chunk, await judging, strict=True):
            self.tally.read += 1
            if isinstance(judged.outcome, Output):
                self._emit(judged.outcome)
            else:
                self._refuse(line, judged.step, judged.outcome)
        progress.advance(chunk[-1].done, self.tally.read)

    def _emit(self, output: Output) -> None:
        if self._decider is None:
            self._out.write(output.value)
            self.tally.written += 1
            return
        decided = self._decider.decide(output)
        for value in decided:
            self._out.write(value)
        self.tally.written += bool(decided)
        self.tally.later += max(0, len(decided) - 1)
        self.tally.unchanged += not decided

    def _refuse(self, line: inputs.Line, stage: str, refused: Rejected | Failed) -> None:
        kind = "rejected" if isinstance(refused, Rejected) else "failed"
        self.tally.refused[f"{kind} by {stage} as {refused.reason.value}"] += 1
        if self._rejects is None:
            return
        about = {
            "line": line.number,
            "kind": kind,
            "stage": stage,
            "reason": refused.reason.value,
            "error": refused.detail,
        }
        try:
            original = {"input": line.value.decode()}
        except UnicodeDecodeError:
            original = {"input_base64": base64.b64encode(line.value).decode()}
        self._rejects.write(orjson.dumps({**about, **original}))


class Decider:
    """De-duplication in memory; the tagged bytes wait in a temporary file for later decisions."""

    def __init__(self) -> None:
        self_test()
        self._index = DedupIndex()
        self._spool = tempfile.TemporaryFile(prefix="copydesk-")  # noqa: SIM115 - closed by close()
        self._places: list[tuple[int, int]] = []

    def decide(self, output: Output) -> list[bytes]:
        """The enriched events that follow: the article's own, then later decisions about earlier ones."""
        if output.fingerprint is None:
            raise Fatal(Exit.INTERNAL, f"{output.id} has no fingerprint")
        place = len(self._places)
        self._places.append((self._spool.seek(0, 2), len(output.value)))
        self._spool.write(output.value)
        arrival = Arrival(
            place, bytes.fromhex(output.id), Fingerprint.unpack(output.fingerprint), repeatable=False
        )
        effects = decide(self._index, arrival)
        self._index.apply(effects.rows)
        return [
            enriched(output.value if e.place == place else self._read_back(e.place), e)
            for e in effects.emissions
        ]

    def close(self) -> None:
        self._spool.close()

    def _read_back(self, offset: int) -> bytes:
        place, size = self._places[offset]
        self._spool.seek(place)
        return self._spool.read(size)


def _in_chunks(lines: Iterator[inputs.Line], settings: Settings) -> Iterator[list[inputs.Line]]:
    """Lines as chunks of what one stage process takes at once."""
    held: list[inputs.Line] = []
    for line in lines:
        held.append(line)
        cut = chunks([len(h.value) for h in held], settings)
        if len(cut) > 1 or len(held) >= settings.chunk_records:
            yield held[cut[0]]
            held = held[cut[0].stop :]
    if held:
        yield held

"""The contenders of tagging.py as processes, and their race: who finds what, in what time and memory."""

import json
import os
import statistics
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.span_scores import Span
from streams.tagging.spacy_spans import BATCH, TYPES, UNUSED

TAGGERS = Path(__file__).with_name("taggers.py")
OURS = "copydesk tag"
OURS_OF = {OURS: "copydesk", "finder alone": "finder", "gazetteer alone": "gazetteer"}
TEACHER = "copydesk, teacher"
SPACY, TIER, RULES = "spaCy as it comes", "spaCy, names alone", "spaCy, our rules"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(slots=True)
class Result:
    """What a contender told of itself; `cpu_s` a pass."""

    load_s: float
    loaded_mb: float
    cpu_s: list[float] = field(default_factory=list)
    mb: float = 0.0
    spans: list[list[Span]] = field(default_factory=list)  # with our types

    @property
    def settled_s(self) -> float:
        """CPU seconds of a pass when what is remembered is filled; of the only pass where there is one."""
        return statistics.median(self.cpu_s[1:] or self.cpu_s)


class Contender:
    """A running process of bench/taggers.py. Raises ContenderError where it cannot do its work."""

    def __init__(self, name: str, python: str, **task: Any) -> None:
        self._process = subprocess.Popen(
            [python, str(TAGGERS), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
        )
        loaded = self._ask(json.dumps(task))
        self.result = Result(loaded["load_s"], loaded["mb"])

    def turn(self) -> None:
        """One pass over all texts."""
        told = self._ask("")
        self.result.cpu_s.append(told["cpu_s"])
        self.result.mb = told["mb"]
        self.result.spans = told["spans"]

    def close(self) -> None:
        with suppress(BrokenPipeError, ValueError):  # it may have ended by itself
            self._process.communicate()

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        with suppress(BrokenPipeError):  # why it ended stands in its standard error
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            why = self._process.communicate()[1].decode(errors="replace").strip().splitlines()
            raise ContenderError(why[-1] if why else "it ended without a word")
        told: dict[str, Any] = json.loads(answer)
        return told


class ContenderError(Exception):
    """A contender's process ended; the message is the last line of its standard error."""


class Race:
    """Contenders over the same texts, taking turns; `results` of each when it is over."""

    def __init__(self, texts: list[str], rounds: int) -> None:
        self._texts, self._rounds = texts, rounds
        self.results: dict[str, Result] = {}
        here = sys.executable
        self._started("copydesk", here).close()  # compiles the kernels, where they are not cached yet
        self._run({name: self._started(of, here) for name, of in OURS_OF.items()}, rounds)

    def against_teacher(self, folder: Path) -> None:
        """Our whole step with the tier `teacher`, one pass. Raises ContenderError."""
        self._run({TEACHER: self._started("teacher", sys.executable, folder=str(folder))}, 1)

    def against_spacy(self, pipeline: str, python: str) -> None:
        """spaCy as it comes and as our tier, and our rules on its spans. Raises ContenderError."""
        for name, exclude in ((SPACY, ()), (TIER, UNUSED)):
            task = {"pipeline": pipeline, "exclude": exclude, "batch": BATCH}
            self._run({name: self._started("spacy", python, **task)}, 1)
            result = self.results[name]
            result.spans = [
                [(s, e, TYPES[label]) for s, e, label in found if label in TYPES] for found in result.spans
            ]
        tier = self.results[TIER]
        self._run({RULES: self._started("rules", sys.executable, spans=tier.spans)}, self._rounds)
        ruled = self.results[RULES]
        ruled.cpu_s = [tier.cpu_s[0] + own for own in ruled.cpu_s]
        ruled.load_s += tier.load_s
        ruled.loaded_mb = ruled.mb = 0.0  # two processes here, one in life

    def _started(self, name: str, python: str, **task: Any) -> Contender:
        return Contender(name, python, texts=self._texts, **task)

    def _run(self, contenders: dict[str, Contender], rounds: int) -> None:
        try:
            for _ in range(rounds):
                for contender in contenders.values():
                    contender.turn()
        finally:
            for contender in contenders.values():
                contender.close()
        self.results |= {name: contender.result for name, contender in contenders.items()}

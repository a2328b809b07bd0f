"""Evidence from a file of tagged events: the decisions are made here, as `copydesk run` makes them."""

import tempfile
import time
from array import array
from collections.abc import Sequence

import orjson

from streams import contract
from streams.dedup import Arrival, Fingerprint, decide, self_test
from streams.dedup.trail import Trail
from streams.pipeline import FINGERPRINT, Output, Record, run
from streams.shell import inputs
from streams.shell.evidence import NO_FACTS, Evidence, Facts, entry_of, facts_of, tagged_records
from streams.shell.progress import Progress


def evidence(path: str, ids: Sequence[bytes], decision: int | None, shown: int) -> tuple[Evidence, int]:
    """What the file says of the ids, as evidence_kafka.evidence; and how many of its lines were no tagged
    events.

    Raises Fatal where the file cannot be read, or there is not that decision.
    """
    self_test()
    trail, refused = Trail(ids), 0
    started_at = contract.rfc3339(int(time.time() * 1000))
    with _Spool() as spool, inputs.opened(path) as (lines, size), Progress("deciding", size) as progress:
        for line in lines:
            outcome = run(FINGERPRINT, Record(line.value, started_at))
            if isinstance(outcome, Output) and outcome.fingerprint is not None:
                spool.write(line.number, facts_of(outcome.value, None))
                fingerprint = Fingerprint.unpack(outcome.fingerprint)
                arrival = Arrival(line.number, bytes.fromhex(outcome.id), fingerprint, repeatable=False)
                trail.fold(decide(trail.index, arrival).rows)
            else:
                refused += 1
            progress.advance(line.done, line.number)
        found = Evidence(tuple(ids), trail.entries, now={0: trail.now(ids[0])})
        if all(found.entries.values()):
            wanted = tagged_records(found, entry_of(found.entries[ids[0]], decision), shown)
            found.facts = {tagged: spool.read(tagged[1]) for tagged in wanted}
    return found, refused


class _Spool:
    """The facts of every line, on disk: which of them are told is known at the end."""

    def __enter__(self) -> "_Spool":
        self._file = tempfile.TemporaryFile(prefix="copydesk-")
        self._places = array("q")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, line: int, facts: Facts) -> None:
        """Lines come in ascending order, some not at all."""
        self._places.extend([-1] * (line + 1 - len(self._places)))
        self._places[line] = self._file.tell()
        self._file.write(orjson.dumps(facts) + b"\n")

    def read(self, line: int) -> Facts:
        if not 0 <= line < len(self._places) or self._places[line] < 0:
            return NO_FACTS
        self._file.seek(self._places[line])
        return Facts(**orjson.loads(self._file.readline()))

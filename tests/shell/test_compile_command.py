"""`copydesk compile`: afterwards no compiler runs any more."""

import subprocess
import sys

from tests.shell.test_run_command import ROOT, copydesk

WORK = """
from numba.core import event
from streams.compiled import kernels_to_compile

compiled = []


class Listener(event.Listener):
    def on_start(self, happened):
        compiled.append(happened.data["dispatcher"].py_func.__qualname__)

    def on_end(self, happened):
        pass


event.register("numba:compile", Listener())
import streams.cleaning, streams.tagging
from streams.dedup import Arrival, DedupIndex, Fingerprint, decide
from streams.pipeline import CLEAN, TAG, Output, Record, run
from streams.warming import warm_up

assert kernels_to_compile() == 0, kernels_to_compile()
warm_up()
index, offset = DedupIndex(), 0
for line in open("streams/samples/articles.jsonl", "rb"):
    cleaned = run(CLEAN, Record(line, "2026-01-01T00:00:00.000Z"))
    if isinstance(cleaned, Output):
        tagged = run(TAG, Record(cleaned.value, cleaned.received_at))
        for copy in range(100):  # until every table has grown
            arrival = Arrival(offset, offset.to_bytes(16, "little"), Fingerprint.unpack(tagged.fingerprint))
            index.apply(decide(index, arrival).rows)
            offset += 1
assert offset > 2000, offset
assert not compiled, compiled
"""


def test_after_it_a_start_compiles_nothing_and_neither_does_work() -> None:
    """Not the first article, nor the first table that grows."""
    done = copydesk("compile")
    assert done.returncode == 0, done.stderr
    assert b"kernels compiled in" in done.stderr
    started = subprocess.run(
        [sys.executable, "-c", WORK], cwd=ROOT, capture_output=True, check=False, timeout=240
    )
    assert started.returncode == 0, started.stderr.decode()

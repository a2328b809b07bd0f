"""What the memory of de-duplication costs as it grows: time to insert and find, bytes, loading, hot keys.

Each measurement is a process of its own, so that its resident memory is its own.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np

from bench.dedup_corpus import DAYS_MS, START_MS, Tagged, rounds
from streams.dedup import Arrival, DedupIndex, Epoch, LogRows, decide, pack_batch, self_test, unpack_batch
from streams.dedup.kernels import NOWHERE
from streams.dedup.rows import ANY_EPOCH, ROW, RelationCode, RowKind
from streams.dedup.search import search
from streams.dedup.sketch import SKETCH_WIDTH

T = TypeVar("T")
SMALL, LARGE = 10_000, 1_000_000  # articles between which times are compared
PROBES = 5_000  # articles timed at each size
BATCH = 500  # rows of a log record, as many as the worker fetches
FULL_AFTER = 1_000  # articles, after which every list of a hot key is full
DECIDED = 2_000  # articles of a hot key that are timed, then and at the end


@dataclass(frozen=True, slots=True)
class Growth:
    """At one size: microseconds for one article, bytes an article."""

    articles: int
    query_us: float
    insert_us: float
    decide_us: float  # decide and apply, as the worker calls them
    counted: float  # bytes an article as stats() has them
    resident: float  # growth of resident memory
    peak: float  # its highest point


def alone(work: Callable[..., T], *arguments: object) -> T:
    """What a function gives, run in a fresh process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def growth(corpus: list[Tagged], sizes: tuple[int, ...]) -> list[Growth]:
    """Fills a memory with rounds of the corpus, and measures at each size."""
    self_test()
    for record in packed(corpus, SMALL):  # whatever is allocated only once
        unpack_batch(record)
    empty = resident("VmRSS")
    index, found = DedupIndex(), list[Growth]()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    stream = batches(corpus, max(sizes) + len(sizes) * PROBES)
    for nth, size in enumerate(sorted(sizes)):
        while len(index) < size:
            index.apply(next(stream))
        counted = index.stats().bytes / len(index)
        taken, peak = ((resident(name) - empty) / len(index) for name in ("VmRSS", "VmHWM"))
        query, insert = probe(index, stream)
        decide_us = decided(index, corpus, nth)
        found.append(Growth(size, query, insert, decide_us, counted, taken, peak))
    return found


def probe(index: DedupIndex, stream: Iterator[LogRows]) -> tuple[float, float]:
    """Medians over articles: microseconds to find one's copies, and to insert it."""
    query, insert = [], []
    for _ in range(PROBES // BATCH):
        one = next(stream)
        one.sketches.flags.writeable = False  # as an arrival's are: no other kernel than the worker's
        for i in range(len(one)):
            row = LogRows(one.rows[i : i + 1], one.sketches[i : i + 1])
            began = time.perf_counter()
            search(index.state, row.rows, row.sketches[0], NOWHERE, index.parent, index.children)
            middle = time.perf_counter()
            index.apply(row)
            insert.append(time.perf_counter() - middle)
            query.append(middle - began)
    return statistics.median(query) * 1e6, statistics.median(insert) * 1e6


def decided(index: DedupIndex, corpus: list[Tagged], nth: int) -> float:
    """Microseconds to decide on one article and apply what follows; of articles nobody has seen."""
    arrivals = [
        Arrival(i, bytes.fromhex(t.id)[::-1], t.fingerprint)
        for i, t in enumerate(rounds(corpus, PROBES, values=False, first=LARGE + nth * PROBES))
    ]
    times = []
    for arrival in arrivals:
        began = time.perf_counter()
        index.apply(decide(index, arrival).rows)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def loading(corpus: list[Tagged], articles: int) -> tuple[float, float, float]:
    """(CPU seconds, wall seconds, bytes of the log) to fold so many logged rows, without the network."""
    self_test()
    with tempfile.TemporaryFile(prefix="copydesk-bench-") as log:
        sizes = [log.write(record) for record in packed(corpus, articles)]
        log.seek(0)
        index = DedupIndex()
        began, began_wall = time.process_time(), time.perf_counter()
        for record in read_records(log, sizes):
            index.apply(unpack_batch(record)[1])
        took = time.process_time() - began, time.perf_counter() - began_wall
        if len(index) != articles:
            raise RuntimeError(f"{len(index)} articles of {articles}")
        return *took, float(sum(sizes))


def read_records(log: BinaryIO, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield log.read(size)


def packed(corpus: list[Tagged], articles: int, epoch: Epoch = ANY_EPOCH) -> Iterator[bytes]:
    """The log of so many articles, record by record."""
    for nth, rows in enumerate(batches(corpus, articles)):
        yield from pack_batch(nth * BATCH + len(rows) - 1, [rows], epoch)


def batches(corpus: list[Tagged], articles: int) -> Iterator[LogRows]:
    """Rows of first versions, BATCH at a time; originals, whatever they resemble."""
    rows, sketches = np.zeros(BATCH, ROW), np.zeros((BATCH, SKETCH_WIDTH), np.uint32)
    filled = 0
    for offset, tagged in enumerate(rounds(corpus, articles, values=False)):
        rows[filled], values = row_of(tagged, offset), tagged.fingerprint.sketch.values
        sketches[filled, : len(values)], sketches[filled, len(values) :] = values, 0
        filled += 1
        if filled == BATCH or offset == articles - 1:
            yield LogRows(rows[:filled].copy(), sketches[:filled].copy())
            filled = 0


def row_of(tagged: Tagged, offset: int) -> Any:
    row = np.zeros((), ROW)
    fingerprint = tagged.fingerprint
    row["kind"], row["relation"], row["place"] = RowKind.VERSION, RelationCode.ORIGINAL, offset
    row["id"] = row["group"] = np.frombuffer(bytes.fromhex(tagged.id), "<u8")
    row["hash"] = np.frombuffer(fingerprint.content_hash, "<u8")
    row["order"] = row["received"] = row["first_received"] = fingerprint.received_ms
    row["version"], row["decision"] = 1, 1
    row["shingles"] = fingerprint.sketch.shingles
    return row


def hot(corpus: list[Tagged], articles: int, *, identical: bool) -> tuple[float, float, int]:
    """(microseconds an article at first, at the end, lists that were full) where articles have one text, or
    one footer of ROUTING_KEYS shingles and more whose hashes are all among the smallest.
    """
    self_test()
    index = DedupIndex()
    source = rounds(corpus[:1] if identical else corpus, articles, values=False)
    first = corpus[0].fingerprint.sketch.values
    footer = np.arange(1, 41, dtype=np.uint32) * np.uint32(1_000)
    times = []
    for nth, tagged in enumerate(source):
        fingerprint = tagged.fingerprint
        if identical:
            values, content_hash = first, bytes(15) + b"1"
        else:
            values = np.union1d(footer, fingerprint.sketch.values)[:SKETCH_WIDTH]
            content_hash = fingerprint.content_hash
        made = type(fingerprint)(
            fingerprint.kind,
            content_hash,
            START_MS + nth * DAYS_MS // articles,
            fingerprint.received_ms,
            type(fingerprint.sketch)(fingerprint.sketch.shingles, values),
        )
        arrival = Arrival(nth, bytes.fromhex(tagged.id), made)
        began = time.process_time()
        index.apply(decide(index, arrival).rows)
        times.append(time.process_time() - began)
    early, late = times[FULL_AFTER : FULL_AFTER + DECIDED], times[-DECIDED:]
    return statistics.mean(early) * 1e6, statistics.mean(late) * 1e6, index.stats().cap_hits


def resident(name: str) -> int:
    """VmRSS or VmHWM of this process, bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


identical_texts = partial(hot, identical=True)
shared_footer = partial(hot, identical=False)

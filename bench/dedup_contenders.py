"""The contenders of dedup_race.py, each run as a process of its own: dedup_contenders.py NAME < texts.json

In: {"texts": [...]} in the order of arrival. Each article is fingerprinted, its earlier copies are looked up,
it is inserted. Out: {"cpu_s": CPU seconds, "mb": growth of resident megabytes, "links": for each article the
earlier articles found and their score, [[number, score], ...]}.

datasketch may live in another interpreter: its contender imports nothing of ours.
"""

import gc
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

Links = list[tuple[int, float]]
# Of the bands and rows that were tried on news the best for datasketch.
BANDS, ROWS = 42, 3
SHINGLE_WORDS = 4
_WORD = re.compile(r"\w+")


def main() -> None:
    texts: list[str] = json.load(sys.stdin)["texts"]
    contender = CONTENDERS[sys.argv[1]](texts)
    next(contender)  # loads, and takes a text that counts for nothing
    gc.collect()
    before, began = resident_mb(), time.process_time()
    links = list(contender)
    took = time.process_time() - began
    gc.collect()
    json.dump({"cpu_s": took, "mb": resident_mb() - before, "links": links}, sys.stdout)


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1e3


def copydesk(texts: list[str]) -> Iterator[Links]:
    """Sketch, decide, apply; an article's parent. Arrivals are in their order, so no later one changes it."""
    from streams.dedup import Arrival, DedupIndex, Fingerprint, FingerprintKind, decide, self_test
    from streams.dedup.sketch import sketch

    def arrival(number: int, text: str) -> Arrival:
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        made = Fingerprint(FingerprintKind.ARTICLE, digest, number, number, sketch(text))
        return Arrival(number, number.to_bytes(16, "big"), Fingerprint.unpack(made.pack()))

    self_test()
    decide(DedupIndex(), arrival(0, texts[0]))
    yield []
    index = DedupIndex()
    for number, text in enumerate(texts):
        effects = decide(index, arrival(number, text))
        index.apply(effects.rows)
        own = effects.emissions[0]
        yield [(int.from_bytes(own.of, "big"), own.score or 0.0)] if own.of else []


def datasketch(texts: list[str]) -> Iterator[Links]:
    """MinHashLSH, and the MinHash of every article to judge what it finds."""
    from datasketch import LeanMinHash, MinHash, MinHashLSH

    # Its permutations take long to make: every MinHash is a copy of one.
    blank = MinHash(num_perm=BANDS * ROWS)

    def fingerprint(text: str) -> Any:
        words = _WORD.findall(text.casefold())
        made = blank.copy()
        count = max(1, len(words) - SHINGLE_WORDS + 1)
        made.update_batch({" ".join(words[i : i + SHINGLE_WORDS]).encode() for i in range(count)})
        return LeanMinHash(made)

    fingerprint(texts[0])
    yield []
    index, known = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS)), list[Any]()
    for number, text in enumerate(texts):
        own = fingerprint(text)
        yield [(found, own.jaccard(known[found])) for found in index.query(own)]
        index.insert(number, own)
        known.append(own)


CONTENDERS = {"copydesk": copydesk, "datasketch": datasketch}

if __name__ == "__main__":
    main()

"""Tagged articles for the benchmarks of de-duplication: a corpus, and as many more like it as are wanted.

A round of the corpus repeats it with other ids and another sketch of every text, so that rounds have nothing
in common and each has the duplicates of the first. Only the lowest bits of the hashes change: the smallest
of a text stay the smallest, as another text's would be.
"""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from pathlib import Path

import numpy as np
import orjson

from streams.contract import decode_tagged
from streams.dedup import Fingerprint, FingerprintKind, fingerprint_of
from streams.dedup.sketch import Sketch
from streams.events import CleanedArticle
from streams.pipeline import CLEAN, TAG, Output, Record, run

SAMPLES = Path(__file__).resolve().parents[1] / "streams" / "samples" / "articles.jsonl"
ARTICLE_WORDS = 600
START_MS = 1_767_225_600_000  # 2026-01-01
DAYS_MS = 72 * 3_600_000  # all articles of a run are received within so long
# A sketch's values are 4 million apart in a text of 1,000 shingles; their order outlives a change of these.
LOW_BITS = 20


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tagged event: its id (32 hex digits), its bytes, its fingerprint."""

    id: str
    value: bytes
    fingerprint: Fingerprint


def corpus(path: Path | None) -> list[Tagged]:
    """The tagged events of a file (JSON lines, packed or not), or articles of 600 words made of the samples.

    SystemExit where there is none.
    """
    lines = sample_events() if path is None else events_of(path)
    read = [(line, decode_tagged(line, "2026-01-01T00:00:00.000Z")) for line in lines]
    found = {
        article.id: Tagged(article.id, line, fingerprint_of(article))
        for line, article in read
        if isinstance(article, CleanedArticle)
    }
    if not found:
        raise SystemExit(f"{path}: no tagged article")
    return list(found.values())


def events_of(path: Path) -> list[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        return [line.rstrip(b"\n") for line in lines]


def sample_events() -> list[bytes]:
    """What cleaning and tagging make of the samples, each text continued with others up to 600 words."""
    raw = [orjson.loads(line) for line in SAMPLES.read_bytes().splitlines()]
    cleaned = [
        orjson.loads(out.value)
        for event in raw
        if isinstance(out := run(CLEAN, Record(orjson.dumps(event), "2026-01-01T00:00:00.000Z")), Output)
        and out.language == "en"
    ]
    made = []
    for nth, event in enumerate(cleaned):
        words = [w for i in range(len(cleaned)) for w in cleaned[(nth + i) % len(cleaned)]["text"].split(" ")]
        event["text"] = " ".join(words[:ARTICLE_WORDS])
        out = run(TAG, Record(orjson.dumps(event), event["received_at"]))
        if isinstance(out, Output):
            made.append(out.value)
    return made


def rounds(
    articles: Sequence[Tagged], wanted: int, *, values: bool = True, first: int = 0
) -> Iterator[Tagged]:
    """So many articles, in rounds of the corpus from the `first` on; without `values` the events' bytes stay
    the corpus's.
    """
    given = 0
    for nth in count(first):
        for article in articles[: wanted - given]:
            yield _again(article, nth, START_MS + given * DAYS_MS // wanted, values=values)
            given += 1
        if given == wanted:
            return


def _again(article: Tagged, nth: int, now_ms: int, *, values: bool) -> Tagged:
    """The article as it comes in a round: without any day of publication, received now."""
    own_id = blake2b(f"{nth}/{article.id}".encode(), digest_size=16).hexdigest()
    value = article.value.replace(article.id.encode(), own_id.encode(), 1) if values else article.value
    old = article.fingerprint
    content_hash = blake2b(old.content_hash, digest_size=16, salt=b"%d" % nth).digest()
    mask = np.uint32(nth * 0x9E3779B1 >> 7 & (1 << LOW_BITS) - 1)
    sketch = Sketch(old.sketch.shingles, np.sort(old.sketch.values ^ mask))
    return Tagged(own_id, value, Fingerprint(FingerprintKind.ARTICLE, content_hash, now_ms, now_ms, sketch))

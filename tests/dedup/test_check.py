"""The self-test notices whatever would write another log: sketch, routing keys, rule, decisions, codecs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from streams.dedup import check, decide, pack_batch, self_test, sketch
from streams.dedup.rows import Fingerprint, LogRows
from streams.dedup.sketch import Sketch

hashes, packed = sketch._shingle_hashes, Fingerprint.pack


def test_it_passes() -> None:
    self_test()


def with_another_tail(text: str) -> Sketch:
    """The routing keys stay as they are, the rest of a sketch does not."""
    made = sketch.sketch(text)
    return Sketch(made.shingles, np.concatenate([made.values[:-1], made.values[-1:] - 1]))


def without_stops(values: Any, stop: Any) -> Any:
    return sketch.routing_keys(values, stop[:0])


def with_lower_jaccard(index: Any, arrival: Any) -> Any:
    made = decide(index, arrival)
    made.rows.rows["jaccard"][made.rows.rows["jaccard"] == 3_421] -= 1
    return made


def forgetting_the_last(applied: int, batch: list[LogRows]) -> list[bytes]:
    return pack_batch(applied, batch[:-1])


def big_endian(self: Fingerprint) -> bytes:
    return packed(self)[:18] + packed(self)[18:26][::-1] + packed(self)[26:]


FAULTS: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "another hash": (sketch, "_shingle_hashes", lambda tokens: hashes(tokens) ^ 1, "sketch kernel"),
    "the end of a sketch": (check, "sketch", with_another_tail, "a header is not packed"),
    "boilerplate as a key": (check, "routing_keys", without_stops, "sketch kernel"),
    "a share": (check, "decide", with_lower_jaccard, "a row of the log is not packed"),
    "a log that lacks a row": (check, "pack_batch", forgetting_the_last, "not the fold"),
    "a header in another order": (Fingerprint, "pack", big_endian, "a header is not packed"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_notices(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, what, instead, told = FAULTS[fault]
    monkeypatch.setattr(where, what, instead)
    with pytest.raises(RuntimeError, match=told):
        self_test()

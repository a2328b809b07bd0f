"""Sketches come out of the memory as they went in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedup import Arrival, DedupIndex, Fingerprint, FingerprintKind, decide
from streams.dedup.blocks import sketch_of
from streams.dedup.kernels import BLOCK_VALUES, BLOCKS_END
from streams.dedup.sketch import SKETCH_WIDTH, Sketch
from tests.dedup.newsroom import Desk, article, name, withdrawal, words

U32 = st.integers(0, 2**32 - 1)
CROWDED = st.integers(0, 600) | st.integers(
    2**32 - 600, 2**32 - 1
)  # many of one top byte, then none for long
VALUES = st.sets(U32 | CROWDED, max_size=SKETCH_WIDTH)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_any_sketch_comes_back(sketches: list[set[int]]) -> None:
    index = DedupIndex()
    for number, chosen in enumerate(sketches):
        values = np.array(sorted(chosen), np.uint32)
        values.flags.writeable = False
        digest = bytes([number]) * 16
        made = Fingerprint(FingerprintKind.ARTICLE, digest, number, number, Sketch(len(values), values))
        index.apply(decide(index, Arrival(number, name(number), made)).rows)
    for text, chosen in enumerate(sketches):
        assert sketch_of(index.state, text).tolist() == sorted(chosen)


def test_blocks_of_a_long_text_serve_short_ones() -> None:
    desk = Desk().take_all([(1, article(" ".join(words(300, seed=1))))])
    used = int(desk.index.state.counts[BLOCKS_END])
    assert used == SKETCH_WIDTH // BLOCK_VALUES
    desk.take(1, withdrawal(received=1))
    desk.take_all([(n, article(" ".join(words(60, seed=n)), received=2)) for n in range(2, 6)])
    assert int(desk.index.state.counts[BLOCKS_END]) == used

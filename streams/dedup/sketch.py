"""text -> sketch: the smallest hashes of a text's word shingles (bottom-k; Broder 1997, Cohen & Kaplan 2007).

A sketch lives for days in a log, so everything here is frozen by SKETCH_VERSION and the golden vectors in
tests/dedup/test_sketch.py: the token rule, the hashes and the stop phrases. MinHash libraries changed theirs
between releases, hence our own kernel.

The routing keys are the smallest values of the sketch itself, u32 and not u64: of a million texts of 500
shingles a given small value belongs to about 1e6 * 500 / 2**32 = 0.12 unrelated ones, one needless comparison
(1 us) a query with 8 keys; 64 bits would cost 64 bytes in every header, log row and table to save it.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, uncounted
from streams.dedup.words import word_hashes

SKETCH_VERSION = 1
SKETCH_WIDTH = 256  # values: the standard error of a Jaccard of .25 is .027
SHINGLE_WORDS = 4  # with it the rule of compare.py was measured
# The smallest values, by which a text is found. Two texts of 500 shingles share one of 8 with probability
# .975 at a Jaccard of .25, .998 at .4; a text and its first half with .997, its first third with .94
# (simulation, 3,000 pairs).
ROUTING_KEYS = 8

# Furniture that thousands of unrelated articles share: as a routing key it would be a hot one.
STOP_PHRASES = (
    "all rights reserved this material may not be published broadcast rewritten or redistributed",
    "this material may not be published broadcast rewritten or redistributed without permission",
    "copyright the associated press all rights reserved",
    "this story has been published from a wire agency feed without modifications to the text",
    "this story has not been edited and is published from a syndicated feed",
    "our standards the thomson reuters trust principles",
    "sign up for our free daily newsletter",
    "sign up to our newsletter for the latest news",
    "subscribe to our newsletter to get the latest news delivered to your inbox",
    "by signing up you agree to our terms of use and privacy policy",
    "by signing up you agree to our terms of service and privacy policy",
    "no spam unsubscribe at any time",
    "you can cancel at any time",
    "follow us on facebook twitter and instagram",
    "click here to subscribe to our newsletter",
    "this is a developing story please check back for updates",
    "this is a breaking news story and will be updated",
    "the views expressed in this article are the author's own and do not necessarily reflect those of",
    "please enable javascript in your browser to view this page",
    "we use cookies to improve your experience on our site",
)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """`shingles`: number of distinct shingles; `values`: uint32[min(shingles, 256)], strictly ascending."""

    shingles: int
    values: NDArray[np.uint32]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return self.shingles == other.shingles and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((self.shingles, self.values.tobytes()))


def sketch(text: str) -> Sketch:
    """The SKETCH_WIDTH smallest distinct 32-bit hashes of the text's 4-word shingles.

    A text of one to three words is one shingle; one without words has none.
    """
    hashes = _shingle_hashes(word_hashes(text))
    hashes.sort()
    shingles, values = _smallest(hashes)
    values.flags.writeable = False
    return Sketch(shingles, values)


@functools.cache
def stop_keys() -> NDArray[np.uint32]:
    """The shingles of STOP_PHRASES, ascending: values that are no routing keys."""
    return np.unique(np.concatenate([sketch(phrase).values for phrase in STOP_PHRASES]))


@compiled
def routing_keys(values: NDArray[np.uint32], stop: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The ROUTING_KEYS smallest values of a sketch that are not in `stop`; fewer if there are no more."""
    keys = np.empty(ROUTING_KEYS, np.uint32)
    found = 0
    for value in values:
        position = np.searchsorted(stop, value)
        if position < stop.shape[0] and stop[position] == value:
            continue
        keys[found] = value
        found += 1
        if found == ROUTING_KEYS:
            break
    return keys[:found]


@compiled
def is_ascending(values: NDArray[np.uint32]) -> bool:
    """Whether each value is greater than the one before it."""
    for i in range(1, values.shape[0]):  # noqa: SIM110 - all() of a generator is no kernel
        if values[i] <= values[i - 1]:
            return False
    return True


@compiled
def _smallest(ascending: NDArray[np.uint32]) -> tuple[int, NDArray[np.uint32]]:
    """How many distinct values there are, and the SKETCH_WIDTH smallest of them."""
    values = np.empty(SKETCH_WIDTH, np.uint32)
    count = 0
    for i in range(ascending.shape[0]):
        if i == 0 or ascending[i] != ascending[i - 1]:
            if count < SKETCH_WIDTH:
                values[count] = ascending[i]
            count += 1
    return count, values[: min(count, SKETCH_WIDTH)].copy()


@compiled
def _shingle_hashes(tokens: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The high halves of the 64-bit hashes of all windows of SHINGLE_WORDS words, in text order."""
    tokens = uncounted(tokens)
    width = min(SHINGLE_WORDS, tokens.shape[0])
    if width == 0:
        return np.empty(0, np.uint32)
    hashes = np.empty(tokens.shape[0] - width + 1, np.uint32)
    for start in range(hashes.shape[0]):
        state = np.uint64(0x9E3779B97F4A7C15)
        for place in range(start, start + width):
            state = (state ^ tokens[np.uint64(place)]) * np.uint64(0x9E3779B97F4A7C15)
            state ^= state >> np.uint64(29)
        # the finaliser of splitmix64 (Steele, Lea & Flood 2014): every bit of the state reaches the high half
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        hashes[start] = (state ^ (state >> np.uint64(31))) >> np.uint64(32)
    return hashes

"""Which of a list of words a text holds, all of them looked for in one pass (Aho and Corasick 1975)."""

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted

MAX_WORDS = 63  # one bit for each
_LAST_BYTE = np.uint32(255)  # of no word, in whatever encoding


class Searcher(NamedTuple):
    """An automaton over bytes. State s goes to moves[(s << shift) + column] >> shift, which is kept so that a
    kernel has to add only; bytes that no word has share column 0. `found`: of each state the words that end
    in it, one bit each. `longest`: bytes of the longest word.
    """

    columns: NDArray[np.uint8]
    moves: NDArray[np.uint32]
    found: NDArray[np.int64]
    shift: int
    longest: int


def searcher(words: Iterable[str]) -> Searcher:
    """The automaton that finds these words (MAX_WORDS at most); the first is bit 0."""
    listed = [word.encode() for word in words]
    if len(listed) > MAX_WORDS:
        raise ValueError(f"{len(listed)} words, at most {MAX_WORDS}")
    letters = sorted({letter for word in listed for letter in word})
    columns = np.zeros(256, np.uint8)
    columns[letters] = np.arange(1, len(letters) + 1)
    states = 1 + sum(map(len, listed))
    moves = np.zeros((states, len(letters) + 1), np.uint16)
    found = np.zeros(states, np.int64)
    used = 1
    for bit, word in enumerate(listed):
        state = 0
        for letter in word:
            column = columns[letter]
            if not moves[state, column]:
                moves[state, column] = used
                used += 1
            state = int(moves[state, column])
        found[state] |= 1 << bit
    _complete(moves, found)
    shift = len(letters).bit_length()
    places = np.zeros((used, 1 << shift), np.uint32)
    places[:, : len(letters) + 1] = moves[:used].astype(np.uint32) << shift
    longest = max(map(len, listed), default=0)
    return Searcher(columns, places.reshape(-1), found[:used].copy(), shift, longest)


def _complete(moves: NDArray[np.uint16], found: NDArray[np.int64]) -> None:
    """Where no word goes on, a state moves as the longest other beginning of a word does that ends there."""
    shorter = np.zeros(len(moves), np.int64)
    todo = deque(int(state) for state in moves[0] if state)
    while todo:
        state = todo.popleft()
        other = shorter[state]
        found[state] |= found[other]
        for column, following in enumerate(moves[state].tolist()):
            if following:
                shorter[following] = moves[other, column]
                todo.append(following)
            else:
                moves[state, column] = moves[other, column]


@compiled
def words_in(data: NDArray[Any], searcher: Searcher) -> int:
    """The bits of the words that bytes hold, or code points, of which no word has one beyond ASCII.

    A byte waits for the state that the one before it led to. So four parts are read side by side, each from
    as far before it as a word may reach: 6 kB take 5 us, one after another 13.
    """
    columns, moves, found, shift, longest = searcher
    columns, moves, found = uncounted(columns), uncounted(moves), uncounted(found)
    part, bits = len(data) // 4, 0
    one = two = three = four = np.uint64(0)
    steps = part + longest if part > longest else 0
    for step in range(steps):
        one = _moved(data, step, one, columns, moves)
        two = _moved(data, part - longest + step, two, columns, moves)
        three = _moved(data, 2 * part - longest + step, three, columns, moves)
        four = _moved(data, 3 * part - longest + step, four, columns, moves)
        bits |= found[one >> np.uint64(shift)] | found[two >> np.uint64(shift)]
        bits |= found[three >> np.uint64(shift)] | found[four >> np.uint64(shift)]
    for place in range(4 * part if steps else 0, len(data)):
        four = _moved(data, place, four, columns, moves)
        bits |= found[four >> np.uint64(shift)]
    return bits


@inlined
def _moved(
    data: NDArray[Any], at: int, state: np.uint64, columns: NDArray[np.uint8], moves: NDArray[np.uint32]
) -> np.uint64:
    """Where a byte leads to from a state."""
    column = columns[min(data[np.uint64(at)], _LAST_BYTE)]
    return np.uint64(moves[state + np.uint64(column)])

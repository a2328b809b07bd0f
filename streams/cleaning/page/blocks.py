"""What the walk over a page makes: its elements and its blocks of text, as columns of numbers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled


class Elements(NamedTuple):
    """One entry for each element, in document order. `first` and `last`: the range of blocks inside; `parent`
    is -1 for the body; `words` and `any_words`: groups of its class words, its own and with those of its
    ancestors; `path`: a hash of tags and classes from the body down.
    """

    parent: NDArray[np.int32]
    name: NDArray[np.int32]
    kind: NDArray[np.int32]
    landmarks: NDArray[np.int32]
    words: NDArray[np.int64]
    any_words: NDArray[np.int64]
    path: NDArray[np.uint64]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    depth: NDArray[np.int32]


class Blocks(NamedTuple):
    """One entry for each run of text between block boundaries. `start`, `end`: its code points in the page's
    text; `inner`: the element its text begins in, `outer`: the innermost block element around; `breaks`: 1
    before a <br>, 2 after one, 3 between two; `linked`, `bold`: code points in links and in bold; `links`:
    their number; `images`, `inputs`: pictures and form fields in the block or between it and the one before.
    """

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    inner: NDArray[np.int32]
    outer: NDArray[np.int32]
    breaks: NDArray[np.int32]
    linked: NDArray[np.int32]
    links: NDArray[np.int32]
    bold: NDArray[np.int32]
    images: NDArray[np.int32]
    inputs: NDArray[np.int32]


@compiled
def new_elements(count: int) -> Elements:
    return Elements(
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.uint64),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
    )


BLOCK = np.dtype([(name, np.int32) for name in Blocks._fields])


@compiled
def blocks_of(rows: NDArray[np.void]) -> Blocks:
    """The columns of rows of BLOCK."""
    blocks = Blocks(
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
        np.empty(len(rows), np.int32),
    )
    for i in range(len(rows)):
        row = rows[i]
        blocks.start[i], blocks.end[i] = row.start, row.end
        blocks.inner[i], blocks.outer[i] = row.inner, row.outer
        blocks.breaks[i], blocks.linked[i] = row.breaks, row.linked
        blocks.links[i], blocks.bold[i] = row.links, row.bold
        blocks.images[i], blocks.inputs[i] = row.images, row.inputs
    return blocks


@compiled
def first_elements(of: Elements, count: int) -> Elements:
    return Elements(
        of.parent[:count],
        of.name[:count],
        of.kind[:count],
        of.landmarks[:count],
        of.words[:count],
        of.any_words[:count],
        of.path[:count],
        of.first[:count],
        of.last[:count],
        of.depth[:count],
    )

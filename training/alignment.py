"""Which tokens of a page its gold text has: the labels of all that is trained on pages."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

_TOKEN = re.compile(r"\w+")
_SOFT_HYPHEN = "\u00ad"
STRAY = 1.3  # a block's matches may stretch over so many times their number of gold tokens, plus one ...
SCATTERED = 0.3  # ... else they are words that the gold happens to have too: the share counts so much
GRAM = 4  # tokens; the benchmark's shingles
LONG_BLOCK = 8  # tokens from which a block is looked for out of the gold's order
ELSEWHERE = 0.8  # share of its shingles that the gold must have, wherever


def tokens(text: str) -> list[str]:
    """Runs of word characters, folded: what gold and page may spell in two ways is one token."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).replace(_SOFT_HYPHEN, "").lower())


def token_shares(blocks: Sequence[str], gold: str) -> NDArray[np.float64]:
    """The share (0 to 1) of each block's tokens that are in the gold text, one number for each block.

    A longest common subsequence of all tokens aligns page and gold; a block's matches count in full only
    where they lie together in the gold. A long block that the gold has elsewhere counts by its shingles.
    """
    of_block = [tokens(block) for block in blocks]
    flat = [token for block in of_block for token in block]
    wanted = tokens(gold)
    shares = np.zeros(len(blocks))
    if not flat or not wanted:
        return shares
    place = np.full(len(flat), -1)
    for step in LCSseq.opcodes(flat, wanted):
        if step.tag == "equal":
            place[step.src_start : step.src_end] = np.arange(step.dest_start, step.dest_end)
    grams = Counter(zip(*(wanted[i:] for i in range(GRAM)), strict=False))
    start = 0
    for i, block in enumerate(of_block):
        shares[i] = _share(block, place[start : start + len(block)], grams)
        start += len(block)
    return shares


def _share(block: list[str], place: NDArray[np.int64], grams: Counter[tuple[str, ...]]) -> float:
    found = place[place >= 0]
    share = 0.0
    if len(found):
        together = found[-1] - found[0] + 1 <= len(found) * STRAY + 1
        share = len(found) / len(block) * (1.0 if together else SCATTERED)
    if len(block) >= LONG_BLOCK and share < 0.5:
        of_block = list(zip(*(block[i:] for i in range(GRAM)), strict=False))
        elsewhere = sum(gram in grams for gram in of_block) / len(of_block)
        if elsewhere > ELSEWHERE:
            share = elsewhere
    return share

"""Hard-wrapped text, as mail and wire services send it: its paragraphs made whole again."""

from collections.abc import Sequence
from itertools import pairwise

MARGIN = range(55, 101)  # characters of the longest line; formats break at 65 to 80, some at 100
MAX_WORD = 30  # characters; more is an address, or a script without spaces, of which a wrap shows nothing
MIN_LINES = 3  # fewer tell nothing
# Share of line ends that must be where a wrap at the margin breaks; the others are ends of paragraphs.
WRAPPED_SHARE = 0.6
# Share of continued lines that begin without a capital: in wrapped prose most, in German half; in lists none.
CONTINUED_SHARE = 0.3


def may_be_wrapped(longest: int, parted: int, adjacent: int) -> bool:
    """Whether `unwrap` can change a text. A line that is longer than any margin stands in a block that is not
    wrapped, and a wrapped block has MIN_LINES lines. Arguments as of `shapes.measured`.
    """
    return longest < MARGIN.stop or (parted > 0 and adjacent >= MIN_LINES - 1)


def unwrap(text: str) -> str:
    """Join hard-wrapped lines paragraph by paragraph, in the whole text or in those blocks (between blank
    lines) that are wrapped.

    A line is continued by the next if that one's first word would not have fit: the law of every wrapped
    text, whatever its language.
    """
    # one line that is longer, and the text as a whole is not wrapped: most texts need no more than this
    longer = _has_longer(text)
    # all in one block, or of all blocks together not the lines of one that may be wrapped
    blocks = text.count("\n\n") + 1
    if longer and (blocks == 1 or text.count("\n") - 2 * (blocks - 1) < MIN_LINES - 1):
        return text
    raw = text.split("\n\n")
    everywhere = None if longer else _margin([_lines(block) for block in raw])
    out = []
    for block in raw:
        alone = block.count("\n") >= MIN_LINES - 1
        margin = everywhere or (_margin([_lines(block)]) if alone else None)
        out.append(_join(_lines(block), margin) if margin else block)
    return "\n\n".join(out)


def _has_longer(text: str) -> bool:
    """Whether a line is longer than any margin: mostly one of the first."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start >= MARGIN.stop and len(text[start:end].strip()) >= MARGIN.stop:
            return True
        start = end + 1
    return False


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.split("\n")]


def _margin(blocks: Sequence[Sequence[str]]) -> int | None:
    """Where all these lines are wrapped; None if they are not."""
    longest = max(max(map(len, block)) for block in blocks)
    if longest not in MARGIN or sum(map(len, blocks)) < MIN_LINES:
        return None
    ends = wrapped = continued = 0
    for block in blocks:
        for line, following in pairwise(block):
            ends += 1
            if _is_full(line, following, longest):
                wrapped += 1
                continued += not following[0].isupper()
    sure = wrapped and wrapped >= WRAPPED_SHARE * ends and continued >= CONTINUED_SHARE * wrapped
    return longest if sure else None


def _join(block: Sequence[str], margin: int) -> str:
    out = block[0]
    for line, following in pairwise(block):
        out += (" " if _is_full(line, following, margin) else "\n") + following
    return out


def _is_full(line: str, following: str, margin: int) -> bool:
    word = len(following.partition(" ")[0])
    return bool(line) and 0 < word <= MAX_WORD and len(line) + 1 + word > margin

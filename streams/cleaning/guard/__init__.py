"""What is refused before any parser sees it, in one linear pass.

Lexbor is quadratic in depth (20,000 nested divs: 13 s), in the options of a `<select>` (20,000: 1.3 s, with
`selected` 18 s) and in the attributes of one element, those of a repeated `<body>` included (58,000: 7 s);
500 unclosed <b> before 5,000 paragraphs are 2.5 million elements. What a page makes a parser build is told
from its bytes (`nesting`); should a page fool that pass, the stage pool has its limits of time and memory.
"""

from dataclasses import dataclass, fields
from itertools import compress

import numpy as np

from streams.cleaning.guard.elements import ELEMENTS, NUMBER_OF
from streams.cleaning.guard.mentioned import mentioned
from streams.cleaning.guard.nesting import measure
from streams.cleaning.guard.opened import (
    ATTRIBUTES,
    BREAKS,
    BUILT,
    DEPTH,
    LINE,
    OPTIONS,
    STACK,
    TABLES,
    TAGS,
    TEXT,
)
from streams.cleaning.page.markup import STRIPPED
from streams.events import Failed
from streams.vocabulary import FailureReason

MAX_BYTES = 4_000_000  # bytes of UTF-8; the largest of 952 development pages has 2.3 MB


@dataclass(frozen=True, slots=True)
class Measures:
    """What a page costs its parsers, or may cost at most. size: bytes; tags: start tags; built: elements of
    the tree; depth: of the tree; attributes: of one element; breaks: `<br>`; options: `<option>`; tables:
    within one another; line: inline tags with no block's tag or `<br>` between them; text: bytes of the
    longest run without a tag. met: those elements of STRIPPED that may have a start tag.
    """

    size: int
    tags: int
    built: int
    depth: int
    attributes: int
    breaks: int
    options: int
    tables: int
    line: int
    text: int
    met: tuple[str, ...] = ()


_LIMITED = tuple(f.name for f in fields(Measures) if f.name != "met")
_STRIPPED_NUMBERS = np.array([NUMBER_OF[name] for name in STRIPPED])
# What 1,103 real pages (news, blogs, shops, forums) have at most: 2.3 MB, 4,100 tags and elements, depth 51,
# 64 attributes, 306 breaks, 807 options, 6 tables, lines of 537 tags, 20 kB of text. The size of an attribute
# is no measure: 5 of 121 news pages carry 64 to 335 kB of JSON in one.
LIMITS = Measures(
    size=MAX_BYTES,
    tags=60_000,
    built=120_000,
    depth=512,
    attributes=1_000,
    breaks=10_000,
    options=2_000,
    tables=512,
    line=60_000,
    text=MAX_BYTES,
)
# Within these trafilatura 2.3.1 takes at most a second: it is quadratic in the inline tags of one paragraph
# (links: 2,000 .17 s, 4,000 .73 s, 16,000 above 12 s) and linear in the rest (8,000 paragraphs .2 s).
# And lxml 6 drops what lies deeper than 255, `<tbody>` not counted, without a word.
FALL_BACK_LIMITS = Measures(
    size=2_000_000,
    tags=10_000,
    built=20_000,
    depth=150,
    attributes=1_000,
    breaks=10_000,
    options=2_000,
    tables=30,
    line=2_000,
    text=2_000_000,
)


def refuse_text(*texts: str | None) -> Failed | None:
    """Failed(encoding) for what UTF-8 cannot carry (lone surrogates), Failed(too_large) above MAX_BYTES."""
    for text in texts:
        if text is not None and isinstance(failed := encoded(text), Failed):
            return failed
    return None


def encoded(text: str) -> bytes | Failed:
    """The text in UTF-8, or why it is refused, as `refuse_text` says."""
    if len(text) > MAX_BYTES:
        return Failed(FailureReason.TOO_LARGE, f"{len(text)} characters, at most {MAX_BYTES} bytes")
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        return Failed(FailureReason.ENCODING, f"no Unicode text: {error.reason} at {error.start}")
    if len(data) > MAX_BYTES:
        return Failed(FailureReason.TOO_LARGE, f"{len(data)} bytes, at most {MAX_BYTES}")
    return data


def measure_markup(page: str | bytes) -> Measures:
    """The measures of a page (bytes: UTF-8). Where `depth` passes 1,000 the rest may not have been read."""
    data = np.frombuffer(page if isinstance(page, bytes) else page.encode("utf-8", "replace"), np.uint8)
    found = measure(data, ELEMENTS, np.empty(1, STACK)[0])
    met = mentioned(data, ELEMENTS)[_STRIPPED_NUMBERS]
    return Measures(
        size=len(data),
        tags=int(found[TAGS]),
        built=int(found[BUILT]),
        depth=int(found[DEPTH]),
        attributes=int(found[ATTRIBUTES]),
        breaks=int(found[BREAKS]),
        options=int(found[OPTIONS]),
        tables=int(found[TABLES]),
        line=int(found[LINE]),
        text=int(found[TEXT]),
        met=tuple(compress(STRIPPED, met.tolist())),
    )


def refuse_markup(measures: Measures) -> Failed | None:
    """Failed(nesting) or Failed(too_large) for HTML that costs its parser more than its size suggests."""
    over = _above(measures, LIMITS)
    if over is None:
        return None
    reason = FailureReason.NESTING if over == "depth" else FailureReason.TOO_LARGE
    return Failed(reason, f"{over} {getattr(measures, over)}, at most {getattr(LIMITS, over)}")


def may_fall_back(measures: Measures) -> bool:
    """Whether lxml and trafilatura read the page in about a second and lose nothing of it."""
    return _above(measures, FALL_BACK_LIMITS) is None


def _above(measures: Measures, limits: Measures) -> str | None:
    """The measure that is over its limit; depth first, the others are not complete then."""
    over = [name for name in _LIMITED if getattr(measures, name) > getattr(limits, name)]
    return "depth" if "depth" in over else over[0] if over else None

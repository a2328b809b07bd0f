"""What the line model sees of each line: its own shape, its neighbours, its place on the page.

All columns are numbers that any language has: lengths, stops, capitals, repetition, place. What the words say
(`word`, of the lexicon) is one column of them: words add to what the structure shows.
"""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat import cohesion
from streams.cleaning.flat.cohesion import Words, fill_cohesion
from streams.cleaning.flat.prose import CAPITALISED, PHRASE_WORDS, PROSE_WORDS, in_menu, prose_region
from streams.cleaning.flat.shapes import COLON, DIGIT, LOWER, OPENING, STOP, UPPER
from streams.compiled import compiled

MIN_NAME, MAX_NAME = 2, 5  # words

# What the words of a line say (0: nothing), as the model's numbers; from FURNITURE on they speak against it.
NO_TEXT, CREDIT, CAPTION, DATE, PROMO, RELATED, NAVIGATION, LEGAL, COMMENTS, BIO = range(1, 11)
FURNITURE = PROMO

FAR = 999.0  # lines: there is none such
MAX_INDENT = 15  # spaces that are told apart

_COLUMNS = (
    # the line
    "words chars word_length letters uppers capitalised digits others stops sentence commas quotes bars "
    "stop colon lower upper digit opening titled prose name word copies copied indent blank blank_after "
    # its place
    "line place words_above words_left prose_above prose_left in_region to_start to_end from_title "
    "prose_before prose_after menu_before menu_after furniture_above furniture_below since_furniture "
    "until_furniture since_comments since_related since_date since_name unended_left same_indent "
    # the page
    "lines page_words page_prose page_unended page_furniture page_blank page_indented "
    "region_prose region_words page_cased mean_prose"
)
_OF_NEIGHBOUR = "words stop blank indent word capitalised prose"
NEIGHBOURS = (-2, -1, 1, 2)
_OF_WINDOW = "prose unended furniture words"
WINDOWS = (3, 8)  # lines before and after

NAMES = (
    *_COLUMNS.split(),
    *cohesion.COLUMNS,
    *(f"{name}{by:+d}" for by in NEIGHBOURS for name in _OF_NEIGHBOUR.split()),
    *(f"{name}{sign}{width}" for width in WINDOWS for sign in "-+" for name in _OF_WINDOW.split()),
)


WIDTH = len(NAMES)
_COHESION = len(_COLUMNS.split())
_AROUND = _COHESION + len(cohesion.COLUMNS)
# The first columns by their names, those behind by their numbers.
_ROW = np.dtype(
    {
        "names": _COLUMNS.split(),
        "formats": [np.float32] * _COHESION,
        "itemsize": WIDTH * np.dtype(np.float32).itemsize,
    }
)


@compiled
def surroundings(
    shapes: NDArray[np.void], said: NDArray[np.int64], title: int, words: Words
) -> NDArray[np.float32]:
    """The (lines, NAMES) matrix. `said` is what each line's words say, `title` the headline's line or -1."""
    out = np.zeros((len(shapes), WIDTH), np.float32)
    if len(shapes) == 0:
        return out
    rows = out.reshape(out.size).view(_ROW)
    _own(shapes, said, rows)
    _copies(shapes, rows)
    _from_above(said, rows)
    _from_below(said, rows)
    _page(shapes, rows, title)
    _around(rows, out)
    prose = np.zeros(len(rows))
    for i in range(len(rows)):
        prose[i] = rows[i].prose > 0 and rows[i].in_region > 0
    fill_cohesion(words, prose, out, _COHESION)
    return out


@compiled
def _own(shapes: NDArray[np.void], said: NDArray[np.int64], rows: NDArray[np.void]) -> None:
    n = len(shapes)
    for i in range(n):
        shape, row = shapes[i], rows[i]
        words, chars = max(shape.words, 1), shape.chars
        row.words, row.chars, row.word_length = shape.words, chars, chars / words
        row.letters, row.digits, row.others = (
            shape.letters / chars,
            shape.digits / chars,
            shape.others / chars,
        )
        row.uppers = shape.uppers / max(shape.letters, 1)
        row.capitalised = shape.capitalised / max(shape.cased, 1)
        row.stops, row.sentence = shape.stops, words / (shape.stops + 1)
        row.commas, row.quotes, row.bars = shape.commas / words, shape.quotes, shape.bars
        row.stop, row.colon = shape.last == STOP, shape.last == COLON
        row.lower, row.upper = shape.first == LOWER, shape.first == UPPER
        row.digit, row.opening = shape.first == DIGIT, shape.first == OPENING or shape.quotes > 0
        row.indent, row.blank = shape.indent, shape.blank
        row.blank_after = shapes[i + 1].blank if i + 1 < n else -1
        row.titled = shape.cased >= PHRASE_WORDS and row.capitalised >= CAPITALISED
        ended = row.stop > 0 or row.colon > 0
        row.prose = shape.words if ended and words >= PROSE_WORDS and row.titled == 0 and said[i] == 0 else 0
        row.name = (
            MIN_NAME <= words <= MAX_NAME
            and shape.cased == words
            and shape.capitalised == words
            and shape.digits == 0
            and not ended
        )
        row.word = said[i]


@compiled
def _copies(shapes: NDArray[np.void], rows: NDArray[np.void]) -> None:
    """How often a line stands on the page, and whether it does above."""
    hashes = shapes["hash"].copy()
    order = np.argsort(hashes, kind="mergesort")
    first = 0
    for k in range(1, len(order) + 1):
        if k == len(order) or hashes[order[k]] != hashes[order[first]]:
            for j in range(first, k):
                rows[order[j]].copies = k - first
                rows[order[j]].copied = j > first
            first = k


@compiled
def _from_above(said: NDArray[np.int64], rows: NDArray[np.void]) -> None:
    furniture = comments = related = date = name = prose = -FAR
    words = prose_words = 0.0
    menu = hits = 0
    for i in range(len(rows)):
        row = rows[i]
        row.since_furniture, row.since_comments = min(i - furniture, FAR), min(i - comments, FAR)
        row.since_related, row.since_date = min(i - related, FAR), min(i - date, FAR)
        row.since_name, row.prose_before = min(i - name, FAR), min(i - prose, FAR)
        row.menu_before, row.furniture_above = menu, hits
        row.words_above, row.prose_above = words, prose_words
        words += row.words
        prose_words += row.prose
        menu = menu + 1 if in_menu(row) else 0
        furniture = i if said[i] >= FURNITURE else furniture
        hits += said[i] >= FURNITURE
        comments = i if said[i] == COMMENTS else comments
        related = i if said[i] == RELATED else related
        date = i if said[i] == DATE else date
        name = i if row.name > 0 else name
        prose = i if row.prose > 0 else prose


@compiled
def _from_below(said: NDArray[np.int64], rows: NDArray[np.void]) -> None:
    n = len(rows)
    furniture = prose = n + FAR
    words = prose_words = 0.0
    menu = hits = unended = 0
    for i in range(n - 1, -1, -1):
        row = rows[i]
        row.until_furniture, row.prose_after = min(furniture - i, FAR), min(prose - i, FAR)
        row.menu_after, row.furniture_below = menu, hits
        row.words_left, row.prose_left = words, prose_words
        row.unended_left = unended / max(n - 1 - i, 1)
        words += row.words
        prose_words += row.prose
        menu = menu + 1 if in_menu(row) else 0
        unended += in_menu(row)
        furniture = i if said[i] >= FURNITURE else furniture
        hits += said[i] >= FURNITURE
        prose = i if row.prose > 0 else prose


@compiled
def _page(shapes: NDArray[np.void], rows: NDArray[np.void], title: int) -> None:
    """What all lines share, and the place of each in it."""
    n = len(rows)
    words, prose = rows["words"].sum() + 1, rows["prose"].sum() + 1
    ended = rows["stop"].sum() + rows["colon"].sum()
    cased = shapes["cased"].sum()
    start, end = prose_region(rows)
    by_indent = np.zeros(MAX_INDENT + 1)
    for i in range(n):
        by_indent[min(shapes[i].indent, MAX_INDENT)] += rows[i].prose
    blank, indented, paragraphs = (
        (rows["blank"] > 0).sum(),
        (rows["indent"] > 0).sum(),
        (rows["prose"] > 0).sum(),
    )
    furniture = (rows["word"] >= FURNITURE).sum()
    region_prose, region_words = (
        rows["prose"][start:end].sum() / prose,
        rows["words"][start:end].sum() / words,
    )
    for i in range(n):
        row = rows[i]
        row.line, row.place = i, i / n
        row.prose_above, row.prose_left = row.prose_above / prose, row.prose_left / prose
        row.in_region, row.to_start, row.to_end = start <= i < end, i - start, i - end + 1
        row.from_title = i - title if title >= 0 else -FAR
        row.same_indent = by_indent[min(shapes[i].indent, MAX_INDENT)] / prose
        row.lines, row.page_words, row.page_prose = n, words, prose / words
        row.page_unended, row.page_furniture = 1 - ended / n, furniture / n
        row.page_blank, row.page_indented = blank / n, indented / n
        row.region_prose, row.region_words = region_prose, region_words
        row.page_cased, row.mean_prose = cased / words, prose / (paragraphs + 1)


@compiled
def _around(rows: NDArray[np.void], out: NDArray[np.float32]) -> None:
    n = len(rows)
    for i in range(n):
        c = _AROUND
        for by in NEIGHBOURS:
            if 0 <= i + by < n:
                row = rows[i + by]
                out[i, c], out[i, c + 1], out[i, c + 2] = row.words, row.stop, row.blank
                out[i, c + 3], out[i, c + 4] = row.indent - rows[i].indent, row.word
                out[i, c + 5], out[i, c + 6] = row.capitalised, row.prose
            else:
                out[i, c : c + 7] = -1
            c += 7
        for width in WINDOWS:
            for first, end in ((max(0, i - width), i), (i + 1, min(n, i + 1 + width))):
                out[i, c : c + 4] = 0
                for j in range(first, end):
                    row = rows[j]
                    out[i, c] += row.prose
                    out[i, c + 1] += in_menu(row) / (end - first)
                    out[i, c + 2] += row.word >= FURNITURE
                    out[i, c + 3] += row.words / (end - first)
                c += 4

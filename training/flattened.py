"""Flattened pages in the forms in which producers send them, each line with the share of it that is body."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text

from streams.cleaning.flat.cohesion import Words, lower, words_of
from streams.cleaning.flat.header import Known, title_line
from streams.cleaning.flat.linemodel import weights
from streams.cleaning.flat.lines import Line, read_lines, said
from streams.cleaning.flat.shapes import kinds
from streams.cleaning.flat.shapes import shapes as shapes_of
from streams.cleaning.flat.surroundings import surroundings
from streams.cleaning.flat.wrapping import unwrap
from streams.cleaning.text import normalise
from streams.cleaning.url import canonical_url, path_words
from streams.code_points import codes_of
from training.alignment import token_shares
from training.pages import Page

_T = TypeVar("_T")

BODY = 0.5  # share of a line's tokens from which it counts as body
NEWS = (
    1.5  # what a newspaper's page counts beside one of wcxb: there are few, and they are what is to be read
)
MARGINS = (0, 1, 2, 4, 8, 16)  # lines left around the body by producers who cut pages by rules of their own
# What a form's lines count beside those of the whole page.
WEIGHT = {"page": 1.0, "bare": 0.4, "cropped": 0.4, "clean": 0.4, "one line": 0.05}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text in one form: what the line model sees of it and what it should say (`target`, 0 to 1)."""

    form: str
    page: int
    known: Known
    lines: list[Line]
    shapes: NDArray[np.void]
    words: Words
    seen: NDArray[np.float32]
    target: NDArray[np.float64]
    weight: NDArray[np.float64]


def flatten(html: str) -> str:
    """All text of a page, with its furniture, as resiliparse writes it."""
    text: str = extract_plain_text(
        html, preserve_formatting=True, main_content=False, alt_texts=False, list_bullets=False
    )
    return text.strip()


def known_from(url: str) -> Known:
    """What a URL alone tells."""
    return Known(slug=path_words(canonical_url(url).rstrip("/").rpartition("/")[2]))


def samples(number: int, page: Page) -> Iterator[Sample]:
    """The whole page, then for training: without indents and blank lines, cut down to the body's
    surroundings, and the gold text alone. What is varied depends on the URL: it is always the same.
    """
    counts = NEWS if page.source == "news" else 1.0
    for sample in _forms(number, page):
        yield replace(sample, weight=counts * sample.weight)


def _forms(number: int, page: Page) -> Iterator[Sample]:
    def align(lines: list[str]) -> NDArray[np.float64]:
        return token_shares(lines, page.gold).clip(0, 1)

    def keep(lines: list[str]) -> NDArray[np.float64]:
        return np.ones(len(lines))

    chance = _Chance(page.url)
    text = normalise(flatten(page.html))
    known, unknown = known_from(page.url), Known()
    whole = _sample("page", number, text, known, align)
    yield whole
    body = np.flatnonzero(whole.target >= BODY)
    if not len(body):
        return
    raw = [line for line in text.split("\n") if line.strip()]
    if chance.once_in(2):
        yield _sample("bare", number, "\n".join(line.strip() for line in raw), unknown, align)
    if len(raw) == len(whole.lines):  # else lines were joined, and have no place in the raw text
        places = np.flatnonzero([bool(line.strip()) for line in text.split("\n")])
        first = places[max(0, body[0] - chance.of(MARGINS))]
        last = places[min(len(places) - 1, body[-1] + chance.of(MARGINS))]
        cropped = text.split("\n")[first : last + 1]
        if chance.once_in(2):
            cropped = [line.strip() for line in cropped if line.strip()]
        joint = "\n\n" if chance.once_in(2) else "\n"
        yield _sample("cropped", number, joint.join(cropped), chance.of((known, unknown)), align)
    gold = [line.strip() for line in normalise(page.gold).split("\n") if line.strip()]
    yield _sample("clean", number, "\n\n".join(gold), unknown, keep)
    if chance.once_in(2):
        yield _sample("clean", number, "\n".join(gold), known, keep)
    if chance.once_in(4):
        yield _sample("one line", number, " ".join(gold), unknown, keep)


def _sample(
    form: str, number: int, text: str, known: Known, target_of: Callable[[list[str]], NDArray[np.float64]]
) -> Sample:
    text = unwrap(text)
    shapes = shapes_of(text)
    lines = read_lines(text, shapes)
    words = words_of(codes_of(text), shapes, kinds(), lower())
    target = target_of([line.text for line in lines])
    return Sample(
        form=form,
        page=number,
        known=known,
        lines=lines,
        shapes=shapes,
        words=words,
        seen=surroundings(shapes, said(lines), title_line(lines, known), words),
        target=target,
        weight=WEIGHT[form] * _weight(weights(shapes), target),
    )


def _weight(words: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pages weigh about the same: a line counts its words out of the body's, and a share by square root, so
    that short lines are not lost.
    """
    root = np.sqrt(words)
    body = words[target >= BODY].sum()
    share: NDArray[np.float64] = np.minimum(words / (body + 50), 1) + 2 * root / root.sum()
    return share


class _Chance:
    """Choices that only depend on a name."""

    def __init__(self, name: str) -> None:
        self._state = crc32(name.encode())

    def once_in(self, n: int) -> bool:
        return self._next() % n == 0

    def of(self, choices: tuple[_T, ...]) -> _T:
        return choices[self._next() % len(choices)]

    def _next(self) -> int:
        self._state = crc32(self._state.to_bytes(4, "big"))
        return self._state >> 8

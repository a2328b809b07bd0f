"""Outlines of made-up markup, and models that judge by one plain rule."""

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.page.body import Model
from streams.cleaning.page.context import CONTEXT
from streams.cleaning.page.features import FEATURES
from streams.cleaning.page.outline import Outline, outline_of
from streams.cleaning.trees import Trees


def outline(page: str) -> Outline:
    """The outline of a page."""
    return outline_of(LexborHTMLParser(page))


def texts(of: str | Outline) -> list[str]:
    """The text of each block."""
    of = outline(of) if isinstance(of, str) else of
    return [of.block(i) for i in range(len(of.blocks.start))]


def by_words(most: int, few: float, many: float) -> Model:
    """A model that gives every block of up to `most` words the probability `few`, longer ones `many`."""
    return Model(_stump(FEATURES, most, few, many), _stump((*CONTEXT, *FEATURES), most, few, many))


def _stump(names: tuple[str, ...], most: int, few: float, many: float) -> Trees:
    return Trees(
        names=names,
        roots=np.array([0], np.int32),
        column=np.array([names.index("words")], np.int32),
        threshold=np.array([most], np.float32),
        left=np.array([~0], np.int32),
        right=np.array([~1], np.int32),
        leaves=np.log(np.array([few, many]) / (1 - np.array([few, many]))),
    )

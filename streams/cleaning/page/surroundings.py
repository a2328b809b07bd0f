"""Where a block stands: in the tree (ancestry.py) and in the run of blocks (neighbours.py)."""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.ancestry import (
    ANCESTORS,
    MAIN,
    THINGS,
    fill_ancestors,
    fill_main,
    fill_things,
)
from streams.cleaning.page.blocks import Blocks, Elements
from streams.cleaning.page.measures import Measures, Sums, numbered, sums
from streams.cleaning.page.neighbours import (
    NEAR,
    PAGE,
    PLACE,
    SIBLINGS,
    STYLE,
    WINDOWS,
    fill_near,
    fill_place,
    fill_siblings_and_page,
    fill_style,
    fill_windows,
)
from streams.compiled import compiled

SURROUNDINGS = (*PLACE, *STYLE, *ANCESTORS, *MAIN, *NEAR, *WINDOWS, *SIBLINGS, *PAGE, *THINGS)
_STYLE, _ANCESTORS, _MAIN, _NEAR, _WINDOWS, _SIBLINGS, _THINGS = (
    SURROUNDINGS.index(names[0]) for names in (STYLE, ANCESTORS, MAIN, NEAR, WINDOWS, SIBLINGS, THINGS)
)
_INPUTS = SURROUNDINGS.index("inputs")


@compiled
def surroundings(
    out: NDArray[np.float32], column: int, blocks: Blocks, elements: Elements, m: Measures
) -> None:
    """Fills the columns SURROUNDINGS from `column` on."""
    page = Sums(sums(m.length), sums(m.length * m.linked), sums(m.good))
    outer = np.maximum(blocks.outer, 0)
    style = numbered(elements.path[outer])
    fill_place(out, column, m, page)
    fill_style(out, column + _STYLE, style, m, page)
    fill_ancestors(out, column + _ANCESTORS, outer, elements, page)
    fill_main(out, column + _MAIN, outer, elements, m, page)
    fill_near(out, column + _NEAR, style, outer, elements, m)
    fill_windows(out, column + _WINDOWS, page)
    fill_siblings_and_page(out, column + _SIBLINGS, outer, elements, m, page)
    fill_things(out, column + _THINGS, blocks.images, outer, elements)
    fill_things(out, column + _INPUTS, blocks.inputs, outer, elements)

"""Which texts shout: names are looked for there in capitals too."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled

SHOUTED = 5
"""ASCII capitals in a row that make a text one that shouts, and letters of a name that is looked for there in
capitals too."""


@compiled
def shouts(codes: NDArray[np.uint32]) -> bool:
    """Whether SHOUTED capitals stand in a row: one of them stands at every SHOUTED-th place."""
    for place in range(SHOUTED - 1, len(codes), SHOUTED):
        if 65 <= codes[place] <= 90:
            first, end = place, place + 1
            while first > 0 and 65 <= codes[first - 1] <= 90:
                first -= 1
            while end < len(codes) and 65 <= codes[end] <= 90:
                end += 1
            if end - first >= SHOUTED:
                return True
    return False

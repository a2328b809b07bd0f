"""Texts as kernels read them: an array of code points."""

import numpy as np
from numpy.typing import NDArray


def codes_of(text: str) -> NDArray[np.uint32]:
    """The code points of any text, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)

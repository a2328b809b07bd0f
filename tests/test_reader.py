"""The reader for consumers: light to import, and which of two events counts."""

import subprocess
import sys

import pytest

from streams.reader import replaces

MONDAY, TUESDAY, SATURDAY = (f"2026-11-{day}T10:00:00.000Z" for day in (23, 24, 28))


def test_importing_the_reader_loads_none_of_the_stages_parts() -> None:
    heavy = ("numba", "numpy", "faust", "lxml", "selectolax", "rich", "streams.cleaning", "streams.pipeline")
    code = f"import streams.reader, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("new", "old", "counts"),
    [
        ((2, MONDAY), (1, MONDAY), True),
        ((1, MONDAY), (2, MONDAY), False),
        ((2, MONDAY), (2, MONDAY), False),
        ((2, TUESDAY), (3, MONDAY), False),
        ((1, SATURDAY), (3, MONDAY), True),
        ((3, MONDAY), (1, SATURDAY), False),
        ((1, TUESDAY), (3, MONDAY), True),
        ((1, MONDAY), (3, TUESDAY), False),
        ((None, None), (3, TUESDAY), True),
    ],
    ids=[
        "a later decision",
        "an earlier one",
        "the same once more",
        "an earlier one of a later text",
        "the article comes again after 96 h, its decisions begin anew",
        "a record of before that is read once more",
        "the first decision of a removal, or of an article that had just been forgotten",
        "the removal of before the article came back",
        "a null that Copydesk did not write",
    ],
)
def test_which_of_two_events_counts(
    new: tuple[int | None, str | None], old: tuple[int, str], counts: bool
) -> None:
    assert replaces(*new, *old) is counts

"""Caches of names are bounded in length too."""

import gc
import tracemalloc
from random import Random
from string import ascii_lowercase

from streams.tagging.remembered import LONGEST_REMEMBERED, REMEMBERED, remembered
from tests.tagging.articles import tagged

LONG = 50_000
"""Characters of a name."""
ARTICLES = 5


def test_a_short_name_is_remembered_and_a_long_one_asked_for_each_time() -> None:
    asked = []

    @remembered
    def length(name: str, more: int) -> int:
        asked.append(len(name))
        return len(name) + more

    for size in (LONGEST_REMEMBERED, LONGEST_REMEMBERED + 1):
        assert [length("x" * size, 1) for _ in range(2)] == [size + 1] * 2
    assert asked == [LONGEST_REMEMBERED, LONGEST_REMEMBERED + 1, LONGEST_REMEMBERED + 1]


def test_names_that_come_again_are_remembered_and_those_longest_ago_are_not() -> None:
    asked = []

    @remembered
    def length(name: str) -> int:
        asked.append(name)
        return len(name)

    for number in range(REMEMBERED):
        assert (length("again"), length(str(number))) == (5, len(str(number)))
    assert (length("0"), length(str(REMEMBERED - 1))) == (1, 4)
    assert asked.count("again") == 1
    assert asked.count("0") == 2
    assert asked.count(str(REMEMBERED - 1)) == 1


def test_no_long_name_of_an_article_stays_in_memory() -> None:
    """Whichever rule has looked at it."""
    random = Random(5)  # noqa: S311
    tagged(_hostile(random))
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(ARTICLES):
            tagged(_hostile(random))
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < LONG
    finally:
        tracemalloc.stop()


def _hostile(random: Random) -> str:
    """Long names of every type, in sentences that bring them before every rule."""
    word = "".join(random.choices(ascii_lowercase, k=100)) * (LONG // 100)
    name = word.capitalize()
    return (
        f"Mr John {name} said that he met Mr Q{word} {name} of {name} Corp. in London.\n\n"
        f"He lives in {name} City, Texas, and worked at the {name} University (QWU) in {name}, Ohio.\n\n"
        f"{name} Group said so on Monday, and {name}-Hamburg did too. The {name} Bank of {name} did not."
    )

"""The kernel finds and hashes the words that the rule in plain Python finds."""

import re
import unicodedata

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.dedup.words import UNSPACED, word_hashes
from streams.dedup.xxh3 import LONGEST, xxh3

UNSPACED_CLASS = "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSPACED)
LETTERS = rf"[^\W_{UNSPACED_CLASS}]+"
TOKEN = re.compile(rf"{LETTERS}(?:'{LETTERS})?|[{UNSPACED_CLASS}]")
SURROGATES = st.characters(categories=["Cs"])
TEXTS = st.text(st.characters(exclude_categories=[]) | st.sampled_from("ab'’ _1éß市ก\U00020000") | SURROGATES)


def by_the_rule(text: str) -> list[int]:
    plain = unicodedata.normalize("NFKC", text).replace("\u2019", "'").casefold()
    return [
        xxhash.xxh3_64_intdigest(token.encode("utf-8", "surrogatepass")) for token in TOKEN.findall(plain)
    ]


@given(TEXTS)
@settings(max_examples=500)
def test_any_text(text: str) -> None:
    assert word_hashes(text).tolist() == by_the_rule(text)


def test_every_code_point() -> None:
    text = "".join(f"x{chr(point)}y'{chr(point)} " for point in range(0x110000))
    assert word_hashes(text).tolist() == by_the_rule(text)


def test_the_signs_of_print_part_words_and_the_apostrophe_joins_them() -> None:
    """In a text that has nothing else beyond ASCII, which is not normalised; and beside what is."""
    for point in (*range(0x80), *range(0x2000, 0x2040)):
        for text in (f"Ab{chr(point)}cD {chr(point)} {chr(point)}E", f"Ab{chr(point)}cD É{chr(point)}"):
            assert word_hashes(text).tolist() == by_the_rule(text), hex(point)


@pytest.mark.parametrize("size", [*range(1, LONGEST + 10), 130, 300])
def test_words_of_any_length(size: int) -> None:
    assert word_hashes("é" * (size // 2) + "z" * (size % 2)).tolist() == [
        xxhash.xxh3_64_intdigest(("é" * (size // 2) + "z" * (size % 2)).encode())
    ]


@given(st.binary(min_size=1, max_size=LONGEST), st.integers(0, 3))
def test_xxh3_is_the_library_s(data: bytes, start: int) -> None:
    padded = np.frombuffer(bytes(start) + data + b"end", np.uint8)
    assert int(xxh3(padded, start, len(data))) == xxhash.xxh3_64_intdigest(data)

"""Work in parts, done without a break."""

import pytest

from streams.parts import Parts, finished


def in_parts(done: list[str], end: str) -> Parts[str]:
    for part in ("first", "second"):
        yield
        done.append(part)
    if end == "fails":
        raise KeyError(end)
    return end


def test_all_parts_are_done_and_what_came_of_them_is_given() -> None:
    done: list[str] = []
    assert finished(in_parts(done, "ends")) == "ends"
    assert done == ["first", "second"]


def test_what_a_part_raises_comes_out() -> None:
    with pytest.raises(KeyError, match="fails"):
        finished(in_parts([], "fails"))

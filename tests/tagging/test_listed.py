"""Lists of names as tables."""

import pytest

from streams.tagging import listed as lists
from streams.tagging.gazetteer import LAST_NAMES, _lines, gazetteer
from streams.tagging.listed import NameList, listed


def test_a_list_has_its_names_and_no_others() -> None:
    names = NameList(listed(["Zoë", "Al", "Al", "O’Neill"]))
    assert list(names) == ["Zoë", "Al", "O’Neill"]
    assert len(names) == 3
    assert all(name in names for name in names)
    assert not any(name in names for name in ("", "al", "A", "All", "Zoe", "\ud800"))


def test_a_list_may_be_empty() -> None:
    assert "Al" not in NameList(listed([]))


def test_the_last_names_are_those_of_the_file() -> None:
    assert set(gazetteer().last_names) == set(_lines(LAST_NAMES.name))


def test_names_with_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "crc32", lambda _text: 7)
    names = NameList(listed(["Al", "Bo"]))
    assert [names.number(name) for name in ("Al", "Bo", "Cy")] == [0, 1, None]

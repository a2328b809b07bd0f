"""Imports without what happens to be installed."""

import sys
from importlib import import_module

import pytest

from streams.absent import absent


@pytest.mark.parametrize("module", ["this_is_not_there", "sndhdr"])
def test_what_is_absent_cannot_be_imported_and_no_trace_of_that_stays(module: str) -> None:
    with absent(module), pytest.raises(ImportError):
        import_module(module)
    assert module not in sys.modules


def test_what_is_loaded_already_is_there() -> None:
    with absent("json"):
        assert import_module("json") is sys.modules["json"]

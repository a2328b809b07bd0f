"""Kernels are compiled once, before the first test that is timed by hypothesis."""

import pytest

from streams.dedup import self_test


@pytest.fixture(scope="session", autouse=True)
def _kernels_compiled() -> None:
    self_test()

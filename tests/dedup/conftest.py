"""Kernels are compiled once, before the first test that is timed by hypothesis."""

import pytest
from hypothesis import settings

from streams.dedup import self_test

# For an hour of doubt: pytest tests/dedup --hypothesis-profile=deep --timeout=0
settings.register_profile("deep", max_examples=1_500)


@pytest.fixture(scope="session", autouse=True)
def _kernels_compiled() -> None:
    self_test()

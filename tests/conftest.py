"""The broker that all tests share, the order in which they run, and laws without limits of time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.system.kafka import Broker, Kafka

# The folders whose files take minutes. They come before all others, so that of several workers none is left
# with a long file when the others have ended.
LONG = ("faults", "system", "docs", "shell")
HERE = Path(__file__).parent

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(HERE).parts[0]
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=place)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker for whoever neither kills nor configures it: topics and groups differ by prefix."""
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("a real broker needs Java and Maven")
    broker = Broker(tmp_path_factory.mktemp("broker") / "kafka")
    try:
        yield Kafka(broker.start())
    finally:
        broker.run("wipe")

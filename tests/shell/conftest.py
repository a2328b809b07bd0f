"""A real Kafka for the tests that need one: a broker of its own, in a folder that goes with the session."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.shell.settings import Settings

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "local" / "kafka.py"


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that only these tests use."""
    if not shutil.which("java"):
        pytest.skip("a real broker needs Java")
    data = str(tmp_path_factory.mktemp("kafka"))
    command = [sys.executable, str(SCRIPT)]
    started = subprocess.run(
        [*command, "start", "--data", data, "--port", "0"], capture_output=True, text=True, check=False
    )
    try:
        assert started.returncode == 0, started.stderr
        yield started.stdout.rpartition(" ")[2].strip()
    finally:
        subprocess.run([*command, "wipe", "--data", data], capture_output=True, check=False)


@pytest.fixture
def settings(kafka: str) -> Settings:
    """Settings for the real broker, with topics of this test's own."""
    return Settings(brokers=kafka, partitions=2, topic_prefix=f"t{uuid.uuid4().hex[:8]}.", metrics_port=0)

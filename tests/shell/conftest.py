"""Settings for the tests that need a real Kafka."""

import uuid

import pytest

from streams.shell.settings import Settings
from tests.system.kafka import Kafka


@pytest.fixture
def settings(kafka: Kafka) -> Settings:
    """Settings for the real broker, with topics of this test's own."""
    return Settings(
        brokers=kafka.address, partitions=2, topic_prefix=f"t{uuid.uuid4().hex[:8]}.", metrics_port=0
    )

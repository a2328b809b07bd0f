"""A Kafka client that has lost every broker it knew begins anew with COPYDESK_BROKERS.

aiokafka 0.14 asks for metadata only the brokers that the last metadata named (aiokafka #456). While most of a
cluster is down these are the few that are left; fail those too, no client finds those that are back: each of
our workers stood still until its watchdog ended it (tests/faults: two brokers killed and started, then the
third killed). So it is where all brokers get other addresses. Java's clients begin anew since KIP-899.
"""

from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

_update = AIOKafkaClient._metadata_update


async def _update_or_begin_anew(client: Any, cluster: Any, topics: Any) -> bool:
    """What AIOKafkaClient._metadata_update is for all clients: consumers, producers and admin."""
    if await _update(client, cluster, topics):
        return True
    try:
        await client.bootstrap()
    except KafkaConnectionError:
        return False
    return bool(await _update(client, cluster, topics))


def install() -> None:
    """For every client of this process."""
    AIOKafkaClient._metadata_update = _update_or_begin_anew

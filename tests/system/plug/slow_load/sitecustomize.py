"""Put on PYTHONPATH: a de-duplication worker needs some seconds more to load the memory of each domain."""

import asyncio
from typing import Any

import aiokafka

# A second worker starts and joins within this, on two busy cores.
SECONDS = 10.0

_seek_to_beginning = aiokafka.AIOKafkaConsumer.seek_to_beginning


async def seek_to_beginning(self: Any, *partitions: Any) -> bool:
    # Of all that a dedup worker does only the load begins so.
    await asyncio.sleep(SECONDS)
    found: bool = await _seek_to_beginning(self, *partitions)
    return found


aiokafka.AIOKafkaConsumer.seek_to_beginning = seek_to_beginning

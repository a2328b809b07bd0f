"""Where it is written how far letters were sent back: replay.progress, in the transactions that send them."""

from dataclasses import dataclass, field

import orjson
from aiokafka.admin import AIOKafkaAdminClient

from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.output import Message
from streams.shell.redrive.driven import Driven, unpack
from streams.shell.replay.plan import progress_topic
from streams.shell.settings import Settings
from streams.shell.state_log import records
from streams.shell.topics import MAX_MESSAGE_BYTES, Topic, make, partitions_of

_KEY = "redrive/"
_UNFINISHED = f"{_KEY}unfinished"

Place = tuple[str, int]  # topic of letters, unprefixed, and partition


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A redrive that was begun: what it selects, and the end offset of each "topic/partition" it goes to."""

    selection: str
    ends: dict[str, int]


@dataclass(slots=True)
class Progress:
    """What was done of each partition of letters, and the run that did not come to its end."""

    driven: dict[Place, Driven] = field(default_factory=dict)
    unfinished: Unfinished | None = None


async def load(settings: Settings, admin: AIOKafkaAdminClient, *, create: bool) -> Progress:
    """All of it. `create` makes the topic where it is missing. Raises Fatal(SETTINGS) where it is damaged.

    Call it after the transactional producer has started, which settles what the last one left open.
    """
    name, progress = progress_topic(settings), Progress()
    if create and not await partitions_of(admin, name):
        configs = {
            "cleanup.policy": "compact",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": str(settings.min_insync),
        }
        await make(admin, settings, Topic(name, 1, settings.replication, configs))
    for tp in await partitions_of(admin, name):
        async with clients.reading(settings, [tp]) as consumer:
            await consumer.seek_to_beginning(tp)
            async for record in records(consumer, tp, (await consumer.end_offsets([tp]))[tp]):
                key = (record.key or b"").decode(errors="replace")
                if key.startswith(_KEY):
                    try:
                        _take(progress, key, record.value)
                    except (ValueError, TypeError, KeyError) as error:
                        where = f"{tp.topic}/{tp.partition}/{record.offset}"
                        raise Fatal(Exit.SETTINGS, f"{where} is damaged: {error}") from None
    return progress


def driven_message(settings: Settings, place: Place, driven: Driven) -> Message:
    topic, partition = place
    key = f"{_KEY}{topic}/{partition}".encode()
    return Message(progress_topic(settings), key, driven.pack(), [], 0)


def unfinished_message(settings: Settings, run: Unfinished | None) -> Message:
    """None: it came to its end."""
    value = None if run is None else orjson.dumps({"selection": run.selection, "ends": run.ends})
    return Message(progress_topic(settings), _UNFINISHED.encode(), value, [], 0)


def _take(progress: Progress, key: str, value: bytes | None) -> None:
    if key == _UNFINISHED:
        loaded = orjson.loads(value) if value else None
        progress.unfinished = loaded and Unfinished(loaded["selection"], loaded["ends"])
        return
    topic, _, partition = key.removeprefix(_KEY).rpartition("/")
    progress.driven[topic, int(partition)] = unpack(value or b"")

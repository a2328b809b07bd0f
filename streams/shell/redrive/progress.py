"""Where it is written how far letters were sent back: replay.progress, in the transactions that send them."""

from dataclasses import dataclass, field

import orjson
from aiokafka.admin import AIOKafkaAdminClient

from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.redrive.driven import Driven, unpack
from streams.shell.replay.plan import progress_topic
from streams.shell.replay.progress_log import latest
from streams.shell.replay.run_topics import make_all, progress_as_wanted
from streams.shell.settings import Settings
from streams.shell.topics import partitions_of

_KEY = ".redrive/"  # no run can have this name
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
    progress = Progress()
    if create:
        wanted = progress_as_wanted(settings)
        if not await partitions_of(admin, wanted.name):
            await make_all(admin, settings, [wanted])
    for key, (value, _at_ms) in (await latest(settings, admin)).items():
        name = key.decode(errors="replace")
        if name.startswith(_KEY):
            try:
                _take(progress, name, value)
            except (ValueError, TypeError, KeyError) as error:
                where = f"{progress_topic(settings)}, key {name}"
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


def _take(progress: Progress, key: str, value: bytes) -> None:
    if key == _UNFINISHED:
        loaded = orjson.loads(value)
        progress.unfinished = Unfinished(loaded["selection"], loaded["ends"])
        return
    topic, _, partition = key.removeprefix(_KEY).rpartition("/")
    progress.driven[topic, int(partition)] = unpack(value)

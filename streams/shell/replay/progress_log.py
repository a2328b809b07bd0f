"""How far runs have come: the records of replay.progress, written in the transactions of what they tell of.

Key `<run>`: the plan and what the run works with. Key `<run>/<partition>`: the offset to go on from, and what
came of the records before it. A null ends both, when the run is aborted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import orjson
from aiokafka.admin import AIOKafkaAdminClient
from cattrs.preconf.orjson import make_converter

from streams.contract import rfc3339
from streams.shell import clients
from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.plan import Plan, as_object, plan_of, progress_topic
from streams.shell.replay.versions import Versions
from streams.shell.settings import Settings
from streams.shell.stretches import up_to
from streams.shell.topics import partitions_of

State = Literal["running", "stopped", "failed", "done"]
Latest = dict[bytes, tuple[bytes, int]]
# How often a run says that it is still there, and after how long a silence nobody believes it.
ALIVE_SECONDS = 10.0
SILENT_SECONDS = 60.0


@dataclass(slots=True)
class Counts:
    """What came of records. read = warm + output + unchanged + rejected + failed + removed."""

    read: int = 0
    warm: int = 0  # of the warm-up: nothing is written of them
    output: int = 0
    unchanged: int = 0  # the same id and text again
    rejected: int = 0
    failed: int = 0
    removed: int = 0  # withdrawn or erased meanwhile: the text is not written again
    relinked: int = 0  # later decisions about earlier articles, on top of these

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A run as a whole, and the versions that it works with: the plan may have been made under others.

    `why` it failed, if it did. While it is running it is written again every ALIVE_SECONDS.
    """

    plan: Plan
    state: State
    at: str
    began_at: str
    ran_with: Versions
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One partition of a run: the next offset, warm-up included."""

    begin: int
    position: int
    end: int
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a run. `at_ms`: when its last progress was written; `alive_ms`: anything of it."""

    head: Head
    positions: Mapping[int, Position]
    at_ms: int
    alive_ms: int = 0

    @classmethod
    def fresh(cls, plan: Plan, ran_with: Versions, now_ms: int) -> Self:
        """Of a run that begins: every partition at its first offset."""
        now = rfc3339(now_ms)
        positions = {}
        for partition in sorted({*plan.ranges, *plan.warm_up}):
            warm, own = plan.warm_up.get(partition), plan.ranges.get(partition)
            whole = [one for one in (warm, own) if one is not None]
            begin, end = whole[0].start, whole[-1].end
            positions[partition] = Position(begin=begin, position=begin, end=end)
        head = Head(plan=plan, state="running", at=now, began_at=now, ran_with=ran_with)
        return cls(head, positions, now_ms, now_ms)

    @property
    def total(self) -> int:
        return sum(p.end - p.begin for p in self.positions.values())

    @property
    def done(self) -> int:
        return sum(min(p.position, p.end) - p.begin for p in self.positions.values())

    @property
    def counts(self) -> Counts:
        return sum((p.counts for p in self.positions.values()), Counts())

    def silent(self, now_ms: int) -> bool:
        """Whether it says that it runs, and nobody has said so for long: it was killed, or Kafka is gone."""
        return self.head.state == "running" and now_ms - self.alive_ms > SILENT_SECONDS * 1000

    @property
    def finished(self) -> bool:
        return all(p.position >= p.end for p in self.positions.values())


def head_message(settings: Settings, head: Head, state: State, now_ms: int, why: str = "") -> Message:
    told = _CONVERTER.unstructure(replace(head, state=state, at=rfc3339(now_ms), why=why))
    value = {"run": head.plan.run, **told, "plan": as_object(head.plan)}
    return Message(progress_topic(settings), head.plan.run.encode(), orjson.dumps(value), [], 0)


def position_message(settings: Settings, run: str, partition: int, at: Position) -> Message:
    value = {"run": run, "partition": partition, **_CONVERTER.unstructure(at)}
    return Message(progress_topic(settings), f"{run}/{partition}".encode(), orjson.dumps(value), [], 0)


def tombstones(settings: Settings, keys: set[bytes]) -> list[Message]:
    """Nulls for what stands under these keys."""
    return [Message(progress_topic(settings), key, None, [], 0) for key in sorted(keys)]


async def load(settings: Settings, admin: AIOKafkaAdminClient) -> dict[str, Known]:
    """Every run that has progress, by its id; none where there is no topic.

    Raises Fatal(SETTINGS) where a record is not one of ours.
    """
    found = await latest(settings, admin)
    return {
        key.decode(): _known(progress_topic(settings), key.decode(), found)
        for key in found
        if b"/" not in key
    }


async def keys_of(settings: Settings, admin: AIOKafkaAdminClient, run: str) -> set[bytes]:
    """The keys that have a value of a run."""
    found = await latest(settings, admin)
    return {key for key in found if key.partition(b"/")[0] == run.encode()}


async def latest(settings: Settings, admin: AIOKafkaAdminClient) -> Latest:
    """Key -> (value, time in ms since 1970), of what is not deleted."""
    found: Latest = {}
    for tp in await partitions_of(admin, progress_topic(settings)):
        async with clients.reading(settings, [tp]) as consumer:
            begins, ends = await consumer.beginning_offsets([tp]), await consumer.end_offsets([tp])
            consumer.seek(tp, begins[tp])
            async for record in up_to(consumer, {tp: ends[tp]}):
                if record.value is None:
                    found.pop(record.key, None)
                elif record.key is not None:
                    found[record.key] = record.value, record.timestamp
    return found


def _known(topic: str, run: str, latest: Latest) -> Known:
    packed, at_ms = latest[run.encode()]
    try:
        value = orjson.loads(packed)
        plan = plan_of(value["plan"])
        head = Head(
            plan=plan,
            ran_with=_CONVERTER.structure(value["ran_with"], Versions),
            state=_CONVERTER.structure(value["state"], State),  # type: ignore[arg-type]
            at=str(value["at"]),
            began_at=str(value["began_at"]),
            why=str(value.get("why", "")),
        )
        known = Known.fresh(plan, head.ran_with, at_ms)
        positions, alive_ms, told_ms = dict(known.positions), at_ms, []
        for partition in positions:
            told = latest.get(f"{run}/{partition}".encode())
            if told is not None:
                positions[partition] = _CONVERTER.structure(orjson.loads(told[0]), Position)
                told_ms.append(told[1])
    except Exception as error:  # what cattrs raises has no common class
        raise Fatal(Exit.SETTINGS, f"{topic}: run {run}: {error}; abort it, or use its version") from None
    return Known(head, positions, max(told_ms, default=at_ms), max([alive_ms, *told_ms]))


_CONVERTER = make_converter()

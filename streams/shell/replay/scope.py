"""Which raw records the range of a plan holds, and which came after it."""

from aiokafka import TopicPartition

from streams.contract import RAW
from streams.pipeline import CLEAN
from streams.shell import headers
from streams.shell.rebuild_sources import stretch
from streams.shell.replay.plan import Plan
from streams.shell.settings import Settings
from streams.shell.topics import topic_name


class Scope:
    """A plan's range by the places of raw records; of a later stage's topic by their source headers."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._plan = plan
        self._raw = topic_name(settings, RAW)
        self._sources: set[str] = set()
        self._newest = 0

    async def read(self, settings: Settings) -> None:
        """The sources of a range that is not one of raw records."""
        if self._plan.first == CLEAN.name:
            return
        name = topic_name(settings, self._plan.source)
        for partition, one in self._plan.ranges.items():
            async for record in stretch(settings, TopicPartition(name, partition), one.start, one.end):
                source = dict(record.headers).get(headers.SOURCE) or b""
                self._sources.add(source.decode(errors="replace"))
                self._newest = max(self._newest, record.timestamp)

    def holds(self, source: str) -> bool:
        """Whether a raw record is in the range."""
        found = self._offset(source)
        if self._plan.first != CLEAN.name:
            return source in self._sources
        return found is not None and found[0] <= found[1] < found[2]

    def later(self, source: str, at_ms: int) -> bool:
        """Whether it came after the range. `at_ms`: its time, which tells where offsets do not."""
        if self._plan.first != CLEAN.name:
            return source not in self._sources and at_ms > self._newest
        found = self._offset(source)
        return found is None or found[1] >= found[2]

    def _offset(self, source: str) -> tuple[int, int, int] | None:
        """(start of the range, offset, end); None of a partition that the range does not have."""
        topic, _, place = source.partition("/")
        partition, _, offset = place.partition("/")
        if topic != self._raw or not (partition.isdecimal() and offset.isdecimal()):
            return None
        one = self._plan.ranges.get(int(partition))
        return (one.start, int(offset), one.end) if one else None

"""What is looked at while a run works: whether its topics are still there, and how the live workers do."""

import asyncio
import time
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.pipeline import STEPS
from streams.shell import clients, groups, metrics
from streams.shell.exits import Exit, Fatal
from streams.shell.names import group
from streams.shell.replay.plan import Plan
from streams.shell.replay.run_topics import topics_of
from streams.shell.replay.throttle import Throttle
from streams.shell.settings import Settings
from streams.shell.topics import partitions_of, topic_name

SECONDS = 1.0


class Watch:
    """Looks once a second; `say` gets what a person should know and the run goes on with."""

    def __init__(
        self, settings: Settings, plan: Plan, throttle: Throttle, say: Callable[[str], None]
    ) -> None:
        self._settings, self._plan, self._throttle, self._say = settings, plan, throttle, say
        self._own = [topic.name for topic in topics_of(settings, plan)]
        self._source = topic_name(settings, plan.source)
        self._ends: dict[str, tuple[float, int]] = {}
        self._told_added = False

    async def run(self, admin: AIOKafkaAdminClient) -> None:
        """Goes on until it is cancelled. Raises Fatal where a topic is gone; Kafka may be away meanwhile."""
        consumer = await clients.started(clients.reader(self._settings), self._settings)
        try:
            while True:
                try:
                    await self._topics(admin)
                    await self._live(admin, consumer)
                except errors.KafkaError as error:
                    if isinstance(error, clients.AUTHORIZATION) or not error.retriable:
                        raise clients.explained(error, self._settings) from error
                await asyncio.sleep(SECONDS)
        finally:
            await clients.stopped(consumer)

    async def _topics(self, admin: AIOKafkaAdminClient) -> None:
        described = {t["topic"]: t for t in await admin.describe_topics([self._source, *self._own])}
        for name in (self._source, *self._own):
            if described[name]["error_code"] == errors.UnknownTopicOrPartitionError.errno:
                run = self._plan.run
                what = (
                    f"abort it with `copydesk replay abort {run}`: there is nothing left to read"
                    if name == self._source
                    else f"what it has written is not whole: `copydesk replay abort {run}`, then run it anew"
                )
                raise Fatal(Exit.SETTINGS, f"{name} was deleted while run {run} worked; {what}")
        planned = {*self._plan.ranges, *self._plan.warm_up}
        added = [
            p["partition"] for p in described[self._source]["partitions"] if p["partition"] > max(planned)
        ]
        if added and not self._told_added:
            self._told_added = True
            listed = ", ".join(map(str, sorted(added)))
            self._say(f"{self._source} has partitions that are not in the plan: {listed}; they are not read")

    async def _live(self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> None:
        lags: dict[str, tuple[int, float]] = {}
        for step in STEPS:
            name, source = group(self._settings, step), topic_name(self._settings, step.source)
            if not await groups.members(admin, self._settings, name):
                continue
            committed = await groups.committed(admin, self._settings, name, source)
            partitions = await partitions_of(admin, source)
            ends = await consumer.end_offsets(partitions)
            lag = sum(max(0, end - committed.get(tp.partition, end)) for tp, end in ends.items())
            lags[step.name] = lag, self._input(step.name, sum(ends.values()))
        self._throttle.observe(lags)
        metrics.REPLAY_LIMIT.set(self._throttle.rate)

    def _input(self, stage: str, end: int) -> float:
        """The input of a stage in records/s since the last look."""
        now = time.monotonic()
        before, then = self._ends.get(stage, (now, end))
        self._ends[stage] = now, end
        return (end - then) / (now - before) if now > before else 0.0

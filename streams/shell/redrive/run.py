"""A redrive: letters from a frozen stretch, in transactions with the record of how far it came.

The end of the stretch is frozen when a redrive begins and kept until it has come there, so that what fails
again, and lies behind it, is not sent back twice by one redrive. Killed anywhere, it goes on: a letter and
the record that it was sent are visible together or not at all.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition, errors

from streams.contract import RAW, TAGGED
from streams.pipeline import STEPS
from streams.shell import clients
from streams.shell.access import Needs, check_access
from streams.shell.deliveries import Message, in_one_transaction
from streams.shell.exits import Exit, Fatal
from streams.shell.headers import place_of
from streams.shell.progress import Progress as Bar
from streams.shell.redrive import progress
from streams.shell.redrive.dated import dated
from streams.shell.redrive.driven import Driven
from streams.shell.redrive.letters import STAGES, Letter, Unusable, letter_of
from streams.shell.redrive.outcomes import Outcomes, Watch
from streams.shell.redrive.selection import Selection
from streams.shell.replay.bounds import Bound
from streams.shell.replay.promotable import remembered
from streams.shell.settings import Settings
from streams.shell.stretches import offsets_at, up_to
from streams.shell.topics import partitions_of, topic_name

# Letters of one transaction: as many as a worker takes in hand at once, and well within its time.
BATCH_LETTERS = 500
BATCH_BYTES = 4 << 20

Say = Callable[[str], None]


@dataclass(slots=True)
class Done:
    """What a redrive did. `sent` and `attempts` count letters by "stage/reason" and by their attempt."""

    sent: Counter[str] = field(default_factory=Counter)
    attempts: Counter[int] = field(default_factory=Counter)
    driven_before: int = 0
    unusable: Counter[str] = field(default_factory=Counter)
    first_unusable: dict[str, str] = field(default_factory=dict)
    resumed: bool = False
    left: bool = False
    outcomes: Outcomes | None = None


class Redrive:
    """One call of the command. With `dry` nothing is written; with `patience` it waits for what follows."""

    def __init__(
        self, settings: Settings, selection: Selection, say: Say, *, dry: bool, patience: float | None
    ) -> None:
        self.settings, self.selection, self._say = settings, selection, say
        self._dry, self._patience = dry, patience
        self._producer: AIOKafkaProducer | None = None
        self.watch: Watch | None = None
        self.oldest: int | None = None
        self.done = Done()

    async def go(self) -> Done:
        """Raises Fatal: NO_RIGHT or SETTINGS where a right or a topic is missing, RETRY where another redrive
        took over or what was sent is not decided in time.
        """
        settings, selection = self.settings, self.selection
        letters = tuple(topic_name(settings, topic) for topic in selection.topics)
        targets = tuple(
            topic_name(settings, step.source) for step in STEPS if step.name in (selection.stages or STAGES)
        )
        identity = f"{settings.prefix}.redrive"
        reads = (*letters, topic_name(settings, RAW), topic_name(settings, TAGGED))
        needs = Needs(reads, ()) if self._dry else Needs(reads, targets, transactional_ids=(identity,))
        await check_access(settings, needs)
        async with AsyncExitStack() as stack:
            admin = await clients.started(clients.admin(settings), settings)
            stack.push_async_callback(clients.stopped, admin)
            if not self._dry:
                self._producer = clients.transactional(
                    settings,
                    identity,
                )
                stack.push_async_callback(clients.stopped, self._producer)
                await clients.started(self._producer, settings)
            self.oldest = None if selection.forgotten else await remembered(settings)
            if self._patience is not None:
                self.watch = await Watch.begin(settings, admin)
            known = await progress.load(settings, admin, create=not self._dry)
            found = [
                (topic, tp)
                for topic, name in zip(selection.topics, letters, strict=True)
                for tp in await partitions_of(admin, name)
            ]
            await self._drive(known, found)
            if self.watch is not None and self._patience is not None:
                self.done.outcomes = await self.watch.outcomes(admin, self._patience)
        return self.done

    async def _drive(self, known: progress.Progress, found: list[tuple[str, TopicPartition]]) -> None:
        parts = [tp for _topic, tp in found]
        async with clients.reading(self.settings, parts) as consumer:
            begins, there = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
            since, until = _at_ms(self.selection.start), _at_ms(self.selection.end)
            starts = begins if since is None else await offsets_at(consumer, there, since)
            ends = there if until is None else await offsets_at(consumer, there, until)
        run = known.unfinished
        if run is not None and run.selection == self.selection.named():
            self.done.resumed = True
            ends = {tp: min(ends[tp], run.ends.get(_place(topic, tp), 0)) for topic, tp in found}
        elif not self._dry:
            run = progress.Unfinished(
                self.selection.named(), {_place(topic, tp): ends[tp] for topic, tp in found}
            )
            await self.transaction([progress.unfinished_message(self.settings, run)])
        total = sum(max(0, ends[tp] - starts[tp]) for tp in parts)
        passed = 0
        with Bar("sending back", total, "letters") as bar:
            for topic, tp in found:
                start, end = max(starts[tp], begins[tp]), ends[tp]
                driven = known.driven.get((topic, tp.partition), Driven())
                if driven.end > there[tp]:
                    self._say(f"{tp.topic}/{tp.partition} was made anew since letters were sent back from it")
                    driven = Driven()
                driven.trim(begins[tp])
                await _Partition(self, topic, tp, driven).drive(start, end, bar, passed)
                passed += max(0, end - start)
        if not self._dry:
            await self.transaction([progress.unfinished_message(self.settings, None)])

    async def transaction(self, messages: Sequence[Message]) -> list[Any]:
        if self._producer is None:
            return []
        try:
            return await in_one_transaction(self._producer, messages)
        except errors.ProducerFenced as error:
            raise Fatal(
                Exit.RETRY, "another redrive was started; it goes on from where this one was"
            ) from error
        except errors.KafkaError as error:
            raise clients.explained(error, self.settings) from error


class _Partition:
    """One partition of letters: collects them into transactions."""

    def __init__(self, redrive: Redrive, topic: str, tp: TopicPartition, driven: Driven) -> None:
        self._redrive, self._topic, self._tp, self._driven = redrive, topic, tp, driven
        self._kinds = redrive.selection.kinds(topic)
        self._letters: list[Letter] = []
        self._left: list[int] = []  # offsets of letters that cannot be sent: perhaps they can be another time
        self._bytes = 0

    async def drive(self, start: int, end: int, bar: Bar, passed: int) -> None:
        done, settings = self._redrive.done, self._redrive.settings
        wanted, since, read = set(self._kinds), start, 0
        if start >= end or not wanted or done.left:
            return
        async with clients.reading(settings, [self._tp]) as consumer:
            consumer.seek(self._tp, start)
            async for record in up_to(consumer, {self._tp: end}):
                read += 1
                bar.advance(passed + record.offset - start, passed + read)
                letter = letter_of(settings, self._topic, record)
                if isinstance(letter, Unusable):
                    self._leave(letter, record)
                    continue
                kind = f"{letter.stage}/{letter.reason}"
                if kind not in wanted:
                    continue
                if self._driven.covers(kind, record.offset):
                    done.driven_before += 1
                    continue
                self._letters.append(letter)
                self._bytes += len(letter.message.value or b"")
                if len(self._letters) >= BATCH_LETTERS or self._bytes >= BATCH_BYTES:
                    await self._flush(since, record.offset + 1)
                    if done.left:
                        return
                    since = record.offset + 1
        await self._flush(since, end)

    async def _flush(self, start: int, end: int) -> None:
        """Sends what was collected, and writes that all of [start, end) is sent but what is left, in one
        transaction. At the limit it ends before the next letter that could be sent: those that cannot be do
        not count, or nobody would come to what lies behind them.
        """
        redrive = self._redrive
        most = redrive.selection.most
        letters, self._letters, self._bytes = self._letters, [], 0
        sendable: list[Letter] = []
        for letter, one in zip(letters, await dated(redrive.settings, letters, redrive.oldest), strict=True):
            if isinstance(one, Unusable):
                self._leave(one, letter.message.origin)
            elif most is not None and redrive.done.sent.total() + len(sendable) >= most:
                redrive.done.left, end = True, letter.message.origin.offset
                break
            else:
                sendable.append(one)
        left, self._left = sorted(offset for offset in self._left if offset < end), []
        if not sendable:
            return
        self._driven.add(self._kinds, start, end, left)
        place = self._topic, self._tp.partition
        messages = [letter.message for letter in sendable]
        sent = await redrive.transaction(
            [*messages, progress.driven_message(redrive.settings, place, self._driven)]
        )
        if redrive.watch is not None:
            redrive.watch.add(messages, sent)
        for letter in sendable:
            redrive.done.sent[f"{letter.stage}/{letter.reason}"] += 1
            redrive.done.attempts[letter.attempt] += 1

    def _leave(self, unusable: Unusable, record: Any) -> None:
        done = self._redrive.done
        done.unusable[unusable.why] += 1
        done.first_unusable.setdefault(unusable.why, place_of(record))
        self._left.append(record.offset)


def _place(topic: str, tp: TopicPartition) -> str:
    return f"{topic}/{tp.partition}"


def _at_ms(bound: Bound | None) -> int | None:
    """The time of --from or --to. Raises Fatal(USAGE) where it gives offsets: of which topic?"""
    if bound is not None and bound.at_ms is None:
        raise Fatal(Exit.USAGE, f"{bound.given}: dead letters are chosen by time (2026-11-22T10:00)")
    return None if bound is None else bound.at_ms

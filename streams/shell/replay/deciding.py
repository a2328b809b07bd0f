"""De-duplication as a run does it: the same decisions, in memories of its own, with removals known before."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from streams.dedup import (
    DedupIndex,
    Effects,
    Emission,
    LogRows,
    decide,
    pack_batch,
    partition_and_offset,
)
from streams.dedup.fingerprint import milliseconds
from streams.events import Failed
from streams.shell import clients, epochs, headers
from streams.shell.deliveries import Message
from streams.shell.outgoing import decided_message
from streams.shell.read_back import tell_gone
from streams.shell.replay.plan import Plan
from streams.shell.replay.removals import Removal, Removals
from streams.shell.replay.stages import Event
from streams.shell.settings import Settings, domains
from streams.shell.topics import domains_of, index_name, topic_name
from streams.vocabulary import FailureReason

Again = Callable[[Iterable[int]], Awaitable[dict[int, Any]]]
"""again(places): the events of earlier source records, made anew; without those that are gone."""


@dataclass(slots=True)
class Decided:
    """What the transaction of a batch writes of its decisions."""

    rows: dict[int, list[LogRows]] = field(default_factory=dict)
    emissions: list[tuple[Emission, Any]] = field(default_factory=list)
    """Each with the record that its event is made of; None where it is to be looked up."""


class Deciding:
    """The domains of a run. `settings`: its own; `memories`: one a domain, which decisions change."""

    def __init__(
        self, settings: Settings, plan: Plan, memories: Sequence[DedupIndex], removals: Removals, again: Again
    ) -> None:
        self._settings, self._plan, self._again = settings, plan, again
        self._memories, self._removals = memories, removals
        self._table = domains(settings)
        self._log = topic_name(settings, index_name(settings))
        self._epoch = epochs.current(settings)

    def decide(self, event: Event, batch: Decided, *, silent: bool) -> int | Failed:
        """Decides an event in its domains; gives how many events follow. Of one beside or before the range
        (`silent`) only what it changes of articles of the range is written.
        """
        emitted = 0
        removal = removal_of(event, self._removals)
        for place in domains_of(self._table, event.language):
            try:
                pairs = self._in_domain(place, event, removal, batch)
            except Exception as error:  # decide() is pure: what it did not foresee costs this record alone
                return Failed(FailureReason.INTERNAL, clients.describe(error))
            # Of an id without a text in the memory the domain of "*" alone tells that it is gone.
            pairs = [one for one in pairs if one[0].version > 0 or place == self._table["*"]]
            if silent:
                pairs = [
                    one for one in pairs if not self._plan.in_warm_up(*partition_and_offset(one[0].place))
                ]
            emitted += len(pairs)
            batch.emissions += pairs
        return emitted

    async def messages(self, batch: Decided, at_hand: dict[int, Event], done: int) -> list[Message]:
        """The events and the log records of a batch; `done`: source records decided so far, for the log."""
        earlier = {e.place for e, record in batch.emissions if record is None and e.place not in at_hand}
        known: dict[int, Any] = {**at_hand, **(await self._again(earlier) if earlier else {})}
        made = []
        for emission, record in batch.emissions:
            found = known.get(emission.place) if record is None else record
            if found is None:
                tell_gone(emission.place)
            else:
                made.append(decided_message(self._settings, found, emission))
        for place, rows in sorted(batch.rows.items()):
            packed = pack_batch(done, rows, self._epoch)
            made += [Message(self._log, None, one, [], place) for one in packed]
        return made

    def _in_domain(
        self, place: int, event: Event, removal: Removal | None, batch: Decided
    ) -> list[tuple[Emission, Any]]:
        arrival = event.arrival
        assert arrival is not None  # noqa: S101 - tagged events have one
        effects = self._apply(place, decide(self._memories[place], arrival), batch)
        if removal is None:
            return [(e, event if e.id == arrival.id else None) for e in effects.emissions]
        # The article goes at the moment it comes. Its time stays: the removal's, which may be days later,
        # would let the whole memory expire.
        received = arrival.fingerprint.received_ms
        at_once = replace(removal.fingerprint, order_ms=received, received_ms=received)
        away = self._apply(place, decide(self._memories[place], replace(arrival, fingerprint=at_once)), batch)
        last = {e.id: e for e in (*effects.emissions, *away.emissions)}
        record = replace(
            removal.record, headers=[*removal.record.headers, (headers.REPLAY, self._plan.run.encode())]
        )
        return [(e, record if e.id == arrival.id else None) for e in last.values()]

    def _apply(self, place: int, effects: Effects, batch: Decided) -> Effects:
        self._memories[place].apply(effects.rows)
        batch.rows.setdefault(place, []).append(effects.rows)
        return effects


def removal_of(event: Event, removals: Removals) -> Removal | None:
    """What took this article away; None for an event that is a removal itself."""
    if event.language is None or event.key is None:
        return None
    try:
        return removals.of(bytes.fromhex(event.key.decode()), milliseconds(event.received_at))
    except ValueError:  # no id of ours, or no time: it cannot be taken away
        return None

"""The invariants step by step: what is decided and remembered, against a model that compares every pair.

pytest tests/dedup/test_machine.py --hypothesis-profile=deep    # some minutes instead of some seconds
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.dedup import (
    Arrival,
    DedupIndex,
    Effects,
    Emission,
    Fingerprint,
    FingerprintKind,
    decide,
    pack_batch,
    unpack_batch,
)
from streams.dedup.sketch import SKETCH_WIDTH, routing_keys, sketch, stop_keys
from streams.vocabulary import Relation, Status
from tests.dedup.model import EXACT, Model, copied, shingles
from tests.dedup.newsroom import article, erasure, name, withdrawal, words

LENGTHS = {"A": 90, "B": 60, "C": 60, "D": 40, "E": 20, "F": 12}  # words
BLOCKS = {
    letter: " ".join(words(count, seed=seed))
    for seed, (letter, count) in enumerate(LENGTHS.items(), start=20)
}
NAMES = "A B D E F AB AC BC BE AD AE DF EF FE ABC ABD BCD CBA ABCE".split()  # noqa: SIM905 - as it is said
POOL = {letters: " ".join(BLOCKS[letter] for letter in letters) for letters in NAMES}
"""Parts, mergers and rearrangements: copies and mere relations, long, short and too short to tell."""

IDS = st.integers(0, 9)
HOURS = st.integers(0, 9)
# How long ago something was received that arrives only now: most of it lately, some out of every window.
LAGS = st.sampled_from([0, 0, 0, 1, 2, 5, 20, 60, 71, 72, 73, 90, 96, 97, 130])


@dataclass(frozen=True, slots=True)
class Sent:
    """An input record."""

    number: int
    text: str | None  # a name of POOL; None: a removal
    fingerprint: Fingerprint


class Newsroom(RuleBasedStateMachine):
    """The dedup agent without Kafka: decide, apply, and from time to time a commit or a crash."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.index = DedupIndex()
        self.committed: list[bytes] = []
        self.open: list[tuple[Arrival, Effects]] = []
        self.sent: list[Sent] = []
        self.last: dict[bytes, Emission] = {}
        self.now = 0

    # ---- what may happen

    @rule(number=IDS, text=st.sampled_from(NAMES), order=HOURS, lag=LAGS)
    def publish(self, number: int, text: str, order: int, lag: int) -> None:
        """A new article, or another text of one."""
        self.take(Sent(number, text, article(POOL[text], order=order, received=self.now - lag)))

    @rule(number=IDS, lag=LAGS)
    def withdraw(self, number: int, lag: int) -> None:
        self.take(Sent(number, None, withdrawal(received=self.now - lag)))

    @rule(number=IDS, lag=LAGS)
    def erase(self, number: int, lag: int) -> None:
        self.take(Sent(number, None, erasure(received=self.now - lag)))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """The tag worker died before its commit, or someone replays."""
        self.take(data.draw(st.sampled_from(self.sent)))

    @rule(hours=st.sampled_from([1, 1, 5, 24, 73, 97]))
    def wait(self, hours: int) -> None:
        self.now += hours

    @rule()
    def commit(self) -> None:
        if self.open:
            self.committed += pack_batch(len(self.sent), [made.rows for _, made in self.open])
            self.open.clear()

    @rule()
    def crash(self) -> None:
        """The memory and the transaction are gone; the log is folded, and the input comes again."""
        self.index = self.folded()
        again, self.open = self.open, []
        for arrival, made in again:
            redone = self.decided(arrival)
            assert redone.emissions == made.emissions
            assert pack_batch(0, [redone.rows]) == pack_batch(0, [made.rows])

    # ---- what follows

    def take(self, sent: Sent) -> None:
        self.sent.append(sent)
        made = self.decided(Arrival(len(self.sent), name(sent.number), sent.fingerprint))
        news = self.is_news(sent)
        assert bool(made.emissions) == news
        if news:
            assert made.emissions[0].id == name(sent.number)
            self.emitted(made.emissions)

    def decided(self, arrival: Arrival) -> Effects:
        made = decide(self.index, arrival)
        self.index.apply(made.rows)
        self.open.append((arrival, made))
        return made

    def is_news(self, sent: Sent) -> bool:
        own, received = name(sent.number), sent.fingerprint.received_ms
        if sent.fingerprint.kind is FingerprintKind.ERASURE:
            return self.model.erase(own, received)
        if sent.text is None:
            return self.model.withdraw(own, received)
        return self.model.publish(own, POOL[sent.text], sent.fingerprint.order_ms, received)

    def emitted(self, events: tuple[Emission, ...]) -> None:
        assert len({event.id for event in events}) == len(events), "one decision an article and arrival"
        for place, event in enumerate(events):
            before = self.last.get(event.id)
            if before is not None and event.decision > 1:
                assert event.decision == before.decision + 1
                same = place > 0 and told(event) == told(before)
                assert not same or event.of in self.model.returned, "decided again, and nothing changed"
            self.last[event.id] = event

    def folded(self) -> DedupIndex:
        index = DedupIndex()
        for record in self.committed:
            index.apply(unpack_batch(record)[1])
        return index

    # ---- what must hold after every step

    @invariant()
    def the_last_decisions_are_those_of_the_model(self) -> None:
        assert len(self.index) == len(self.model.articles)
        for own, known in self.model.articles.items():
            event = self.last[own]
            assert event.version == len(known.texts)
            removed = None if known.erased else Status.WITHDRAWN
            assert event.status is (removed if known.removed else Status.USABLE)
            if known.removed:
                assert (event.relation, event.of, event.group) == (None, None, None)
                continue
            if own in self.model.returned:
                continue  # its former copies are no parents of it, whatever the rule says of their texts
            link = self.model.link(own)
            if link is None:
                assert (event.relation, event.of) == (Relation.ORIGINAL, None)
                continue
            score, parent = link
            relation = Relation.EXACT if score == EXACT else Relation.NEAR
            assert (event.relation, event.of, event.score) == (relation, parent.id, score / EXACT)

    @invariant()
    def nothing_that_is_remembered_names_what_is_erased(self) -> None:
        erased = {own for own, known in self.model.articles.items() if known.erased}
        for own in self.model.articles:
            assert not {self.last[own].of, self.last[own].group} & erased

    @invariant()
    def pointers_lead_to_the_original(self) -> None:
        """To the original where each article on the way is remembered, and never round in a circle."""
        for own in self.last:
            group, parents = self.line(own, "group"), self.line(own, "of")
            if self.model.articles.keys() >= {*parents} and not self.model.returned:
                assert group[-1] == parents[-1]

    def line(self, identifier: bytes, pointer: str) -> list[bytes]:
        """The articles that a reader comes past who follows `group` or `of`."""
        line = [identifier]
        while (following := getattr(self.last[line[-1]], pointer)) not in (None, line[-1]):
            if following in line:
                # Of what is forgotten nobody knows any more whose copy it was.
                came_again_through_a_gap = self.model.returned and not self.model.articles.keys() >= {*line}
                assert came_again_through_a_gap, f"{pointer} goes in a circle"
                break
            line.append(following)
        return line

    @invariant()
    def the_memory_is_the_fold_of_the_log(self) -> None:
        folded = self.folded()
        for _, made in self.open:
            folded.apply(made.rows)
        assert all(map(np.array_equal, self.index.state, folded.state))


def told(event: Emission) -> tuple[object, ...]:
    """All that readers see of a decision but its number."""
    return event.status, event.relation, event.of, event.group, event.score, event.jaccard, event.containment


TestNewsroom = Newsroom.TestCase
TestNewsroom.settings = settings(stateful_step_count=40)


def test_the_pool_is_one_for_which_the_index_overlooks_nothing() -> None:
    """The model knows no sketches and no routing keys: here both tell all."""
    sketches = {letters: sketch(text) for letters, text in POOL.items()}
    assert {n: made.shingles for n, made in sketches.items()} == {n: len(shingles(POOL[n])) for n in POOL}
    assert max(made.shingles for made in sketches.values()) <= SKETCH_WIDTH
    keys = {n: {*routing_keys(made.values, stop_keys()).tolist()} for n, made in sketches.items()}
    copies = [(a, b) for a, b in combinations(POOL, 2) if copied(POOL[a], POOL[b])]
    assert len(copies) == 64, "and more pairs than these are none"
    assert all(keys[a] & keys[b] for a, b in copies)

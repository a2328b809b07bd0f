"""A rebuilt epoch: a snapshot of a memory, folded, decides as the memory that it was made of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedup import DedupIndex, pack_batch, unpack_batch
from streams.dedup.kernels import NOWHERE
from streams.dedup.snapshot import EMITTED, Emitted, Snapshot, emitted_by
from tests.dedup.newsroom import Desk, article, name, withdrawal, words
from tests.dedup.test_laws import BLOCKS, STREAMS, Stream

NOTHING = Emitted.of(())
TEXT = BLOCKS[0]


def emitted(desk: Desk) -> Emitted:
    return Emitted.of([emitted_by(effects.rows.rows) for effects in desk.effects])


def folded(snapshot: Snapshot, length: int) -> DedupIndex:
    index = DedupIndex()
    for record in pack_batch(0, list(snapshot.chunks(length))):
        index.apply(unpack_batch(record)[1])
    return index


def rebuilt(desk: Desk, seed: Emitted = NOTHING, length: int = 4) -> Desk:
    """A desk that goes on from the snapshot of another."""
    heir = Desk()
    heir.index = folded(Snapshot(desk.index, seed), length)
    heir.effects = [*desk.effects]  # so that later arrivals have the same places
    return heir


@given(STREAMS, STREAMS, st.integers(1, 8))
def test_a_folded_snapshot_decides_later_arrivals_as_its_memory_would(
    before: Stream, after: Stream, length: int
) -> None:
    desk = Desk().take_all(before)
    heir = rebuilt(desk, length=length)
    assert len(heir.index) == len(desk.index)
    for number, fingerprint in after:
        assert heir.take(number, fingerprint) == desk.take(number, fingerprint)
        left, right = desk.effects[-1].rows, heir.effects[-1].rows
        assert left.rows.tobytes() == right.rows.tobytes()
        assert np.array_equal(left.sketches, right.sketches)


def test_a_link_to_an_article_that_left_and_came_again_stays_loose() -> None:
    """In the memory it is no child any more: the withdrawal of the newcomer does not touch it."""
    story = [(1, article(TEXT)), (2, article(TEXT, order=1, received=70))]
    story += [(3, article(BLOCKS[1], received=110)), (1, article(TEXT, received=110))]
    desk = Desk().take_all(story)
    child = desk.index.state.articles[desk.index.find(*_halves(2))]
    assert child["parent_at"] == NOWHERE
    heir = rebuilt(desk)
    assert heir.take(1, withdrawal(received=111)) == desk.take(1, withdrawal(received=111))
    assert len(desk.effects[-1].emissions) == 1


@given(STREAMS)
def test_decisions_rise_across_a_rebuild_that_sees_less_than_was_decided(stream: Stream) -> None:
    """The memory is made of the last third; what had been emitted before still counts."""
    desk = Desk().take_all(stream)
    late = Desk().take_all(stream[-len(stream) // 3 :])
    heir = rebuilt(late, emitted(desk))
    latest: dict[bytes, int] = {}
    for effects in desk.effects:
        for event in effects.emissions:
            latest[event.id] = max(event.decision, latest.get(event.id, 0))
    for number in range(8):
        for event in heir.take(number, article(" ".join(words(60, 99 + number)), received=401)):
            if heir.index.state.articles[heir.index.find(*_halves(number))]["version"] > 1:
                assert event.decision > latest.get(event.id, 0)


def test_versions_and_decisions_go_on_from_what_was_emitted() -> None:
    desk = Desk().take_all([(1, article(TEXT))])
    told = np.array([(name(1), 7, 12, 0, (0, 0)), (name(2), 3, 3, 0, (0, 0))], EMITTED)
    heir = rebuilt(desk, Emitted.of([told]))
    [event] = heir.take(1, article(BLOCKS[1], received=1))
    assert (event.version, event.decision) == (8, 13)


def test_a_repeat_tells_the_decision_that_stood() -> None:
    desk = Desk().take_all([(1, article(TEXT)), (1, article(TEXT, received=1))])
    last, known = emitted(desk).find(Snapshot(desk.index, NOTHING).rows)
    assert known.all()
    assert (last["version"].tolist(), last["decision"].tolist()) == ([1], [1])


def test_changed_links_are_counted_and_those_whose_parent_left_apart() -> None:
    story = [
        (1, article(TEXT)),
        (2, article(TEXT, order=1, received=70)),
        (3, article(BLOCKS[1], received=70)),
    ]
    story += [(4, article(BLOCKS[1], order=1, received=71)), (5, article(BLOCKS[2], received=110))]
    desk = Desk().take_all(story)
    # the same articles but the first, which is too old; 4 has another text now, as under another rule
    again = [(2, story[1][1]), (3, story[2][1]), (4, article(BLOCKS[2], received=71)), (5, story[4][1])]
    changes = Snapshot(Desk().take_all(again).index, emitted(desk)).changes
    assert (changes.articles, changes.links, changes.changed, changes.left) == (4, 1, 2, 1)
    assert Snapshot(desk.index, emitted(desk)).changes.changed == 0


def _halves(number: int) -> tuple[int, int]:
    first, second = np.frombuffer(name(number), "<u8").tolist()
    return first, second

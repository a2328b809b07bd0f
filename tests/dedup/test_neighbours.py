"""What a decision is explained with is what it was made of."""

from hypothesis import given
from hypothesis import strategies as st

from streams.dedup import Fingerprint, LogRows, pack_batch, unpack_batch
from streams.dedup.neighbours import Neighbour, Standing
from streams.dedup.rows import RelationCode, RowKind
from streams.dedup.trail import Entry, LogPlace, Trail, that_counts
from tests.dedup.newsroom import HOUR, Desk, article, erasure, name, withdrawal, words
from tests.dedup.test_laws import ARTICLES, STREAMS, Stream

STORY = words(400, seed=1)
TEXT = " ".join(STORY)
SHORTENED = " ".join(STORY[:300])
ENDING = " ".join(STORY[320:])
IDS = [name(number) for number in range(8)]


def followed(stream: Stream, ids: list[bytes] = IDS) -> Trail:
    """The stream's log, one record an arrival, read by a trail."""
    trail = Trail(ids)
    for place, effects in enumerate(Desk().take_all(stream).effects):
        for packed in pack_batch(place, [effects.rows]):
            trail.fold(unpack_batch(packed)[1], LogPlace(0, place, 0))
    return trail


def last(stream: Stream, number: int) -> Entry:
    return followed(stream).entries[name(number)][-1]


def told(entry: Entry) -> dict[bytes, Neighbour]:
    return {neighbour.id: neighbour for neighbour in entry.around.found}


@given(STREAMS)
def test_the_chosen_neighbour_is_the_parent_of_the_decision(stream: Stream) -> None:
    for entries in followed(stream).entries.values():
        for entry in entries:
            if entry.kind is RowKind.VERSION:
                chosen = [n for n in entry.around.found if n.standing is Standing.CHOSEN]
                assert entry.around.parent == entry.parent == (chosen[0].id if chosen else None)
                for neighbour in chosen:
                    pair = neighbour.pair
                    assert (pair.jaccard, pair.containment) == (entry.jaccard, entry.containment)
                    assert pair.score == entry.score


@given(STREAMS)
def test_the_chosen_neighbour_is_the_best_of_those_that_may_be(stream: Stream) -> None:
    """So what is told of time, order and rule is enough to come to the same choice by hand."""
    for entries in followed(stream).entries.values():
        for entry in entries:
            may_be = [n for n in entry.around.found if n.standing in (Standing.CHOSEN, Standing.OUTDONE)]
            assert may_be == [
                n
                for n in entry.around.found
                if n.pair.copy and n.earlier and n.apart_ms <= 72 * HOUR and n.standing is not Standing.FORMER
            ]
            best = min(may_be, key=lambda n: (-n.pair.score, n.order_ms, n.id), default=None)
            assert (best.id if best else None) == entry.around.parent


@given(st.dictionaries(st.integers(0, 7), ARTICLES), st.sets(st.integers(0, 7), max_size=3))
def test_articles_that_keep_their_texts_are_decided_again_for_what_is_chosen(
    articles: dict[int, Fingerprint], withdrawn: set[int]
) -> None:
    stream = [*articles.items(), *((number, withdrawal(received=91)) for number in sorted(withdrawn))]
    for entries in followed(stream).entries.values():
        for entry in entries:
            if entry.kind is RowKind.LINK:
                assert entry.around.parent == entry.parent


@given(STREAMS)
def test_how_records_are_cut_changes_nothing(stream: Stream) -> None:
    effects = Desk().take_all(stream).effects
    whole = Trail(IDS)
    for packed in pack_batch(0, [e.rows for e in effects]):
        whole.fold(unpack_batch(packed)[1])
    assert [told_of(entries) for entries in whole.entries.values()] == [
        told_of(entries) for entries in followed(stream).entries.values()
    ]
    rows = Trail(IDS)
    for e in effects:
        rows.fold(LogRows(e.rows.rows[:1], e.rows.sketches))
        rows.fold(LogRows(e.rows.rows[1:], e.rows.sketches[:0]))
    assert [len(entries) for entries in rows.entries.values()] == [len(e) for e in whole.entries.values()]


def told_of(entries: list[Entry]) -> list[object]:
    return [(e.kind, e.decision, e.parent, e.cause, e.around) for e in entries]


def test_only_the_watched_are_kept() -> None:
    stream: Stream = [(n, article(TEXT, order=n)) for n in range(5)]
    trail = followed(stream, [name(3)])
    assert [len(entries) for entries in trail.entries.values()] == [1]
    assert len(trail.index) == 5


def test_neighbours_stand_by_what_they_are() -> None:
    stream: Stream = [
        (1, article(TEXT, order=1, received=80)),
        (2, article(SHORTENED, order=2, received=80)),
        (3, article(ENDING + " " + " ".join(words(900, seed=3)), order=3, received=80)),
        (4, article(TEXT, order=9, received=80)),
        (5, article(SHORTENED, order=10, received=80)),
        (6, article(SHORTENED, order=1, received=2)),
        (7, article(SHORTENED, order=5, received=80)),
    ]
    entry = last(stream, 7)
    assert entry.parent == name(2)
    assert {n.id: n.standing for n in entry.around.found} == {
        name(2): Standing.CHOSEN,
        name(1): Standing.OUTDONE,
        name(4): Standing.TAKEN,
        name(5): Standing.TAKEN,
        name(6): Standing.APART,
    }
    assert [n.standing for n in entry.around.found] == sorted(
        (n.standing for n in entry.around.found), key=list(Standing).index
    )
    assert told(entry)[name(6)].apart_ms == 78 * HOUR


def test_a_neighbour_by_a_routing_key_alone_is_told_too() -> None:
    """They have a third in common: found, compared, no copy."""
    alike = " ".join(STORY[:130] + words(270, seed=8))
    stream: Stream = [(1, article(TEXT, order=1)), (2, article(alike, order=2))]
    (neighbour,) = last(stream, 2).around.found
    assert neighbour.standing is Standing.UNLIKE
    assert neighbour.pair.keys > 0
    assert neighbour.pair.score == 0


def test_an_original_that_comes_late_tells_its_copies() -> None:
    stream: Stream = [(1, article(SHORTENED, order=5)), (2, article(TEXT, order=1))]
    trail = followed(stream)
    assert told(trail.entries[name(2)][-1])[name(1)].standing is Standing.CHILD
    first, again = trail.entries[name(1)]
    assert (first.decision, first.around.count, first.cause) == (1, 0, None)
    assert (again.decision, again.kind, again.relation) == (2, RowKind.LINK, RelationCode.NEAR)
    assert again.cause is not None
    assert (again.cause.id, again.cause.kind, again.cause.tagged) == (name(2), RowKind.VERSION, 1)
    assert told(again)[name(2)].standing is Standing.CHOSEN


def test_a_withdrawal_has_no_neighbours_and_is_the_cause_of_what_follows() -> None:
    stream: Stream = [(n, article(TEXT, order=n)) for n in (1, 2, 3)]
    trail = followed([*stream, (1, withdrawal(received=1))])
    gone = trail.entries[name(1)][-1]
    assert (gone.kind, gone.decision, gone.around.count) == (RowKind.WITHDRAWN, 2, 0)
    again = trail.entries[name(3)][-1]
    assert again.cause is not None
    assert again.cause.kind is RowKind.WITHDRAWN
    assert again.parent == again.around.parent == name(2)
    assert set(told(again)) == {name(2)}


def test_the_same_again_is_no_decision() -> None:
    same: Fingerprint = article(TEXT)
    entries = followed([(1, same), (1, same)]).entries[name(1)]
    assert [(e.kind, e.decision) for e in entries] == [(RowKind.VERSION, 1), (RowKind.UNCHANGED, 0)]


def test_what_left_the_memory_and_comes_again_meets_its_former_copies() -> None:
    stream: Stream = [
        (1, article(TEXT, order=0, received=0)),
        (2, article(TEXT, order=70, received=70)),
        (3, article(" ".join(words(50, seed=5)), order=97, received=97)),
        (1, article(TEXT, order=100, received=100)),
    ]
    assert told(last(stream, 1))[name(2)].standing is Standing.FORMER


def test_what_came_since_is_found_in_the_memory_of_now() -> None:
    trail = followed(
        [(1, article(TEXT, order=1)), (2, article(SHORTENED, order=2)), (1, article(TEXT, order=1))]
    )
    assert trail.entries[name(1)][0].around.count == 0
    (neighbour,) = trail.now(name(1)).found
    assert (neighbour.id, neighbour.standing) == (name(2), Standing.CHILD)
    assert trail.now(name(9)).count == 0


def test_a_withdrawn_article_has_no_neighbours_now() -> None:
    trail = followed([(1, article(TEXT)), (2, article(TEXT, order=1)), (1, withdrawal(received=1))])
    assert trail.now(name(1)).count == 0


def test_an_erasure_is_the_cause_of_what_follows() -> None:
    stream: Stream = [(1, article(TEXT, order=1)), (2, article(TEXT, order=2)), (1, erasure(received=1))]
    trail = followed(stream)
    gone, again = trail.entries[name(1)][-1], trail.entries[name(2)][-1]
    assert (gone.kind, gone.decision, gone.around.count) == (RowKind.ERASED, 2, 0)
    assert again.cause is not None
    assert (again.cause.id, again.cause.kind) == (name(1), RowKind.ERASED)
    assert again.parent is again.around.parent is None


def test_the_highest_decision_counts_and_of_equal_ones_that_about_a_text() -> None:
    """A removal comes as version 0, decision 1, from a domain that never knew the article."""
    known = followed([(1, article(TEXT, order=1))]).entries[name(1)]
    other = followed([(1, withdrawal(received=1))]).entries[name(1)]
    assert that_counts([*known, *other]) is known[0]
    assert that_counts([*known, *other], 2) is None
    both = followed([(1, article(TEXT, order=1)), (1, withdrawal(received=1))]).entries[name(1)]
    assert that_counts([*both, *other]) is both[1]

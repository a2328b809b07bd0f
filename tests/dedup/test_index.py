"""The memory: what it forgets, what it leaves out, and that it reuses what it frees."""

import random

import numpy as np
import pytest

from streams.dedup import Arrival, DedupIndex, decide
from streams.dedup.kernels import (
    ARTICLES_END,
    DUE,
    ENTRY,
    TEXTS_END,
    insert,
    pop_due,
    push_due,
    refill,
    remove,
)
from streams.dedup.search import LIST_LIMIT
from streams.vocabulary import Relation
from tests.dedup.newsroom import Desk, article, name, withdrawal, words


def text(seed: int, count: int = 60) -> str:
    return " ".join(words(count, seed))


def test_articles_leave_96_hours_behind_the_newest() -> None:
    desk = Desk().take_all([(1, article(text(1))), (2, article(text(2), received=50))])
    desk.take(3, article(text(3), received=96))
    assert len(desk.index) == 3
    desk.take(4, article(text(4), received=96.01))
    assert (len(desk.index), desk.index.stats().evicted) == (3, 1)
    (event,) = desk.take(1, article(text(5), received=97))
    assert event.version == 1


@pytest.mark.parametrize("begin_alike", [True, False])
def test_ids_that_begin_or_end_alike_have_keys_of_their_own(begin_alike: bool) -> None:
    desk = Desk()
    for number in range(1000):
        halves = b"the same", number.to_bytes(8, "big")
        own_id = b"".join(halves if begin_alike else reversed(halves))
        desk.index.apply(decide(desk.index, Arrival(number, own_id, article(text(1)))).rows)
    table = desk.index.state.by_id
    assert len(np.unique(table["key"][table["value"] != 0])) == 1000


def test_a_later_version_keeps_an_article() -> None:
    desk = Desk().take_all([(1, article(text(1))), (1, article(text(2), received=50))])
    desk.take(2, article(text(3), received=100))
    assert len(desk.index) == 2
    desk.take(3, article(text(4), received=147))
    assert (len(desk.index), desk.index.stats().evicted) == (2, 1)


def test_a_wrong_date_of_publication_empties_nothing() -> None:
    desk = Desk().take_all([(1, article(text(1))), (2, article(text(2), order=100_000))])
    assert len(desk.index) == 2


def test_children_outlive_their_parent() -> None:
    """The copy keeps its link, and a better parent is still recognised by it."""
    desk = Desk().take_all([(1, article(text(1), order=1)), (2, article(text(1), order=2, received=60))])
    desk.take(3, article(text(2), received=97))
    assert len(desk.index) == 2
    assert len(desk.take(4, article(text(1), order=1.5, received=98))) == 1, "not before the old parent"
    own, relinked = desk.take(5, article(text(1), order=0, received=99))[:2]
    assert own.relation is Relation.ORIGINAL
    assert relinked.of == name(5)


def test_who_takes_a_freed_place_keeps_its_own_children() -> None:
    """2 is a child of 1, whose place 4 takes: what becomes of 2 does not touch the children of 4."""
    desk = Desk().take_all([(1, article(text(1), order=1)), (2, article(text(1), order=2, received=60))])
    desk.take_all([(n, article(text(n), order=3, received=97)) for n in (3, 4)])
    assert desk.index.find(0, swapped(4)) == 0, "the place of 1"
    desk.take(5, article(text(4), order=5, received=97))
    desk.take(2, withdrawal(received=98))
    assert [event.id for event in desk.take(4, withdrawal(received=98))] == [name(4), name(5)]


def test_freed_places_are_used_again() -> None:
    desk = Desk()
    for hour in range(0, 3_000, 10):
        desk.take(hour, article(text(hour), order=hour, received=hour))
    stats = desk.index.stats()
    assert stats.articles == stats.texts == 10
    assert desk.index.state.counts[ARTICLES_END] == desk.index.state.counts[TEXTS_END] == 11
    assert stats.keys == 80


def test_what_is_gone_leaves_no_trace_in_the_tables() -> None:
    desk = Desk().take_all([(n, article(text(n % 20))) for n in range(100)])
    desk.take_all([(n, withdrawal(received=1)) for n in range(100)])
    assert (desk.index.stats().texts, desk.index.stats().keys) == (0, 0)
    assert not desk.index.state.by_key["value"].any()
    assert not desk.index.state.by_hash["value"].any()
    desk.take(200, article(text(500), received=200))
    assert np.count_nonzero(desk.index.state.by_id["value"]) == 1


def test_tables_grow_and_keep_everything() -> None:
    desk = Desk().take_all([(n, article(text(n, 30), order=n)) for n in range(3_000)])
    assert desk.index.stats().articles == 3_000
    for n in (0, 1_023, 1_024, 2_999):
        (event,) = desk.take(10_000 + n, article(text(n, 30), order=10_000))
        assert event.of == name(n)


def test_a_full_list_of_equal_texts_keeps_the_lowest_order_keys() -> None:
    numbers = list(range(1, LIST_LIMIT + 20))
    random.Random(1).shuffle(numbers)  # noqa: S311
    desk = Desk().take_all([(n, article(text(1), order=n)) for n in numbers])
    assert desk.index.stats().cap_hits == 19
    listed = [n for n in numbers if desk.index.state.articles[desk.index.find(0, swapped(n))]["listed"]]
    assert sorted(listed) == list(range(1, LIST_LIMIT + 1))
    assert {desk.family(identifier) for identifier in desk.last} == {name(1)}


def test_a_full_list_of_a_key_keeps_the_lowest_order_keys() -> None:
    """All share the first forty words, whose smallest shingles become keys of all."""
    shared = text(1, 400)
    numbers = list(range(LIST_LIMIT + 20))
    random.Random(2).shuffle(numbers)  # noqa: S311
    desk = Desk().take_all([(n, article(f"{shared} {text(100 + n, 8)}", order=n)) for n in numbers])
    assert desk.index.stats().cap_hits > 0
    (event,) = desk.take(1_000, article(f"{shared} {text(9_999, 8)}", order=1_000))
    assert event.relation is Relation.NEAR


def test_in_a_full_list_the_new_replace_those_too_old_to_be_compared() -> None:
    """A page that says the same for days is recognised on every one of them."""
    desk = Desk().take_all([(n, article(text(1), order=n / 100)) for n in range(LIST_LIMIT)])
    desk.take_all([(1_000 + n, article(text(1), order=80, received=80)) for n in range(5)])
    assert [desk.last[name(1_000 + n)].of for n in range(5)] == [None] + [name(1_000)] * 4


def test_an_open_table_survives_any_mix_of_inserts_and_removals() -> None:
    source = random.Random(3)  # noqa: S311
    table, model = np.zeros(64, ENTRY), set[tuple[int, int]]()
    for _ in range(3_000):
        if model and (len(model) > 44 or source.random() < 0.5):
            entry = source.choice(sorted(model))
            model.remove(entry)
            remove(table, np.uint32(entry[0]), entry[1])  # type: ignore[arg-type]
        else:
            entry = source.randrange(40), source.randrange(1, 10_000)
            if entry not in model:
                model.add(entry)
                insert(table, np.uint32(entry[0]), entry[1])  # type: ignore[arg-type]
    larger = np.zeros(256, ENTRY)
    refill(table, larger)
    for kept in (table, larger):
        assert {(int(e["key"]), int(e["value"])) for e in kept if e["value"]} == model
    for key, value in model:  # each is reached from its home
        remove(larger, np.uint64(key), value)  # type: ignore[arg-type]
    assert not larger["value"].any()


def test_the_heap_gives_the_earliest_first() -> None:
    source = random.Random(4)  # noqa: S311
    times = [source.randrange(1_000) for _ in range(200)]
    due = np.zeros(200, DUE)
    for size, time in enumerate(times):
        push_due(due, size, time, size)
    popped = []
    for size in range(200, 0, -1):
        popped.append(int(due[0]["received"]))
        pop_due(due, size)
    assert popped == sorted(times)


def test_an_empty_memory_knows_nothing() -> None:
    assert DedupIndex().find(1, 2) == -1
    assert len(DedupIndex()) == 0


def swapped(number: int) -> int:
    """The second half of name(number), as the tables read it."""
    return int.from_bytes(name(number)[8:], "little")

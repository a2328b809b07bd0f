"""What one arrival leads to."""

from collections.abc import Callable

import pytest

from streams.dedup import Arrival, DedupIndex, Fingerprint, decide
from streams.dedup.rows import RowKind
from streams.vocabulary import Relation, Status
from tests.dedup.newsroom import START, Desk, article, erasure, name, withdrawal, words

STORY = words(400, seed=1)
TEXT = " ".join(STORY)
SHORTENED = " ".join(STORY[:300])
RUN = b"a replay's name!"
OTHER = " ".join(words(400, seed=2))


def test_the_first_is_an_original() -> None:
    (event,) = Desk().take(1, article(TEXT))
    assert (event.relation, event.of, event.group) == (Relation.ORIGINAL, None, name(1))
    assert (event.version, event.decision, event.status) == (1, 1, Status.USABLE)
    assert (event.jaccard, event.containment, event.score, event.previous_hash) == (None,) * 4


def test_an_exact_copy_names_the_lowest_order_key() -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1)), (2, article(TEXT, order=2))])
    (event,) = desk.take(3, article(TEXT, order=3))
    assert (event.relation, event.of, event.group) == (Relation.EXACT, name(1), name(1))
    assert (event.jaccard, event.containment, event.score) == (1.0, 1.0, 1.0)


def test_a_near_copy() -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1))])
    (event,) = desk.take(2, article(SHORTENED, order=2))
    assert (event.relation, event.of, event.group) == (Relation.NEAR, name(1), name(1))
    assert event.jaccard == pytest.approx(0.75, abs=0.09)
    assert event.containment == 1.0
    assert event.score is not None
    assert event.score < 1.0


def test_an_exact_copy_goes_before_a_near_one_of_an_earlier_article() -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1)), (2, article(SHORTENED, order=2))])
    (event,) = desk.take(3, article(SHORTENED, order=3))
    assert (event.relation, event.of, event.group) == (Relation.EXACT, name(2), name(1))


def test_unrelated_texts_stay_apart() -> None:
    desk = Desk().take_all([(1, article(TEXT))])
    (event,) = desk.take(2, article(OTHER, order=1))
    assert event.relation is Relation.ORIGINAL


def test_short_texts_are_copies_only_when_equal() -> None:
    line = words(24, seed=3)  # 21 shingles
    desk = Desk().take_all([(1, article(" ".join(line)))])
    (near,) = desk.take(2, article(" ".join(line[1:]), order=1))
    (exact,) = desk.take(3, article(" ".join(line), order=1))
    assert (near.relation, exact.relation) == (Relation.ORIGINAL, Relation.EXACT)


@pytest.mark.parametrize(("apart", "relation"), [(72, Relation.EXACT), (72.001, Relation.ORIGINAL)])
def test_pairs_are_eligible_by_the_times_they_were_received(apart: float, relation: Relation) -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1))])
    (event,) = desk.take(2, article(TEXT, order=2, received=apart))
    assert event.relation is relation


def test_an_older_original_that_comes_late_takes_its_copies() -> None:
    desk = Desk().take_all([(1, article(SHORTENED, order=5)), (2, article(SHORTENED, order=6))])
    own, relinked = desk.take(3, article(TEXT, order=1))
    assert (own.id, own.relation) == (name(3), Relation.ORIGINAL)
    assert (relinked.id, relinked.of, relinked.group) == (name(1), name(3), name(3))
    assert (relinked.place, relinked.decision, relinked.version) == (0, 2, 1)
    assert desk.last[name(2)].of == name(1), "an exact copy keeps its parent, and its pointer leads on"
    assert desk.family(name(2)) == name(3)


def test_the_same_again_is_unchanged() -> None:
    desk = Desk().take_all([(1, article(TEXT))])
    assert desk.take(1, article(TEXT, received=5)) == ()
    assert desk.effects[-1].rows.rows["kind"].tolist() == [RowKind.UNCHANGED]


def test_a_new_text_is_a_version() -> None:
    first = article(TEXT, order=1, received=1)
    desk = Desk().take_all([(1, first)])
    (event,) = desk.take(1, article(SHORTENED, order=9, received=2))
    assert (event.version, event.decision, event.relation) == (2, 2, Relation.ORIGINAL)
    assert (event.previous_hash, event.first_received_ms) == (first.content_hash, first.received_ms)
    (third,) = desk.take(1, article(TEXT, order=9, received=3))
    assert (third.version, third.decision) == (3, 3)
    assert int(desk.index.state.articles[0]["order"]) == first.order_ms, "the first version's order key stays"


def test_the_text_of_an_older_version_is_no_longer_found() -> None:
    desk = Desk().take_all([(1, article(TEXT)), (1, article(OTHER))])
    (event,) = desk.take(2, article(TEXT, order=1))
    assert event.relation is Relation.ORIGINAL


def test_a_repeated_older_version_changes_nothing() -> None:
    desk = Desk().take_all([(1, article(TEXT, received=1)), (1, article(OTHER, received=2))])
    assert desk.take(1, article(TEXT, received=1)) == ()


def test_two_texts_of_one_millisecond_that_are_repeated_are_no_new_versions() -> None:
    first, second = article(TEXT, received=1), article(OTHER, received=1)
    desk = Desk().take_all([(1, first), (1, second)])
    assert (desk.take(1, first), desk.take(1, second)) == ((), ())
    (event,) = desk.take(1, article(SHORTENED, received=1))
    assert event.version == 3


def test_a_files_lines_have_one_time_and_are_no_repeats() -> None:
    index, versions = DedupIndex(), []
    for place, text in enumerate([TEXT, OTHER, TEXT]):
        effects = decide(index, Arrival(place, name(1), article(text, received=1), repeatable=False))
        index.apply(effects.rows)
        versions += [event.version for event in effects.emissions]
    assert versions == [1, 2, 3]


def test_a_link_to_a_superseded_version_stays_and_is_counted() -> None:
    desk = Desk().take_all([(1, article(TEXT)), (2, article(TEXT, order=1))])
    assert len(desk.take(1, article(OTHER))) == 1
    assert desk.last[name(2)].of == name(1)
    assert desk.index.stats().superseded_links == 1


def test_a_withdrawal_lets_the_copies_go() -> None:
    desk = Desk().take_all([(n, article(TEXT, order=n)) for n in (1, 2, 3)])
    gone, *again = desk.take(1, withdrawal(received=1))
    assert (gone.id, gone.status, gone.version, gone.decision) == (name(1), Status.WITHDRAWN, 1, 2)
    assert (gone.relation, gone.group) == (None, None)
    assert [(e.id, e.relation, e.of, e.group) for e in again] == [
        (name(2), Relation.ORIGINAL, None, name(2)),
        (name(3), Relation.EXACT, name(2), name(2)),
    ]
    (late,) = desk.take(4, article(TEXT, order=0))[:1]
    assert late.relation is Relation.ORIGINAL


def test_a_withdrawal_corrects_pointers_of_copies_of_copies() -> None:
    """3 copies 2 exactly, 2 is near 1, so 3 points to 1 without being its child."""
    desk = Desk().take_all(
        [(1, article(TEXT, order=1)), (2, article(SHORTENED, order=2)), (3, article(SHORTENED, order=3))]
    )
    assert (desk.last[name(3)].of, desk.last[name(3)].group) == (name(2), name(1))
    desk.take(1, withdrawal(received=1))
    assert (desk.last[name(3)].of, desk.last[name(3)].group) == (name(2), name(2))
    assert desk.last[name(3)].relation is Relation.EXACT


def test_a_move_to_another_family_corrects_pointers_of_copies() -> None:
    first, second, rest = words(220, seed=21), words(300, seed=22), words(60, seed=23)
    merged = " ".join(first + second)
    desk = Desk().take_all(
        [
            (1, article(" ".join(first + rest), order=1)),
            (3, article(merged, order=3)),
            (4, article(merged, order=4)),
        ]
    )
    assert (desk.last[name(4)].of, desk.last[name(4)].group) == (name(3), name(1))
    own, moved, copy = desk.take(2, article(" ".join(second), order=2))
    assert (own.relation, own.id) == (Relation.ORIGINAL, name(2))
    assert (moved.id, moved.of, moved.group) == (name(3), name(2), name(2))
    assert (copy.id, copy.of, copy.group, copy.decision) == (name(4), name(3), name(2), 2)


PARTS = [" ".join(words(count, seed=seed)) for seed, count in enumerate((90, 60, 60, 40), start=20)]


def test_a_pointer_is_corrected_though_it_still_leads_to_the_same_family() -> None:
    """4 is a copy of 3 and points to 2. 1 takes 3 and 2, each for itself: 2 is nothing to 4 any more."""
    a, b = PARTS[:2]
    desk = Desk().take_all(
        [
            (2, article(f"{a} {b}", order=2, received=10)),
            (3, article(a, order=3, received=10)),
            (4, article(a, order=4, received=73)),  # too far from 1
            (1, article(a, order=1, received=0)),
        ]
    )
    assert [desk.last[name(n)].of for n in (2, 3, 4)] == [name(1), name(1), name(3)]
    desk.take(2, article(b, received=74))
    assert {desk.family(name(n)) for n in (1, 3, 4)} == {name(1)}


def test_a_withdrawn_parents_copy_points_where_its_new_parent_points_by_then() -> None:
    """6 was a copy of 1, and 2 of 0, which was one of 1: without 1 they are 6 of 2 of 0."""
    a, b, c, d = PARTS
    desk = Desk().take_all(
        [
            (1, article(f"{a} {b} {d}", order=0, received=71)),
            (2, article(f"{b} {c} {d}", order=6, received=72)),
            (0, article(b, order=1)),
            (6, article(d, order=7, received=72)),
        ]
    )
    assert [desk.last[name(n)].of for n in (0, 2, 6)] == [name(1), name(0), name(1)]
    desk.take(1, withdrawal(received=75))
    assert [desk.last[name(n)].of for n in (0, 2, 6)] == [None, name(0), name(2)]
    assert {desk.family(name(n)) for n in (0, 2, 6)} == {name(0)}


def test_withdrawn_twice_is_unchanged() -> None:
    desk = Desk().take_all([(1, article(TEXT)), (1, withdrawal(received=1))])
    assert desk.take(1, withdrawal(received=2)) == ()


def test_an_unknown_id_can_be_withdrawn() -> None:
    desk = Desk()
    (event,) = desk.take(1, withdrawal(received=1))
    assert (event.status, event.version, event.decision) == (Status.WITHDRAWN, 0, 1)
    (again,) = desk.take(1, article(TEXT, order=2, received=2))
    assert (again.status, again.version, again.decision) == (Status.USABLE, 1, 2)
    assert (again.previous_hash, again.first_received_ms) == (None, START + 2 * 3_600_000)


@pytest.mark.parametrize(
    ("text", "received", "back"), [(OTHER, 3, True), (OTHER, 2, False), (TEXT, 3, False), (OTHER, 1, False)]
)
def test_a_withdrawn_article_comes_back_only_later_and_with_another_text(
    text: str, received: int, back: bool
) -> None:
    first = article(TEXT, received=1)
    desk = Desk().take_all([(1, first), (1, withdrawal(received=2))])
    events = desk.take(1, article(text, received=received))
    assert [(e.status, e.version, e.decision) for e in events] == ([(Status.USABLE, 2, 3)] if back else [])
    assert all(e.previous_hash == first.content_hash for e in events)


def test_an_erasure_has_no_event_and_lets_the_copies_go() -> None:
    desk = Desk().take_all([(n, article(TEXT, order=n)) for n in (1, 2, 3)])
    gone, *again = desk.take(1, erasure(received=1))
    assert (gone.id, gone.status, gone.version, gone.decision) == (name(1), None, 1, 2)
    assert (gone.relation, gone.of, gone.group, gone.previous_hash) == (None,) * 4
    assert [(e.id, e.relation, e.of, e.group, e.decision) for e in again] == [
        (name(2), Relation.ORIGINAL, None, name(2), 2),
        (name(3), Relation.EXACT, name(2), name(2), 2),
    ]
    (late,) = desk.take(4, article(TEXT, order=0))[:1]
    assert late.relation is Relation.ORIGINAL


def test_an_erased_copy_leaves_its_original_as_it_was() -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1)), (2, article(TEXT, order=2))])
    assert [(e.id, e.status) for e in desk.take(2, erasure(received=1))] == [(name(2), None)]
    (third,) = desk.take(3, article(TEXT, order=3))
    assert third.of == name(1)


def test_an_unknown_id_can_be_erased() -> None:
    """Its events may stand on the compacted topic although the memory has let it go."""
    desk = Desk()
    (event,) = desk.take(1, erasure(received=2))
    assert (event.status, event.version, event.decision) == (None, 0, 1)
    assert desk.take(1, article(TEXT, received=1)) == (), "received before it was erased"
    (again,) = desk.take(1, article(TEXT, received=3))
    assert (again.status, again.version, again.decision) == (Status.USABLE, 1, 2)


def test_a_withdrawn_article_can_be_erased_but_not_the_other_way_round() -> None:
    desk = Desk().take_all([(1, article(TEXT)), (1, withdrawal(received=1))])
    assert [(e.status, e.decision) for e in desk.take(1, erasure(received=2))] == [(None, 3)]
    assert desk.take(1, withdrawal(received=3)) == ()
    assert desk.take(1, erasure(received=4)) == (), "the same again is unchanged"


def test_an_erasure_counts_though_something_later_is_known() -> None:
    """Whoever erases means all that is there; an erasure that is passed over in silence would be a promise
    broken."""
    desk = Desk().take_all([(1, article(TEXT, received=5))])
    (event,) = desk.take(1, erasure(received=4))
    assert event.status is None
    assert desk.take(1, article(OTHER, received=4.5)) == (), "received before what was erased"


@pytest.mark.parametrize(
    ("text", "received", "back"), [(OTHER, 3, True), (OTHER, 2, False), (TEXT, 3, False), (OTHER, 1, False)]
)
def test_an_erased_article_comes_back_only_later_and_with_another_text(
    text: str, received: int, back: bool
) -> None:
    desk = Desk().take_all([(1, article(TEXT, received=1)), (1, erasure(received=2))])
    events = desk.take(1, article(text, received=received))
    assert [(e.status, e.version, e.decision) for e in events] == ([(Status.USABLE, 2, 3)] if back else [])
    assert all(e.previous_hash is None for e in events), "of the erased text nothing is told again"


def test_copies_of_an_article_that_has_left_the_memory_are_let_go_as_well() -> None:
    desk = Desk().take_all(
        [
            (1, article(TEXT, order=0, received=0)),
            (2, article(TEXT, order=70, received=70)),
            (3, article(OTHER, order=97, received=97)),  # lets 1 leave
        ]
    )
    assert desk.last[name(2)].of == name(1)
    gone, copy = desk.take(1, erasure(received=98))
    assert (gone.version, gone.status) == (0, None)
    assert (copy.id, copy.relation, copy.group) == (name(2), Relation.ORIGINAL, name(2))


def test_a_pointer_goes_with_the_parent_that_goes_to_a_better_one() -> None:
    """7 is a copy of 2, which leaves 1 for 3: then 7 does not point to 1 any more, which may be erased."""
    long, middle, short, tail = (" ".join(words(n, seed)) for n, seed in ((60, 1), (40, 3), (20, 4), (12, 5)))
    desk = Desk().take_all(
        [
            (7, article(f"{middle} {long}", order=3)),
            (1, article(f"{middle} {short}", order=1)),
            (2, article(f"{middle} {middle} {middle}", order=1)),
            (3, article(f"{short} {middle} {tail}", order=0)),
        ]
    )
    assert desk.last[name(2)].of == name(3)
    assert (desk.last[name(7)].of, desk.last[name(7)].group) == (name(2), name(3))
    desk.take(1, erasure(received=1))
    assert (desk.last[name(7)].of, desk.last[name(7)].group) == (name(2), name(3))


def test_a_pointer_past_a_forgotten_parent_to_an_erased_article_is_corrected() -> None:
    """3 copies 2, and points to 1, whose copy 2 was; 2 is forgotten."""
    desk = Desk().take_all(
        [
            (1, article(TEXT, order=1, received=50)),
            (2, article(SHORTENED, order=2)),
            (3, article(SHORTENED, order=3, received=60)),
            (9, article(OTHER, received=97)),  # lets 2 leave
        ]
    )
    assert (desk.last[name(3)].of, desk.last[name(3)].group) == (name(2), name(1))
    desk.take(1, erasure(received=98))
    assert (desk.last[name(3)].of, desk.last[name(3)].group) == (name(2), name(2))


def test_an_id_that_left_the_memory_is_no_copy_of_its_own_copies() -> None:
    desk = Desk().take_all(
        [
            (1, article(TEXT, order=0, received=0)),
            (2, article(TEXT, order=70, received=70)),
            (3, article(OTHER, order=97, received=97)),  # lets 1 leave
        ]
    )
    (event, *_) = desk.take(1, article(TEXT, order=100, received=100))
    assert event.relation is Relation.ORIGINAL


def test_an_id_that_left_the_memory_and_comes_again_later_closes_no_circle() -> None:
    """3 is a copy of 2, which is one of 1. 1 is forgotten; its text comes again under a newer date."""
    desk = Desk().take_all(
        [
            (2, article(SHORTENED, order=2, received=30)),
            (3, article(SHORTENED, order=3, received=40)),
            (1, article(TEXT, order=1)),
            (9, article(OTHER, received=97)),  # lets 1 leave
            (1, article(TEXT, order=5, received=100)),
        ]
    )
    assert [desk.last[name(n)].of for n in (2, 3)] == [name(1), name(2)]
    assert desk.last[name(1)].relation is Relation.ORIGINAL
    # a copy of its copy, older than it now, does not take it either
    desk.take(4, article(SHORTENED, order=4, received=100))
    assert desk.last[name(4)].of == name(2)
    assert desk.last[name(1)].relation is Relation.ORIGINAL


def test_a_replay_that_is_promoted_forces_one_more_decision_with_its_own_bytes() -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1)), (2, article(TEXT, order=2))])
    (event,) = desk.take(2, article(TEXT, order=2), RUN)
    assert (event.id, event.place, event.decision, event.version) == (name(2), 2, 2, 1)
    assert (event.relation, event.of, event.group) == (Relation.EXACT, name(1), name(1))
    assert desk.take(2, article(TEXT, order=2), RUN) == (), "the same again"
    assert desk.take(2, article(TEXT, order=2)) == (), "nor without the force"
    (other,) = desk.take(2, article(TEXT, order=2), b"another replay !")
    assert other.decision == 3
    (relinked,) = desk.take(3, article(TEXT, order=0))[1:][:1]
    assert relinked.id == name(1)


def test_a_later_decision_about_a_promoted_article_has_the_promoted_bytes() -> None:
    desk = Desk().take_all([(1, article(TEXT, order=1))])
    desk.take(1, article(TEXT, order=1), RUN)
    _own, later = desk.take(2, article(TEXT, order=0))
    assert (later.id, later.place, later.decision) == (name(1), 1, 3)


def test_another_text_of_a_replay_is_a_new_version_and_that_too_comes_once() -> None:
    desk = Desk().take_all([(1, article(TEXT))])
    (event,) = desk.take(1, article(SHORTENED), RUN)
    assert (event.version, event.decision) == (2, 2)
    assert desk.take(1, article(TEXT), b"another replay !")[0].decision == 3, "it brings the first text back"
    assert desk.take(1, article(SHORTENED), RUN) == ()


def test_what_a_later_text_has_replaced_is_not_brought_back() -> None:
    desk = Desk().take_all([(1, article(TEXT)), (1, article(OTHER, received=1))])
    assert desk.take(1, article(TEXT), RUN) == ()
    assert desk.take(1, article(SHORTENED), RUN) == ()


@pytest.mark.parametrize("removed", [withdrawal, erasure])
def test_what_was_taken_away_is_not_brought_back_by_a_replay(removed: Callable[..., Fingerprint]) -> None:
    desk = Desk().take_all([(1, article(TEXT)), (1, removed(received=1))])
    assert desk.take(1, article(TEXT), RUN) == ()
    assert desk.take(1, article(OTHER), RUN) == ()

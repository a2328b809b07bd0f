"""The memory that a worker and a stage process share, seen from both sides."""

import os
from collections.abc import Iterator

import pytest

from streams.shell.mailbox import ROOM_BYTES, Mailbox, room

Sides = tuple[Mailbox, Mailbox]


@pytest.fixture
def sides() -> Iterator[Sides]:
    memory = room()
    both = Mailbox(memory), Mailbox(memory)
    os.close(memory)
    yield both
    for one in both:
        one.close()


def test_what_one_side_puts_in_the_other_takes_out(sides: Sides) -> None:
    worker, stage = sides
    for message in ([(b"text", "now", None)], [], ValueError("of a stage").args):
        assert stage.take(worker.put(message)) == message
        assert worker.take(stage.put(message)) == message


def test_a_message_stays_as_it_was_when_the_next_lies_in_its_place(sides: Sides) -> None:
    worker, stage = sides
    chunk = stage.take(worker.put([b"a" * 100]))
    stage.put([b"b" * 1000])
    assert chunk == [b"a" * 100]


@pytest.mark.parametrize("size", [ROOM_BYTES - 100, ROOM_BYTES, 6 * ROOM_BYTES])
def test_large_messages_and_small_ones_may_follow_each_other(sides: Sides, size: int) -> None:
    worker, stage = sides
    large = os.urandom(size)
    for to_stage, to_worker in ((large, large), (b"", large), (large, b""), (b"x", b"y")):
        assert stage.take(worker.put([to_stage])) == [to_stage]
        assert worker.take(stage.put([to_worker])) == [to_worker]
        worker.shrink()


def test_many_small_values_larger_than_the_mailbox_together_come_whole(sides: Sides) -> None:
    worker, stage = sides
    values = [os.urandom(1000) for _ in range(3 * ROOM_BYTES // 1000)]
    assert stage.take(worker.put(values)) == values


def test_the_memory_of_a_large_message_is_given_back() -> None:
    memory = room()
    worker = Mailbox(memory)
    worker.put(b"x" * 3 * ROOM_BYTES)
    assert os.fstat(memory).st_size > 3 * ROOM_BYTES
    worker.shrink()
    assert os.fstat(memory).st_size == ROOM_BYTES
    worker.close()
    os.close(memory)


def test_what_cannot_be_pickled_is_told_and_leaves_room_for_the_next(sides: Sides) -> None:
    worker, stage = sides
    with pytest.raises(Exception, match="pickle"):
        worker.put(lambda: None)
    assert stage.take(worker.put(b"next")) == b"next"

"""A key goes where every other client of Kafka would send it."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from streams.shell.deliveries import Awaited, Message, Sent, by_partition
from streams.shell.partitions import partitions_of

ids = st.lists(st.binary(min_size=32, max_size=32), max_size=40)
any_keys = st.lists(st.binary(max_size=40), max_size=40)


@given(ids | any_keys, st.integers(1, 50))
def test_a_batch_of_keys_goes_where_aiokafka_sends_each_of_them(keys: list[bytes], count: int) -> None:
    partitions = list(range(count))
    each = DefaultPartitioner()
    assert partitions_of(keys, partitions) == [each(key, partitions, partitions) for key in keys]


@given(
    st.lists(st.tuples(st.none() | st.binary(max_size=8), st.none() | st.integers(0, 3)), max_size=30),
    st.booleans(),
)
def test_messages_stay_in_order_in_the_partition_of_their_own_or_of_their_key(
    given: list[tuple[bytes | None, int | None]], known: bool
) -> None:
    sent = [Sent(Message("t", key, b"", [], partition), NOWHERE) for key, partition in given]
    found = by_partition(sent, {"t": [0, 1, 2, 3]} if known else {})
    for (topic, partition), several in found.items():
        assert topic == "t"
        assert several == [one for one in sent if one in several]
        for one in several:
            key, own = one.message.key, one.message.partition
            if not known:
                assert partition is None
            elif own is not None:
                assert partition == own
            elif key is not None:
                assert partition == DefaultPartitioner()(key, [0, 1, 2, 3], [0, 1, 2, 3])
    assert sorted(map(id, sent)) == sorted(id(one) for several in found.values() for one in several)


NOWHERE: Awaited = None  # type: ignore[assignment]  # by_partition does not look at it

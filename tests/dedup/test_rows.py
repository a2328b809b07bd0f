"""What is packed comes back, and what is damaged is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedup import (
    REMOVALS,
    Arrival,
    DedupIndex,
    Epoch,
    Fingerprint,
    FingerprintKind,
    LogRows,
    Phase,
    decide,
    digest_of,
    epoch_of,
    pack_batch,
    partition_and_offset,
    place_at,
    unpack_batch,
)
from streams.dedup.effects import rejected
from streams.dedup.rows import NO_HASH, RECORD_LIMIT, RowKind
from streams.dedup.sketch import SKETCH_WIDTH, Sketch
from tests.dedup.newsroom import Desk, article, erasure, name, withdrawal, words

TIMES = st.integers(-62_135_596_800_000, 253_402_300_799_999)
VALUES = st.sets(st.integers(0, 2**32 - 1), max_size=SKETCH_WIDTH).map(sorted)


@st.composite
def fingerprints(draw: st.DrawFn) -> Fingerprint:
    kind = draw(st.sampled_from(FingerprintKind))
    if kind in REMOVALS:
        return Fingerprint(kind, NO_HASH, draw(TIMES), draw(TIMES), Sketch(0, np.empty(0, np.uint32)))
    values = np.array(draw(VALUES), np.uint32)
    shingles = len(values) if len(values) < SKETCH_WIDTH else draw(st.integers(SKETCH_WIDTH, 2**32 - 1))
    content_hash = draw(st.binary(min_size=16, max_size=16))
    return Fingerprint(
        FingerprintKind.ARTICLE, content_hash, draw(TIMES), draw(TIMES), Sketch(shingles, values)
    )


@given(fingerprints())
def test_a_fingerprint_comes_back(fingerprint: Fingerprint) -> None:
    assert Fingerprint.unpack(fingerprint.pack()) == fingerprint


@given(st.lists(fingerprints(), max_size=6))
def test_every_fingerprint_can_be_decided(arrivals: list[Fingerprint]) -> None:
    index = DedupIndex()
    for offset, fingerprint in enumerate(arrivals):
        unpacked = Fingerprint.unpack(fingerprint.pack())
        index.apply(decide(index, Arrival(offset, name(offset % 3), unpacked)).rows)


@given(st.binary(max_size=200))
def test_random_bytes_are_no_fingerprint(packed: bytes) -> None:
    """Either they are refused, or they are exactly what would be packed."""
    try:
        fingerprint = Fingerprint.unpack(packed)
    except ValueError:
        return
    assert fingerprint.pack() == packed


SOUND = article(" ".join(words(40, seed=1))).pack()


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        SOUND[:-1],
        SOUND + b"\0",
        SOUND[:-4],
        b"\x09" + SOUND[1:],  # another sketch version
        SOUND[:1] + b"\x07" + SOUND[2:],  # an unknown kind
        SOUND[:1] + b"\x02" + SOUND[2:],  # a withdrawal with a text
        SOUND[:1] + b"\x03" + SOUND[2:],  # an erasure with a text
        SOUND[:18] + b"\xff" * 7 + b"\x7f" + SOUND[26:],  # a time past the year 9999
        SOUND[:-8] + SOUND[-4:] + SOUND[-8:-4],  # not ascending
        SOUND[:-4] + SOUND[-8:-4],  # not distinct
    ],
)
def test_a_malformed_fingerprint_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"fingerprint|FingerprintKind"):
        Fingerprint.unpack(packed)


def day() -> list[LogRows]:
    """Rows of all kinds."""
    text = words(60, seed=2)
    desk = Desk().take_all(
        [
            (1, article(" ".join(text), order=2, received=2)),
            (1, article(" ".join(text), order=2, received=2)),
            (2, article(" ".join(text[:50]), order=1, received=3)),
            (2, withdrawal(received=4)),
            (1, erasure(received=5)),
        ]
    )
    return [*(effects.rows for effects in desk.effects), rejected(4)]


def test_a_batch_comes_back() -> None:
    batch = day()
    (record,) = pack_batch(4, batch)
    applied, rows = unpack_batch(record)
    assert applied == 4
    assert np.array_equal(rows.rows, np.concatenate([b.rows for b in batch]))
    assert np.array_equal(rows.sketches, np.concatenate([b.sketches for b in batch]))
    assert set(rows.rows["kind"].tolist()) == set(RowKind)


def test_a_large_batch_is_split_below_the_record_limit() -> None:
    batch = day() * 700
    records = pack_batch(9, batch)
    assert len(records) > 1
    assert max(map(len, records)) <= RECORD_LIMIT
    parts = [unpack_batch(record) for record in records]
    assert {applied for applied, _ in parts} == {9}
    assert np.array_equal(
        np.concatenate([rows.rows for _, rows in parts]), np.concatenate([b.rows for b in batch])
    )
    assert np.array_equal(
        np.concatenate([rows.sketches for _, rows in parts]), np.concatenate([b.sketches for b in batch])
    )


def test_an_empty_batch_still_says_what_was_applied() -> None:
    (record,) = pack_batch(17, [])
    applied, rows = unpack_batch(record)
    assert (applied, len(rows)) == (17, 0)


@given(st.data())
def test_a_damaged_record_is_refused(data: st.DataObject) -> None:
    (record,) = pack_batch(4, day()[:1])
    damaged = bytearray(record)
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(record) - 1)) :]
    else:
        damaged[data.draw(st.integers(0, len(record) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match="index record"):
        unpack_batch(bytes(damaged))


EPOCHS = st.builds(
    Epoch,
    st.integers(0, 2**32 - 1),
    st.binary(min_size=8, max_size=8),
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
)


@given(EPOCHS, st.sampled_from(Phase))
def test_every_record_tells_its_epoch_and_phase_whatever_its_format(epoch: Epoch, phase: Phase) -> None:
    for record in pack_batch(7, day(), epoch, phase):
        assert epoch_of(record) == (epoch, phase)


def test_rows_of_another_format_are_not_read() -> None:
    (record,) = pack_batch(7, day(), replace(Epoch(), log_format=Epoch().log_format + 1))
    with pytest.raises(ValueError, match="log format 3, 2 expected"):
        unpack_batch(record)


@given(EPOCHS)
def test_an_epoch_does_not_differ_from_itself(epoch: Epoch) -> None:
    assert epoch.difference(epoch) is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"log_format": 9}, "log says log format 9, this worker has 2"),
        ({"sketch": 9}, "log says sketch version 9, this worker has 1"),
        ({"rule": 9}, "log says rule version 9, this worker has 2"),
        ({"number": 9}, "log says epoch 9, this worker has 0"),
        (
            {"domains": b"\xab" * 8},
            "log says domain table abababababababab, this worker has 0000000000000000",
        ),
    ],
)
def test_what_differs_is_named_with_both_values(other: dict[str, Any], said: str) -> None:
    assert replace(Epoch(), **other).difference(Epoch()) == said


def test_tables_that_route_alike_have_the_same_digest_and_others_have_not() -> None:
    table = {"en": 0, "*": 1}
    assert digest_of(table) == digest_of({"*": 1, "de": 1, "en": 0})
    others = [{"*": 0}, {"en": 1, "*": 0}, {"de": 0, "*": 1}, {"en": 0, "de": 2, "*": 1}]
    assert digest_of(table) not in {digest_of(other) for other in others}


@given(st.integers(0, 2**15 - 1), st.integers(0, 2**48 - 1))
def test_a_place_fits_a_row_and_comes_back(partition: int, offset: int) -> None:
    place = place_at(partition, offset)
    assert partition_and_offset(int(np.int64(place))) == (partition, offset)
    assert place_at(0, offset) == offset

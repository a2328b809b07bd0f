"""The auditor's decoder of dedup.index and the product's codec say the same."""

from __future__ import annotations

import numpy as np
import pytest

from streams.dedup.rows import ROW as PRODUCT_ROW
from streams.dedup.rows import LogRows, RowKind, pack_batch, place_at
from streams.dedup.sketch import SKETCH_WIDTH
from tests.faults.index_rows import HEAD, ROW, Kind, Row, applied_of, rows_of


def logged(kind: RowKind, at: int) -> LogRows:
    row = np.zeros(1, PRODUCT_ROW)
    row["kind"], row["place"] = kind, place_at(3, at)
    row["id"] = np.frombuffer(bytes([at]) * 16, "<u8").reshape(1, 2)
    row["version"], row["decision"] = at, at + 1
    return LogRows(row, np.zeros((int(kind is RowKind.VERSION), SKETCH_WIDTH), np.uint32))


def test_the_kinds_are_those_of_the_product() -> None:
    assert {kind.name: int(kind) for kind in Kind} == {kind.name: int(kind) for kind in RowKind}


def test_every_row_of_a_packed_record_is_read_as_it_was_written() -> None:
    [packed] = pack_batch(77, [logged(kind, 5 + i) for i, kind in enumerate(RowKind)])
    assert applied_of(packed) == 77
    assert list(rows_of(packed)) == [
        Row(Kind(int(kind)), 3, 5 + i, bytes([5 + i]).hex() * 16, 5 + i, 6 + i)
        for i, kind in enumerate(RowKind)
    ]


def test_a_row_has_the_size_of_the_product_s() -> None:
    assert ROW.size == PRODUCT_ROW.itemsize
    assert HEAD.size == len(pack_batch(0, [])[0])


def test_what_is_no_record_of_the_log_is_refused() -> None:
    with pytest.raises(ValueError, match="no record"):
        list(rows_of(bytes(200)))

"""Tables that are made once and mapped."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from streams import kept
from streams.kernel_cache import folder_of


class Table(NamedTuple):
    names: NDArray[np.str_]
    rows: NDArray[np.uint16]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "rows.txt"
    file.write_text("1 2 3")
    return file


@pytest.fixture
def made() -> list[str]:
    """What was made so far, for each time."""
    return []


@pytest.fixture
def tables(tmp_path: Path, source: Path, made: list[str]) -> Callable[[], Table]:
    """Gives the table, as a process that has just begun would."""
    module = tmp_path / "tables.py"
    module.write_text("def make(): ...\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("tables", module)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)

    def begun() -> Table:
        def make() -> Table:
            made.append(source.read_text())
            rows = np.array(source.read_text().split(), np.uint16)
            return Table(np.array(["a", "bc"]), rows)

        make.__code__ = make.__code__.replace(co_filename=str(module))
        return kept.kept(Table, source)(make)()

    return begun


def test_a_table_is_made_once_for_all_processes(tables: Callable[[], Table], made: list[str]) -> None:
    for table in (tables(), tables()):
        assert table.names.tolist() == ["a", "bc"]
        assert table.rows.tolist() == [1, 2, 3]
        assert table.rows.dtype == np.uint16
    assert made == ["1 2 3"]


def test_a_table_is_made_anew_when_its_file_changes_and_the_old_one_goes(
    tables: Callable[[], Table], source: Path, made: list[str], tmp_path: Path
) -> None:
    tables()
    source.write_text("4 5 6 7")
    assert tables().rows.tolist() == [4, 5, 6, 7]
    assert len(made) == 2
    assert len(list(tmp_path.rglob("*.npy"))) == 1


def test_a_table_is_found_where_the_times_of_its_file_have_whole_seconds(
    tables: Callable[[], Table], source: Path, made: list[str]
) -> None:
    """As in a layer of an image."""
    tables()
    os.utime(source, (0, int(source.stat().st_mtime)))
    tables()
    assert len(made) == 1


def test_a_file_that_broke_off_is_made_anew(
    tables: Callable[[], Table], made: list[str], tmp_path: Path
) -> None:
    tables()
    [file] = tmp_path.rglob("*.npy")
    file.write_bytes(file.read_bytes()[:100])
    assert tables().rows.tolist() == [1, 2, 3]
    assert len(made) == 2


@pytest.mark.parametrize("room", [True, False])
def test_nothing_changes_a_table(
    tables: Callable[[], Table], monkeypatch: pytest.MonkeyPatch, *, room: bool
) -> None:
    """Mapped or, where no file can be written, not: kernels see the same kind of array."""
    if not room:
        monkeypatch.setattr(kept, "_keep", _no_room)
    with pytest.raises(ValueError, match="read-only"):
        tables().rows[0] = 9


def test_tables_lie_beside_the_kernels_of_their_sources() -> None:
    assert folder_of(test_tables_lie_beside_the_kernels_of_their_sources).name == "__pycache__"


def _no_room(*_: object) -> None:
    raise OSError("no space left on device")

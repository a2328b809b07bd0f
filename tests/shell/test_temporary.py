"""A full disk takes nothing from stage processes."""

import tempfile

import pytest

from streams.shell import temporary
from streams.shell.exits import Exit, Fatal
from streams.shell.temporary import IN_MEMORY, temporary_folder

NOWHERE = "/proc"  # no file can be made there, by root neither


@pytest.fixture
def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder for temporary files is on a full disk."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [NOWHERE])


def test_the_usual_folder_is_taken_where_it_can_be_written_to() -> None:
    assert temporary_folder() == tempfile.gettempdir()


@pytest.mark.usefixtures("_full")
def test_with_every_disk_full_the_socket_of_the_pool_is_kept_in_memory() -> None:
    assert temporary_folder() == tempfile.gettempdir() == IN_MEMORY


@pytest.mark.usefixtures("_full")
def test_with_no_folder_at_all_it_is_said_which_were_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "IN_MEMORY", NOWHERE)
    with pytest.raises(Fatal) as told:
        temporary_folder()
    assert told.value.code is Exit.RETRY
    assert NOWHERE in str(told.value)

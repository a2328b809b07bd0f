"""`copydesk furniture`, and COPYDESK_FURNITURE: what a person sees who learns a snapshot and rolls it out."""

import gzip
import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from streams.pipeline import CLEAN, TAG
from streams.shell.exits import Exit, Fatal
from streams.shell.furniture import furniture_of
from streams.shell.pool import StagePool
from streams.shell.settings import Settings
from tests.shell.test_run_command import SENTENCE, article, copydesk, events, write

STANDING = "The Hafenstadt Courier is printed on the old quay every morning but Sunday."


def story(number: int) -> dict[str, Any]:
    """A raw article of its own day with the standing line below it."""
    raw = article(number, fetched_at=f"2026-11-{number + 1:02}T10:00:00Z")
    own = "\n\n".join(f"Word {i} of day {number}, from bridge {number * 7 + i}: {SENTENCE}" for i in range(4))
    return raw | {"content": f"{own}\n\n{STANDING}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """raw.jsonl, cleaned.jsonl (without a snapshot) and the snapshot learnt from it."""
    folder = tmp_path_factory.mktemp("furniture")
    raw = write(folder / "raw.jsonl", [story(number) for number in range(6)])
    done = copydesk("run", str(raw), str(folder / "cleaned.jsonl"), "--to", "cleaned")
    assert done.returncode == 0, done.stderr
    learnt = copydesk("furniture", "learn", str(folder / "cleaned.jsonl"))
    assert learnt.returncode == 0, learnt.stderr
    assert b"6 articles of 1 publishers on 6 days; 1 lines of 1 publishers" in learnt.stderr
    (folder / "furniture.jsonl").write_bytes(learnt.stdout)
    return folder


def test_what_is_learnt_is_cut_by_run_and_named_in_the_provenance(folder: Path, tmp_path: Path) -> None:
    snapshot, out = folder / "furniture.jsonl", tmp_path / "out.jsonl"
    done = copydesk(
        "run", str(folder / "raw.jsonl"), str(out), "--to", "enriched", COPYDESK_FURNITURE=str(snapshot)
    )
    assert done.returncode == 0, done.stderr
    before, after = events(folder / "cleaned.jsonl"), events(out)
    assert [event["text"] for event in before] == [f"{event['text']}\n\n{STANDING}" for event in after]
    version = blake2b(snapshot.read_bytes()).hexdigest()[:16]
    for event in after:
        assert event["removed"][-1] == {"text": STANDING, "reason": "furniture"}
        assert event["provenance"]["furniture"] == version
    assert all("furniture" not in event["provenance"] for event in before)


def test_raw_and_cleaned_articles_teach_the_same_in_any_order_and_number_of_files(
    folder: Path, tmp_path: Path
) -> None:
    expected = (folder / "furniture.jsonl").read_bytes()
    lines = (folder / "cleaned.jsonl").read_bytes().splitlines(keepends=True)
    one, other = tmp_path / "one.jsonl.gz", tmp_path / "other.jsonl"
    one.write_bytes(gzip.compress(b"".join(lines[4:])))
    other.write_bytes(b"".join(reversed(lines[:4])))
    assert copydesk("furniture", "learn", str(one), str(other)).stdout == expected
    assert copydesk("furniture", "learn", "-", stdin=b"".join(lines)).stdout == expected
    # The setting is for the stream: what is learnt must not depend on what was known.
    known = str(folder / "furniture.jsonl")
    raw = copydesk("furniture", "learn", "--from", "raw", str(folder / "raw.jsonl"), COPYDESK_FURNITURE=known)
    assert (raw.returncode, raw.stdout) == (0, expected)


@pytest.mark.parametrize("source", ["cleaned", "raw"])
def test_lines_that_cannot_be_read_are_named_and_cost_nothing_else(
    folder: Path, tmp_path: Path, source: str
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b"\n{no json\n" + (folder / f"{source}.jsonl").read_bytes() + b'{"url": "none"}\n')
    done = copydesk("furniture", "learn", "--from", source, str(bad))
    assert done.returncode == Exit.REFUSED
    assert f"{bad}, line 2: not_json".encode() in done.stderr
    assert f"{bad}, line 9: schema".encode() in done.stderr
    assert b"2 lines could not be read" in done.stderr
    assert done.stdout == (folder / "furniture.jsonl").read_bytes()


def test_a_stretch_of_one_day_teaches_nothing_and_says_why(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.jsonl", [story(n) | {"fetched_at": "2026-11-01T10:00:00Z"} for n in range(6)])
    done = copydesk("furniture", "learn", "--from", "raw", str(raw))
    assert done.returncode == 0
    assert b"0 lines of 0 publishers. Nothing is learnt from fewer than 3 days" in done.stderr
    assert len(done.stdout.splitlines()) == 2  # beginning and end: a sound snapshot of nothing


def test_a_file_that_is_not_there_exits_66_and_leaves_no_snapshot(tmp_path: Path) -> None:
    done = copydesk("furniture", "learn", str(tmp_path / "none.jsonl"))
    assert (done.returncode, done.stdout) == (Exit.NO_INPUT, b"")
    assert f"copydesk: {tmp_path / 'none.jsonl'}: No such file".encode() in done.stderr


def test_show_prints_the_lines_with_their_counts(folder: Path) -> None:
    snapshot = str(folder / "furniture.jsonl")
    shown = copydesk("furniture", "show", snapshot)
    assert shown.stdout.decode() == (
        f"a.example\n  6 of 6 articles, 6 days, at head or foot: {STANDING.casefold()}\n"
    )
    other = copydesk("furniture", "show", snapshot, "b.example")
    assert (other.returncode, other.stdout) == (Exit.REFUSED, b"")
    assert b"nothing of b.example" in other.stderr


def test_show_obeys_nothing_in_the_texts(tmp_path: Path) -> None:
    file = tmp_path / "furniture.jsonl"
    row = {"domain": "a.example", "cut": "edge", "text": "\x1b[2Jgone"}
    rows: list[dict[str, Any]] = [{"format": "copydesk-furniture/1"}, row, {"end": True}]
    shown = copydesk("furniture", "show", str(write(file, rows)))
    assert shown.returncode == 0
    assert b"\x1b" not in shown.stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"", "line 1: no format; this version reads copydesk-furniture/1"),
        (b'{"format": "copydesk-furniture/0"}\n', "line 1: copydesk-furniture/0; this version reads"),
        (b'{"format": "copydesk-furniture/1"}\n', "the file was cut short"),
    ],
)
def test_a_wrong_snapshot_ends_the_start_with_one_line(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    """A clean stage starts by making its pool; where nothing is cleaned nobody asks for the file."""
    file = tmp_path / "furniture.jsonl"
    if content is not None:
        file.write_bytes(content)
    settings = Settings(furniture=str(file), processes=1)
    with pytest.raises(Fatal) as fatal:
        StagePool([CLEAN], settings)
    assert fatal.value.code is Exit.SETTINGS
    assert str(fatal.value).startswith(f"COPYDESK_FURNITURE={file}: ")
    assert why in str(fatal.value)
    StagePool([TAG], settings).close()


def test_a_wrong_snapshot_ends_run_before_the_first_record(tmp_path: Path) -> None:
    file, out = tmp_path / "furniture.jsonl", tmp_path / "out.jsonl"
    file.write_text(json.dumps({"format": "copydesk-furniture/2"}))
    raw = write(tmp_path / "raw.jsonl", [story(1)])
    done = copydesk("run", str(raw), str(out), COPYDESK_FURNITURE=str(file))
    assert done.returncode == Exit.SETTINGS
    why = "copydesk-furniture/2; this version reads copydesk-furniture/1: learn the snapshot anew"
    assert done.stderr.decode() == f"copydesk: COPYDESK_FURNITURE={file}: line 1: {why}\n"
    assert not out.exists()


def test_without_the_setting_there_is_no_furniture() -> None:
    assert furniture_of(Settings()).version == ""

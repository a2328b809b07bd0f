"""`copydesk knowledge`, and COPYDESK_KNOWLEDGE: what a person sees who builds a pack and rolls it out."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from streams import contract
from streams.pipeline import CLEAN, TAG, Output, Record
from streams.shell.exits import Exit, Fatal
from streams.shell.pool import StagePool
from streams.shell.settings import Settings
from tests.shell.test_run_command import copydesk, events, write

GRETA = {"id": "greta", "type": "person", "names": ["Greta Lindqvist"], "ids": {"wikidata": "Q77"}}
OTHER = {"id": "other", "type": "person", "names": ["Greta Lindqvist", "Greta L."], "prior": 0.5}
ARTICLE = {
    "id": "0" * 32,
    "url": "https://a.example/1",
    "canonical_url": "https://a.example/1",
    "received_at": "2026-11-22T10:00:00.000Z",
    "language": {"code": "en", "confidence": 1.0},
    "text": "Greta Lindqvist said on Monday that the ferry would sail again in the spring.",
    "content_hash": "0" * 32,
    "completeness": "full",
    "confidence": 1.0,
}


def built(folder: Path, *rows: dict[str, Any]) -> Path:
    done = copydesk("knowledge", "build", str(write(folder / "people.jsonl", list(rows))))
    assert done.returncode == 0, done.stderr
    return folder / "people.pack"


def version_in(pack: Path) -> str:
    return copydesk("knowledge", "show", str(pack)).stdout.decode().split()[1].rstrip(":")


def test_whom_the_pack_knows_is_linked_by_run_and_its_version_is_in_the_provenance(tmp_path: Path) -> None:
    pack, out = built(tmp_path, GRETA), tmp_path / "out.jsonl"
    cleaned = str(write(tmp_path / "cleaned.jsonl", [ARTICLE]))
    done = copydesk("run", cleaned, str(out), "--from", "cleaned", COPYDESK_KNOWLEDGE=str(pack))
    assert done.returncode == 0, done.stderr
    (event,) = events(out)
    (entity,) = event["entities"]
    assert (entity["id"], entity["ids"], entity["link"]["status"]) == (
        "wikidata:Q77",
        {"wikidata": "Q77"},
        "linked",
    )
    assert event["provenance"]["knowledge"] == version_in(pack)
    assert contract.schema_error(contract.ENRICHED, event) is None


def test_the_same_lines_packed_or_from_standard_input_give_the_same_pack(tmp_path: Path) -> None:
    expected = built(tmp_path, GRETA, OTHER).read_bytes()
    lines = (tmp_path / "people.jsonl").read_bytes()
    (tmp_path / "zipped.jsonl.gz").write_bytes(gzip.compress(lines))
    assert copydesk("knowledge", "build", str(tmp_path / "zipped.jsonl.gz")).returncode == 0
    assert (tmp_path / "zipped.pack").read_bytes() == expected
    piped = tmp_path / "piped.pack"
    assert copydesk("knowledge", "build", "-", "-o", str(piped), stdin=lines).returncode == 0
    assert piped.read_bytes() == expected
    assert copydesk("knowledge", "build", "-", stdin=lines).returncode == Exit.USAGE


def test_wrong_lines_are_named_and_the_old_pack_stays(tmp_path: Path) -> None:
    before = built(tmp_path, GRETA).read_bytes()
    file = tmp_path / "people.jsonl"
    file.write_bytes(json.dumps(GRETA).encode() + b"\n\n{no json\n" + json.dumps(GRETA).encode() + b"\n")
    done = copydesk("knowledge", "build", str(file))
    assert done.returncode == Exit.NO_INPUT
    assert f"{file}, line 3: not JSON".encode() in done.stderr
    assert f"{file}, line 4: the id greta stands in line 1 already".encode() in done.stderr
    assert b"2 wrong lines; no pack written" in done.stderr
    assert (tmp_path / "people.pack").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.jsonl", "people.pack"]


def test_files_that_are_not_there_or_cannot_be_written_have_their_exit_codes(tmp_path: Path) -> None:
    assert copydesk("knowledge", "build", str(tmp_path / "none.jsonl")).returncode == Exit.NO_INPUT
    assert copydesk("knowledge", "show", str(tmp_path / "none.pack")).returncode == Exit.NO_INPUT
    lines = str(write(tmp_path / "people.jsonl", [GRETA]))
    done = copydesk("knowledge", "build", lines, "-o", str(tmp_path / "none" / "people.pack"))
    assert done.returncode == Exit.CANNOT_WRITE
    assert copydesk("knowledge", "build", lines, "-o", lines).returncode == Exit.USAGE


def test_show_says_whom_a_name_may_mean(tmp_path: Path) -> None:
    pack = str(built(tmp_path, GRETA, OTHER))
    assert b"2 entries, 2 names\n  2 person" in copydesk("knowledge", "show", pack).stdout
    assert copydesk("knowledge", "show", pack, "Greta  Lindqvist").stdout.decode().splitlines() == [
        "wikidata:Q77  person, 67% of the prior: Greta Lindqvist",
        "local:person:other  person, 33% of the prior: Greta Lindqvist, Greta L.",
    ]
    nobody = copydesk("knowledge", "show", pack, "Nobody")
    assert (nobody.returncode, nobody.stdout) == (Exit.REFUSED, b"")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"", "an empty file"),
        (b'{"id": "a"}\n' * 20, "no knowledge pack"),
        (b"half", "cut short"),
        (b"damaged", "its hash is wrong"),
    ],
)
def test_a_wrong_pack_ends_the_start_with_one_line(tmp_path: Path, content: bytes | None, why: str) -> None:
    """A tag stage starts by making its pool; where nothing is tagged nobody asks for the file."""
    file = built(tmp_path, GRETA)
    sound = file.read_bytes()
    if content is None:
        file.unlink()
    else:
        broken = {b"half": sound[: len(sound) // 2], b"damaged": sound[:-70] + b"!" + sound[-69:]}
        file.write_bytes(broken.get(content, content))
    settings = Settings(knowledge=str(file), processes=1)
    with pytest.raises(Fatal) as fatal:
        StagePool([TAG], settings)
    assert fatal.value.code is Exit.SETTINGS
    assert str(fatal.value).startswith(f"COPYDESK_KNOWLEDGE={file}: ")
    assert why in str(fatal.value)
    StagePool([CLEAN], settings).close()


def test_stage_processes_started_later_use_the_pack_that_the_worker_opened(tmp_path: Path) -> None:
    """The file is replaced, then gone, before the first process starts."""
    pack = built(tmp_path, GRETA)
    version = version_in(pack)
    pool = StagePool([TAG], Settings(knowledge=str(pack), processes=1))
    built(tmp_path, OTHER)
    assert version_in(pack) != version
    pack.unlink()
    try:
        record = Record(json.dumps(ARTICLE).encode(), "2026-11-22T10:00:00.000Z")
        (judged,) = asyncio.run(pool.judge([record]))
    finally:
        pool.close()
    assert isinstance(judged.outcome, Output)
    assert json.loads(judged.outcome.value)["provenance"]["knowledge"] == version

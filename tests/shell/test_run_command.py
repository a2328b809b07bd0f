"""`copydesk run`: what a person sees who takes files through the stages."""

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "streams" / "samples"
SENTENCE = (
    "The council of Hafenstadt voted on Tuesday to rebuild the old ferry terminal, the mayor said, after two "
    "winters in which storms had closed it for weeks and left the islands without fresh bread or post. "
)


def copydesk(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "streams.shell.cli", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=240,
    )


def article(number: int, **more: Any) -> dict[str, Any]:
    text = "\n\n".join(f"In paragraph {i} of story {number}: {SENTENCE}" for i in range(4))
    fetched = f"2026-11-20T10:00:{number:02}Z"
    return {
        "url": f"https://a.example/story-{number}",
        "content": text,
        "content_type": "text/plain",
        "fetched_at": fetched,
        **more,
    }


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The repository's samples taken from raw to enriched: output and rejects."""
    folder = tmp_path_factory.mktemp("samples")
    out, rejects = folder / "out.jsonl", folder / "rejects.jsonl"
    done = copydesk("run", str(SAMPLES / "articles.jsonl"), str(out), "--rejects", str(rejects))
    assert done.returncode == 0, done.stderr.decode()
    return out, rejects


def test_every_sample_ends_as_a_reader_of_it_would_expect(samples: tuple[Path, Path]) -> None:
    """Fate, relation, original and version of each line of the samples."""
    ids: dict[str, str] = {}
    found: dict[tuple[str, int], dict[str, Any]] = {}
    withdrawn = set()
    for event in events(samples[0]):
        ids[event["url"]] = event["id"]
        if event["status"] == "withdrawn":
            withdrawn.add(event["url"])
        else:
            found[event["url"], event["version"]["number"]] = event
    refused = {row["line"]: row["reason"] for row in events(samples[1])}
    wrong = []
    for row in json.loads((SAMPLES / "expected.json").read_bytes()):
        if row["fate"] == "enriched":
            event = found.get((row["url"], row["version"]), {})
            got = event.get("duplicate", {"relation": "missing"})
            ok = got["relation"] == row["relation"] and got.get("of") == ids.get(row.get("of", ""))
        elif row["fate"] == "rejected":
            got = {"reason": refused.get(row["line"])}
            ok = got["reason"] == row["reason"]
        else:
            got = {"withdrawn": row["url"] in withdrawn}
            ok = got["withdrawn"] or row["fate"] == "unchanged"
        if not ok:
            wrong.append((row, got))
    assert not wrong


def test_what_is_enriched_from_tagged_is_what_is_enriched_from_raw(
    samples: tuple[Path, Path], tmp_path: Path
) -> None:
    """The stages in one run or in three give the same bytes."""
    paths = [SAMPLES / "articles.jsonl", *(tmp_path / name for name in ("cleaned", "tagged", "enriched"))]
    for i, form in enumerate(("raw", "cleaned", "tagged")):
        to = ("cleaned", "tagged", "enriched")[i]
        rejects = str(tmp_path / f"rejects.{form}")
        done = copydesk(
            "run", str(paths[i]), str(paths[i + 1]), "--from", form, "--to", to, "--rejects", rejects
        )
        assert done.returncode == 0, done.stderr.decode()
    assert paths[3].read_bytes() == samples[0].read_bytes()


def test_refused_lines_keep_their_input_and_reason(tmp_path: Path) -> None:
    """Bad lines end in --rejects one by one; their neighbours come out; empty lines are nothing."""
    lines = [
        json.dumps(article(1)).encode(),
        b"",
        b"{not json",
        b'{"url": "https://a.example/x", "content": "\xff\xfe"}',
        b'{"content": "no url"}',
        b'{"url": "https://a.example/short", "content": "Too short to be news."}',
        json.dumps(article(2)).encode(),
    ]
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\n".join(lines))
    done = copydesk(
        "run", str(source), str(tmp_path / "out"), "--to", "cleaned", "--rejects", str(tmp_path / "rejects")
    )
    assert done.returncode == 0
    assert [e["url"] for e in events(tmp_path / "out")] == [article(n)["url"] for n in (1, 2)]
    refused = events(tmp_path / "rejects")
    assert [(row["line"], row["kind"], row["reason"]) for row in refused] == [
        (3, "failed", "not_json"),
        (4, "failed", "encoding"),
        (5, "failed", "schema"),
        (6, "rejected", "too_short"),
    ]
    assert refused[0]["input"] == "{not json"
    assert base64.b64decode(refused[1]["input_base64"]) == lines[3]


def test_without_rejects_a_refused_line_is_told_by_the_exit_code(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"{not json\n")
    done = copydesk("run", str(source), str(tmp_path / "out"), "--to", "cleaned")
    assert done.returncode == 1
    assert b"1 failed by clean as not_json" in done.stderr


def test_standard_streams_and_packed_files(tmp_path: Path) -> None:
    """stdin to stdout, and .gz by name, hold the same events; a packed file is the same every time."""
    source = write(tmp_path / "in.jsonl", [article(n) for n in range(3)])
    piped = copydesk("run", "-", "-", "--to", "cleaned", stdin=source.read_bytes())
    assert piped.returncode == 0
    packed = []
    for name in ("one.jsonl.gz", "two.jsonl.gz"):
        assert copydesk("run", str(source), str(tmp_path / name), "--to", "cleaned").returncode == 0
        packed.append((tmp_path / name).read_bytes())
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]) == piped.stdout


@pytest.mark.parametrize(
    ("name", "options"), [("page.html", []), ("page.txt", ["--url", "https://b.example/1"])]
)
def test_a_plain_page_is_one_article(name: str, options: list[str], tmp_path: Path) -> None:
    """Its URL is --url, or one that nobody else has."""
    paragraphs = [f"In paragraph {i}: {SENTENCE}" for i in range(4)]
    html = "<html><body><article>" + "".join(f"<p>{p}</p>" for p in paragraphs) + "</article></body></html>"
    (tmp_path / name).write_text(html if name.endswith("html") else "\n\n".join(paragraphs))
    done = copydesk("run", str(tmp_path / name), "-", "--to", "cleaned", *options)
    (event,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert event["url"] == (options[1] if options else f"https://local.invalid/{name}")
    assert event["text"].startswith("In paragraph 0: The council of Hafenstadt")


def test_a_cleaned_event_without_received_at_is_received_when_the_run_starts(tmp_path: Path) -> None:
    event = {
        "id": "a" * 32,
        "url": "https://a.example/1",
        "canonical_url": "https://a.example/1",
        "language": {"code": "en", "confidence": 1.0},
        "text": SENTENCE,
        "content_hash": "b" * 32,
        "completeness": "full",
        "confidence": 1.0,
    }
    source = write(tmp_path / "in.jsonl", [event])
    done = copydesk("run", str(source), "-", "--from", "cleaned", "--to", "tagged")
    assert done.returncode == 0
    assert json.loads(done.stdout)["received_at"] >= "2026"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "missing.jsonl", "-"], 66, "missing.jsonl: No such file"),
        (
            ["run", "README.md", "-", "--from", "tagged", "--to", "cleaned"],
            2,
            "no way from tagged to cleaned",
        ),
        (["run", "broken.jsonl.gz", "-"], 66, "broken.jsonl.gz"),
        (["run", "README.md", "/nowhere/out.jsonl"], 73, "/nowhere/out.jsonl: No such file"),
        (["frob"], 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_one_line_and_its_exit_code(
    arguments: list[str], code: int, says: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.jsonl.gz").write_bytes(gzip.compress(b"{}\n" * 1000)[:-20])
    arguments = [str(tmp_path / a) if a == "broken.jsonl.gz" else a for a in arguments]
    done = copydesk(*arguments)
    assert done.returncode == code
    assert says in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_run_that_fails_leaves_no_output_behind(tmp_path: Path) -> None:
    """A half-written file must not look like a whole one."""
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(
        gzip.compress(b"".join(json.dumps(article(n)).encode() + b"\n" for n in range(60)))[:-20]
    )
    done = copydesk("run", str(broken), str(tmp_path / "out.jsonl"), "--to", "cleaned")
    assert done.returncode == 66
    assert [path.name for path in tmp_path.iterdir()] == ["broken.jsonl.gz"]


@pytest.mark.parametrize("names", [("in", "in", None), ("in", "out", "in"), ("in", "out", "out")])
def test_two_names_of_one_file_are_refused_before_anything_is_lost(
    names: tuple[str, str, str | None], tmp_path: Path
) -> None:
    source = write(tmp_path / "in", [article(1)])
    before = source.read_bytes()
    paths = [str(tmp_path / name) for name in names[:2]]
    rejects = ["--rejects", str(tmp_path / names[2])] if names[2] else []
    done = copydesk("run", *paths, *rejects)
    assert done.returncode == 2
    assert b"must be different files" in done.stderr
    assert source.read_bytes() == before


def test_a_full_disk_is_told_with_the_name_of_the_file_that_did_not_fit(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [article(n) for n in range(4)])
    done = copydesk(
        "run", str(source), "/dev/full", "--to", "cleaned", "--rejects", str(tmp_path / "rejects")
    )
    assert done.returncode == 73
    assert done.stderr.decode().splitlines()[-1] == "copydesk: /dev/full: No space left on device"
    assert not (tmp_path / "rejects").exists()


def test_a_byte_order_mark_belongs_to_no_article(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [article(1), article(2)])
    source.write_bytes(b"\xef\xbb\xbf" + source.read_bytes())
    done = copydesk("run", str(source), str(tmp_path / "out"), "--to", "cleaned")
    assert (done.returncode, len(events(tmp_path / "out"))) == (0, 2)


def test_help_names_every_command_and_exit_code() -> None:
    done = copydesk("--help")
    for word in ("demo", "run", "topics", "worker", "produce", "tail", "settings", "78"):
        assert word in done.stdout.decode()

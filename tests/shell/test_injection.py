"""No text of an article can command the terminal of whoever looks at it, whatever the command."""

from __future__ import annotations

import io
import json
import os
import pty
import threading
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from rich.console import Console

from streams.pipeline import CLEAN, TAG, Output, Record, run
from streams.shell import printed, story, top_command
from streams.shell.cli import main
from streams.shell.terminal import json_line
from streams.shell.top import Reason, View

# Titles, clipboard (OSC 52), links (OSC 8), clearing, C1 controls, DEL, turned writing, tags, markup.
EVIL = (
    "\x1b]0;owned\x07 \x1b]52;c;ZXZpbA==\x07 \x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\ \x1b[2J "
    "\x9b31m \x9d52;c;eA==\x9c \x90q\x9c \x85 \u202egnp.exe\u202c \u2066x\u2069 \u200f \u061c \u2028 "
    "\u2029 \r \n \x00 \x08 \x7f \ufeff \U000e0041 [red]marked[/] [link=https://evil.example]x[/link] \\"
)
JOINERS = "\u200c\u200d"
HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
URL = "https://gazette.example/2026/11/20/harbour"
SENTENCE = f"Anna Keller of Hamburg said on Friday that the harbour's 40 million euros {EVIL} were spent."
TEXT = "\n\n".join(f"{number}. {SENTENCE}" for number in range(12))
RAW: dict[str, Any] = {"url": URL, "headline": f"Harbour {EVIL}", "content": TEXT, "section": EVIL}
RAW |= {
    "authors": [EVIL],
    "publisher": {"name": EVIL},
    "entities": [EVIL],
    "removed": 5,
    "duplicate": EVIL,
    "text": TEXT,
}


def step(which: Any, value: bytes) -> bytes:
    outcome = run(which, Record(value, "2026-11-22T10:00:00.000Z", validate=False))
    assert isinstance(outcome, Output), outcome
    return outcome.value


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One article in each form, as a command takes it; later forms have the evil put back after cleaning."""
    folder = tmp_path_factory.mktemp("evil")
    cleaned = json.loads(step(CLEAN, orjson.dumps(RAW)))
    cleaned |= {"headline": f"Harbour {EVIL}", "section": EVIL, "authors": [EVIL], "text": TEXT}
    cleaned["publisher"] = {"name": EVIL, "domain": "gazette.example"}
    tagged = json.loads(step(TAG, orjson.dumps(cleaned)))
    for entity in tagged["entities"]:
        entity["name"] += EVIL
    copy = {**tagged, "id": "ab" * 16, "url": f"{URL}/{EVIL}"}
    for name, events in {"raw": [RAW], "cleaned": [cleaned], "tagged": [tagged, copy]}.items():
        (folder / f"{name}.json").write_bytes(b"\n".join(map(orjson.dumps, events)))
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT.split("\n\n"))
    page = f"<html><head><title>{EVIL}</title></head><body><h1>{EVIL}</h1><article>{paragraphs}</article>"
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "short.html").write_text(f"<title>{EVIL}</title><p>{EVIL}", encoding="utf-8")
    (folder / "broken.json").write_text(json.dumps({"url": EVIL, "content": 5}))
    known = {
        "id": "local-1",
        "type": "person",
        "names": ["Anna Keller", "Anna \x9b31m Keller\x1b[2J", f"Keller {EVIL}"],
    }
    (folder / "known.jsonl").write_bytes(orjson.dumps(known))
    return folder


class Terminal:
    """A real one of 100 columns, without colours: each escape sequence on it is somebody else's."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.file = io.TextIOWrapper(os.fdopen(theirs, "wb"), encoding="utf-8", write_through=True)
        self._seen = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            while more := os.read(self._ours, 65536):
                self._seen += more
        except OSError:  # the other end is closed
            pass

    def shown(self) -> str:
        self.file.close()
        self._thread.join(30)
        os.close(self._ours)
        return self._seen.decode().replace("\r\n", "\n")


def commanded(shown: str) -> set[str]:
    return {hex(ord(c)) for c in shown if c not in JOINERS + "\n" and unicodedata.category(c) in HARMFUL}


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> tuple[str, str]:
    """What a command prints, and its errors, which are on no terminal: a progress bar moves the cursor."""
    terminal, errors = Terminal(), io.StringIO()
    with monkeypatch.context() as patched:
        patched.setenv("NO_COLOR", "1")
        patched.setenv("COLUMNS", "100")
        patched.setattr("sys.argv", ["copydesk", *map(str, arguments)])
        patched.setattr("sys.stdout", terminal.file)
        patched.setattr("sys.stderr", errors)
        with pytest.raises(SystemExit):
            main()
    return terminal.shown(), errors.getvalue()


COMMANDS = {
    "clean": ("clean", "page.html"),
    "clean all": ("clean", "page.html", "--all"),
    "clean json": ("clean", "page.html", "--json"),
    "clean refused": ("clean", "short.html"),
    "clean refused json": ("clean", "short.html", "--json"),
    "tag": ("tag", "cleaned.json"),
    "tag json": ("tag", "cleaned.json", "--json"),
    "tag raw": ("tag", "raw.json"),
    "tag broken": ("tag", "broken.json"),
    "run": ("run", "cleaned.json", "-", "--from", "cleaned", "--to", "enriched"),
    "run refused": ("run", "broken.json", "-", "--to", "enriched"),
    "explain": ("explain", URL, "--in", "tagged.json"),
    "explain json": ("explain", URL, "--in", "tagged.json", "--json"),
    "explain two": ("explain", URL, "ab" * 16, "--in", "tagged.json"),
    "explain absent": ("explain", f"https://x.example/{EVIL}", "--in", "tagged.json"),
    "furniture learn": ("furniture", "learn", "broken.json"),
    "knowledge build": ("knowledge", "build", "known.jsonl", "-o", "known.pack"),
    "knowledge show": ("knowledge", "show", "known.pack", "Anna Keller"),
    "knowledge show absent": ("knowledge", "show", "known.pack", EVIL),
    "file that is not there": ("clean", f"no {EVIL}.html"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_shows_an_article_commands_no_terminal(
    name: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = (".html", ".json", ".jsonl", ".pack")
    arguments = (argument.replace("\0", "") for argument in COMMANDS[name])
    output, told = on_a_terminal(monkeypatch, *(files / a if a.endswith(ends) else a for a in arguments))
    shown = output + told
    assert shown.strip()
    assert commanded(shown) == set()
    assert "unexpected" not in shown
    if name.endswith("json"):
        assert json.loads(output)


RECORDS = {
    "raw": (orjson.dumps(RAW), URL.encode(), []),
    "no JSON": (EVIL.encode(), EVIL.encode(), []),
    "no text": (b"\x1b[31m\xff\x9b", b"\xff\x1b", []),
    "nothing": (None, EVIL.encode(), [("ce_type", EVIL.encode())]),
    "dead letter": (
        orjson.dumps(RAW),
        b"key",
        [(name, EVIL.encode()) for name in ("topic", "partition", "offset", "stage", "reason", "error")],
    ),
    "long": (orjson.dumps({"headline": EVIL * 10_000, "url": EVIL * 10_000}), b"key", []),
}


@pytest.mark.parametrize("name", RECORDS)
def test_tail_shows_any_record_harmlessly_and_shortly_and_as_json_whole(name: str) -> None:
    value, key, headers = RECORDS[name]
    where = {"topic": "articles.raw", "partition": 0, "offset": 1, "timestamp": 1_763_000_000_000}
    record = SimpleNamespace(**where, key=key, headers=headers, value=value)
    shown = printed.as_text(record)
    assert commanded(shown) == set()
    assert len(shown) < 10 * 1100
    line = json_line(printed.as_json(record)).decode()
    assert commanded(line) == set()
    assert orjson.loads(line) == orjson.loads(printed.as_json(record))


def test_top_shows_what_another_process_answers_harmlessly() -> None:
    reasons = {EVIL: Reason(1, 1.0)}
    worker = View("127.0.0.1:9464", EVIL, True, EVIL, lag=1, rebalances=1, pool_restarts=1, rejected=reasons)
    terminal = Terminal()
    Console(file=terminal.file, color_system=None, width=200, markup=False).print(top_command.table([worker]))
    assert commanded(terminal.shown()) == set()
    assert commanded("\n".join(top_command.lines([worker]))) == set()


def test_the_demo_tells_its_story_harmlessly(files: Path) -> None:
    event = json.loads((files / "tagged.json").read_bytes().splitlines()[0])
    event |= {"status": "usable", "decision": 1, "version": {"number": 1}}
    copy = {**event, "id": "cd" * 16, "url": EVIL, "duplicate": {"relation": "near", "of": event["id"]}}
    refused = SimpleNamespace(key=EVIL.encode(), headers=[("reason", b"schema"), ("stage", b"clean")])
    told = story.Told({event["url"]: [event], EVIL: [copy]}, [refused])
    terminal = Terminal()
    console = Console(file=terminal.file, color_system=None, width=100, highlight=False)
    story.tell(console, told, [{"url": event["url"], "flagship": True}])
    shown = terminal.shown()
    assert commanded(shown) == set()
    assert "[red]marked[/]" in shown, "taken for markup"


@pytest.mark.parametrize("text", [EVIL, "plain", "\N{GRINNING FACE} \N{ZERO WIDTH JOINER}", "\U000e0041"])
def test_json_for_a_terminal_is_the_same_json(text: str) -> None:
    line = json_line(orjson.dumps({"text": text, text: [text]}))
    assert orjson.loads(line) == {"text": text, text: [text]}
    assert commanded(line.decode()) == set()

# ruff: noqa: E501, ISC004 -- sample texts read best whole
"""`copydesk clean`: what a person sees of one page, and what a script gets."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cleaning.explain import Late
from streams.cleaning.page.body import Verdict
from streams.shell.clean_command import clean
from streams.shell.exits import Fatal
from streams.shell.pages import MAX_FILE_BYTES
from tests.shell.test_run_command import ROOT, copydesk

URL = "https://www.quay-post.example/2026/11/20/lighthouse-lamp"
HEADLINE = "Lighthouse lamp turns again after nine dark winters"
PARAGRAPHS = (
    "The lamp of the lighthouse at Skerry Head turned again on Friday evening for the first time in nine winters,"
    " the harbour trust said.",
    "About sixty people had climbed the hill in the wind to see it, and a fisherman from Lowhaven gave the signal by"
    " radio from his boat.",
    "“My father steered by that light every night of his life,” said Maren Holt, who keeps the small museum at the"
    " foot of the tower.",
    "The trust paid for the repair with the rent of the old keepers' houses and with gifts from eleven countries,"
    " it said in a statement.",
)
CAPTION = "The tower on Friday evening, seen from the harbour wall. Photograph: Jon Amdal"
MENU = "".join(
    f"<li><a href='/{name.lower()}'>{name}</a></li>" for name in ("News", "Sport", "Tides", "Letters")
)
PAGE = (
    f"<!doctype html><html lang=en><head><title>{HEADLINE} | Quay Post</title>"
    f"<meta property='og:site_name' content='Quay Post'><meta property='og:type' content='article'>"
    "<meta property='article:published_time' content='2026-11-20T18:30:00Z'>"
    "<meta property='article:section' content='Coast'><meta name=author content='Nora Quill'></head>"
    f"<body><nav><ul>{MENU}</ul></nav><article><h1>{HEADLINE}</h1><div class=body>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + f"<p>(Photograph: Jon Amdal)</p></div></article><footer>© 2026 Quay Post. {CAPTION}</footer></body></html>"
)
TEXT = "\n\n".join(
    (
        "Quay Post",
        "Subscribe",
        HEADLINE,
        "By Nora Quill",
        "20 November 2026",
        *PARAGRAPHS,
        "Share this article",
    )
)
HOSTILE = (
    "\x1b[31mRed\x1b[0m \x1b]0;a title\x07 [bold]no markup[/bold] [/] :smile: \u202eevil\u202c \x9b2J and so on and"
    " on until the paragraph is long enough to be one of the article's own."
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return written(tmp_path, PAGE)


def written(folder: Path, content: str | bytes, name: str = "page.html") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Result:
    """The command in this process; only what concerns the process itself is worth one of its own."""
    wanted = [str(argument) for argument in arguments]
    return CliRunner().invoke(clean, wanted, input=stdin, env=environment, standalone_mode=False)


def told(*arguments: str | Path, stdin: bytes = b"", code: int = 0, **environment: str) -> str:
    done = run(*arguments, stdin=stdin, **environment)
    assert (done.exception, done.return_value) == (None, code)
    return done.stdout


def fatal(*arguments: str | Path, stdin: bytes = b"") -> tuple[int, str]:
    """Exit code and message of what the command ends with before it has said anything."""
    done = run(*arguments, stdin=stdin)
    assert isinstance(done.exception, Fatal)
    assert done.stdout == ""
    return int(done.exception.code), str(done.exception)


def test_a_page_is_told_with_its_fields_and_its_paragraphs_in_order(page: Path) -> None:
    lines = told(page, "--url", URL).splitlines()
    assert lines[0] == HEADLINE
    facts = {line[:15].strip(): line[15:].strip() for line in lines[1 : lines.index("")]}
    assert facts["authors"] == "Nora Quill"
    assert facts["published"] == "2026-11-20T18:30:00Z, to the second"
    assert facts["section"] == "Coast"
    assert facts["publisher"] == "Quay Post (quay-post.example)"
    assert facts["language"].startswith("en, probability")
    assert facts["url"] == URL
    assert len(facts["id"]) == 32
    assert facts["completeness"] == "full"
    assert facts["trafilatura"] in ("not asked", "asked, its answer taken", "asked, its answer not taken")
    assert [line for line in lines if line in PARAGRAPHS] == list(PARAGRAPHS)


def test_cut_blocks_stand_in_their_places_with_reason_and_probability(page: Path) -> None:
    """With --all each by itself and in full."""
    lines = told(page, "--url", URL, "--all").splitlines()
    (menu,) = [i for i, line in enumerate(lines) if line.endswith("  Sport")]
    (footer,) = [i for i, line in enumerate(lines) if line.endswith(CAPTION)]
    assert lines[menu].startswith("  cut: unlikely 0.")
    assert menu < lines.index(PARAGRAPHS[0]) < lines.index(PARAGRAPHS[3]) < footer


def test_the_help_names_every_reason() -> None:
    words = set(told("--help").replace(",", " ").split())
    assert {verdict.name.lower() for verdict in Verdict if verdict is not Verdict.KEPT} <= words
    assert set(Late) <= words
    assert "covered" not in words


def test_short_cut_blocks_are_counted(page: Path) -> None:
    out = told(page, "--url", URL)
    assert "Sport" not in out
    assert "blocks cut: unlikely " in out


def test_a_line_that_became_a_field_is_told_as_such(page: Path) -> None:
    assert "  cut: credit" in told(page, "--url", URL)


def test_flattened_text_is_told_with_the_reasons_of_the_event(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT, "page")
    out = told(path, "--url", URL).splitlines()
    event = json.loads(told(path, "--url", URL, "--json"))
    removed = [f"  cut: {line['reason'].replace('_', ' ')}  {line['text']}" for line in event["removed"]]
    assert [line for line in out if line.startswith("  cut: ")] == removed
    places = [out.index(line) for line in (removed[0], *PARAGRAPHS, removed[-1])]
    assert places == sorted(places)


def test_furniture_of_the_snapshot_is_told(page: Path, tmp_path: Path) -> None:
    rows = [
        {"format": "copydesk-furniture/1"},
        {"domain": "quay-post.example", "cut": "body", "text": PARAGRAPHS[3].casefold()},
        {"end": True},
    ]
    snapshot = written(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "furniture.jsonl")
    out = told(page, "--url", URL, "--all", COPYDESK_FURNITURE=str(snapshot))
    assert "cut: furniture" in out
    assert PARAGRAPHS[3] not in out.splitlines()


def test_a_refused_page_is_told_with_reason_detail_and_what_was_read(tmp_path: Path) -> None:
    short = "<html><body><p>Please wait while the page is loading.</p></body></html>"
    out = told(written(tmp_path, short), code=1)
    assert out.startswith("rejected: too_short\n")
    assert "at least" in out
    assert "articles.rejected" in out
    assert "Please wait while the page is loading." in out


def test_a_failure_is_told_as_one(tmp_path: Path) -> None:
    out = told(written(tmp_path, "<html>" + "<div>" * 5_000), code=1)
    assert out.startswith("failed: nesting\n")
    assert "articles.deadletter" in out


def test_json_is_the_event_of_the_pipeline(page: Path, tmp_path: Path) -> None:
    """But for received_at, which is the time of the run."""
    event = json.loads(told(page, "--url", URL, "--json"))
    copydesk("run", str(page), str(tmp_path / "out"), "--to", "cleaned", "--url", URL)
    expected = json.loads((tmp_path / "out").read_text())
    assert {**event, "received_at": ""} == {**expected, "received_at": ""}


def test_json_of_a_refused_page_has_its_reason(tmp_path: Path) -> None:
    refused = json.loads(told(written(tmp_path, "Too short."), "--json", code=1))
    assert (refused["kind"], refused["stage"], refused["reason"]) == ("rejected", "clean", "too_short")


def test_standard_input_and_a_type_given(page: Path) -> None:
    assert told("-", "--url", URL, stdin=PAGE.encode()) == told(page, "--url", URL)
    assert f"<p>{PARAGRAPHS[1]}</p>" in told(
        "-", "--type", "text", stdin=PAGE.replace("<p>", "\n<p>").encode()
    )


def test_a_pages_text_commands_neither_terminal_nor_markup(tmp_path: Path) -> None:
    """Neither in a kept paragraph, nor a cut line, nor a field."""
    hostile = PAGE.replace("</h1>", f"</h1><p>{HOSTILE}</p>").replace("Nora Quill", "Nora \x1b[5mQuill [red]")
    out = told(written(tmp_path, hostile.replace("<nav>", f"<nav>{HOSTILE}")), "--url", URL, "--all")
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u202c"} & set(out)
    assert "[bold]no markup[/bold] [/] :smile:" in out


def test_a_terminal_gets_colours_and_no_color_none(page: Path) -> None:
    assert "\x1b[" in on_terminal("clean", str(page), "--url", URL)
    assert "\x1b" not in on_terminal("clean", str(page), "--url", URL, NO_COLOR="1")


def on_terminal(*arguments: str, **environment: str) -> str:
    """Standard output of a command that has a terminal there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "streams.shell.cli", *arguments]
    known = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        command, stdout=theirs, cwd=ROOT, env={**known, "TERM": "xterm-256color", **environment}
    ):
        os.close(theirs)
        out = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # Linux says so that the other end is closed
                break
            if not part:
                break
            out += part
    os.close(ours)
    return out.decode()


def test_a_full_disk_is_one_line_and_its_exit_code(page: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "streams.shell.cli", "clean", str(page)],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        73,
        b"copydesk: the output cannot be written: No space left on device\n",
    )


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing.html"
    assert fatal(missing) == (66, f"{missing}: No such file or directory")
    assert fatal(tmp_path) == (66, f"{tmp_path}: Is a directory")
    assert fatal("-") == (66, "-: empty")
    code, message = fatal("-", stdin=b"\xff\xfe\x00\xd8\x00\xd8 and")
    assert code == 66
    assert "character set" in message
    code, message = fatal(written(tmp_path, b"a" * (MAX_FILE_BYTES + 1)))
    assert code == 1
    assert "too large" in message


def test_the_process_ends_with_one_line_and_a_code(page: Path, tmp_path: Path) -> None:
    empty = written(tmp_path, b"", "empty.html")
    done = copydesk("clean", str(empty))
    assert (done.returncode, done.stdout) == (66, b"")
    assert done.stderr.decode() == f"copydesk: {empty}: empty\n"
    done = copydesk("clean", str(page), "--url", "gazette.example")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no http(s) address" in done.stderr
    short = written(tmp_path, "Too short.", "short.txt")
    assert copydesk("clean", str(short)).returncode == 1


def test_a_page_over_the_limit_of_articles_is_refused_with_its_size(tmp_path: Path) -> None:
    out = told(written(tmp_path, "word " * 1_000_000), code=1)
    assert out.startswith("failed: too_large\n")

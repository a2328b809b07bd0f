# ruff: noqa: E501, ISC004 -- sample texts read best whole
"""`copydesk tag`: what a person sees of one article's names and values, and what a script gets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams import pipeline
from streams.cleaning.furniture import NO_FURNITURE
from streams.shell.exits import Exit, Fatal
from streams.shell.marked import COLOURS
from streams.shell.tag_command import tag
from streams.tagging.tiers import BUILTIN
from streams.vocabulary import EntityType, LinkStatus
from tests.shell.test_clean_command import HOSTILE, on_terminal, written
from tests.shell.test_run_command import copydesk

URL = "https://www.quay-post.example/2026/11/20/harbour-loan"
HEADLINE = "Hamburg gets its loan for the harbour"
PARAGRAPHS = (
    "Anna Keller, the mayor of Hamburg, met John Kirby of the European Central Bank in Paris on Thursday to talk"
    " about the old harbour.",
    "Keller said afterwards that 50 million euros would be lent to the city, 12% more than it had asked for in the"
    " spring of the year.",
    "“We are glad that the quay walls can be mended before the winter storms come,” Mr Kirby said to reporters who"
    " had waited outside.",
)
PAGE = (
    f"<!doctype html><html lang=en><head><title>{HEADLINE} | Quay Post</title>"
    "<meta property='og:type' content='article'>"
    "<meta property='article:published_time' content='2026-11-20T18:30:00Z'></head>"
    f"<body><article><h1>{HEADLINE}</h1>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article></body></html>"
)
EVENT = {
    "id": "0" * 32,
    "url": URL,
    "canonical_url": URL,
    "received_at": "2026-11-20T19:00:00.000Z",
    "headline": HEADLINE,
    "published_at": "2026-11-20T18:30:00Z",
    "published_precision": "second",
    "language": {"code": "en", "confidence": 1.0},
    "text": "\n\n".join(PARAGRAPHS),
    "content_hash": "0" * 32,
    "completeness": "full",
    "confidence": 1.0,
}


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """The command makes this process ready as the settings want it."""
    yield
    pipeline.use_furniture(NO_FURNITURE)
    pipeline.use_knowledge(None)
    pipeline.use_tagger(BUILTIN)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return written(tmp_path, PAGE)


def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Result:
    wanted = [str(argument) for argument in arguments]
    return CliRunner().invoke(tag, wanted, input=stdin, env=environment, standalone_mode=False)


def told(*arguments: str | Path, stdin: bytes = b"", code: int = 0, **environment: str) -> str:
    done = run(*arguments, stdin=stdin, **environment)
    assert (done.exception, done.return_value) == (None, code)
    return done.stdout


def fatal(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> tuple[Exit, str]:
    done = run(*arguments, stdin=stdin, **environment)
    assert isinstance(done.exception, Fatal)
    assert done.stdout == ""
    return done.exception.code, str(done.exception)


def event(**more: Any) -> bytes:
    return json.dumps(EVENT | more).encode()


def table(out: str, title: str) -> list[list[str]]:
    """The rows of one of the tables, each cut where two spaces stand."""
    lines = out.split(f"\n{title}\n")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[1:]]


def test_names_and_values_are_marked_in_headline_and_text(page: Path) -> None:
    lines = told(page, "--url", URL).splitlines()
    assert lines[0] == "[Hamburg place] gets its loan for the harbour"
    assert (
        "[Anna Keller person], the mayor of [Hamburg place], met [John Kirby person] of the"
        " [European Central Bank organisation] in [Paris place] on _Thursday_ to talk about the old harbour."
    ) in lines
    (second,) = [line for line in lines if line.startswith("[Keller person]")]
    assert "_50 million euros_" in second
    assert "_12%_" in second


def test_taking_the_signs_away_gives_the_text() -> None:
    out = told("-", stdin=event())
    for kind in EntityType:
        out = out.replace(f" {kind}]", "")
    assert "\n\n".join(PARAGRAPHS) in out.replace("[", "").replace("_", "")


def test_entities_stand_by_salience_with_all_that_they_are_called() -> None:
    out = told("-", stdin=event())
    rows = {row[1]: row for row in table(out, "entities by salience")}
    expected = json.loads(told("-", "--json", stdin=event()))["entities"]
    assert list(rows) == [entity["name"] for entity in expected]
    assert [row[0] for row in rows.values()] == [f"{entity['salience']:.2f}" for entity in expected]
    assert rows["Anna Keller"][2:] == [
        "person",
        "none",
        "local:person:anna-keller",
        "-",
        "Anna Keller 1, Keller 1",
    ]
    kind, link, known, where, mentions = rows["Hamburg"][2:]
    assert (kind, known, mentions) == ("place", "geonames:2911298", "Hamburg 2")
    assert link.startswith("linked 0.")
    assert where.startswith("DE 53.55 ")


def test_values_stand_normalised() -> None:
    out = told("-", stdin=event())
    rows = table(out, "values in the text's order")
    assert ["Thursday", "date", "2026-11-19", "-"] in rows
    assert ["50 million euros", "money", "50,000,000", "EUR"] in rows


def test_the_tagger_and_how_far_it_knows_the_language_are_told() -> None:
    assert "  tagger       copydesk-crf, full support\n" in told("-", stdin=event())
    german = event(language={"code": "de", "confidence": 1.0})
    assert "copydesk-crf, of this language only places" in told("-", stdin=german)


def test_only_leaves_out_other_entities_in_text_and_table() -> None:
    out = told("-", "--only", "person", stdin=event())
    assert "[Anna Keller person], the mayor of Hamburg, met [John Kirby person]" in out
    assert {row[2] for row in table(out, "entities by salience")} == {"person"}
    both = told("-", "--only", "person", "--only", "place", stdin=event())
    assert {row[2] for row in table(both, "entities by salience")} == {"person", "place"}


def test_where_nothing_is_named_that_is_said() -> None:
    out = told("-", stdin=event(headline="rain", text="it rained and then it rained again, as ever"))
    assert "\nno entities\n" in out
    assert "\nno values\n" in out


def test_json_is_the_event_of_the_pipeline(page: Path, tmp_path: Path) -> None:
    """Of a page but for received_at, which is the time of the run."""
    ours = json.loads(told(page, "--url", URL, "--json"))
    copydesk("run", str(page), str(tmp_path / "out"), "--to", "tagged", "--url", URL)
    expected = json.loads((tmp_path / "out").read_text())
    assert {**ours, "received_at": ""} == {**expected, "received_at": ""}


def test_a_raw_event_is_cleaned_first_and_a_cleaned_one_is_taken_as_it_is(tmp_path: Path) -> None:
    raw = {"url": URL, "content": PAGE, "fetched_at": "2026-11-20T19:00:00Z"}
    from_raw = json.loads(told(written(tmp_path, json.dumps(raw), "raw.json"), "--json"))
    assert from_raw["provenance"].keys() == {"clean", "tag"}
    assert from_raw["received_at"] == "2026-11-20T19:00:00.000Z"
    from_cleaned = json.loads(told("-", "--json", stdin=event()))
    assert from_cleaned["provenance"].keys() == {"tag"}
    assert from_cleaned["entities"] == from_raw["entities"]


def test_a_refused_page_is_told_with_its_reason() -> None:
    assert told("-", stdin=b"Too short.", code=1).startswith("rejected: too_short\n")
    refused = json.loads(told("-", "--json", stdin=b"Too short.", code=1))
    assert (refused["kind"], refused["stage"], refused["reason"]) == ("rejected", "clean", "too_short")


def test_an_unsound_event_fails_in_the_stage_that_reads_it() -> None:
    refused = json.loads(told("-", "--json", stdin=event(language="en"), code=1))
    assert (refused["kind"], refused["stage"], refused["reason"]) == ("failed", "tag", "schema")
    refused = json.loads(told("-", "--json", stdin=b'{"content": "a page"}', code=1))
    assert (refused["stage"], refused["reason"]) == ("clean", "schema")


def test_a_withdrawal_has_nothing_to_tag() -> None:
    withdrawal = json.dumps({"url": URL, "status": "withdrawn"}).encode()
    assert told("-", stdin=withdrawal) == "withdrawn: there is no text to tag\n"


def test_many_events_are_for_another_command() -> None:
    code, message = fatal("-", stdin=event() + b"\n" + event())
    assert code is Exit.NO_INPUT
    assert "not one event as JSON" in message
    assert "copydesk run" in message


def test_text_that_only_begins_like_an_event_is_a_page() -> None:
    assert "{ sic } [Anna Keller person]" in told("-", stdin=f"{{ sic }} {PARAGRAPHS[0]}".encode() * 2)


def test_an_event_has_its_own_address() -> None:
    done = copydesk("tag", "-", "--url", URL, stdin=event())
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--url and --type are for pages" in done.stderr


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing.html"
    assert fatal(missing) == (Exit.NO_INPUT, f"{missing}: No such file or directory")
    assert fatal("-") == (Exit.NO_INPUT, "-: empty")


def test_settings_that_cannot_be_used_are_one_line(tmp_path: Path) -> None:
    code, message = fatal("-", stdin=event(), COPYDESK_TAGGER="flair")
    assert code is Exit.SETTINGS
    assert message.startswith("COPYDESK_TAGGER=flair: ")
    missing = str(tmp_path / "missing.pack")
    code, message = fatal("-", stdin=event(), COPYDESK_KNOWLEDGE=missing)
    assert code is Exit.SETTINGS
    assert message.startswith(f"COPYDESK_KNOWLEDGE={missing}: ")


def test_whom_the_operator_knows_has_the_operators_id(tmp_path: Path) -> None:
    known = {"id": "p-17", "type": "person", "names": ["Anna Keller"], "ids": {"wikidata": "Q77"}}
    lines = written(tmp_path, json.dumps(known), "people.jsonl")
    assert copydesk("knowledge", "build", str(lines)).returncode == 0
    out = told("-", stdin=event(), COPYDESK_KNOWLEDGE=str(tmp_path / "people.pack"))
    (keller,) = [row for row in table(out, "entities by salience") if row[1] == "Anna Keller"]
    assert keller[3].startswith("linked")
    assert keller[4] == "wikidata:Q77"


def test_a_text_commands_neither_terminal_nor_markup() -> None:
    """Neither in the text, nor the headline, nor a name."""
    text = f"{PARAGRAPHS[0]} {HOSTILE}\n\nAnna \x1b[5mKeller and [red]Paris."
    out = told("-", stdin=event(headline=HOSTILE, text=text))
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u202c"} & set(out)
    assert "[bold]no markup[/bold] [/] :smile:" in out


def test_a_terminal_gets_colours_by_type_and_no_color_signs(tmp_path: Path) -> None:
    path = str(written(tmp_path, event(), "event.json"))
    coloured = on_terminal("tag", path)
    assert "\x1b[1;32mAnna Keller\x1b[0m, the mayor of \x1b[1;34mHamburg\x1b[0m" in coloured
    assert "\x1b[4mThursday\x1b[0m" in coloured
    plain = on_terminal("tag", path, NO_COLOR="1")
    assert "\x1b" not in plain
    assert "[Anna Keller person]" in plain


def test_every_type_has_a_colour_of_its_own() -> None:
    assert COLOURS.keys() == set(EntityType)
    assert len(set(COLOURS.values())) == len(EntityType)


def test_the_help_says_what_a_link_means() -> None:
    assert set(LinkStatus) <= set(told("--help").split())

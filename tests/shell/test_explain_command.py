"""`copydesk explain --in FILE`: what a person sees of a decision, and what a script gets."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.cleaning.url import article_id, canonical_url
from streams.shell.exits import Exit, Fatal
from streams.shell.explain_command import explain
from tests.dedup.newsroom import words
from tests.shell.test_clean_command import HOSTILE, on_terminal
from tests.shell.test_run_command import copydesk

STORY = words(400, seed=1)
TEXT, SHORTENED = " ".join(STORY), " ".join(STORY[:300])
ALIKE = " ".join(STORY[:130] + words(270, seed=8))
OTHER = " ".join(words(400, seed=2))


def url(name: str) -> str:
    return f"https://{name}.example/2026/11/20/quay-loan"


def identity(name: str) -> str:
    return article_id(canonical_url(url(name)))


def tagged(name: str, text: str, *, hour: int = 10, day: int = 20, **more: Any) -> dict[str, Any]:
    """A tagged event, published at this hour and received half an hour later."""
    return {
        "id": identity(name),
        "url": url(name),
        "canonical_url": url(name),
        "received_at": f"2026-11-{day}T{hour:02}:30:00.000Z",
        "headline": f"The quay at {name}",
        "publisher": {"name": f"{name.capitalize()} Post", "domain": f"{name}.example"},
        "published_at": f"2026-11-{day}T{hour:02}:00:00Z",
        "published_precision": "second",
        "language": {"code": "en", "confidence": 1.0},
        "text": text,
        "content_hash": hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
        "completeness": "full",
        "confidence": 1.0,
        "entities": [],
        "values": [],
        "tagger": {"name": "none", "support": "full"},
        **more,
    }


def withdrawn(name: str, hour: int) -> dict[str, Any]:
    known = tagged(name, "", hour=hour)
    return {key: known[key] for key in ("id", "url", "canonical_url", "received_at")} | {
        "status": "withdrawn"
    }


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    """An original, a better one that comes late, a copy of it, one that is only alike, one unrelated."""
    return write(
        tmp_path,
        [
            tagged("courier", SHORTENED, hour=12),
            tagged("dispatch", OTHER, hour=12),
            tagged("wire", TEXT, hour=11),
            tagged("ledger", TEXT, hour=13),
            tagged("sentinel", ALIKE, hour=14),
        ],
    )


def write(folder: Path, events: list[dict[str, Any]]) -> Path:
    path = folder / "tagged.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def run(*arguments: str | Path, stdin: bytes = b"") -> Result:
    wanted = [str(argument) for argument in arguments]
    return CliRunner().invoke(explain, wanted, input=stdin, standalone_mode=False)


def told(*arguments: str | Path, stdin: bytes = b"", code: int = 0) -> str:
    done = run(*arguments, stdin=stdin)
    assert (done.exception, done.return_value) == (None, code)
    return done.stdout


def fields(out: str) -> dict[str, str]:
    """The facts of the article itself."""
    lines = out.split("\n\n")[0].splitlines()[1:]
    return {line[2:15].strip(): line[15:] for line in lines}


def test_a_copy_is_told_with_its_parent_and_the_rule(stream: Path) -> None:
    out = told(url("ledger"), "--in", stream)
    known = fields(out)
    assert known["id"] == identity("ledger")
    assert known["publisher"] == "Ledger Post"
    assert known["order time"] == "2026-11-20T13:00:00.000Z (published_at)"
    assert known["received"] == "2026-11-20T13:30:00.000Z"
    assert known["now"] == f"exact copy of {identity('wire')} (J 1.000, C 1.000), version 1, decision 1"
    assert "  line 4  decision 1: exact copy of" in out
    first, second = out.split("\n\n")[3:5]
    assert first.splitlines()[0] == "  the parent"
    assert f"url        {url('wire')}" in first
    assert "order time 2026-11-20T11:00:00.000Z (2.0 h before); received 2.0 h apart" in first
    assert "rule       copy: the same text to the byte" in first
    assert second.splitlines()[0] == "  a copy too, with a lower score"
    assert f"url        {url('courier')}" in second
    assert "rule       copy: J 0.7" in second
    assert ">= 0.250 (both texts have at least 120 shingles)" in second


def test_a_later_decision_is_told_with_its_cause(stream: Path) -> None:
    out = told(identity("courier"), "--in", stream)
    assert f"decided again because a text of {identity('wire')} came (line 3)" in out
    assert f"Why decision 2: near copy of {identity('wire')}" in out
    assert "  the only copy that comes before it" in out


def test_an_earlier_decision_is_told_from_the_memory_of_then(stream: Path) -> None:
    out = told(url("courier"), "--decision", "1", "--in", stream)
    assert "Why decision 1: original, version 1\n  no article in the memory had its text" in out
    assert "since" not in out


def test_what_was_compared_in_vain_is_told_with_the_thresholds_that_it_missed(stream: Path) -> None:
    out = told(url("sentinel"), "--in", stream)
    assert "none of 3 neighbours is a copy that comes before it, received within 72 h" in out
    nearest = out.split("\n\n")[3]
    assert nearest.startswith("  no copy\n")
    assert "rule       no copy: J 0." in nearest
    assert "< 0.250, and C 0." in nearest


def test_what_came_since_is_told_of_the_last_decision(stream: Path) -> None:
    since = told(url("wire"), "--in", stream).split("\nNeighbours that came since\n")[1]
    assert since.lstrip().startswith("a copy of this one, later in order\n")
    assert url("ledger") in since
    assert url("sentinel") in since
    assert url("courier") not in since, "that one was there already"


def test_few_neighbours_are_told_unless_all_are_wanted(tmp_path: Path) -> None:
    path = write(tmp_path, [tagged(f"n{n}", TEXT, hour=n) for n in range(8)])
    assert told(url("n7"), "--in", path).count("routing keys in common") == 5
    assert "and 2 more, less alike" in told(url("n7"), "--in", path)
    assert told(url("n7"), "--in", path, "--all").count("routing keys in common") == 7


def test_versions_and_repeats_and_withdrawals_stand_in_the_history(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        [
            tagged("wire", TEXT, hour=10),
            tagged("wire", TEXT, hour=11),
            tagged("wire", OTHER, hour=12),
            withdrawn("wire", 13),
        ],
    )
    out = told(url("wire"), "--in", path)
    assert out.split("Decisions:\n")[1].splitlines()[:4] == [
        "  line 1  decision 1: original, version 1",
        "  line 2  unchanged: it brought nothing new",
        "  line 3  decision 2: original, version 2",
        "  line 4  decision 3: withdrawn",
    ]
    assert "Why decision 3: withdrawn\n  its publisher took it back" in out
    second = told(url("wire"), "--decision", "2", "--in", path)
    assert "order time   2026-11-20T10:00:00.000Z (kept from its first version)" in second


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"published_precision": "day"}, "only the day of publication is known"),
        ({"published_at": None}, "when received: published_at is unknown"),
    ],
)
def test_where_an_order_time_comes_from_is_told(tmp_path: Path, more: dict[str, Any], reason: str) -> None:
    event = {name: value for name, value in tagged("wire", TEXT, **more).items() if value is not None}
    assert reason in fields(told(url("wire"), "--in", write(tmp_path, [event])))["order time"]


def test_two_articles_are_compared_though_no_search_found_them(stream: Path) -> None:
    out = told(url("ledger"), url("dispatch"), "--in", stream)
    assert "\nneither the text nor a routing key in common, so never compared\n" in out
    assert "0 of 8 routing keys" in out
    linked = told(url("ledger"), url("wire"), "--in", stream)
    assert f"\n{identity('ledger')} is called a copy of {identity('wire')}\n" in linked
    assert linked.index(url("wire")) < linked.index(url("ledger")), "the first in order comes first"
    outdone = told(url("courier"), url("ledger"), "--in", stream)
    assert f"but {identity('ledger')} has a better parent: {identity('wire')}, 1.000 against 0.999" in outdone


def test_two_articles_of_which_one_is_withdrawn_are_told_so(tmp_path: Path) -> None:
    path = write(tmp_path, [tagged("wire", TEXT, hour=10), tagged("ledger", OTHER), withdrawn("wire", 13)])
    out = told(url("wire"), url("ledger"), "--in", path)
    assert "one of them is withdrawn or erased: what has no text is no copy and has none" in out
    assert "now          withdrawn (decision 2)" in out


def test_json_of_a_decision(stream: Path) -> None:
    found = json.loads(told(url("ledger"), "--in", stream, "--json"))
    assert found["id"] == identity("ledger")
    assert found["article"]["headline"] == "The quay at ledger"
    [entry] = found["entries"]
    assert (entry["kind"], entry["relation"], entry["of"]) == ("version", "exact", identity("wire"))
    assert (entry["tagged"], entry["decision"], entry["jaccard"]) == ("line 4", 1, 1.0)
    explained = found["explained"]
    assert (explained["decision"], explained["compared"]) == (1, 2)
    assert [n["standing"] for n in explained["neighbours"]] == ["chosen", "outdone"]
    assert explained["neighbours"][0]["id"] == entry["of"]
    assert [n["standing"] for n in explained["since"]] == ["unlike"]


def test_json_of_a_pair(stream: Path) -> None:
    found = json.loads(told(url("sentinel"), url("wire"), "--in", stream, "--json"))
    assert found["outcome"] == "unlike"
    assert found["pair"]["copy"] is False
    assert found["pair"]["routing_keys"] > 0
    assert [article["id"] for article in found["articles"]] == [identity("wire"), identity("sentinel")]


def test_the_decisions_are_those_of_run(stream: Path, tmp_path: Path) -> None:
    out = tmp_path / "enriched.jsonl"
    copydesk("run", str(stream), str(out), "--from", "tagged", "--to", "enriched")
    events = [json.loads(line) for line in out.read_text().splitlines()]
    for event in events:
        entries = json.loads(told(event["id"], "--in", stream, "--json"))["entries"]
        (entry,) = [entry for entry in entries if entry["decision"] == event["decision"]]
        known = {key: entry[key] for key in ("relation", "of", "group", "jaccard", "score") if key in entry}
        assert known == {key: event["duplicate"][key] for key in known}


def test_enriched_events_tell_the_same(stream: Path, tmp_path: Path) -> None:
    out = tmp_path / "enriched.jsonl"
    copydesk("run", str(stream), str(out), "--from", "tagged", "--to", "enriched")
    again = json.loads(told(url("ledger"), "--in", out, "--json"))["explained"]
    first = json.loads(told(url("ledger"), "--in", stream, "--json"))["explained"]
    ids = [[n["id"] for n in found["neighbours"]] for found in (first, again)]
    assert ids[0] == ids[1]


def test_lines_that_are_no_tagged_events_are_counted(stream: Path) -> None:
    done = run(url("wire"), "--in", "-", stdin=b"no event\n" + stream.read_bytes())
    assert done.return_value == 0
    assert "-: 1 lines are no tagged events" in done.stderr
    assert "  line 4  decision 1: original" in done.stdout


def test_an_article_that_is_not_there_exits_1(stream: Path) -> None:
    out = told(url("nowhere"), "--in", stream, code=1)
    assert out == f"{identity('nowhere')}: {stream} has no row about it\n"
    assert json.loads(told(url("nowhere"), "--in", stream, "--json", code=1)) == {
        "id": identity("nowhere"),
        "entries": [],
    }
    told(url("wire"), url("nowhere"), "--in", stream, code=1)


def test_a_decision_that_is_not_there_is_one_line(stream: Path) -> None:
    done = run(url("courier"), "--decision", "3", "--in", stream)
    assert isinstance(done.exception, Fatal)
    assert done.exception.code is Exit.USAGE
    assert str(done.exception) == "there is no decision 3 about it, but 1, 2"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["quay-loan"], "quay-loan: neither an id of 32 hex digits nor a URL"),
        ([url("wire"), f"{url('wire')}?utm_source=x"], "both are the same article"),
        ([url("wire"), url("ledger"), "--decision", "1"], "--decision is for one article"),
    ],
)
def test_wrong_arguments_are_one_line(arguments: list[str], message: str) -> None:
    done = copydesk("explain", *arguments)
    assert done.returncode == 2
    assert message in done.stderr.decode()


def test_a_headline_commands_no_terminal(tmp_path: Path) -> None:
    events = [tagged("wire", TEXT, hour=1, headline=HOSTILE), tagged("ledger", TEXT, hour=2, url=HOSTILE)]
    path = write(tmp_path, events)
    for out in (told(url("ledger"), "--in", path), told(url("ledger"), url("wire"), "--in", path)):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u202c"} & set(out)
        assert "[bold]no markup[/bold] [/] :smile:" in out


def test_a_terminal_gets_colours(stream: Path) -> None:
    assert "\x1b[1;32m  the parent\x1b[0m" in on_terminal("explain", url("ledger"), "--in", str(stream))
    assert "\x1b" not in on_terminal("explain", url("ledger"), "--in", str(stream), NO_COLOR="1")

"""The pages whose commands are tested, and how their Markdown says what is to be run and what comes of it.

A block ```bash is run. A block ```text, ```json or ```jsonl right behind it is what it prints: these lines,
in this order, between others; `...` stands for anything. `<!-- not run: why -->` before a block keeps it from
being run. `<!-- given: kafka -->` anywhere in a page lets it start Kafka, `<!-- given: samples -->` runs it
beside a worker that has read our samples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.system.kafka import REPOSITORY

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
GIVEN = re.compile(r"<!-- given: (\w+) -->")
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*$", re.DOTALL)
INLINE = re.compile(r"`(copydesk [^`\n]+)`")
SHOWN = ("text", "json", "jsonl")
ANYTHING = "..."


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of a page; `line` is where they stand."""

    line: int
    commands: str
    shown: tuple[str, ...]
    not_run: str | None


@dataclass(frozen=True, slots=True)
class Page:
    path: Path
    given: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(REPOSITORY))

    def inline(self) -> list[str]:
        """The commands of ours that its sentences name."""
        return INLINE.findall(FENCE.sub("", self.path.read_text(encoding="utf-8")))


def pages() -> list[Page]:
    """README and every page of docs that a person has written."""
    written = [p for p in sorted((REPOSITORY / "docs").rglob("*.md")) if p.parent.name != "reference"]
    return [page(path) for path in (REPOSITORY / "README.md", *written)]


def page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    given = GIVEN.search(text)
    found, end = [], 0
    for fence in FENCE.finditer(text):
        lines = tuple(line.removeprefix(fence[1]) for line in fence[3].splitlines())
        between = text[end : fence.start()]
        if fence[2] == "bash":
            why = NOT_RUN.search(between)
            reason = " ".join(why[1].split()) if why else None
            found.append(Block(text.count("\n", 0, fence.start()) + 1, "\n".join(lines), (), reason))
        elif fence[2] in SHOWN and found and not between.strip():
            last = found.pop()
            found.append(Block(last.line, last.commands, lines, last.not_run))
        end = fence.end()
    return Page(path, given[1] if given else "nothing", tuple(found))


def missing(shown: tuple[str, ...], printed: str) -> str | None:
    """The first line shown that was not printed behind those before it."""
    left = iter([line.rstrip() for line in printed.splitlines()])
    for line in shown:
        wanted = ".*".join(re.escape(part) for part in line.rstrip().split(ANYTHING))
        if line.strip() not in ("", ANYTHING) and not any(re.fullmatch(wanted, there) for there in left):
            return line
    return None

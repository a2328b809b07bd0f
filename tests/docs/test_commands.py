"""Every command of README and docs works when it is pasted, and prints what the page shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from streams.shell.cli import copydesk
from tests.docs.conftest import OpenShell
from tests.docs.pages import Block, Page, pages
from tests.system.kafka import REPOSITORY

PAGES = pages()
WITH_COMMANDS = [page for page in PAGES if any(block.not_run is None for block in page.blocks)]
LEFT_OUT = [(page, block) for page in PAGES for block in page.blocks if block.not_run is not None]
OURS = re.compile(r"(?:deploy|docs|schemas|streams|training|bench)/[\w./@-]*\w")
# What a sentence writes for "your own value here", and what ends a command in a line of shell.
ENDS = {"|", "||", "&&", "&", ";", ">", "<", "2>", "...", "or"}


def name_of(value: Page | Block) -> str:
    return value.name if isinstance(value, Page) else f"line-{value.line}"


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_of_a_page_work_in_their_order_and_print_what_it_shows(
    page: Page, open_shell: OpenShell
) -> None:
    shell = open_shell(page.given)
    for block in page.blocks:
        if block.not_run is None:
            shell.run(block)


@pytest.mark.parametrize(("page", "block"), LEFT_OUT, ids=name_of)
def test_a_command_that_cannot_run_here_names_files_and_options_that_exist(page: Page, block: Block) -> None:  # noqa: ARG001 - of its name
    """What can be told of it without running it; then it shows up among the skipped, with the reason."""
    absent = [path for path in OURS.findall(block.commands) if not (REPOSITORY / path).exists()]
    assert absent == []
    for command in of_ours(block.commands.replace("\\\n", " ")):
        parsed(command)
    pytest.skip(f"not run: {block.not_run}")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_sentence_names_commands_and_options_that_exist(page: Page) -> None:
    for command in page.inline():
        parsed(command)


def of_ours(script: str) -> Iterator[str]:
    """The lines' parts that begin with our command."""
    for line in script.splitlines():
        for part in re.split(r"\||&&|;|\$\(", line):
            words = part.split()
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                del words[0]
            if words and words[0] == "copydesk":
                yield " ".join(words)


def parsed(command: str) -> None:
    """Fails where a command of ours or one of its options is none."""
    words = shlex.split(command, comments=True)[1:]
    known: click.Command = copydesk
    while isinstance(known, click.Group) and words and not words[0].startswith("-") and words[0] not in ENDS:
        names = words[0].split("|")
        assert set(names) <= set(known.commands), f"{command}: there is no {words[0]}"
        known = known.commands[names[0]]
        del words[0]
    options = {option for parameter in known.params for option in parameter.opts} | {
        "--help",
        "-h",
        "--version",
    }
    for word in words:
        if word in ENDS:
            return
        if re.match(r"--?[a-z]", word):
            assert word.partition("=")[0] in options, f"{command}: there is no {word}"

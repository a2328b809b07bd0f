"""Numbers that options take."""

import click
import pytest
from click.testing import CliRunner

from streams.shell.cli import copydesk


def options_with_floats(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """(command, subcommand, ..., --option) of all that take a number with a fraction."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        inner = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
        return [found for name, one in inner if one for found in options_with_floats(one, (*path, name))]
    return [
        (*path, option.opts[0])
        for option in command.params
        if isinstance(option.type, click.types.FloatParamType)
    ]


def test_there_are_such_options() -> None:
    assert ("replay", "run", "--rate") in options_with_floats(copydesk)


@pytest.mark.parametrize("words", options_with_floats(copydesk), ids=" ".join)
def test_no_option_takes_what_cannot_be_compared_with_a_number(words: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(copydesk, [*words, "nan"])
    assert ended.exit_code == 2
    assert "nan" in ended.output

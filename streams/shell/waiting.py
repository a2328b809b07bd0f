"""The option --within of the commands that can wait for what they have begun."""

from collections.abc import Callable
from typing import Any

import click

from streams.shell.numbers import Number


def within_option(seconds: float, what: str = "it") -> Callable[[Any], Any]:
    """`--within SECONDS`, beside a command's own --wait; `what` takes longer then."""
    return click.option(
        "--within",
        metavar="SECONDS",
        type=Number(min=0),
        default=seconds,
        show_default=True,
        help=f"With --wait: exit 75 when {what} takes longer.",
    )

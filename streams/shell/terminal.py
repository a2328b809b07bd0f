"""What a person is shown: texts of others, which must not command the terminal, with or without colours."""

import os
import sys
from io import TextIOWrapper

from rich.console import Console
from rich.text import Text

NOTHING = "-"
# They spell words in some scripts, and move nothing on a terminal.
_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """Text without anything that a terminal would obey, on one line, as many characters as before."""
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)


def console_of_output() -> Console:
    """Without colours where the output is no terminal, or a person wants none (no-color.org)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may not have all the letters of a page
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()
    return Console(color_system=None if plain else "auto", markup=False, highlight=False, emoji=False)


def show(console: Console, text: Text) -> None:
    """Prints it; lines are broken on a terminal only."""
    console.print(text, soft_wrap=not console.is_terminal)


def tell_fact(console: Console, name: str, value: str | None) -> None:
    """One line: what it is called, and what it is."""
    show(console, Text.assemble((f"  {name:<13}", "cyan"), printable(value or NOTHING)))

"""What a person is shown: texts of others, which must not command the terminal, with or without colours."""

import os
import re
import sys
from io import TextIOWrapper

from rich.console import Console
from rich.text import Text

NOTHING = "-"
# They spell words in some scripts, and move nothing on a terminal.
_JOINERS = "\u200c\u200d"
# C1 controls with DEL, and the characters of format that turn, hide or break lines.
_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
LINE_CHARACTERS = 1000  # of a headline, URL or error that is told on one line


def printable(text: str) -> str:
    """Text without anything that a terminal would obey, on one line, as many characters as before."""
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)


def shortened(text: str, most: int = LINE_CHARACTERS) -> str:
    """Printable text, no longer than a person reads of one line; says that it was cut."""
    return printable(text if len(text) <= most else f"{text[:most]} ... ({len(text):,} characters)")


def json_line(line: bytes) -> bytes:
    """The same JSON value, with what a terminal could obey written as escapes: JSON lets C1 controls, DEL and
    characters that turn the direction of writing stand as they are.
    """
    if line.isascii() and b"\x7f" not in line:
        return line
    return _UNSAFE.sub(_as_escape, line.decode("utf-8", "replace")).encode()


def _as_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


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

"""Texts of others on a person's terminal."""

# They spell words in some scripts, and move nothing on a terminal.
_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """Text without anything that a terminal would obey, on one line."""
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)

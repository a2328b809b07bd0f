"""A value as a stretch of its text."""

from streams.events import Value
from streams.vocabulary import ValueKind


def written(
    kind: ValueKind, text: str, start: int, end: int, value: float | str | None, unit: str | None = None
) -> Value:
    """text[start:end] as a value; None where the text leaves value or unit open."""
    return Value(kind=kind, start=start, end=end, text=text[start:end], value=value, unit=unit)

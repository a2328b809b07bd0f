"""Frozen records made quickly: many from columns of their fields, one from another with more fields."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def records(kind: type[T], count: int, /, **columns: Sequence[Any]) -> list[T]:
    """So many records of a slotted dataclass; each of its fields, also those with a default, is a column.

    A frozen dataclass's own __init__ looks a setter up for every field: 62 records of five take it 37 us, and
    this 14. Raises TypeError where columns are not the fields or the class inherits slots, ValueError where a
    column has another length.
    """
    names, twin = _twin(kind)  # type: ignore[arg-type]  # a class is hashable
    if columns.keys() != names.keys():
        wrong = sorted(columns.keys() ^ names.keys())
        raise TypeError(f"{kind.__name__}: columns and fields differ in {', '.join(wrong)}")
    for name, column in columns.items():
        if len(column) != count:
            raise ValueError(f"{kind.__name__}.{name}: {len(column)} values for {count} records")
    made: list[Any] = list(map(twin, *[columns[name] for name in names]))
    for record in made:
        record.__class__ = kind
    return made


@cache
def _twin(kind: Any) -> tuple[dict[str, None], Callable[..., Any]]:
    """A record's fields, and a class of the same slots that is not frozen: a record of it becomes one of the
    kind when it is told so."""
    names = dict.fromkeys(field.name for field in fields(kind))
    written: dict[str, Any] = {}
    lines = [f"def __init__(self, {', '.join(names)}):", *(f" self.{name} = {name}" for name in names)]
    exec("\n".join(lines), written)  # noqa: S102  # of our own names alone
    return names, type(kind.__name__, (), {"__slots__": tuple(names), "__init__": written["__init__"]})


def extended(record: Any, kind: type[T], /, **more: Any) -> T:
    """A record of a slotted kind with these fields, and all its others as `record` has them.

    Raises AttributeError where it has not.
    """
    made = object.__new__(kind)
    for name, put in _setters(kind).items():  # type: ignore[arg-type]  # a class is hashable
        put(made, more[name] if name in more else getattr(record, name))
    return made


@cache
def _setters(kind: Any) -> dict[str, Callable[[Any, Any], None]]:
    """Of the slots, which know nothing of frozen."""
    return {field.name: getattr(kind, field.name).__set__ for field in fields(kind)}

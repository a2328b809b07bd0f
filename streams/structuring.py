"""JSON objects into frozen records and back: functions are written once for each record.

Into records by cattrs. Its functions for the way back would put the fields that may be absent last.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from itertools import takewhile
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from cattrs import Converter
from cattrs.cols import namedtuple_dict_structure_factory
from cattrs.gen import override
from cattrs.preconf.orjson import make_converter

from streams import vocabulary
from streams.events import Mention

T = TypeVar("T")

# Python keeps "in" for itself.
WIRE_NAMES = {"where": "in"}
# The name of a closed list's member that this version does not know; its value is what the event says.
UNKNOWN = "UNKNOWN"
_LISTS = [found for found in vars(vocabulary).values() if isinstance(found, type) and found is not StrEnum]


class StructureError(Exception):
    """A JSON object that is not the record; says the first field that is wrong."""


def structured(record: type[T], loaded: dict[str, Any], *, open_lists: bool = False) -> T:
    """The record that a JSON object holds; fields that it does not know are passed over.

    With `open_lists` a value that a closed list does not have is no error, as the contract wants it of
    readers: it becomes a member named UNKNOWN that equals its text. Raises StructureError.
    """
    try:
        made: T = _converter(open_lists).structure(loaded, record)
    except Exception as error:  # cattrs gathers whatever the fields raise into groups of its own
        raise StructureError(_first_cause(error)) from None
    return made


def presented(record: Any) -> dict[str, Any]:
    """A record's fields in their order, without those at their defaults; so too the records in them. Of a
    tuple with names all fields."""
    return _presenter(type(record))(record)  # type: ignore[arg-type]  # a class is hashable


@cache
def _presenter(kind: Any) -> Callable[[Any], dict[str, Any]]:
    """Written out field by field: a loop over the fields takes twice as long. Records in it have their place
    there, since the encoder takes 70 ns to ask for each of them."""
    if not is_dataclass(kind):
        keys = [WIRE_NAMES.get(name, name) for name in kind._fields]
        return lambda record: dict(zip(keys, record, strict=True))
    names: dict[str, Any] = {}
    hints = get_type_hints(kind)
    every = [(field, WIRE_NAMES.get(field.name, field.name), _default(field)) for field in fields(kind)]
    first = list(takewhile(lambda each: each[2] is MISSING, every))
    shown = [f"{wire!r}: {_shown(field.name, hints[field.name], names)}" for field, wire, _ in first]
    lines = ["def present(record):", f" shown = {{{', '.join(shown)}}}"]
    for field, wire, default in every[len(first) :]:
        value = _shown(field.name, hints[field.name], names)
        if default is MISSING:
            lines.append(f" shown[{wire!r}] = {value}")
        elif is_dataclass(default):  # at its default where all of its fields are
            lines.append(f" if value := {value}: shown[{wire!r}] = value")
        elif default is None:  # a comparison would ask the record in the field
            lines.append(f" if record.{field.name} is not None: shown[{wire!r}] = {value}")
        else:
            names[f"default_{field.name}"] = default
            lines.append(f" if record.{field.name} != default_{field.name}: shown[{wire!r}] = {value}")
    exec("\n".join([*lines, " return shown"]), names)  # noqa: S102  # of our own names alone
    present: Callable[[Any], dict[str, Any]] = names["present"]
    return present


def _shown(name: str, hint: Any, names: dict[str, Any]) -> str:
    """The expression for a field's value; adds to `names` what presents the records in it.

    Records that hold others are left to the encoder, so that few dictionaries live at a time.
    """
    inner = _record_in(hint)
    if inner is None or any(map(_record_in, get_type_hints(inner).values())):
        return f"record.{name}"
    many = get_origin(hint) is tuple
    if many and not is_dataclass(inner):  # no call for each of them: an article has sixty mentions
        shown = ", ".join(f"{WIRE_NAMES.get(part, part)!r}: {part}" for part in inner._fields)
        return f"[{{{shown}}} for {', '.join(inner._fields)} in record.{name}]"
    names[f"present_{name}"] = _presenter(inner)
    return f"[present_{name}(inner) for inner in record.{name}]" if many else f"present_{name}(record.{name})"


def _record_in(hint: Any) -> Any:
    """The kind of record, a dataclass or a tuple with names, that a field of this type holds, if any."""
    kinds: tuple[Any, ...] = (hint, *get_args(hint))
    return next((kind for kind in kinds if is_dataclass(kind) or hasattr(kind, "_fields")), None)


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _first_cause(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


@cache
def _converter(open_lists: bool) -> Converter:
    converter = make_converter()
    if open_lists:
        for kind in _LISTS:  # cattrs 25 asks hooks by class before those by predicate
            converter.register_structure_hook(kind, _member)
        converter.register_structure_hook_func(_is_choice, _choice)
    converter.register_structure_hook(
        Mention,
        namedtuple_dict_structure_factory(Mention, converter, where=override(rename=WIRE_NAMES["where"])),
    )
    return converter


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _member(value: Any, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        if not isinstance(value, str):
            raise
    made = str.__new__(kind, value)
    made._value_, made._name_ = value, UNKNOWN
    return made


def _choice(value: Any, kind: Any) -> Any:
    known = next((member for member in get_args(kind) if member == value), None)
    if known is None and not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value if known is None else known

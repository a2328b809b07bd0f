"""A stage for the pool's tests: it does what the record says. Here, because stage processes import it."""

import os
import time
from contextlib import suppress
from pathlib import Path

from streams import contract
from streams.events import Failed
from streams.pipeline import Outcome, Output, Record, Step
from streams.vocabulary import FailureReason

EATEN_BYTES = 2_000_000_000  # above the tests' limit, below what a machine would refuse by itself
HANG, ABORT, EAT, RAISE = b"hang", b"abort", b"eat", b"raise"
KEEP, KEPT_BYTES = b"keep", 1_200_000_000  # never written to; of 3,000 MB that its test allows
_kept: list[bytes] = []
SLOW, SLOW_SECONDS = b"slow", 1.0
ABORT_ONCE = b"abort where this file is, and take it away: "


def obey(record: Record) -> Outcome:
    """Gives the value back, unless it is one of the evil words."""
    value = record.value or b""
    if value == HANG:
        while True:
            time.monotonic()
    if value == SLOW:
        end = time.monotonic() + SLOW_SECONDS
        while time.monotonic() < end:
            pass
    if value == ABORT:
        os.abort()
    if value.startswith(ABORT_ONCE):
        with suppress(FileNotFoundError):
            Path(value.removeprefix(ABORT_ONCE).decode()).unlink()
            os.abort()
    if value == EAT:
        eaten = bytes(
            EATEN_BYTES
        )  # never written to, unlike a bytearray: it costs no time where it is allowed
        return Failed(FailureReason.INTERNAL, f"ate {len(eaten)}")
    if value == KEEP:
        _kept.append(bytes(KEPT_BYTES))
    if value == RAISE:
        raise KeyError("unforeseen")
    return Output("id", "hash", record.received_at, "en", value)


def second(record: Record) -> Outcome:
    """A later step, whose part in the output can be told."""
    value = record.value or b""
    return Output("id", "hash", record.received_at, "en", value + b", twice")


OBEY = Step("obey", source=contract.RAW, target=contract.CLEANED, stage=obey)
SECOND = Step("second", source=contract.CLEANED, target=contract.TAGGED, stage=second)

"""--from and --to as a person gives them: a time, or an offset of each partition."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.contract import EPOCH, rfc3339
from streams.shell.exits import Exit, Fatal

_OFFSETS = re.compile(r"\d+:\d+(,\d+:\d+)*")


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a stretch: ms since 1970, or partition -> offset. `given` is what the person wrote."""

    given: str
    at_ms: int | None = None
    offsets: dict[int, int] | None = None

    def __str__(self) -> str:
        return self.given if self.at_ms is None else rfc3339(self.at_ms)


def bound_of(option: str, text: str) -> Bound:
    """Reads "2026-11-22T10:00" (UTC where no zone is given), or "0:1500,1:1420".

    Raises Fatal(USAGE) where it is neither.
    """
    if _OFFSETS.fullmatch(text):
        pairs = [(int(p), int(o)) for p, _, o in (pair.partition(":") for pair in text.split(","))]
        offsets = dict(pairs)
        if len(offsets) < len(pairs):
            raise Fatal(Exit.USAGE, f"{option} {text}: a partition is named twice")
        return Bound(text, offsets=offsets)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return Bound(text, at_ms=round((moment - EPOCH).total_seconds() * 1000))
    except (ValueError, OverflowError):
        raise Fatal(
            Exit.USAGE,
            f"{option} {text}: neither a time (2026-11-22T10:00, in UTC where no zone is given) nor offsets "
            "(PARTITION:OFFSET,...)",
        ) from None


def check_order(start: Bound, end: Bound | None, now_ms: int) -> None:
    """Raises Fatal(USAGE) where the bounds are reversed, lie in the future or name other partitions."""
    if start.at_ms is not None and start.at_ms > now_ms:
        raise Fatal(Exit.USAGE, f"--from {start.given} lies in the future; now it is {rfc3339(now_ms)}")
    if end is None:
        return
    if start.at_ms is not None and end.at_ms is not None and end.at_ms <= start.at_ms:
        raise Fatal(Exit.USAGE, f"--from {start.given} is not before --to {end.given}")
    if start.offsets is not None and end.offsets is not None:
        if lacking := sorted(start.offsets.keys() ^ end.offsets.keys()):
            raise Fatal(Exit.USAGE, f"--from and --to do not name the same partitions: {lacking[0]}")
        for partition, first in start.offsets.items():
            if end.offsets[partition] < first:
                last = end.offsets[partition]
                raise Fatal(Exit.USAGE, f"partition {partition}: --from {first} is not before --to {last}")


def steps_between(text: str, names: tuple[str, ...]) -> tuple[str, str]:
    """ "clean..dedup" or "tag" as (first, last). Raises Fatal(USAGE) where it is no stretch of stages."""
    first, dots, last = text.partition("..")
    last = last if dots else first
    if first not in names or last not in names or names.index(first) > names.index(last):
        ways = ", ".join(names)
        raise Fatal(
            Exit.USAGE, f"--stages {text}: one of {ways}, or a stretch such as {names[0]}..{names[-1]}"
        )
    return first, last

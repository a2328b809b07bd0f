"""Which letters a person wants to send back."""

from dataclasses import dataclass

import orjson

from streams.contract import DEADLETTER, REJECTED
from streams.shell.redrive.letters import REASONS, STAGES
from streams.shell.replay.bounds import Bound


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters. Empty stages or reasons: all of them. `most`: send back no more than so many.
    `forgotten`: also those of articles that de-duplication does not remember any more.
    """

    stages: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    start: Bound | None = None
    end: Bound | None = None
    rejected: bool = False
    most: int | None = None
    forgotten: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        return (DEADLETTER, REJECTED) if self.rejected else (DEADLETTER,)

    def kinds(self, topic: str) -> list[str]:
        """ "stage/reason" of all that are selected of a topic of letters."""
        return [
            f"{stage}/{reason}"
            for stage in STAGES
            for reason in REASONS[topic]
            if stage in (self.stages or STAGES) and reason in (self.reasons or REASONS[topic])
        ]

    def named(self) -> str:
        """The same for the same letters, whatever the limit."""
        bounds = [bound and bound.given for bound in (self.start, self.end)]
        return orjson.dumps([sorted(self.stages), sorted(self.reasons), *bounds, self.rejected]).decode()

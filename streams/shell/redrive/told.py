"""What a redrive did, for a person and for a script."""

from collections.abc import Iterator

import orjson

from streams.shell.redrive.outcomes import FATES
from streams.shell.redrive.run import Done


def told(done: Done, *, dry: bool) -> Iterator[str]:
    """Lines, the most important first."""
    if done.resumed:
        yield "went on with a redrive that had not come to its end; letters that came since are for the next"
    total = done.sent.total()
    yield f"{total:,} {'would be sent back' if dry else 'sent back'}"
    for kind, count in sorted(done.sent.items()):
        yield f"  {count:>9,}  {kind}"
    again = total - done.attempts[1]
    if again:
        yield f"  {again:,} of them had been sent back before, up to {max(done.attempts) - 1} times"
    if done.driven_before:
        yield f"{done.driven_before:,} were sent back by an earlier redrive"
    for why, count in sorted(done.unusable.items()):
        yield f"{count:,} left: {why}; the first is {done.first_unusable[why]}"
    if done.left:
        yield "the limit is reached: there are more"
    if done.outcomes is not None:
        fates = [f"{done.outcomes.fates[fate]:,} {fate}" for fate in FATES.values()]
        yield f"came of them: {', '.join(fates)}, {done.outcomes.nothing_new:,} known already"
        for kind, count in sorted(done.outcomes.reasons.items()):
            yield f"  {count:>9,}  {kind}"


def as_json(done: Done) -> bytes:
    """The same as one object."""
    loaded: dict[str, object] = {
        "sent": dict(done.sent),
        "attempts": {str(attempt): count for attempt, count in sorted(done.attempts.items())},
        "sent_before": done.driven_before,
        "unusable": dict(done.unusable),
        "resumed": done.resumed,
        "limited": done.left,
    }
    if done.outcomes is not None:
        loaded["outcomes"] = {
            **{fate: done.outcomes.fates[fate] for fate in FATES.values()},
            "known already": done.outcomes.nothing_new,
            "refused": dict(done.outcomes.reasons),
        }
    return orjson.dumps(loaded)

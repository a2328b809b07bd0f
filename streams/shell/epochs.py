"""Which epoch of the dedup log is ours, and why a worker refuses another: one line, exit 78.

An epoch is a topic, dedup.index.e<number>. Its records say what they depend on (streams/dedup/epoch.py).
"""

from streams.dedup import Epoch, Phase, digest_of
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings, domains


def current(settings: Settings) -> Epoch:
    """What the settings and this code write."""
    return Epoch(settings.dedup_epoch, digest_of(domains(settings)))


def refuse_other(settings: Settings, place: str, epoch: Epoch, phase: Phase) -> None:
    """Raises Fatal(SETTINGS) where the log record at `place` is of an epoch that is closed or not ours."""
    if phase is Phase.CLOSED:
        raise Fatal(
            Exit.SETTINGS,
            f"{place}: epoch {settings.dedup_epoch} is closed, epoch {epoch.number} has taken over: set "
            f"COPYDESK_DEDUP_EPOCH={epoch.number}",
        )
    difference = epoch.difference(current(settings))
    if difference is not None:
        raise Fatal(
            Exit.SETTINGS,
            f"{place}: {difference}. If that is meant: `copydesk dedup rebuild`, then "
            f"COPYDESK_DEDUP_EPOCH={settings.dedup_epoch + 1}",
        )


def unfinished(log: str, number: int) -> Fatal:
    """Of a log whose last record is part of a snapshot."""
    return Fatal(
        Exit.SETTINGS,
        f"{log}: the rebuild of epoch {number} did not end: `copydesk dedup rebuild --overwrite` with the "
        "COPYDESK_DEDUP_EPOCH of before, which can also go on as it was",
    )


def never_built(log: str, number: int, why: str) -> Fatal:
    """Of a log without a record, although there were decisions: its worker would decide all of them again."""
    return Fatal(
        Exit.SETTINGS,
        f"{log} was never written, but {why}: epoch {number} was never built. `copydesk dedup rebuild` with "
        "the COPYDESK_DEDUP_EPOCH of before builds the next",
    )
